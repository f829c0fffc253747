"""The demo's ready logins: written by the seeder, shown by the demo's pages and its command."""

import json
from dataclasses import asdict, dataclass

from django.conf import settings

_FILE = "logins.json"


@dataclass(frozen=True)
class Login:
    """A member to try: who, and the code of the text that says what they show."""

    member_id: str
    email: str
    nickname: str
    password: str
    site_key: str
    story: str


def write(logins: list[Login]) -> None:
    content = json.dumps([asdict(login) for login in logins], ensure_ascii=False, indent=1)
    (settings.KAIIN.var / _FILE).write_text(content, "utf-8")


def read() -> list[Login]:
    """The ready logins, or none before the demo is seeded."""
    try:
        content = (settings.KAIIN.var / _FILE).read_text("utf-8")
    except FileNotFoundError:
        return []
    return [Login(**row) for row in json.loads(content)]

"""The demo's ready logins: written by the seeder, shown by the demo's pages and its command."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.conf import settings

_FILE = "logins.json"


class Kind(StrEnum):
    """What a story is about; words are `demo.kind_…`."""

    IN = "in"
    FIRST = "first"
    REFUSED = "refused"
    ENDED = "ended"
    BACK = "back"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Login:
    """A member to try: who, and the code of the text that says what happened to them.

    `way`: how they pay, a `Method`, or "" where they don't.
    """

    member_id: str
    email: str
    nickname: str
    password: str
    site_key: str
    story: str
    kind: str
    way: str


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

"""What a visitor has chosen so far at one site, kept in the session. Never a password: its hash."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kaiin.web.base.requests import Request

_KEY = "join"


@dataclass(frozen=True)
class Draft:
    """Empty strings are what is not chosen yet. `details` are as typed; `email` is canonical."""

    course: str = ""
    way: str = ""
    email: str = ""
    email_typed: str = ""
    password_hash: str = ""
    details: dict[str, str] = field(default_factory=dict)
    code_id: str = ""
    proven: bool = False


def read(request: Request, site_key: str) -> Draft:
    """The draft for a site, or an empty one."""
    return Draft(**request.session.get(_KEY, {}).get(site_key, {}))


def change(request: Request, site_key: str, **chosen: Any) -> Draft:
    """Keep what was just chosen."""
    draft = replace(read(request, site_key), **chosen)
    request.session[_KEY] = {**request.session.get(_KEY, {}), site_key: asdict(draft)}
    return draft


def forget(request: Request, site_key: str) -> None:
    """The draft has served."""
    drafts = dict(request.session.get(_KEY, {}))
    if drafts.pop(site_key, None) is not None:
        request.session[_KEY] = drafts

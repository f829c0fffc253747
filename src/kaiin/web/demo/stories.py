"""The table of the demo's members: what happened to each, and what they see when they log in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from kaiin.diagnosis import operations as diagnosis
from kaiin.domain.typed_text import fold
from kaiin.identity import queries as members
from kaiin.infra import clock
from kaiin.infra.texts import localized, text
from kaiin.sites.queries import identity_url, site, site_url
from kaiin.web.demo import logins
from kaiin.web.demo.logins import Kind, Login

# What a newcomer sees first: one or two of each kind.
_FIRST = (
    "active_card", "pending_slip", "notice_lost", "lapsed", "contract_ended", "withdrawn",
    "mail_only", "staff",
)  # fmt: skip
_STAFF = "demo.story_staff"
# Where to knock, where it is not the site that they joined.
_KNOCKS_AT = {"demo.story_mail_only": "official"}


@dataclass(frozen=True)
class Story:
    """A row: `sees` is the title of the page that a login at the site leads to, now."""

    login: Login
    words: str
    place: str
    sees: str
    url: str


def first() -> list[Login]:
    """Whom to begin with."""
    wanted = {f"demo.story_{name}" for name in _FIRST}
    return [login for login in logins.read() if login.story in wanted]


def found(wanted: Mapping[str, str]) -> list[Login]:
    """Those of a kind, at a site, by a way to pay, with words in their row; "" is any."""
    return [login for login in logins.read() if _fits(login, wanted)]


def together(chosen: Iterable[Login]) -> dict[str, list[Story]]:
    """The rows as they come, under no title."""
    return {"": list(map(_story, chosen))}


def by_kind(chosen: Iterable[Login]) -> dict[str, list[Story]]:
    """The rows under the titles of their kinds, in the order of `Kind`."""
    order = list(Kind)
    ordered = sorted(chosen, key=lambda login: order.index(Kind(login.kind)))
    return {
        text(f"demo.kind_{kind}"): list(map(_story, each))
        for kind, each in groupby(ordered, key=lambda login: login.kind)
    }


def _fits(login: Login, wanted: Mapping[str, str]) -> bool:
    exact = {"kind": login.kind, "site": login.site_key, "way": login.way}
    if any(wanted.get(name) and wanted[name] != value for name, value in exact.items()):
        return False
    shown = " ".join((text(login.story), login.nickname, login.member_id, login.email))
    # Full width and case make no difference.
    shown, typed = (fold(words).text.lower() for words in (shown, wanted.get("q", "")))
    return all(word in shown for word in typed.split())


def _story(login: Login) -> Story:
    if login.story == _STAFF:
        sees, url = text("demo.sees_staff"), identity_url("/admin/")
        return Story(login, text(login.story), "", sees, url)
    name = localized(site(login.site_key).name)
    way = text(f"payments.method.{login.way}") if login.way else ""
    knocks_at = _KNOCKS_AT.get(login.story, login.site_key)
    return Story(
        login=login,
        words=text(login.story),
        place=text("demo.place", site=name, way=way) if way else name,
        sees=_sees(login.member_id, knocks_at),
        url=site_url(knocks_at, "/members/"),
    )


def _sees(member_id: str, site_key: str) -> str:
    """The title of the page of truth. The provider is not asked, which a login would do."""
    member = members.find_member(member_id)
    if member is None:
        return ""
    access = diagnosis.look(member=member, site_key=site_key, now=clock.now(), ask=False)
    code = access.findings[0].code.value
    return text(f"{code}.title", None, site=localized(site(site_key).name))

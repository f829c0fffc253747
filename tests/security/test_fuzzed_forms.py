"""Huge numbers, negative ones, NUL, exotic digits and half characters in every field of every
form that the public and members can send: an answer, never a 500.

The list of fields is the pages' own: forms are read from the pages as they are shown, so that a
new field is fuzzed without being named here.
"""

import re
from html.parser import HTMLParser
from itertools import product
from urllib.parse import quote

import pytest
from django.test import Client

from tests.security.browsing import IDENTITY, OFFICIAL, views
from tests.web.join.test_join import choose, fill_in
from tests.web.login.conftest import Visitor, World

URLS = {IDENTITY: "kaiin.config.urls_identity", OFFICIAL: "kaiin.config.urls_site"}
ODD = (
    "99999999999999999999",
    "-1",
    "9" * 5000,
    "\x00",
    "a\x00b@example.jp",
    "\ud800",
    "٢٠٢٦",
    "²⁰²⁶",
    "１９９９９９９９９９９９９９９９９９９９",
    "1e999",
    "NaN",
    "2026-02-30",
    "",
)


_FIELDS = ("input", "select", "button", "textarea")


class Forms(HTMLParser):
    """The forms of a page: where they go, and their fields with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self._fields = {}
            self.found.append((given.get("action", ""), self._fields))
        elif self._fields is not None and given.get("name") and tag in _FIELDS:
            self._fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None


def forms_of(visitor: Visitor, page: str) -> list[tuple[str, dict[str, str]]]:
    answer = visitor.get(page)
    if answer.status_code != 200:
        return []
    reader = Forms()
    reader.feed(answer.content.decode())
    return [(action or page, fields) for action, fields in reader.found]


def send(visitor: Visitor, path: str, fields: dict[str, str]) -> int:
    body = "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}"
        for name, value in fields.items()
    )
    answer = visitor.client.post(path, body, "application/x-www-form-urlencoded")
    return int(answer.status_code)


def fuzz(visitor: Visitor, pages: tuple[str, ...]) -> set[str]:
    """Each field of each form in turn, the others as shown; then all at once. What was sent."""
    sent = set()
    for page in pages:
        for path, fields in forms_of(visitor, page):
            names = [name for name in fields if name != "csrfmiddlewaretoken"]
            changes = [
                *({name: odd} for name in names for odd in ODD),
                *(dict.fromkeys(names, odd) for odd in ODD),
            ]
            for change in changes:
                status = send(visitor, path, {**fields, **change})
                assert status < 500, (page, path, change)
            sent.add(path)
    return sent


PUBLIC = ("/login", "/reset", "/trouble", "/join/official/", "/join/official/way")
STEPS = ("/join/official/details", "/join/official/code", "/reset/code")
MEMBERS = (
    "/my/official/leave",
    "/my/official/change",
    "/my/official/change/yearly/card",
    "/my/official/pause",
    "/entry/official",
    "/join/mail/",
    "/join/mail/way",
    "/join/mail/confirm",
)


def test_public_forms(world: World) -> None:
    visitor = Visitor(Client(raise_request_exception=False))
    visitor.get("/login", follow=True)
    choose(visitor)
    visitor.post("/reset", login="E123456784")
    sent = fuzz(visitor, PUBLIC)
    fill_in(visitor)
    sent |= fuzz(visitor, STEPS)
    assert sent >= {"/login", "/reset", "/trouble", *STEPS}


def test_members_forms(world: World) -> None:
    visitor = Visitor(Client(raise_request_exception=False))
    visitor.log_in(world.member_id(world.joined()))
    visitor.post("/join/mail/", choice="monthly")
    visitor.post("/join/mail/way", choice="card")
    sent = fuzz(visitor, MEMBERS)
    sent |= fuzz(visitor, ("/logout",))
    assert len(sent) >= 5, sent


@pytest.mark.parametrize("host", URLS)
def test_addresses(world: World, host: str) -> None:
    """Every number and name in an address, and in what follows its question mark."""
    visitor = Visitor(Client(raise_request_exception=False))
    visitor.log_in(world.member_id(world.joined()))
    visitor.client.defaults["HTTP_HOST"] = host
    names = ("next", "site", "state", "lang", "course", "tried", "code", "page", "to", "month")
    paths = [
        path
        for path, _ in views(URLS[host])
        if not path.startswith(("/admin/", "/webhooks/")) and "logout" not in path
    ]
    for path, odd in product(paths, ODD):
        text = quote(odd.encode("utf-8", "surrogatepass"), safe="")
        query = "&".join(f"{name}={text}" for name in names)
        assert visitor.get(f"{path}?{query}").status_code < 500, (path, odd)
        named = re.sub(r"official|R1|018f3c2e[^/]*", text, path) if odd else path
        assert visitor.get(named).status_code < 500, (path, odd)

"""Every page of the one list, as it must be: axe, 320 px, words, console, policy, weight.

In Japanese, in English with dark colours, and in Japanese without scripts.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.journeys.club import Club
from tests.journeys.conftest import Looks, Visits
from tests.journeys.visitor import Visitor
from tests.pages import ON_THE_WAY_TO_DONE, PAGES, DemoPage, join_up_to

CLUB = "demo"
LIGHT, DARK, PLAIN = "Japanese", "English in the dark", "without scripts"
MAX_BYTES, MAX_REQUESTS = 50_000, 3


@pytest.fixture(scope="module")
def window(looks: Looks) -> Iterator[Callable[[str], Page]]:
    """A browser for each look, which stays open: opening one costs more than looking at a page."""
    visits = Visits(looks)
    opened: dict[str, Page] = {}

    def window(look: str) -> Page:
        if look not in opened:
            opened[look] = visits(**_options(look))
        return opened[look]

    yield window
    visits.end()


@pytest.fixture(scope="module")
def signed_in(club: Club, window: Callable[[str], Page]) -> Callable[[str], list[Any]]:
    """The cookies of a ready login, who has logged in once for all pages."""
    logins = json.loads((club.folder / "logins.json").read_text("utf-8"))
    by_story = {login["story"].removeprefix("demo.story_"): login for login in logins}
    cookies: dict[str, list[Any]] = {}

    def log_in(story: str) -> list[Any]:
        if story not in cookies:
            page = window(LIGHT)
            page.context.clear_cookies()
            login = by_story[story]
            person = Visitor(club, page, email=login["email"], password=login["password"])
            person.opens("id", "/login")
            person.logs_in()
            person.sees("mypage.title")
            cookies[story] = [
                each
                for each in page.context.cookies()
                # The language is each browser's own.
                if "language" not in each["name"]
            ]
        return cookies[story]

    return log_in


@pytest.fixture
def opened(
    visit: Visits,
    window: Callable[[str], Page],
    signed_in: Callable[[str], list[Any]],
) -> Callable[[DemoPage, str], Page]:
    """The look's browser, with no other cookies than those of the page's login."""

    def open_(listed: DemoPage, look: str) -> Page:
        cookies = signed_in(listed.login) if listed.login else []
        page = window(look)
        visit.again(page, javascript=look != PLAIN)
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        return page

    return open_


def _options(look: str) -> dict[str, Any]:
    return {
        "language": "en" if look == DARK else "ja",
        "dark": look == DARK,
        "javascript": look != PLAIN,
    }


def _looks() -> Iterator[object]:
    for listed in PAGES:
        # What comes after a form is walked without scripts by the journey of joining.
        for look in (LIGHT, DARK) if listed.steps else (LIGHT, DARK, PLAIN):
            if listed.name not in ON_THE_WAY_TO_DONE:
                yield pytest.param(listed, look, id=f"{listed.name}-{look}")


@pytest.mark.parametrize(("listed", "look"), list(_looks()))
def test_page(
    club: Club, opened: Callable[[DemoPage, str], Page], listed: DemoPage, look: str
) -> None:
    page = opened(listed, look)
    answer = page.goto(club.url(listed.host, listed.path))
    assert answer is not None
    assert answer.status == listed.status
    if listed.steps:
        listed.steps(page)
        page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    # The page is examined at the end, as in every journey.


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_the_pages_on_the_way_to_a_membership(club: Club, visit: Visits, look: str) -> None:
    page = visit(**_options(look))
    seen: list[str] = []

    def examine(page: Page) -> None:
        visit.examine(page)
        assert page.locator("h1").count() == 1
        seen.append(page.url)

    page.goto(club.url("id", "/join/official/"))
    join_up_to("done", look=examine)(page)
    # The bank's question is another.
    assert len(seen) == len(ON_THE_WAY_TO_DONE) + 1


def test_the_first_login_page_is_light_and_guarded(club: Club, visit: Visits) -> None:
    page = visit(fresh=True)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks it
    page.goto(club.url("official", "/members/"))
    page.wait_for_load_state("networkidle")
    shown = [answer for answer in answers if not 300 <= answer.status < 400]
    assert page.url.endswith("/login") or "/login?" in page.url
    assert len(shown) <= MAX_REQUESTS, [answer.url for answer in shown]
    sizes = [answer.request.sizes() for answer in answers]
    weight = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
    assert 0 < weight < MAX_BYTES
    assert {urlsplit(answer.url).hostname for answer in shown} == {"id.localhost"}
    policy = shown[0].headers["content-security-policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] in ("'none'", "'self'")
    for name, sources in directives.items():
        assert "unsafe" not in sources, f"{name} {sources}"
        assert "*" not in sources, f"{name} {sources}"
    for name in ("base-uri", "object-src", "frame-ancestors"):
        assert directives.get(name, directives["default-src"]) in ("'none'", "'self'"), name
    assert shown[0].headers["x-content-type-options"] == "nosniff"
    assert "no-store" in shown[0].headers["cache-control"]

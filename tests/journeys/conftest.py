"""Journeys: a real Chromium visits a club that really runs. Nothing is patched.

`club` is a running club (a module's own or one that they share), `page` a fresh phone in
Japanese; every page that a test ends on is examined, `sound()` examines the present one on the
way. `visit` opens other browsers: another language, a desktop, no JavaScript.
"""

import fcntl
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.journeys.club import Club, make_template
from tests.journeys.soundness import Watch, problems_of

PHONE = {"width": 375, "height": 667}
DESKTOP = {"width": 1280, "height": 800}
FAILURES = Path("var/failures")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Our hosts share a process: starting another for each costs as much as looking at a page.
    "--disable-site-isolation-trials", "--renderer-process-limit=1",
]  # fmt: skip


def browser_path() -> str:
    path = os.environ.get("KAIIN_BROWSER") or shutil.which("chromium")
    assert path, "no Chromium: run scripts/browser.sh, or name one in KAIIN_BROWSER"
    return path


def whole_browser_path() -> str:
    """One that reads a profile's settings: the headless one has none."""
    return shutil.which("chromium") or browser_path()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for all tests of this process."""
    # Playwright runs an event loop in this thread; Django is used between its calls only.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The files of a club of a tenant, made once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    # Processes that run tests side by side have folders side by side.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"
    folder.mkdir(exist_ok=True)

    def template(tenant: str) -> Path:
        made = folder / Path(tenant).stem
        with (folder / f"{made.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                make_template(made, tenant)
        return made

    return template


@pytest.fixture(autouse=True)
def named_ids(settings: Any) -> None:
    """The catalogs' words, as the running club's own process says them."""
    settings.KAIIN_ID_NAME = "tests.journeys.visitor.name_of_id"


@pytest.fixture(scope="session")
def shared_club(
    templates: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Club]:
    """The club that modules share which leave its clock alone: members don't see each other."""
    folder = tmp_path_factory.mktemp("club") / "var"
    with _running(Club(folder, templates("plusmember.yaml"), django_db_blocker.unblock)) as club:
        yield club


@pytest.fixture(scope="module")
def club(
    request: pytest.FixtureRequest,
    templates: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Club]:
    """A running club without members. A module with a CLUB has one of its own: an example's
    file, or `demo` for the demo's members."""
    tenant = getattr(request.module, "CLUB", None)
    if tenant is None:
        yield request.getfixturevalue("shared_club")
        return
    folder = tmp_path_factory.mktemp("club") / "var"
    with _running(Club(folder, templates(tenant), django_db_blocker.unblock)) as club:
        yield club


@contextmanager
def _running(club: Club) -> Iterator[Club]:
    try:
        club.start()
        yield club
        club.check()
        complaints = club.complaints()
        assert not complaints, "\n".join(["the processes complained:", *complaints])
    finally:
        club.stop()


class Looks:
    """Windows of a look (language, size, scripts, colours), lent to one visit after another.

    The first one of a look starts a process, and reads fonts and scripts into it: that costs more
    than most visits. A visit gets a page of its own there, without cookies or a history.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[Hashable, list[BrowserContext]] = defaultdict(list)
        self._look_of: dict[BrowserContext, Hashable] = {}

    def lend(self, *, fresh: bool, **options: Any) -> BrowserContext:
        """A window; a `fresh` one has an empty cache, too."""
        look = tuple(sorted((name, str(value)) for name, value in options.items()))
        if self._free[look] and not fresh:
            return self._free[look].pop()
        context = self._browser.new_context(**options)
        context.set_default_timeout(10_000)
        # Its process lives as long as a page does.
        context.new_page()
        self._look_of[context] = look
        return context

    def take_back(self, context: BrowserContext) -> None:
        _, *visited = context.pages
        for page in visited:
            page.close()
        context.clear_cookies()
        self._free[self._look_of[context]].append(context)


class Visits:
    """Opens browsers, listens to each page, and at the end says what was wrong."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._contexts: list[BrowserContext] = []
        self._lent: list[BrowserContext] = []
        self.watches: list[Watch] = []
        # Each page, and whether it may run scripts.
        self.pages: dict[Page, bool] = {}
        # What the pages did wrong, from the first on; examined pages add theirs.
        self.found: list[str] = []

    def __call__(
        self,
        *,
        language: str = "ja",
        desktop: bool = False,
        javascript: bool = True,
        dark: bool = False,
        fresh: bool = False,
        **options: object,
    ) -> Page:
        """A browser without cookies, not logged in. A `fresh` one has nothing cached.
        `options` are Playwright's."""
        context = self._looks.lend(
            fresh=fresh,
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            timezone_id="Asia/Tokyo",
            viewport=DESKTOP if desktop else PHONE,
            has_touch=not desktop,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **options,
        )
        context.on("page", self._watch)
        page = context.new_page()
        self._contexts.append(context)
        self.pages[page] = javascript
        return page

    def again(self, page: Page, *, javascript: bool) -> None:
        """Visit with a browser that stays open after the test, with the cookies that it has."""
        page.goto("about:blank")
        self._watch(page)
        page.context.on("page", self._watch)
        self._lent.append(page.context)
        self.pages[page] = javascript

    def _watch(self, page: Page) -> None:
        self.watches.append(Watch(page))

    def examine(self, page: Page) -> None:
        """Examine the page as it is now; what is wrong is reported at the test's end."""
        # A click ends when the next page begins, which may have no style yet.
        page.wait_for_load_state()
        if page.url.startswith("http"):
            self.found += problems_of(page, javascript=self.pages[page])

    def end(self) -> list[str]:
        """Close everything; returns what was wrong."""
        for context in self._lent:
            context.remove_listener("page", self._watch)
        for watch in self.watches:
            watch.end()
        for context in self._contexts:
            context.remove_listener("page", self._watch)
            self._looks.take_back(context)
        return [problem for watch in self.watches for problem in watch.problems] + self.found


@pytest.fixture(scope="session")
def looks(browser: Browser) -> Looks:
    return Looks(browser)


@pytest.fixture
def visit(looks: Looks, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Opens browsers: `visit(language="en", desktop=True, javascript=False, dark=True)`."""
    visits = Visits(looks)
    yield visits
    if getattr(request.node, "failed", False):
        _keep_pictures(request.node.nodeid, list(visits.pages))
    else:
        for page in visits.pages:
            visits.examine(page)
    problems = visits.end()
    assert not problems, "\n".join(["unsound pages:", *dict.fromkeys(problems)])


@pytest.fixture
def page(visit: Visits) -> Page:
    """A fresh phone, 375 px wide, in Japanese."""
    return visit()


@pytest.fixture
def sound(visit: Visits, page: Page) -> Callable[[], None]:
    """Examines `page` as it is now."""
    return lambda: visit.examine(page)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]


def _keep_pictures(name: str, pages: list[Page]) -> None:
    """Where a test failed, the last sight of each page says more than the trace."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"\W+", "-", name)
    for number, page in enumerate(pages):
        file = FAILURES / f"{stem}-{number}.png"
        page.screenshot(path=file, full_page=True)
        print(f"{page.url} is pictured in {file}")

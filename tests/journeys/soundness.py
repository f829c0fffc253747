"""What every page is checked for: console, requests, accessibility, untranslated texts, width."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import ConsoleMessage, Page, Request

LOCALES = Path(__file__).resolve().parent.parent.parent / "src" / "kaiin" / "locales"
NARROWEST = 320
_AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
}  # fmt: skip
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# What is right is many times as long, and is not asked for.
_VIOLATIONS = """async options => (await axe.run(options)).violations.map(
  ({id, help, nodes}) => ({id, help, places: nodes.slice(0, 3).map(node => node.target.join(' '))})
)"""
# A placeholder or a template's own syntax that reached the page.
_LEFTOVER = re.compile(r"⟦|⟧|\{\s*\$|\{\{|\}\}|\{%|%\}|�")
# Words of a page, but for codes that are shown on purpose.
_VISIBLE_TEXT = """() => {
  const copy = document.body.cloneNode(true);
  for (const shown of copy.querySelectorAll('code, [data-code], script, style')) shown.remove();
  return document.title + ' ' + copy.textContent;
}"""
_WIDER_THAN_PAGE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > width + 0.5)
    .slice(0, 5)
    .map(e => e.outerHTML.slice(0, 120));
}"""


class Watch:
    """Listens to a page until `end`; `problems` is what it heard."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self._page = page
        self._heard: dict[str, Callable[..., None]] = {
            "console": self._console,
            "pageerror": lambda error: self._note(f"script error: {error}"),
            "request": self._request,
            "requestfailed": self._request_failed,
        }
        for event, hear in self._heard.items():
            page.on(event, hear)

    def end(self) -> None:
        for event, hear in self._heard.items():
            self._page.remove_listener(event, hear)

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self._page.url}: {problem}")

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx to a form is no fault of the page, though the browser logs it.
        of_the_page = "Failed to load resource" in message.text and (
            message.location["url"] == self._page.url
        )
        if message.type in ("error", "warning") and not of_the_page:
            self._note(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        ours = host == "localhost" or host.endswith(".localhost")
        if parts.scheme not in ("data", "blob", "about") and not ours:
            self._note(f"asks a third party: {request.url}")

    def _request_failed(self, request: Request) -> None:
        # Leaving a page aborts what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"request failed: {request.url}: {request.failure}")


def problems_of(page: Page, *, javascript: bool = True) -> list[str]:
    """Everything wrong with the page as it is now: axe, untranslated texts, width.

    Axe needs timers, which a browser without JavaScript does not run.
    """
    found = [*(_axe(page) if javascript else ()), *_untranslated(page), *_too_wide(page)]
    return [f"{page.url}: {problem}" for problem in found]


def _axe(page: Page) -> Iterator[str]:
    page.evaluate(_AXE)
    for violation in page.evaluate(_VIOLATIONS, _AXE_OPTIONS):
        places = "; ".join(violation["places"])
        yield f"axe {violation['id']}: {violation['help']} at {places}"


def _untranslated(page: Page) -> Iterator[str]:
    text = page.evaluate(_VISIBLE_TEXT)
    if found := _LEFTOVER.search(text):
        yield f"left over in the text: {text[max(found.start() - 40, 0) : found.end() + 40]!r}"
    for word in set(re.findall(r"[a-z][\w-]*(?:[.-]\w+)+", text)) & _text_ids():
        yield f"an untranslated code: {word}"
    if page.locator("html").get_attribute("lang") not in ("ja", "en"):
        yield "<html> names no language"


def _too_wide(page: Page) -> Iterator[str]:
    usual = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    for element in page.evaluate(_WIDER_THAN_PAGE):
        yield f"wider than {NARROWEST} px: {element}"
    if usual:
        page.set_viewport_size(usual)


@cache
def _text_ids() -> frozenset[str]:
    """The ids of all texts, and the codes that they are of."""
    ids = {
        match
        for file in LOCALES.glob("*/*.ftl")
        for match in re.findall(r"^([a-z][\w-]*-[\w-]+) *=", file.read_text("utf-8"), re.MULTILINE)
    }
    return frozenset(ids | {name.replace("-", ".") for name in ids})

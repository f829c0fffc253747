"""Pictures every page of the demo, on phone and desktop, in both languages, light and dark.

python -m scripts.screens                  # make screens: all, under var/screens
python -m scripts.screens my login         # only pages whose names begin so
python -m scripts.screens --at http://localhost:8000   # of a demo that runs already
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright
from tests.pages import PAGES, DemoPage

OUT = Path("var/screens")
HOME = Path("var/screens-demo")
WIDTHS = {"phone": (375, 812), "desktop": (1280, 800)}
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
SCHEMES = ("light", "dark")
Look = tuple[str, str, str]  # language, width, scheme
READY_SECONDS = 180


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only pages whose names begin with one of these")
    parser.add_argument("--quick", action="store_true", help="phone, Japanese, light only")
    parser.add_argument("--at", help="the address of a demo that runs already")
    parser.add_argument("--var", type=Path, default=Path("var/demo"), help="that demo's folder")
    options = parser.parse_args()
    pages = [page for page in PAGES if page.name.startswith(tuple(options.names) or "")]
    languages, widths, schemes = list(LOCALES), list(WIDTHS), list(SCHEMES)
    if options.quick:
        languages, widths, schemes = languages[:1], widths[:1], schemes[:1]
    looks = list(product(languages, widths, schemes))
    if options.at:
        return _picture(pages, looks, options.at, options.var)
    with _demo() as (address, var):
        return _picture(pages, looks, address, var)


@contextmanager
def _demo() -> Iterator[tuple[str, Path]]:
    """A demo of its own, so that pictures neither change nor wait for one that runs."""
    HOME.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "kaiin.cli", "demo", "--port", str(port)],
        cwd=HOME,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_ready(demo, port)
        yield f"http://localhost:{port}", HOME / "var" / "demo"
    finally:
        demo.terminate()
        demo.wait(timeout=30)


def _free_port() -> int:
    """A port that is free and whose next, the sandbox's, is free too."""
    while True:
        with socket.socket() as pages, socket.socket() as sandbox:
            pages.bind(("127.0.0.1", 0))
            port = int(pages.getsockname()[1])
            try:
                sandbox.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _wait_ready(demo: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if demo.poll() is not None:
            sys.exit(f"screens: the demo ended with {demo.returncode}")
        try:
            with urlopen(Request(f"http://127.0.0.1:{port}/readyz"), timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    sys.exit(f"screens: the demo was not ready within {READY_SECONDS} s")


def _picture(pages: list[DemoPage], looks: list[Look], address: str, var: Path) -> int:
    logins = {
        each["story"].removeprefix("demo.story_"): each
        for each in json.loads((var / "logins.json").read_text("utf-8"))
    }
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KAIIN_BROWSER") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for language in dict.fromkeys(language for language, _, _ in looks):
            states = _sign_in(browser, pages, logins, address, language)
            for page, look in product(pages, (each for each in looks if each[0] == language)):
                context = _context(browser, *look, states.get(page.login))
                failed += not _one(
                    context, page, address, OUT / f"{'.'.join((page.name, *look))}.png"
                )
                context.close()
        browser.close()
    print(f"{len(pages) * len(looks) - failed} pictures under {OUT}, {failed} failed")
    return 1 if failed else 0


def _one(context: BrowserContext, page: DemoPage, address: str, file: Path) -> bool:
    tab = context.new_page()
    try:
        answer = tab.goto(_url(address, page.host, page.path))
        if answer is None or answer.status != page.status:
            raise Error(f"answered {answer and answer.status}, not {page.status}")
        if page.steps:
            page.steps(tab)
            tab.wait_for_load_state()
        file.parent.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=file, full_page=True)
    except (Error, AssertionError) as error:
        print(f"{file.stem}: {error}", file=sys.stderr)
        return False
    return True


def _sign_in(
    browser: Browser, pages: list[DemoPage], logins: dict[str, dict], address: str, language: str
) -> dict[str | None, dict]:
    """The cookies of every ready login that is needed, in one language."""
    states: dict[str | None, dict] = {}
    for story in sorted({page.login for page in pages if page.login}):
        context = _context(browser, language, "phone", "light", None)
        tab = context.new_page()
        tab.goto(_url(address, "id", "/login"))
        tab.locator("[name=login]").fill(logins[story]["member_id"])
        tab.locator("[name=password]").fill(logins[story]["password"])
        tab.locator("[name=password]").press("Enter")
        tab.wait_for_load_state()
        states[story] = context.storage_state()
        context.close()
    return states


def _context(
    browser: Browser, language: str, width: str, scheme: str, state: dict | None
) -> BrowserContext:
    wide, high = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        locale=LOCALES[language],
        timezone_id="Asia/Tokyo",
        color_scheme=scheme,
        reduced_motion="reduce",
        storage_state=state,
    )
    context.set_default_timeout(10_000)
    return context


def _url(address: str, host: str, path: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{host}.{parts.netloc}{path}"


if __name__ == "__main__":
    sys.exit(main())

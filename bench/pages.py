"""Pages: how many of each one core serves in a second."""

from collections.abc import Iterator

from bench.club import SERVER_CORE, Club, club
from bench.figures import Figure

SECONDS, ROUNDS = 2, 5
EMPTY = "smallest view"
# Figure -> host, path, and whether a member asks.
PAGES = {
    EMPTY: ("id", "/readyz", False),
    "members-only page": ("official", "/members/", True),
    "member card": ("official", "/card/", True),
    "login page": ("id", "/login", False),
    "site's public top": ("official", "/", False),
}


def measure() -> Iterator[Figure]:
    """The pages take turns, so that all meet the same machine."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    with club(cores=[SERVER_CORE], members=5) as running:
        for name in PAGES:
            _ask(running, name)
        for _ in range(ROUNDS):
            for name, values in runs.items():
                values.append(_ask(running, name))
    for name, (host, path, member) in PAGES.items():
        asked = "as a member, " if member else ""
        rates, processor_ms = zip(*runs[name], strict=True)
        yield Figure(
            name, "requests/s", rates,
            f"GET {path} at {host}.localhost, {asked}wrk -c8 on another core, {ROUNDS} × {SECONDS} "
            "s; one process of granian on one core, SQLite",
            None if name == EMPTY else EMPTY,
        )  # fmt: skip
        yield Figure(
            f"processor time: {name}", "ms", processor_ms, "of the server's process, same requests"
        )


def _ask(running: Club, name: str) -> tuple[float, float]:
    host, path, member = PAGES[name]
    # Without a cookie of ours the login page first tries whether cookies are kept.
    cookie = running.cookie if member else "kaiin-try=1"
    return running.load(host, path, seconds=SECONDS, cookie=cookie)

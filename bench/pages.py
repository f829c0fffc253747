"""Pages: how many of each one core serves in a second."""

from collections.abc import Iterator

from bench.club import club
from bench.figures import Figure, repeat

HOW = "wrk -c8 on the other core, 5 s; one granian process on one core, SQLite"


def measure() -> Iterator[Figure]:
    with club() as running:
        bare = "bare answer (/healthz)"
        yield Figure(bare, "req/s", repeat(lambda: running.load("id", "/healthz")), f"GET, {HOW}")
        yield Figure(
            "login page", "req/s", repeat(lambda: running.load("id", "/login")), f"GET, {HOW}", bare
        )
        yield Figure(
            "site's public top", "req/s", repeat(lambda: running.load("official", "/")),
            f"GET, {HOW}", bare,
        )  # fmt: skip

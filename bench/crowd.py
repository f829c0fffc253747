"""A crowd logs in: what members notice who are in already, and whether anybody is lost.

The crowd has twenty browsers for each that the server lets hash or wait; each sends its form, and
where it is asked to wait it waits so long and sends it again, as a person does.
"""

import json
from collections.abc import Iterator

from bench.club import CORES, Club, club, run_module
from bench.figures import Figure

SECONDS, ROUNDS, MEMBERS = 10, 3, 80
BROWSERS = 20 * 7  # seven places a process, see `kaiin.identity.hashing`


def measure() -> Iterator[Figure]:
    """Calm and crowd take turns, so that both meet the same machine."""
    with club(cores=CORES, members=MEMBERS) as running:
        _look(running, browsers=0, seconds=2)
        turns = [
            (_look(running, browsers=0), _look(running, browsers=BROWSERS)) for _ in range(ROUNDS)
        ]
    calm, crowd = zip(*turns, strict=True)
    often = f"{ROUNDS} × {SECONDS} s, calm and crowd in turn; browsers on the same cores"
    for what, name in (("member", "members' page"), ("health", "/healthz")):
        beside = f"{name}, p99, calm"
        yield Figure(beside, "ms", tuple(run[what] for run in calm), often)
        yield Figure(
            f"{name}, p99, in a crowd", "ms", tuple(run[what] for run in crowd),
            f"{BROWSERS} browsers log in; {often}", beside,
        )  # fmt: skip
    yield Figure("logins in a crowd", "/s", tuple(run["logins"] / SECONDS for run in crowd), often)
    yield Figure(
        "asked to wait", "/s", tuple(run["waits"] / SECONDS for run in crowd),
        "answers 503 with Retry-After",
    )  # fmt: skip
    yield Figure(
        "lost", "", tuple(float(run["lost"]) for run in crowd),
        "requests without an answer, or with another than in or wait",
    )  # fmt: skip


def _look(running: Club, *, browsers: int, seconds: int = SECONDS) -> dict[str, float]:
    said = run_module(
        "bench.crowd_browsers", str(running.port), str(seconds), str(browsers),
        running.cookie, json.dumps(running.logins), variables={},
    )  # fmt: skip
    answer: dict[str, float] = json.loads(said)
    return answer

"""What a monitor waits for `/healthz` while pages are busy and strangers half-send forms."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.club import CORES, Club, club, run_module
from bench.figures import Figure

SECONDS, ROUNDS = 5, 5
READERS, HALF_SENT = 16, 64
CALM, BUSY, HALF = "/healthz, p99, calm", "/healthz, p99, busy", "/healthz, p99, busy and half-sent"


def measure() -> Iterator[Figure]:
    """The three take turns, so that all meet the same machine."""
    kinds = {CALM: (0, 0), BUSY: (READERS, 0), HALF: (READERS, HALF_SENT)}
    runs: dict[str, list[float]] = {name: [] for name in kinds}
    with club(cores=CORES, members=5) as running:
        for _ in range(ROUNDS):
            for name, (readers, half_sent) in kinds.items():
                runs[name].append(_look(running, readers, half_sent))
    for name, (readers, half_sent) in kinds.items():
        yield Figure(
            name, "ms", tuple(runs[name]),
            f"{readers} connections of wrk read the members' page, {half_sent} send a part of a "
            f"form and wait, are closed after a second and come again; {ROUNDS} × {SECONDS} s",
            None if name == CALM else CALM,
        )  # fmt: skip


def _look(running: Club, readers: int, half_sent: int) -> float:
    """The load comes from processes of its own: in the monitor's it would slow down the monitor."""
    with ThreadPoolExecutor(1) as pool:
        if readers:
            pool.submit(
                running.load, "official", "/members/",
                seconds=SECONDS, cookie=running.cookie, connections=readers,
            )  # fmt: skip
        said = run_module(
            "bench.health_visitors", str(running.port), str(SECONDS), str(half_sent), variables={}
        )
    return float(json.loads(said))

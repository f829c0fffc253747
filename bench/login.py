"""Logging in: real requests to a real server, beside the bare hash on the same cores."""

import json
from collections.abc import Iterator

from bench import hash as bare
from bench.club import CORES, Club, club, run_module
from bench.figures import Figure

SECONDS, ROUNDS, MEMBERS = 4, 5, 80
# Connections are spread over the processes by chance, and one lets six wait for their hash: with
# two cores none is ever sent away.
BROWSERS = 3 * len(CORES)
BOUND = "argon2id, bare"


def measure() -> Iterator[Figure]:
    """Hash and login take turns, so that both meet the same machine.

    Rates suffer from all else that the machine does; processor times hardly do.
    """
    _check_parameters()
    with club(cores=CORES, members=MEMBERS) as running:
        bare.measure(1), _logins(running, 2)
        turns = [(*bare.measure(SECONDS), *_logins(running, SECONDS)) for _ in range(ROUNDS)]
    hashes_runs, hash_ms_runs, logins_runs, login_ms_runs = zip(*turns, strict=True)
    often = f"{ROUNDS} × {SECONDS} s, hash and logins in turn, {len(CORES)} cores"
    yield Figure(BOUND, "/s", hashes_runs, f"{bare.PARAMETERS}; one process a core; {often}")
    yield Figure(
        "logins", "/s", logins_runs,
        f"POST /login by {BROWSERS} browsers for {MEMBERS} members; granian, a process a "
        f"core, SQLite; the browsers run on the same cores; {often}",
        BOUND,
    )  # fmt: skip
    yield Figure(
        "processor time: login", "ms", login_ms_runs, f"of the server's processes; {often}"
    )
    yield Figure(
        "processor time: its hash", "ms", hash_ms_runs, f"while all cores hash; {often}",
        "processor time: login",
    )  # fmt: skip


def _check_parameters() -> None:
    """The bound must be of the hash that Kaiin makes."""
    from kaiin.identity.passwords import Argon2id  # noqa: PLC0415

    ours = (Argon2id.memory_cost, Argon2id.time_cost, Argon2id.parallelism)
    if ours != (bare.MEMORY_KIB, bare.PASSES, bare.LANES):
        raise RuntimeError(f"Kaiin hashes with {ours}: measure that")


def _logins(running: Club, seconds: int) -> tuple[float, float]:
    """Logins a second, and the server's processor time of one in milliseconds."""
    before = running.processor_seconds()
    said = run_module(
        "bench.browsers", str(running.port), str(seconds), str(BROWSERS),
        json.dumps(running.logins), variables={},
    )  # fmt: skip
    rate, count = json.loads(said)
    return rate, (running.processor_seconds() - before) / count * 1000

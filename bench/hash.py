"""The bare password hash: no login can be faster."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from argon2.low_level import Type, hash_secret_raw

from bench.figures import Figure, repeat

CORES = os.cpu_count() or 1
SECONDS = 3.0
BOUND = "argon2id, bare, all cores"


def measure() -> Iterator[Figure]:
    how = f"argon2id m=19456 KiB t=2 p=1, one process a core, {SECONDS:.0f} s"
    with ProcessPoolExecutor(CORES) as pool:

        def run() -> float:
            return sum(pool.map(_hashes_per_second, [SECONDS] * CORES))

        yield Figure(BOUND, "hashes/s", repeat(run), how)


def _hashes_per_second(seconds: float) -> float:
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < seconds:
        hash_secret_raw(b"a password", b"sixteen bytes of", 2, 19456, 1, 32, Type.ID)
        count += 1
    return count / (time.perf_counter() - started)

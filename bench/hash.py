"""The bare password hash: no login can be faster."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from argon2.low_level import Type, hash_secret_raw

CORES = len(os.sched_getaffinity(0))
MEMORY_KIB, PASSES, LANES = 19456, 2, 1
PARAMETERS = f"argon2id m={MEMORY_KIB} KiB t={PASSES} p={LANES}"


def hashes_per_second(seconds: float) -> float:
    """How many bare hashes all cores together make in a second; one process a core."""
    return sum(_pool().map(_on_one_core, [seconds] * CORES))


def processor_ms() -> float:
    """The processor time of one bare hash."""
    started, count = time.process_time(), 20
    for _ in range(count):
        _hash()
    return (time.process_time() - started) / count * 1000


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(CORES)


def _on_one_core(seconds: float) -> float:
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < seconds:
        _hash()
        count += 1
    return count / (time.perf_counter() - started)


def _hash() -> None:
    hash_secret_raw(b"a password", b"sixteen bytes of", PASSES, MEMORY_KIB, LANES, 32, Type.ID)

"""The bare password hash: no login can be faster."""

import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from argon2.low_level import Type, hash_secret_raw

CORES = len(os.sched_getaffinity(0))
MEMORY_KIB, PASSES, LANES = 19456, 2, 1
PARAMETERS = f"argon2id m={MEMORY_KIB} KiB t={PASSES} p={LANES}"


def measure(seconds: float) -> tuple[float, float]:
    """How many bare hashes all cores together make in a second, one process a core; and the
    processor time of one in milliseconds, with the other cores as busy."""
    rates, processor_ms = zip(*_pool().map(_on_one_core, [seconds] * CORES), strict=True)
    return sum(rates), statistics.mean(processor_ms)


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(CORES)


def _on_one_core(seconds: float) -> tuple[float, float]:
    started, processor_started = time.perf_counter(), time.process_time()
    count = 0
    while time.perf_counter() - started < seconds:
        hash_secret_raw(b"a password", b"sixteen bytes of", PASSES, MEMORY_KIB, LANES, 32, Type.ID)
        count += 1
    processor_ms = (time.process_time() - processor_started) / count * 1000
    return count / (time.perf_counter() - started), processor_ms

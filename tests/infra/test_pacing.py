"""How many calls are under way at once, and how many begin in a second."""

import threading

import pytest

from kaiin.infra.pacing import Pace, in_parallel


def test_a_pace_lets_calls_begin_evenly() -> None:
    waited: list[float] = []
    pace = Pace(4, now=lambda: 100.0, wait=waited.append)
    for _ in range(4):
        pace.take_turn()
    assert waited == [0.25, 0.5, 0.75]


def test_who_was_idle_does_not_wait() -> None:
    now = 100.0
    waited: list[float] = []
    pace = Pace(4, now=lambda: now, wait=waited.append)
    pace.take_turn()
    now = 200.0
    pace.take_turn()
    assert waited == []


def test_without_a_limit_no_call_waits() -> None:
    waited: list[float] = []
    pace = Pace(0, wait=waited.append)
    for _ in range(100):
        pace.take_turn()
    assert waited == []


def test_so_many_at_once_and_in_order() -> None:
    together = threading.Barrier(3, timeout=30)  # breaks unless three really work at once
    lock, under_way, most = threading.Lock(), 0, 0

    def work(item: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait()
        with lock:
            under_way -= 1
        return item * 10

    assert list(in_parallel(work, range(12), at_once=3)) == [n * 10 for n in range(12)]
    assert most == 3


def test_one_at_a_time_stays_in_the_callers_thread_and_is_done_as_it_is_taken() -> None:
    done: list[tuple[int, str]] = []

    def work(item: int) -> int:
        done.append((item, threading.current_thread().name))
        return item

    results = in_parallel(work, range(5), at_once=1)
    assert next(results) == 0
    assert done == [(0, threading.current_thread().name)]


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_reader_that_stops_taking_stops_the_rest(at_once: int) -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return item

    results = in_parallel(work, range(1000), at_once=at_once)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert len(begun) < 10

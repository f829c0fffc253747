import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kaiin.infra import throttle


def _try(key: str = "account:1") -> throttle.Reservation:
    return throttle.reserve(key=key, limit=5, window_seconds=600)


@pytest.mark.django_db
def test_only_the_first_tries_are_allowed_and_a_new_window_starts_afresh(clock) -> None:
    assert [_try().allowed for _ in range(7)] == [True] * 5 + [False] * 2
    assert _try("account:2").allowed
    clock.advance(seconds=601)
    assert _try().allowed


@pytest.mark.django_db
def test_the_window_runs_from_the_first_try_not_the_last(clock) -> None:
    first = _try()
    clock.advance(seconds=300)
    assert _try().retry_at == first.retry_at


@pytest.mark.django_db
def test_clearing_gives_all_tries_back(clock) -> None:
    for _ in range(6):
        _try()
    throttle.clear("account:1")
    assert _try().allowed


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_parallel_tries_cannot_exceed_the_count(clock) -> None:
    gate = threading.Barrier(8)

    def work(_: int) -> int:
        gate.wait()
        allowed = sum(_try().allowed for _ in range(4))
        connection.close()
        return allowed

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 5


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_trying_while_another_clears_or_forgets_is_no_error(clock) -> None:
    gate = threading.Barrier(4)

    def work(number: int) -> int:
        gate.wait()
        for _ in range(60):
            if number % 2:
                throttle.clear("account:1")
            else:
                _try()
        connection.close()
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 4


@pytest.mark.django_db
def test_only_counts_whose_window_has_ended_are_forgotten(clock) -> None:
    _try("account:1")
    clock.advance(seconds=400)
    for _ in range(5):
        _try("account:2")
    clock.advance(seconds=201)
    assert throttle.forget_ended() == 1
    assert not _try("account:2").allowed

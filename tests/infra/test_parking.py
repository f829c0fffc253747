"""Isolation: what fails alone is parked alone, and how often that is tried again."""

import gc
import weakref
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError

from kaiin.infra import parking
from kaiin.infra.models import ParkedRow, ThrottleBucket
from kaiin.infra.parking import Parking
from tests.fixtures.clock import Clock

pytestmark = pytest.mark.django_db


class Work:
    """Fails for a set with a bad row in it; notes the sizes that it was called with."""

    def __init__(self, bad: set[int], calls: list[int]) -> None:
        self.bad, self.calls, self.done = bad, calls, []  # type: ignore[var-annotated]

    def __call__(self, some: Sequence[int]) -> None:
        self.calls.append(len(some))
        if self.bad.intersection(some):
            raise ValueError("bad")
        self.done += some


@pytest.mark.parametrize("bad", [{0}, {511}, {300}, {17, 18}])
def test_halves_find_the_bad_ones_in_few_steps(clock: Clock, bad: set[int]) -> None:
    work = Work(bad, [])
    lot = Parking[int]("row.test", clock.now())
    lot.in_halves(range(512), work)
    assert work.done == [row for row in range(512) if row not in bad]
    assert lot.failed == sorted(bad)
    assert len(work.calls) <= 1 + 2 * 9 * len(bad)
    assert sum(work.calls) <= 3 * 512 * len(bad)


def test_where_all_are_bad_all_are_parked_and_the_cost_has_a_bound(clock: Clock) -> None:
    work = Work(set(range(64)), [])
    lot = Parking[int]("row.test", clock.now())
    lot.in_halves(range(64), work)
    assert ParkedRow.objects.count() == 64
    assert len(work.calls) == 2 * 64 - 1


def test_back_off_doubles_up_to_an_hour_and_age_is_kept(clock: Clock) -> None:
    first_at = clock.now()
    pauses = []
    for _ in range(9):
        Parking[str]("row.test", clock.now()).park("a", ValueError("bad\0\ud800"))
        (row,) = parking.parked(limit=10)
        assert row.first_at == first_at
        pauses.append((row.due_at - clock.now()) // timedelta(minutes=1))
        clock.freeze(row.due_at)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert row.attempts == 9


def test_what_succeeds_is_forgotten_and_what_failed_again_is_not(clock: Clock) -> None:
    before = Parking[int]("row.test", clock.now())
    before.in_halves([1, 2], Work({1, 2}, []))
    Parking[int]("other.test", clock.now()).park(1, ValueError("bad"))
    lot = Parking[int]("row.test", clock.advance(minutes=1))
    lot.in_halves([1, 2, 3], Work({2}, []))
    assert lot.settle([1, 3]) == 3
    left = {(row.kind, row.key, row.attempts) for row in parking.parked(limit=10)}
    assert left == {("row.test", "2", 2), ("other.test", "1", 1)}
    figures = parking.figures()
    assert {kind: each.count for kind, each in figures.items()} == {"row.test": 1, "other.test": 1}


def test_keys_of_every_kind_are_left_out_until_they_are_due(clock: Clock) -> None:
    """By number, by name and by UUID, which the databases write differently."""
    from kaiin.payments.models import Payment

    ids = [uuid4() for _ in range(3)]
    for number, payment in enumerate(ids):
        Payment.objects.create(
            id=payment, member_ref=1, intent_key=str(number), method="card", provider="sandbox",
            amount=1, description="", created_at=clock.now(), called_at=clock.now(),
        )  # fmt: skip
        ThrottleBucket.objects.create(key=str(number), count=1, window_ends_at=clock.now())
    for key in (ids[0], "0"):
        Parking[object]("row.test", clock.now()).park(key, ValueError("bad"))
    rows = Payment.objects.order_by("intent_key")
    buckets = ThrottleBucket.objects.order_by("pk")
    lot = Parking[object]("row.test", clock.now())
    assert lot.keys(rows, "pk", 1) == [ids[1]]
    assert lot.keys(buckets, "pk", 1) == ["1"]
    assert lot.due(rows.filter(pk=ids[0])) is None
    later = Parking[object]("row.test", clock.advance(minutes=1))
    assert later.keys(rows, "pk", 1) == [ids[0]]
    assert later.keys(buckets, "pk", 1) == ["0"]


def test_an_outage_parks_nothing(clock: Clock) -> None:
    lot = Parking[int]("row.test", clock.now())

    def away(_some: Sequence[int]) -> None:
        raise OperationalError("the server closed the connection")

    with pytest.raises(OperationalError):
        lot.in_halves([1, 2], away)
    with pytest.raises(OperationalError), lot.apart(1):
        away([1])
    assert not ParkedRow.objects.exists()


class _Cursor:
    """Stands for one whose rows are still being read: SQLite's writers wait for it."""


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Only what nothing refers to any more goes, as it may be for a long while in a worker."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_what_a_failed_row_had_opened_is_let_go(clock: Clock) -> None:
    opened = []

    def read(_: object) -> None:
        cursor = _Cursor()
        opened.append(weakref.ref(cursor))
        try:
            raise ValueError("an instant that Python does not know")
        except ValueError as error:
            raise RuntimeError from error

    round_ = Parking[int]("some.work", clock.now())
    round_.in_halves([1], read)
    with round_.apart(2):
        read(2)
    assert round_.failed == [1, 2]
    assert [cursor() for cursor in opened] == [None, None]

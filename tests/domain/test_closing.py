"""In which month of the books an entry is booked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.closing import Booking, BookMonth, NotAMonth, booking
from kaiin.domain.ledger import EntryKind
from kaiin.domain.periods import JST

NOVEMBER = BookMonth(date(2026, 11, 1))

PAYMENT, RECOGNITION = EntryKind.PAYMENT, EntryKind.RECOGNITION

instants = st.timedeltas(timedelta(0), timedelta(days=1000)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)
delays = st.timedeltas(timedelta(0), timedelta(days=120))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def test_a_month_is_read_as_it_is_written() -> None:
    assert BookMonth.read("2026-11") == NOVEMBER
    assert str(NOVEMBER) == "2026-11"
    for written in ("2026-13", "2026-00", "2026-1", "202611", "0000-01", "２０２６-11", "November"):
        with pytest.raises(NotAMonth):
            BookMonth.read(written)


def test_the_month_is_japans_and_stays_open_for_a_day() -> None:
    assert NOVEMBER.starts_at == at(2026, 11, 1)
    assert NOVEMBER.ends_at == at(2026, 12, 1)
    assert NOVEMBER.closes_at == at(2026, 12, 2)
    assert NOVEMBER.last_day == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("kind", "occurred", "recorded", "expected"),
    [
        # A store's evening, reported in the morning
        (PAYMENT, at(2026, 11, 30, 23, 50), at(2026, 12, 1, 2), (date(2026, 11, 30), None)),
        (PAYMENT, at(2026, 12, 1), at(2026, 12, 1, 2), (date(2026, 12, 1), None)),
        # A month's fee is earned in it, whenever the worker comes by
        (RECOGNITION, at(2026, 12, 1), at(2026, 12, 1, 4), (date(2026, 11, 30), None)),
        (RECOGNITION, at(2026, 11, 9, 15), at(2026, 11, 9, 15), (date(2026, 11, 9), None)),
        # Known too late
        (PAYMENT, at(2026, 11, 30, 23), at(2026, 12, 2), (date(2026, 12, 2), NOVEMBER)),
        (PAYMENT, at(2026, 11, 3), at(2027, 1, 1, 5), (date(2026, 12, 31), NOVEMBER)),
        (PAYMENT, at(2026, 11, 3), at(2027, 1, 2), (date(2027, 1, 2), NOVEMBER)),
    ],
)  # fmt: skip
def test_on_which_day_an_entry_is_booked(
    kind: EntryKind,
    occurred: datetime,
    recorded: datetime,
    expected: tuple[date, BookMonth | None],
) -> None:
    assert booking(kind, occurred, recorded) == Booking(*expected)


@given(st.sampled_from(EntryKind), instants, delays)
def test_nothing_is_booked_in_a_closed_month(
    kind: EntryKind, occurred: datetime, delay: timedelta
) -> None:
    recorded = occurred + delay
    found = booking(kind, occurred, recorded)
    month = BookMonth.of(found.day)
    assert recorded < month.closes_at
    assert month.starts_at <= occurred or month.starts_at <= recorded
    if found.late_for is None:
        assert month.starts_at <= occurred <= month.ends_at
    else:
        assert found.late_for < month
        assert found.late_for.closes_at <= recorded

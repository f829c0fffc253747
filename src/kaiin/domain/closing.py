"""Months of the books: to which one an entry belongs, and when nothing more can come into it.

The books of a month stay open through the first day of the next: stores, carriers and providers
report the last evening in the morning, and periods that end with the month are earned then.
What is recorded after that, about any day, belongs to the month in which it was recorded, as
late. So a month that is closed never changes again.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kaiin.domain.errors import KaiinError
from kaiin.domain.ledger import EntryKind
from kaiin.domain.periods import japanese_date, midnight, month_start

OPEN_DAYS = timedelta(days=1)
# Ends are exclusive: what ended with a midnight was earned on the day before.
_BEFORE = timedelta(microseconds=1)
_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class NotAMonth(KaiinError):
    """Something that does not read as a month: 2026-11."""

    code = "closing.not_a_month"


@dataclass(frozen=True, slots=True, order=True)
class BookMonth:
    """A calendar month in Japan; `first_day` is its first."""

    first_day: date

    @classmethod
    def read(cls, written: str) -> "BookMonth":
        """`2026-11`. Raises NotAMonth."""
        found = _WRITTEN.fullmatch(written)
        if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
            raise NotAMonth(written=written)
        return cls(date(int(found[1]), int(found[2]), 1))

    @classmethod
    def of(cls, day: date) -> "BookMonth":
        """The month that a day is in."""
        return cls(month_start(day))

    @property
    def starts_at(self) -> datetime:
        return midnight(self.first_day)

    @property
    def ends_at(self) -> datetime:
        return midnight(month_start(self.first_day, 1))

    @property
    def last_day(self) -> date:
        return month_start(self.first_day, 1) - timedelta(days=1)

    @property
    def opens_at(self) -> datetime:
        """From when on what is recorded can't belong to the month before."""
        return self.starts_at + OPEN_DAYS

    @property
    def closes_at(self) -> datetime:
        """From when on nothing that is recorded belongs to it any more."""
        return self.ends_at + OPEN_DAYS

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Booking:
    """To which day of the books an entry belongs; `late_for` is the month in which it happened,
    where that was closed already."""

    day: date
    late_for: BookMonth | None


def happened_on(kind: EntryKind, occurred_at: datetime) -> date:
    """The day in Japan of a business fact. Income is earned before the end of its period."""
    earned = kind is EntryKind.RECOGNITION
    return japanese_date(occurred_at - _BEFORE if earned else occurred_at)


def booking(kind: EntryKind, occurred_at: datetime, recorded_at: datetime) -> Booking:
    """The day of the books to which an entry belongs."""
    day = happened_on(kind, occurred_at)
    month = BookMonth.of(day)
    if recorded_at < month.closes_at:
        return Booking(day, late_for=None)
    open_month = BookMonth.of(japanese_date(recorded_at - OPEN_DAYS))
    return Booking(min(japanese_date(recorded_at), open_month.last_day), late_for=month)

"""When members are reminded: of a charge that comes by itself, of a time that runs out.

Mails of a day leave at nine in the morning, in Japan.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from kaiin.domain.periods import add_months, last_day, midnight

_HOUR = timedelta(hours=9)
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
# Before the first charge after a break, however short the course's periods are.
BREAK_DAYS = (7,)


def of_renewal(stop_day: date, days: Sequence[int]) -> tuple[datetime, ...]:
    """So many days each before the last day on which a renewal can be stopped."""
    return tuple(sorted(_morning(stop_day - timedelta(days=before)) for before in days))


def of_end(ends_at: datetime, opens_at: datetime | None) -> tuple[datetime, ...]:
    """When the next period can be paid for (`opens_at`), then a month, a week and a day before the
    last day; none of them before it can be paid for."""
    last = last_day(ends_at)
    found = {_morning(day) for day in (add_months(last, -1), last - _WEEK, last - _DAY)}
    if opens_at is not None:
        opening = opens_at + _HOUR
        found = {opening, *(at for at in found if at > opening)}
    return tuple(sorted(found))


def of_withdrawal(dormant_until: datetime) -> tuple[datetime, ...]:
    """A week before the last day on which a dormant membership can be renewed."""
    return (_morning(last_day(dormant_until) - _WEEK),)


def next_after(reminders: Iterable[datetime], now: datetime) -> datetime | None:
    """The first of them that is still to come. What a worker missed is not made up for: the one
    that follows says as much."""
    return min((at for at in reminders if at > now), default=None)


def _morning(day: date) -> datetime:
    return midnight(day) + _HOUR

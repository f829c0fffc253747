"""A calendar that only counts days: what the term rules are checked against.

Nothing here knows how long a month is, nor adds months: days are walked one by one, and a month
has turned when a day numbered 1 is met. Japan's day of an instant is counted from an epoch.
"""

from datetime import UTC, date, datetime, timedelta

_DAY = timedelta(days=1)
# 15:00 UTC on 31 December 1999 is the midnight in Japan that begins 1 January 2000.
_EPOCH, _EPOCH_DAY = datetime(1999, 12, 31, 15, tzinfo=UTC), date(2000, 1, 1)


def day_in_japan(at: datetime) -> date:
    """The day in Japan that an instant lies in."""
    return _EPOCH_DAY + _DAY * ((at - _EPOCH) // _DAY)


def midnight_in_japan(day: date) -> datetime:
    """The instant at which a day begins in Japan."""
    return _EPOCH + (day - _EPOCH_DAY)


def calendar_ends(joined: date, months: int, count: int, *, free: bool = False) -> list[date]:
    """The first days after `count` periods that end with a month: each after `months` turns of
    the month, the first after one more where the month of joining is free."""
    ends: list[date] = []
    turns, wanted, day = 0, months + free, joined
    while len(ends) < count:
        day += _DAY
        if day.day == 1:
            turns += 1
            if turns == wanted:
                ends.append(day)
                wanted += months
    return ends


def anniversary_ends(joined: date, months: int, count: int) -> list[date]:
    """The first days after `count` periods of `months` months: in each such month the day with
    the number of the day of joining, or the month's last where it ends before."""
    ends: list[date] = []
    turns, wanted, day = 0, months, joined
    while len(ends) < count:
        day += _DAY
        turns += day.day == 1
        last_of_month = (day + _DAY).day == 1
        if turns == wanted and (day.day == joined.day or last_of_month):
            ends.append(day)
            wanted += months
    return ends

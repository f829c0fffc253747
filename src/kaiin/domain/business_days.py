"""Which days Japanese banks work: not at weekends, on public holidays, nor on 31 December and
1 to 3 January (Order for Enforcement of the Banking Act, article 5).

Public holidays are jpholiday's: Japan only, typed, no dependencies; from 1986 to 2098 it names the
same days as the far larger `holidays`.
"""

from datetime import date

import jpholiday

_SATURDAY = 5
_YEAR_END = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})


def is_business_day(day: date) -> bool:
    """Whether banks in Japan work on a day."""
    return (
        day.weekday() < _SATURDAY
        and (day.month, day.day) not in _YEAR_END
        and not jpholiday.is_holiday(day)
    )

"""How long a payment should last, computed a second time: from the term's words in the course,
by counting days in Japan. (The engine's own rule is `kaiin.domain.periods`.)"""

import json
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

_JAPAN = timedelta(hours=9)


@cache
def read(text: str) -> Mapping[str, Any]:
    """A course's terms, as they are stored. They are few: as many as courses."""
    return dict(json.loads(text))


def rule(text: str, method: str) -> Mapping[str, Any]:
    """Of a course's terms, how its periods end when they are paid this way."""
    terms = read(text)
    found: Mapping[str, Any] = terms["term_by_method"].get(method) or terms["term"]
    return found


def japanese_day(at: datetime) -> date:
    """The day in Japan."""
    return (at.astimezone(UTC) + _JAPAN).date()


def is_midnight(at: datetime) -> bool:
    """Whether a day begins in Japan."""
    there = at.astimezone(UTC) + _JAPAN
    return there.time() == there.min.time()


def end_of(term: Mapping[str, Any], starts_at: datetime, anchor_day: int, *, first: bool) -> date:
    """The day in Japan with which the period that begins at `starts_at` is over."""
    day = japanese_day(starts_at)
    months = int(term["months"])
    if term["kind"] == "anniversary":
        return _moved(day, months, anchor_day)
    if first:
        free = 1 if term["joining_month_free"] else 0
    else:
        # A member who comes from another rhythm has the days up to the first whole month free.
        free = 1 if term["kind"] == "calendar_month" and day.day > 1 else 0
    return _moved(day, months + free, 1)


def dormant_until(ends_at: datetime, months: int) -> date:
    """The day in Japan from which a lump sum that ended is not renewed late any more."""
    day = japanese_day(ends_at)
    return _moved(day, months, day.day)


def retried_at(text: str, failures: int, ends_at: datetime, failed_at: datetime) -> datetime:
    """When a renewal is tried again that was due at `ends_at`, has failed so often (1 or more) and
    last at `failed_at`: on a day that the course names, or a day later where that has passed."""
    days = read(text)["dunning"]["retry_days"]
    planned = ends_at + timedelta(days=days[min(failures, len(days)) - 1] if days else 0)
    return planned if planned > failed_at else failed_at + timedelta(days=1)


def leaves_grid(term: Mapping[str, Any], starts_at: datetime, anchor_day: int) -> bool:
    """Whether anniversaries begin off the anchor, after periods of another rule: this beginning is
    their anchor then."""
    day = japanese_day(starts_at)
    return term["kind"] == "anniversary" and day != _moved(day, 0, anchor_day)


def _moved(day: date, months: int, wanted_day: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(wanted_day, monthrange(year, month)[1]))

"""How long a payment lasts: term rules, anchors and Japanese days.

The only place with month arithmetic. Days and months are those of Asia/Tokyo (JST, UTC+9,
without summer time since 1951); results are aware UTC instants, half-open `[starts_at,
ends_at)`, and every end falls on a midnight in Japan.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from kaiin.domain.business_days import is_business_day

# A fixed offset keeps the rules free of the time zone database; Japan has no other.
JST = timezone(timedelta(hours=9), "JST")


class TermRule(StrEnum):
    """How a paid period ends.

    CALENDAR_MONTH: with the month, charged whole on any day of joining.
    ANNIVERSARY: N months on from the day of joining, whose number is kept as the anchor.
    THROUGH_MONTH_END: with the last day of the N-th month, counting from the month of joining,
    or from the one after it where the month of joining is free (the "13 months" sites).
    """

    CALENDAR_MONTH = "calendar_month"
    ANNIVERSARY = "anniversary"
    THROUGH_MONTH_END = "through_month_end"


class ChargeDay(StrEnum):
    """When the renewal after a paid period is charged.

    PERIOD_END: the instant at which the period ends. LAST_BUSINESS_DAY: as the last business day
    of the month in which it ends begins. Either way it buys the period that follows.
    """

    PERIOD_END = "period_end"
    LAST_BUSINESS_DAY = "last_business_day"


@dataclass(frozen=True, slots=True)
class TermRuleSpec:
    """A course's rule: `months` a period; `joining_month_free` only with THROUGH_MONTH_END."""

    kind: TermRule
    months: int = 1
    joining_month_free: bool = False

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError("a period has at least one month")
        if self.joining_month_free and self.kind is not TermRule.THROUGH_MONTH_END:
            raise ValueError("only a through_month_end course can give its joining month free")


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """`[starts_at, ends_at)` in UTC. `anchor_day` (1-31) is the day in Japan on which the
    first period began; later periods carry it on unchanged, so that a short February does not
    move the months after it."""

    starts_at: datetime
    ends_at: datetime
    anchor_day: int

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def japanese_date(at: datetime) -> date:
    """The day in Japan at an aware instant."""
    if at.tzinfo is None:
        raise ValueError("an instant is aware")
    return at.astimezone(JST).date()


def last_day(ends_at: datetime) -> date:
    """The last day in Japan within a stretch that ends, exclusively, at `ends_at`."""
    return japanese_date(ends_at - timedelta(microseconds=1))


def shown_end(ends_at: datetime) -> date | datetime:
    """An exclusive end as it is shown everywhere: the last whole day, or the instant itself where
    it lies within a day."""
    return last_day(ends_at) if ends_at == midnight(japanese_date(ends_at)) else ends_at


def midnight(day: date) -> datetime:
    """The instant, in UTC, at which a day begins in Japan."""
    return datetime.combine(day, time(), JST).astimezone(UTC)


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """The day `months` later with the anchor's number, or the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor_day or day.day, last))


def month_start(day: date, months_later: int = 0) -> date:
    """The first day of the month `months_later` after that of `day`."""
    return add_months(day, months_later, anchor_day=1)


def first_period(rule: TermRuleSpec, started_at: datetime) -> PeriodSpan:
    """The period that a first payment buys; it starts at the instant of the payment."""
    day = japanese_date(started_at)
    if rule.kind is TermRule.ANNIVERSARY:
        end = add_months(day, rule.months)
    else:
        end = month_start(day, rule.months + rule.joining_month_free)
    return PeriodSpan(started_at.astimezone(UTC), midnight(end), day.day)


def next_period(rule: TermRuleSpec, previous: PeriodSpan) -> PeriodSpan:
    """The period after `previous`: without a gap, and on the anchor that `previous` carries.

    Where anniversaries begin after periods of another rule, whose ends are not on that anchor, the
    day of this beginning becomes the anchor. Where calendar months begin after them, the days up to
    the first whole month are free: changing never charges twice in one month.
    """
    day = japanese_date(previous.ends_at)
    if rule.kind is not TermRule.ANNIVERSARY:
        stub = rule.kind is TermRule.CALENDAR_MONTH and day.day > 1
        end = month_start(day, rule.months + stub)
        return PeriodSpan(previous.ends_at, midnight(end), previous.anchor_day)
    on_grid = day == add_months(day, 0, previous.anchor_day)
    anchor_day = previous.anchor_day if on_grid else day.day
    end = add_months(day, rule.months, anchor_day)
    return PeriodSpan(previous.ends_at, midnight(end), anchor_day)


def imported_period(
    rule: TermRuleSpec, *, at: datetime, joined: date, paid_through: date
) -> PeriodSpan | None:
    """What is known at `at` of time that another system sold up to the end of the day
    `paid_through`: what is left of it, or its last day where it is over. None where a course that
    counts whole months would not end on that day.

    By anniversaries the anchor is the day of joining if the end is on its grid (joined on the
    31st, paid through 27 February or 30 March), else the day of the end.
    """
    end = paid_through + timedelta(days=1)
    if rule.kind is not TermRule.ANNIVERSARY and end.day != 1:
        return None
    on_grid = rule.kind is TermRule.ANNIVERSARY and end == add_months(end, 0, joined.day)
    anchor_day = joined.day if on_grid else end.day
    starts_at = at.astimezone(UTC) if at < midnight(end) else midnight(paid_through)
    return PeriodSpan(starts_at, midnight(end), anchor_day)


def passed_over(rule: TermRuleSpec, previous: PeriodSpan, periods: int) -> PeriodSpan:
    """`previous`, with its end moved by `periods` periods of the rule: what a renewal after a
    pause of so many periods follows. The anchor stays."""
    if periods < 1:
        raise ValueError("a pause passes over a period or more")
    last = previous
    for _ in range(periods):
        last = next_period(rule, last)
    return replace(previous, ends_at=last.ends_at, anchor_day=last.anchor_day)


def charge_at(
    ends_at: datetime, day: ChargeDay, is_business_day: Callable[[date], bool] = is_business_day
) -> datetime:
    """When the renewal of a period that ends at `ends_at` is charged; never after that end.
    Tests give other calendars than the banks'."""
    if day is ChargeDay.PERIOD_END:
        return ends_at
    at = add_months(last_day(ends_at), 0, anchor_day=31)
    while not is_business_day(at):
        at -= timedelta(days=1)
    return min(midnight(at), ends_at)


def fixed_from(ends_at: datetime, lock_day: int | None) -> datetime | None:
    """From when the renewal after `ends_at` can't be changed any more: the midnight after the
    lock day in the month of the last paid day. None where it always can."""
    if lock_day is None:
        return None
    return midnight(add_months(last_day(ends_at), 0, anchor_day=lock_day) + timedelta(days=1))


def stop_day(ends_at: datetime, day: ChargeDay, lock_day: int | None) -> date:
    """The last day on which leaving or changing still stops the renewal after `ends_at`: before it
    is charged, and before it is fixed."""
    charged = charge_at(ends_at, day)
    fixed = fixed_from(ends_at, lock_day)
    return last_day(charged if fixed is None else min(charged, fixed))


def renewal_opens_at(ends_at: datetime, months: int) -> datetime:
    """When a lump-sum course can be renewed: `months` months before the month of its expiry.

    A membership whose last day is 31 December, renewable 3 months ahead, opens on 1 September.
    """
    return midnight(month_start(last_day(ends_at), -months))


def months_after(at: datetime, months: int) -> datetime:
    """The midnight in Japan that begins the day `months` months after that of `at`."""
    return midnight(add_months(japanese_date(at), months))


def days_after(at: datetime, days: int) -> datetime:
    """Exactly `days` days later; a day in Japan always has 24 hours."""
    return at + timedelta(days=days)

"""What joining or renewing costs and buys. The page shows it before, billing posts it after:
both by these functions, so that the preview equals the charge to the yen."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kaiin.domain.money import Money
from kaiin.domain.periods import (
    ChargeDay,
    PeriodSpan,
    TermRule,
    TermRuleSpec,
    charge_at,
    first_period,
    japanese_date,
    midnight,
    month_start,
    next_period,
    stop_day,
)

MEMBERSHIP_FEE = "membership_fee"
HANDLING_FEE = "handling_fee"
CREDIT = "credit"
# Of a calendar month: a payment then buys so few days that the member may rather wait.
_LAST_DAYS = 10


class LateRenewal(StrEnum):
    """From when a lump sum counts that is renewed in dormant time: from the end of the old period,
    as if it had been paid in time, or from the payment."""

    FROM_OLD_END = "from_old_end"
    FROM_PAYMENT = "from_payment"


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A lump sum that was not renewed in time, or not yet: its last period, until when the
    membership is dormant after it, and from when a late renewal counts."""

    period: PeriodSpan
    dormant_until: datetime
    counts: LateRenewal


@dataclass(frozen=True, slots=True)
class PriceUnit:
    """What a price is for: so many months. `each_month`: it is charged anew every month."""

    months: int
    each_month: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """A course by one way to pay. `renews`: it is charged again at the end of each period. After
    the `lock_day` of the month in which a period ends, that renewal can't be stopped."""

    rule: TermRuleSpec
    price: Money
    handling: Money
    renews: bool
    charge_day: ChargeDay = ChargeDay.PERIOD_END
    lock_day: int | None = None

    @property
    def total(self) -> Money:
        """What one period costs."""
        return self.price + self.handling

    @property
    def unit(self) -> PriceUnit:
        """What the price is for."""
        return PriceUnit(self.rule.months, self.renews and self.rule.months == 1)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A charge that comes by itself, by `terms`. Leaving or changing on `stop_day` or before
    stops it. `anchor_day` is that of the period that it buys."""

    charge_at: datetime
    stop_day: date
    anchor_day: int
    terms: Terms

    @property
    def amount(self) -> Money:
        return self.terms.total


class Renewing:
    """Something that a renewal may follow."""

    __slots__ = ()
    renewal: Renewal | None

    @property
    def next_charge_at(self) -> datetime | None:
        """When it is charged again; None where it is not."""
        return self.renewal.charge_at if self.renewal else None

    @property
    def next_amount(self) -> Money | None:
        return self.renewal.amount if self.renewal else None


@dataclass(frozen=True, slots=True)
class Preview(Renewing):
    """`lines` are (code, amount); `period` counts from the given instant, or follows the
    period that still runs; `renewal` is None where nothing is charged again."""

    lines: tuple[tuple[str, Money], ...]
    total: Money
    period: PeriodSpan
    renewal: Renewal | None


def charge_lines(
    price: Money, handling: Money, credit: Money | None = None
) -> tuple[tuple[str, Money], ...]:
    """What one charge consists of; a fee or a credit of zero is no line, a credit is negative."""
    fee = ((HANDLING_FEE, handling),) if handling else ()
    back = ((CREDIT, -credit),) if credit else ()
    return ((MEMBERSHIP_FEE, price), *fee, *back)


def continued(
    previous: PeriodSpan | None,
    *,
    paused_until: datetime | None,
    paid_at: datetime,
    automatic: bool,
) -> PeriodSpan | None:
    """What a payment for a subscription that may be paused goes on from, for `paid_period`.

    The renewal at the pause's end follows what was passed over, on the old anchor. A member who
    comes back earlier goes on from nothing: a first period, from now. Before the pause has begun
    it makes no difference.
    """
    if previous is None or paused_until is None or paid_at < previous.ends_at:
        return previous
    if automatic or paid_at >= paused_until:
        return replace(previous, ends_at=paused_until)
    return None


def late_period(rule: TermRuleSpec, lapsed: Lapsed, paid_at: datetime) -> PeriodSpan | None:
    """What a lump sum buys that is paid for in dormant time and counts from the old end; None
    where it begins anew: by its course, or because nothing of that period would be left."""
    following = next_period(rule, lapsed.period)
    late = lapsed.period.ends_at <= paid_at < min(lapsed.dormant_until, following.ends_at)
    return following if late and lapsed.counts is LateRenewal.FROM_OLD_END else None


def slip_fits(rule: TermRuleSpec, lapsed: Lapsed, *, at: datetime, slip_days: int) -> bool:
    """Whether a slip made at `at` buys what its page says, however late it is paid: that of a late
    renewal must not outlive the dormant time, nor the period that it is for."""
    if not lapsed.period.ends_at <= at < lapsed.dormant_until:
        return True
    following = late_period(rule, lapsed, at)
    limit = min(lapsed.dormant_until, following.ends_at) if following else lapsed.dormant_until
    return midnight(japanese_date(at) + timedelta(days=slip_days + 1)) <= limit


@dataclass(frozen=True, slots=True)
class ShortStart:
    """A first month that has begun already: `days` of it are left. From `whole_from` on the same
    money buys whole months."""

    days: int
    whole_from: date

    @property
    def is_last_days(self) -> bool:
        """Whether so little is left that it must be said plainly."""
        return self.days <= _LAST_DAYS


def short_start(rule: TermRuleSpec, period: PeriodSpan) -> ShortStart | None:
    """What is left of the first month of a period that a payment begins; None where it is whole:
    counted from the payment's day, on the 1st, or free."""
    day = japanese_date(period.starts_at)
    counts_days = rule.kind is TermRule.ANNIVERSARY or rule.joining_month_free
    if counts_days or day.day == 1 or period.ends_at != midnight(month_start(day, rule.months)):
        return None
    whole_from = month_start(day, 1)
    return ShortStart((whole_from - day).days, whole_from)


def paid_period(
    rule: TermRuleSpec,
    *,
    paid_at: datetime,
    previous: PeriodSpan | None,
    under_way: bool,
    lapsed: Lapsed | None = None,
) -> PeriodSpan:
    """What a payment buys: the period after `previous` if it came in time, else a first one.

    In time is before `previous` ended, or, while the renewal was `under_way` (being charged or
    retried), before the following period would be over too: an anchor then stays where it is.
    A late renewal of a lump sum may count from the old end (`late_period`).
    When the worker noticed the end, or the provider reported the money, makes no difference.
    """
    if lapsed is not None:
        late = late_period(rule, lapsed, paid_at)
        if late is not None:
            return late
    if previous is not None:
        following = next_period(rule, previous)
        if paid_at < (following.ends_at if under_way else previous.ends_at):
            return following
    return first_period(rule, paid_at)


def unused_credit(price: Money, span: PeriodSpan, at: datetime) -> Money:
    """What the days of a period that are given up at `at` are worth: price x unused days ÷ days,
    whole yen, rounded down. Days are Japan's; the day of giving up counts as used, a period that
    has not begun is unused whole."""
    days = (japanese_date(span.ends_at) - japanese_date(span.starts_at)).days
    return Money(price.amount * unused_days(span, at) // days, price.currency)


def unused_days(span: PeriodSpan, at: datetime) -> int:
    """How many days of a period are left after the day of `at`; of one that has not begun, all."""
    begins, ends = japanese_date(span.starts_at), japanese_date(span.ends_at)
    if at < span.starts_at:
        return (ends - begins).days
    return max((ends - japanese_date(at)).days - 1, 0)


def preview(
    terms: Terms,
    *,
    at: datetime,
    previous: PeriodSpan | None,
    under_way: bool,
    lapsed: Lapsed | None = None,
) -> Preview:
    """What would be charged and bought at `at`; see `paid_period`."""
    period = paid_period(
        terms.rule, paid_at=at, previous=previous, under_way=under_way, lapsed=lapsed
    )
    return Preview(
        lines=charge_lines(terms.price, terms.handling),
        total=terms.total,
        period=period,
        renewal=renewal(terms, period),
    )


def renewal(
    coming: Terms,
    previous: PeriodSpan,
    *,
    running: Terms | None = None,
) -> Renewal | None:
    """The renewal after `previous`, None where nothing is charged again. Where another course
    follows, the day on which it is charged and fixed is that of the `running` one."""
    if not coming.renews:
        return None
    by = running if running is not None and running.renews else coming
    return Renewal(
        charge_at=charge_at(previous.ends_at, by.charge_day),
        stop_day=stop_day(previous.ends_at, by.charge_day, by.lock_day),
        anchor_day=next_period(coming.rule, previous).anchor_day,
        terms=coming,
    )

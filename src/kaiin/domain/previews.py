"""What joining or renewing costs and buys. The page shows it before, billing posts it after:
both by these functions, so that the preview equals the charge to the yen."""

from dataclasses import dataclass, replace
from datetime import datetime

from kaiin.domain.money import Money
from kaiin.domain.periods import (
    ChargeDay,
    IsBusinessDay,
    PeriodSpan,
    TermRuleSpec,
    charge_at,
    first_period,
    japanese_date,
    next_period,
)

MEMBERSHIP_FEE = "membership_fee"
HANDLING_FEE = "handling_fee"
CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Terms:
    """A course by one way to pay. `renews`: it is charged again at the end of each period."""

    rule: TermRuleSpec
    price: Money
    handling: Money
    renews: bool
    charge_day: ChargeDay = ChargeDay.PERIOD_END

    @property
    def total(self) -> Money:
        """What one period costs."""
        return self.price + self.handling


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines` are (code, amount); `period` counts from the given instant, or follows the
    period that still runs; `next_charge_at` is None where nothing is charged again."""

    lines: tuple[tuple[str, Money], ...]
    total: Money
    period: PeriodSpan
    next_charge_at: datetime | None
    next_amount: Money | None


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


def paid_period(
    rule: TermRuleSpec, *, paid_at: datetime, previous: PeriodSpan | None, under_way: bool
) -> PeriodSpan:
    """What a payment buys: the period after `previous` if it came in time, else a first one.

    In time is before `previous` ended, or, while the renewal was `under_way` (being charged or
    retried), before the following period would be over too: an anchor then stays where it is.
    When the worker noticed the end, or the provider told of the money, makes no difference.
    """
    if previous is not None:
        following = next_period(rule, previous)
        if paid_at < (following.ends_at if under_way else previous.ends_at):
            return following
    return first_period(rule, paid_at)


def unused_credit(price: Money, span: PeriodSpan, at: datetime) -> Money:
    """What the days of a period that are given up at `at` are worth: price x unused days ÷ days,
    whole yen, rounded down. Days are Japan's; the day of giving up counts as used, a period that
    has not begun is unused whole."""
    begins, ends = japanese_date(span.starts_at), japanese_date(span.ends_at)
    if at < span.starts_at:
        return price
    unused = (ends - japanese_date(at)).days - 1
    return Money(price.amount * max(unused, 0) // (ends - begins).days, price.currency)


def preview(
    terms: Terms,
    *,
    at: datetime,
    previous: PeriodSpan | None,
    under_way: bool,
    is_business_day: IsBusinessDay,
) -> Preview:
    """What would be charged and bought at `at`; see `paid_period`."""
    period = paid_period(terms.rule, paid_at=at, previous=previous, under_way=under_way)
    return Preview(
        lines=charge_lines(terms.price, terms.handling),
        total=terms.total,
        period=period,
        next_charge_at=next_charge_at(terms, period.ends_at, is_business_day),
        next_amount=terms.total if terms.renews else None,
    )


def next_charge_at(
    terms: Terms, ends_at: datetime, is_business_day: IsBusinessDay
) -> datetime | None:
    """When what follows a period that ends at `ends_at` is charged; None where nothing is."""
    return charge_at(ends_at, terms.charge_day, is_business_day) if terms.renews else None

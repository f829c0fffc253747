"""What joining or renewing costs and buys. The page shows it before, billing posts it after:
both by these functions, so that the preview equals the charge to the yen."""

from dataclasses import dataclass
from datetime import datetime

from kaiin.domain.money import Money
from kaiin.domain.periods import (
    PeriodSpan,
    TermRuleSpec,
    first_period,
    japanese_date,
    next_period,
)

MEMBERSHIP_FEE = "membership_fee"
HANDLING_FEE = "handling_fee"


@dataclass(frozen=True, slots=True)
class Terms:
    """A course by one way to pay. `renews`: it is charged again at the end of each period."""

    rule: TermRuleSpec
    price: Money
    handling: Money
    renews: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines` are (code, amount); `period` counts from the given instant, or follows the
    period that still runs; `next_charge_at` is None where nothing is charged again."""

    lines: tuple[tuple[str, Money], ...]
    total: Money
    period: PeriodSpan
    next_charge_at: datetime | None
    next_amount: Money | None


def charge_lines(terms: Terms) -> tuple[tuple[str, Money], ...]:
    """What one charge consists of; a handling fee of zero is no line."""
    fee = ((HANDLING_FEE, terms.handling),) if terms.handling else ()
    return ((MEMBERSHIP_FEE, terms.price), *fee)


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


def preview(terms: Terms, *, at: datetime, previous: PeriodSpan | None, under_way: bool) -> Preview:
    """What would be charged and bought at `at`; see `paid_period`."""
    period = paid_period(terms.rule, paid_at=at, previous=previous, under_way=under_way)
    total = terms.price + terms.handling
    return Preview(
        lines=charge_lines(terms),
        total=total,
        period=period,
        next_charge_at=period.ends_at if terms.renews else None,
        next_amount=total if terms.renews else None,
    )

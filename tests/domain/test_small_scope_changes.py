"""Every day of giving a period up, every charge day, lock day and pause, by counting days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kaiin.domain.changes import ChangeKind, Current, Wanted, plan
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import (
    ChargeDay,
    PeriodSpan,
    TermRule,
    TermRuleSpec,
    charge_at,
    first_period,
    fixed_from,
    next_period,
    passed_over,
)
from kaiin.domain.previews import Terms, continued, paid_period, unused_credit
from tests.domain.calendar_oracle import anniversary_ends, calendar_ends, midnight_in_japan

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)
ANNIVERSARY = TermRuleSpec(TermRule.ANNIVERSARY)
YEAR = TermRuleSpec(TermRule.THROUGH_MONTH_END, months=12)
CARRIER_DAYS = (10, 15, 20, 25, 31)

# A leap year's spring and the days around it, the turn of a year.
JOINED = [date(2027, 12, 25) + DAY * number for number in range(75)]


def whole_yen(price: int, unused: int, days: int) -> int:
    """The most yen that `unused` of `days` days can be worth without being worth too much."""
    yen = 0
    while (yen + 1) * days <= price * unused:
        yen += 1
    return yen


def days_after(at: datetime, span: PeriodSpan) -> int:
    """How many of a period's days begin later than `at`."""
    midnights, day = 0, midnight_in_japan(date(2027, 1, 1))
    while day < span.ends_at:
        midnights += at < day >= span.starts_at
        day += DAY
    return midnights


@pytest.mark.parametrize("rule", [MONTH, ANNIVERSARY], ids=["calendar month", "anniversary"])
@pytest.mark.parametrize("price", [1, 29, 550])
def test_unused_days_are_worth_their_part_of_the_price(rule: TermRuleSpec, price: int) -> None:
    for joined in JOINED[::5]:
        start = midnight_in_japan(joined) + timedelta(hours=18)
        span = first_period(rule, start)
        days = days_after(start, span) + 1  # the day of joining counts whole
        at, unused = start, days
        while at < span.ends_at:
            unused -= 1  # the day of giving up is used
            last_moment = min(at, span.ends_at - TICK)
            found = unused_credit(Money(price), span, last_moment)
            assert found == Money(whole_yen(price, unused, days)), (joined, at)
            at += DAY


def test_the_day_of_giving_up_turns_at_midnight_in_japan() -> None:
    span = PeriodSpan(midnight_in_japan(date(2028, 2, 1)), midnight_in_japan(date(2028, 3, 1)), 1)
    for number in range(29):
        day = span.starts_at + DAY * number
        worth = whole_yen(550, 28 - number, 29)
        for at in (day, day + TICK, day + DAY - TICK):
            assert unused_credit(Money(550), span, at) == Money(worth)
    assert unused_credit(Money(550), span, span.starts_at - TICK) == Money(550)
    for at in (span.ends_at, span.ends_at + 40 * DAY):
        assert unused_credit(Money(550), span, at) == Money(0)


def test_no_two_ways_of_giving_up_add_up_to_more_than_was_paid() -> None:
    span = first_period(YEAR, midnight_in_japan(date(2028, 1, 15)))
    at, before = span.starts_at, 6601
    while at < span.ends_at:
        worth = unused_credit(Money(6600), span, at).amount
        assert 0 <= worth < before
        at, before = at + DAY, worth
    assert before == 0


Closed = Callable[[date], bool]
NEVER_CLOSED: Closed = lambda day: False
WEEKENDS: Closed = lambda day: day.weekday() >= 5
# The New Year's holidays of banks, and a long week that a month ends in.
LONG: Closed = lambda day: day.weekday() >= 5 or (day.month, day.day) >= (12, 29) or day.day >= 26


@pytest.mark.parametrize("closed", [NEVER_CLOSED, WEEKENDS, LONG])
def test_the_last_business_day_of_every_month(closed: Closed) -> None:
    for end in (date(2027, 1, 2) + DAY * number for number in range(800)):
        ends_at = midnight_in_japan(end)
        assert charge_at(ends_at, ChargeDay.PERIOD_END, lambda day: not closed(day)) == ends_at
        found = charge_at(ends_at, ChargeDay.LAST_BUSINESS_DAY, lambda day: not closed(day))
        # Of the month that the last paid day is in, the last day that is not closed, but never
        # after the end itself.
        day = end - DAY
        while (day + DAY).day != 1:
            day += DAY
        while closed(day):
            day -= DAY
        assert found == min(midnight_in_japan(day), ends_at)


@pytest.mark.parametrize("lock_day", CARRIER_DAYS)
def test_the_lock_day_of_every_month(lock_day: int) -> None:
    for end in (date(2027, 1, 2) + DAY * number for number in range(800)):
        last = end - DAY
        day = last
        while day.day != 1:
            day -= DAY
        while day.day != lock_day and (day + DAY).day != 1:
            day += DAY
        assert fixed_from(midnight_in_japan(end), lock_day) == midnight_in_japan(day + DAY)
    assert fixed_from(midnight_in_japan(date(2027, 1, 2)), None) is None


@pytest.mark.parametrize("rule", [MONTH, ANNIVERSARY], ids=["calendar month", "anniversary"])
@pytest.mark.parametrize("periods", [1, 2, 5])
def test_a_pause_passes_over_periods_and_keeps_the_anchor(rule: TermRuleSpec, periods: int) -> None:
    for joined in JOINED:
        ends = (anniversary_ends if rule is ANNIVERSARY else calendar_ends)(joined, 1, 12)
        paid = first_period(rule, midnight_in_japan(joined) + timedelta(hours=9))
        over = passed_over(rule, paid, periods)
        assert (over.starts_at, over.ends_at) == (paid.starts_at, midnight_in_japan(ends[periods]))
        assert over.anchor_day == paid.anchor_day == joined.day
        after = next_period(rule, over)
        assert after.starts_at == over.ends_at
        assert after.ends_at == midnight_in_japan(ends[periods + 1])


def test_what_a_payment_goes_on_from_around_a_pause() -> None:
    paid = first_period(ANNIVERSARY, midnight_in_japan(date(2028, 1, 31)))
    until = passed_over(ANNIVERSARY, paid, 2).ends_at

    def bought(at: datetime, *, automatic: bool) -> PeriodSpan:
        previous = continued(paid, paused_until=until, paid_at=at, automatic=automatic)
        return paid_period(ANNIVERSARY, paid_at=at, previous=previous, under_way=automatic)

    # The renewal at the pause's end: on the old anchor.
    renewed = bought(until, automatic=True)
    assert (renewed.starts_at, renewed.anchor_day) == (until, 31)
    # Back earlier, by hand: from now, on a new one.
    early = paid.ends_at + 3 * DAY
    back = bought(early, automatic=False)
    assert (back.starts_at, back.anchor_day) == (early, 3)
    # Before the pause has begun it makes no difference.
    assert bought(paid.ends_at - TICK, automatic=False).starts_at == paid.ends_at


def test_what_costs_nothing_today_does_not_begin_today() -> None:
    span = first_period(MONTH, midnight_in_japan(date(2028, 2, 1)))
    fee = Money(2900)  # a hundred a day

    def terms(price: int) -> Terms:
        return Terms(MONTH, Money(price), Money(0), renews=True)

    now = terms(2900)
    current = Current("a", Method.CARD, now, "a", now, span, fee, has_mandate=True)
    for day in range(28):
        at = span.starts_at + DAY * day + timedelta(hours=5)
        worth = 100 * (29 - day)  # today is given up too
        for price in (worth - 1, worth, worth + 1):
            if price > 0:
                by_days = replace(terms(price), rule=ANNIVERSARY)
                wanted = Wanted("b", Method.CARD, by_days)
                change = plan(current, wanted, at=at)
                begins_now = price > worth
                assert (change.kind is ChangeKind.NOW_WITH_CREDIT) == begins_now, (day, price)
                assert change.total == Money(price - worth if begins_now else 0)
                assert sum(amount.amount for _, amount in change.lines) == change.total.amount

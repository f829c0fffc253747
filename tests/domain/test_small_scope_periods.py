"""Every day of joining, through 48 months, against a calendar that only counts days."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from kaiin.domain.periods import (
    PeriodSpan,
    TermRule,
    TermRuleSpec,
    first_period,
    japanese_date,
    last_day,
    midnight,
    next_period,
    renewal_opens_at,
)
from kaiin.domain.previews import paid_period
from tests.domain.calendar_oracle import (
    anniversary_ends,
    calendar_ends,
    day_in_japan,
    midnight_in_japan,
)

MONTHS = 48
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)
ANNIVERSARY = TermRuleSpec(TermRule.ANNIVERSARY)
RULES = {
    "calendar month": MONTH,
    "anniversary": ANNIVERSARY,
    "anniversary, half a year": TermRuleSpec(TermRule.ANNIVERSARY, months=6),
    "anniversary, a year": TermRuleSpec(TermRule.ANNIVERSARY, months=12),
    "through month end": TermRuleSpec(TermRule.THROUGH_MONTH_END, months=12),
    "thirteen months": TermRuleSpec(TermRule.THROUGH_MONTH_END, months=12, joining_month_free=True),
}
# On these days carriers close their books, and report what they took in the month.
CARRIER_DAYS = (10, 15, 20, 25, 31)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# Two whole years, one of them a leap year; the turns of 2095/96 (a leap year) and of 2099/2100
# (none, though divisible by four).
JOINED = [
    *days(date(2027, 1, 1), date(2028, 12, 31)),
    *days(date(2095, 12, 1), date(2096, 3, 31)),
    *days(date(2099, 12, 1), date(2100, 3, 31)),
]


def moments(day: date) -> tuple[datetime, ...]:
    """The first instants of a day in Japan, its noon, and its last instant."""
    midnight = midnight_in_japan(day)
    return (midnight, midnight + TICK, midnight + DAY / 2, midnight + DAY - TICK)


def expected_ends(rule: TermRuleSpec, joined: date) -> list[date]:
    count = MONTHS // rule.months
    if rule.kind is TermRule.ANNIVERSARY:
        return anniversary_ends(joined, rule.months, count)
    return calendar_ends(joined, rule.months, count, free=rule.joining_month_free)


@pytest.mark.parametrize("name", RULES)
def test_every_day_of_joining_through_48_months(name: str) -> None:
    rule = RULES[name]
    for joined in JOINED:
        started_at = midnight_in_japan(joined) + timedelta(hours=18, minutes=30)
        period = first_period(rule, started_at)
        assert period.starts_at == started_at
        for number, day in enumerate(expected_ends(rule, joined)):
            assert period.ends_at == midnight_in_japan(day), (name, joined, number)
            assert period.anchor_day == joined.day, "the anchor never drifts"
            following = next_period(rule, period)
            assert following.starts_at == period.ends_at, "no gap, no overlap"
            period = following


@pytest.mark.parametrize("name", RULES)
def test_the_day_turns_at_midnight_in_japan(name: str) -> None:
    rule = RULES[name]
    for joined in JOINED:
        (end, *_) = expected_ends(rule, joined)
        for started_at in moments(joined):
            period = first_period(rule, started_at)
            assert (period.starts_at, period.ends_at) == (started_at, midnight_in_japan(end))
            assert period.anchor_day == joined.day
            assert started_at in period
            assert period.ends_at - TICK in period
            assert period.ends_at not in period
            assert last_day(period.ends_at) == end - DAY


def test_days_in_japan() -> None:
    for day in JOINED:
        assert midnight(day) == midnight_in_japan(day)
        assert midnight(day).tzinfo is UTC
        for at in moments(day):
            assert japanese_date(at) == day_in_japan(at) == day


@pytest.mark.parametrize("rule", [MONTH, ANNIVERSARY], ids=["calendar month", "anniversary"])
@pytest.mark.parametrize("carrier_day", CARRIER_DAYS)
@pytest.mark.parametrize("anchor", range(1, 32))
def test_a_carrier_that_reports_on_its_own_day_moves_nothing(
    rule: TermRuleSpec, carrier_day: int, anchor: int
) -> None:
    # Each month's money is dated on the carrier's day, or on the month's last: before, within
    # or after the period that it pays for, but always while that renewal was under way.
    joined = date(2027, 1, anchor)
    ends = (anniversary_ends if rule is ANNIVERSARY else calendar_ends)(joined, 1, MONTHS)
    period = first_period(rule, midnight_in_japan(joined) + timedelta(hours=9))
    for before, end in itertools.pairwise(ends):
        day = before if carrier_day >= before.day else before + DAY
        while day.day != carrier_day and (day + DAY).day != 1:
            day += DAY
        paid_at = min(midnight_in_japan(day) + timedelta(hours=3), midnight_in_japan(end) - TICK)
        following = paid_period(rule, paid_at=paid_at, previous=period, under_way=True)
        assert following == PeriodSpan(period.ends_at, midnight_in_japan(end), anchor)
        period = following


@pytest.mark.parametrize("name", RULES)
def test_what_money_buys_around_the_end_of_a_period(name: str) -> None:
    rule = RULES[name]
    for joined in days(date(2027, 12, 25), date(2028, 3, 5)):
        period = first_period(rule, midnight_in_japan(joined) + timedelta(hours=1))
        following = next_period(rule, period)

        def bought(at: datetime, *, under_way: bool, previous: PeriodSpan = period) -> PeriodSpan:
            return paid_period(rule, paid_at=at, previous=previous, under_way=under_way)

        for under_way in (False, True):
            assert bought(period.ends_at - TICK, under_way=under_way) == following
        # The end itself is outside.
        assert bought(period.ends_at, under_way=True) == following
        assert bought(period.ends_at, under_way=False) == first_period(rule, period.ends_at)
        # A renewal under way may be paid for as long as there is something left to buy.
        assert bought(following.ends_at - TICK, under_way=True) == following
        late = bought(following.ends_at, under_way=True)
        assert late == first_period(rule, following.ends_at)
        assert late.starts_at == following.ends_at


def test_renewal_opens_some_months_before_the_month_of_expiry() -> None:
    for end in JOINED:
        for months in (1, 3):
            # Walk back from the last day within, to the first of its month, `months` times more.
            day, turns = end - DAY, 0
            while day.day != 1 or turns < months:
                turns += day.day == 1
                day -= DAY
            assert renewal_opens_at(midnight_in_japan(end), months) == midnight_in_japan(day)

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from kaiin.domain.money import Money, total
from kaiin.domain.periods import JST, TermRule, TermRuleSpec, first_period, next_period
from kaiin.domain.previews import Preview, Terms, paid_period, preview

AT = datetime(2026, 11, 22, 12, tzinfo=JST).astimezone(UTC)
MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)


def workday(day: date) -> bool:
    return day.weekday() < 5


def shown_for(terms: Terms) -> Preview:
    return preview(terms, at=AT, previous=None, under_way=False, is_business_day=workday)


@given(st.integers(0, 10**6), st.integers(0, 1000), st.booleans())
def test_the_lines_sum_to_the_total(price: int, handling: int, renews: bool) -> None:
    shown = shown_for(Terms(MONTH, Money(price), Money(handling), renews))
    assert total(amount for _, amount in shown.lines) == shown.total == Money(price + handling)


def test_a_renewing_course_says_what_comes_next() -> None:
    shown = shown_for(Terms(MONTH, Money(550), Money(0), renews=True))
    assert shown.next_charge_at == datetime(2026, 12, 1, tzinfo=JST)
    assert shown.next_amount == Money(550)


def test_a_lump_sum_does_not_renew_by_itself() -> None:
    rule = TermRuleSpec(TermRule.ANNIVERSARY, 12)
    shown = shown_for(Terms(rule, Money(6600), Money(220), renews=False))
    assert (shown.next_charge_at, shown.next_amount) == (None, None)
    assert shown.lines == (("membership_fee", Money(6600)), ("handling_fee", Money(220)))


YEAR = TermRuleSpec(TermRule.ANNIVERSARY, 12)


def test_renewing_early_loses_no_day() -> None:
    running = first_period(YEAR, AT)
    bought = paid_period(YEAR, paid_at=AT, previous=running, under_way=False)
    assert bought.starts_at == running.ends_at


def test_the_last_instant_of_a_period_still_continues_it() -> None:
    running = first_period(YEAR, AT)
    in_time = running.ends_at - timedelta(microseconds=1)
    bought = paid_period(YEAR, paid_at=in_time, previous=running, under_way=False)
    assert bought.starts_at == running.ends_at
    late = paid_period(YEAR, paid_at=running.ends_at, previous=running, under_way=False)
    assert late == first_period(YEAR, running.ends_at)


def test_a_renewal_under_way_keeps_its_anchor_however_late_in_the_period() -> None:
    rule = TermRuleSpec(TermRule.ANNIVERSARY)
    running = first_period(rule, datetime(2027, 1, 31, 9, tzinfo=JST))
    late = running.ends_at + timedelta(days=7)
    bought = paid_period(rule, paid_at=late, previous=running, under_way=True)
    assert bought == next_period(rule, running)
    assert bought.anchor_day == 31


def test_money_for_a_time_that_is_over_starts_anew() -> None:
    running = first_period(MONTH, AT)
    late = next_period(MONTH, running).ends_at
    bought = paid_period(MONTH, paid_at=late, previous=running, under_way=True)
    assert bought == first_period(MONTH, late)

from datetime import UTC, datetime

from hypothesis import given, strategies as st

from kaiin.domain.money import Money, total
from kaiin.domain.periods import JST, TermRule, TermRuleSpec, first_period
from kaiin.domain.previews import Terms, paid_period, preview

AT = datetime(2026, 11, 22, 12, tzinfo=JST).astimezone(UTC)
MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)


@given(st.integers(0, 10**6), st.integers(0, 1000), st.booleans())
def test_the_lines_sum_to_the_total(price: int, handling: int, renews: bool) -> None:
    shown = preview(Terms(MONTH, Money(price), Money(handling), renews), at=AT, previous=None)
    assert total(amount for _, amount in shown.lines) == shown.total == Money(price + handling)


def test_a_renewing_course_says_what_comes_next() -> None:
    shown = preview(Terms(MONTH, Money(550), Money(0), renews=True), at=AT, previous=None)
    assert shown.next_charge_at == datetime(2026, 12, 1, tzinfo=JST)
    assert shown.next_amount == Money(550)


def test_a_lump_sum_does_not_renew_by_itself() -> None:
    rule = TermRuleSpec(TermRule.ANNIVERSARY, 12)
    shown = preview(Terms(rule, Money(6600), Money(220), renews=False), at=AT, previous=None)
    assert (shown.next_charge_at, shown.next_amount) == (None, None)
    assert shown.lines == (("membership_fee", Money(6600)), ("handling_fee", Money(220)))


def test_renewing_early_loses_no_day() -> None:
    running = first_period(MONTH, AT)
    assert paid_period(MONTH, AT, running).starts_at == running.ends_at
    assert paid_period(MONTH, AT, None).starts_at == AT

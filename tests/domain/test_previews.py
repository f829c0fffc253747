from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.money import Money, total
from kaiin.domain.periods import (
    JST,
    TermRule,
    TermRuleSpec,
    first_period,
    months_after,
    next_period,
)
from kaiin.domain.previews import (
    Lapsed,
    LateRenewal,
    Preview,
    Terms,
    late_period,
    paid_period,
    preview,
    short_start,
    slip_fits,
)

AT = datetime(2026, 11, 22, 12, tzinfo=JST).astimezone(UTC)
MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)


def shown_for(terms: Terms) -> Preview:
    return preview(terms, at=AT, previous=None, under_way=False)


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


# A lump sum that is renewed in dormant time

OVER = first_period(YEAR, AT)
FROM_END, FROM_PAYMENT = LateRenewal.FROM_OLD_END, LateRenewal.FROM_PAYMENT


def lapsed(counts: LateRenewal, dormant_months: int = 3) -> Lapsed:
    return Lapsed(OVER, months_after(OVER.ends_at, dormant_months), counts)


def late_by(counts: LateRenewal, days: float, dormant_months: int = 3) -> datetime:
    """Where a year begins that is paid so many days after the old end."""
    at = OVER.ends_at + timedelta(days=days)
    found = lapsed(counts, dormant_months)
    return paid_period(YEAR, paid_at=at, previous=None, under_way=False, lapsed=found).starts_at


def test_a_late_renewal_counts_from_the_old_end_or_from_the_payment() -> None:
    assert late_by(FROM_END, 40.5) == OVER.ends_at
    assert late_by(FROM_PAYMENT, 40.5) == OVER.ends_at + timedelta(days=40.5)


def test_after_the_dormant_time_it_begins_anew_under_both_rules() -> None:
    until = lapsed(FROM_END).dormant_until - OVER.ends_at
    late = until / timedelta(days=1)
    assert late_by(FROM_END, late - 0.001) == OVER.ends_at
    assert late_by(FROM_END, late) == OVER.ends_at + until


def test_a_year_that_is_over_already_is_not_sold() -> None:
    """The dormant time may be longer than the term."""
    assert late_by(FROM_END, 364, dormant_months=24) == OVER.ends_at
    assert late_by(FROM_END, 367, dormant_months=24) == OVER.ends_at + timedelta(days=367)


_RULES = st.one_of(
    st.builds(TermRuleSpec, st.just(TermRule.ANNIVERSARY), st.sampled_from([1, 3, 12])),
    st.builds(
        TermRuleSpec, st.just(TermRule.THROUGH_MONTH_END), st.sampled_from([3, 12]), st.booleans()
    ),
)


@given(
    _RULES,
    st.tuples(st.integers(0, 1100), st.integers(0, 23)),
    st.builds(lapsed, st.sampled_from(LateRenewal), st.integers(0, 24)),
    st.integers(-400, 900 * 24),
    st.integers(1, 60),
)
def test_late_money_leaves_its_member_in_and_a_slip_buys_what_its_page_said(
    rule: TermRuleSpec,
    joined: tuple[int, int],
    policy: Lapsed,
    hours: int,
    slip_days: int,
) -> None:
    before = first_period(rule, AT + timedelta(days=joined[0], hours=joined[1]))
    dormant = policy.dormant_until - OVER.ends_at
    found = Lapsed(before, before.ends_at + dormant, policy.counts)
    at = before.ends_at + timedelta(hours=hours)
    bought = paid_period(rule, paid_at=at, previous=before, under_way=False, lapsed=found)
    assert at < bought.ends_at
    assert bought.starts_at in {before.ends_at, at}
    if late_period(rule, found, at) is None:
        assert bought == paid_period(rule, paid_at=at, previous=before, under_way=False)
    elif slip_fits(rule, found, at=at, slip_days=slip_days):
        day = at.astimezone(JST).replace(hour=23, minute=59, second=59, microsecond=0)
        last = day + timedelta(days=slip_days)
        later = paid_period(rule, paid_at=last, previous=None, under_way=False, lapsed=found)
        assert later == bought


def test_a_slip_must_not_outlive_the_dormant_time() -> None:
    found = lapsed(FROM_PAYMENT)
    last = found.dormant_until - timedelta(days=8)
    assert slip_fits(YEAR, found, at=last, slip_days=7)
    assert not slip_fits(YEAR, found, at=last + timedelta(days=1), slip_days=7)
    # In time it is no late renewal, and afterwards a rejoining.
    assert slip_fits(YEAR, found, at=OVER.ends_at - timedelta(hours=1), slip_days=365)
    assert slip_fits(YEAR, found, at=found.dormant_until, slip_days=7)


@pytest.mark.parametrize(
    ("rule", "started_at", "days"),
    [
        (MONTH, datetime(2026, 11, 27, 12, tzinfo=JST), 4),
        (MONTH, datetime(2026, 11, 30, 23, 59, tzinfo=JST), 1),
        (MONTH, datetime(2026, 11, 1, tzinfo=JST), None),
        (TermRuleSpec(TermRule.THROUGH_MONTH_END, 12), datetime(2026, 11, 27, tzinfo=JST), 4),
        (
            TermRuleSpec(TermRule.THROUGH_MONTH_END, 12, joining_month_free=True),
            datetime(2026, 11, 27, tzinfo=JST),
            None,
        ),
        (YEAR, datetime(2026, 11, 27, tzinfo=JST), None),
    ],
)
def test_what_is_left_of_a_month_in_which_a_period_begins(
    rule: TermRuleSpec, started_at: datetime, days: int | None
) -> None:
    short = short_start(rule, first_period(rule, started_at))
    assert (short.days if short else None) == days
    if short:
        assert short.whole_from == date(2026, 12, 1)
        assert short.is_last_days


def test_a_month_that_follows_another_is_whole() -> None:
    first = first_period(MONTH, datetime(2026, 11, 27, tzinfo=JST))
    assert short_start(MONTH, next_period(MONTH, first)) is None

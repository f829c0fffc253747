"""Term rules: examples of the disputed cases, properties of all others."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.periods import (
    JST,
    ChargeDay,
    PeriodSpan,
    TermRule,
    TermRuleSpec,
    add_months,
    charge_at,
    first_period,
    fixed_from,
    imported_period,
    japanese_date,
    midnight,
    month_start,
    months_after,
    next_period,
    passed_over,
    renewal_opens_at,
    shown_end,
    stop_day,
)

CALENDAR = TermRuleSpec(TermRule.CALENDAR_MONTH)
MONTHLY_ANNIVERSARY = TermRuleSpec(TermRule.ANNIVERSARY)
YEAR_ANNIVERSARY = TermRuleSpec(TermRule.ANNIVERSARY, months=12)
YEAR_THROUGH = TermRuleSpec(TermRule.THROUGH_MONTH_END, months=12)
THIRTEEN = TermRuleSpec(TermRule.THROUGH_MONTH_END, months=12, joining_month_free=True)

rules = st.one_of(
    st.builds(TermRuleSpec, st.just(TermRule.CALENDAR_MONTH), st.integers(1, 24)),
    st.builds(TermRuleSpec, st.just(TermRule.ANNIVERSARY), st.integers(1, 24)),
    st.builds(TermRuleSpec, st.just(TermRule.THROUGH_MONTH_END), st.integers(1, 24), st.booleans()),
)
instants = st.integers(0, 100 * 365 * 86_400).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def ends(rule: TermRuleSpec, started_at: datetime, count: int) -> list[date]:
    """The first days without membership of `count` periods."""
    period = first_period(rule, started_at)
    found = []
    for _ in range(count):
        found.append(japanese_date(period.ends_at))
        period = next_period(rule, period)
    return found


@pytest.mark.parametrize(
    ("rule", "started_at", "expected"),
    [
        (CALENDAR, jst(2026, 11, 22, 12), [date(2026, 12, 1), date(2027, 1, 1)]),
        (CALENDAR, jst(2026, 11, 30, 23, 59, 59), [date(2026, 12, 1), date(2027, 1, 1)]),
        (CALENDAR, jst(2026, 12, 1), [date(2027, 1, 1), date(2027, 2, 1)]),
        (
            MONTHLY_ANNIVERSARY,
            jst(2027, 1, 31, 9),
            [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)],
        ),
        (
            MONTHLY_ANNIVERSARY,
            jst(2028, 1, 31, 9),
            [date(2028, 2, 29), date(2028, 3, 31)],
        ),
        (MONTHLY_ANNIVERSARY, jst(2027, 1, 30), [date(2027, 2, 28), date(2027, 3, 30)]),
        (MONTHLY_ANNIVERSARY, jst(2027, 2, 28), [date(2027, 3, 28), date(2027, 4, 28)]),
        (
            YEAR_ANNIVERSARY,
            jst(2028, 2, 29),
            [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)],
        ),
        # Joined in January: through 31 December, and through the next 31 January.
        (YEAR_THROUGH, jst(2027, 1, 15), [date(2028, 1, 1), date(2029, 1, 1)]),
        (THIRTEEN, jst(2027, 1, 15), [date(2028, 2, 1), date(2029, 2, 1)]),
        (YEAR_THROUGH, jst(2027, 12, 31, 23, 59), [date(2028, 12, 1), date(2029, 12, 1)]),
    ],
)
def test_examples(rule: TermRuleSpec, started_at: datetime, expected: list[date]) -> None:
    assert ends(rule, started_at, len(expected)) == expected


def test_the_day_in_japan_counts_not_the_day_in_utc() -> None:
    # 15:00 UTC on 31 January is midnight of 1 February in Japan.
    before = datetime(2027, 1, 31, 14, 59, 59, 999999, tzinfo=UTC)
    after = datetime(2027, 1, 31, 15, 0, tzinfo=UTC)
    assert ends(CALENDAR, before, 1) == [date(2027, 2, 1)]
    assert ends(CALENDAR, after, 1) == [date(2027, 3, 1)]
    assert first_period(MONTHLY_ANNIVERSARY, before).anchor_day == 31
    assert first_period(MONTHLY_ANNIVERSARY, after).anchor_day == 1
    assert midnight(date(2027, 2, 1)) == after


@pytest.mark.parametrize("year", [2027, 2028])
@pytest.mark.parametrize("anchor", range(1, 32))
def test_every_anchor_day_through_48_months(year: int, anchor: int) -> None:
    period = first_period(MONTHLY_ANNIVERSARY, jst(year, 1, anchor, 18, 30))
    for months in range(1, 49):
        day = japanese_date(period.ends_at)
        length = monthrange(day.year, day.month)[1]
        assert (day.year * 12 + day.month - 1) == year * 12 + months
        assert day.day == min(anchor, length)
        period = next_period(MONTHLY_ANNIVERSARY, period)
        assert period.anchor_day == anchor


@given(rules, instants, st.integers(1, 30))
def test_periods_follow_each_other_without_gap_or_overlap(
    rule: TermRuleSpec, started_at: datetime, count: int
) -> None:
    period = first_period(rule, started_at)
    assert period.starts_at == started_at
    for _ in range(count):
        following = next_period(rule, period)
        assert period.starts_at < period.ends_at == following.starts_at < following.ends_at
        assert following.anchor_day == period.anchor_day
        assert following.ends_at.tzinfo is UTC
        assert following.ends_at.astimezone(JST).time() == datetime.min.time()
        period = following


@given(rules, instants)
def test_a_first_period_holds_its_start_and_not_its_end(
    rule: TermRuleSpec, started_at: datetime
) -> None:
    period = first_period(rule, started_at)
    assert started_at in period
    assert period.ends_at not in period
    assert period.ends_at - timedelta(microseconds=1) in period


@given(rules, instants)
def test_the_last_month_is_the_one_the_rule_names(rule: TermRuleSpec, started_at: datetime) -> None:
    end = japanese_date(first_period(rule, started_at).ends_at)
    start = japanese_date(started_at)
    months = (end.year - start.year) * 12 + end.month - start.month
    assert months == rule.months + rule.joining_month_free
    if rule.kind is not TermRule.ANNIVERSARY:
        assert end.day == 1


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(-60, 60))
def test_month_starts_are_first_days(day: date, months: int) -> None:
    assert month_start(day, months).day == 1
    assert add_months(month_start(day), months) == month_start(day, months)


@pytest.mark.parametrize(
    ("ends_at", "opens"),
    [
        (jst(2028, 1, 1), date(2027, 9, 1)),  # last day 31 December
        (jst(2028, 1, 15), date(2027, 10, 1)),  # last day 14 January
        (jst(2028, 2, 1), date(2027, 10, 1)),  # last day 31 January
    ],
)
def test_renewal_opens_three_months_before_the_month_of_expiry(
    ends_at: datetime, opens: date
) -> None:
    assert renewal_opens_at(ends_at, 3) == midnight(opens)


def test_months_after_a_long_months_last_day() -> None:
    assert months_after(jst(2027, 1, 31, 20), 1) == midnight(date(2027, 2, 28))


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        first_period(CALENDAR, datetime(2027, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("kind", "months", "free"),
    [
        (TermRule.CALENDAR_MONTH, 0, False),
        (TermRule.CALENDAR_MONTH, 1, True),
        (TermRule.ANNIVERSARY, 1, True),
    ],
)
def test_rules_that_make_no_sense(kind: TermRule, months: int, free: bool) -> None:
    with pytest.raises(ValueError, match="month"):
        TermRuleSpec(kind, months, free)


def test_spans_are_half_open() -> None:
    span = PeriodSpan(jst(2027, 1, 1), jst(2027, 2, 1), 1)
    assert jst(2027, 1, 1) in span
    assert jst(2027, 2, 1) not in span


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("ends_at", "charged_at"),
    [
        (jst(2027, 2, 1), jst(2027, 1, 29)),  # 31 January 2027 is a Sunday
        (jst(2027, 3, 1), jst(2027, 2, 26)),
        (jst(2027, 4, 1), jst(2027, 3, 31)),
        (jst(2027, 2, 10), jst(2027, 2, 10)),  # never after the end
    ],
)
def test_the_last_business_day_of_the_month_of_expiry(
    ends_at: datetime, charged_at: datetime
) -> None:
    assert charge_at(ends_at, ChargeDay.LAST_BUSINESS_DAY, weekday) == charged_at
    assert charge_at(ends_at, ChargeDay.PERIOD_END, weekday) == ends_at


@given(rules, instants)
def test_a_charge_is_on_a_business_day_of_the_last_month_and_never_late(
    rule: TermRuleSpec, started_at: datetime
) -> None:
    ends_at = first_period(rule, started_at).ends_at
    at = charge_at(ends_at, ChargeDay.LAST_BUSINESS_DAY, weekday)
    assert ends_at - timedelta(days=31) <= at <= ends_at
    assert at == ends_at or weekday(japanese_date(at))


def test_the_day_after_the_lock_day_fixes_the_renewal() -> None:
    assert fixed_from(jst(2027, 12, 1), 20) == jst(2027, 11, 21)
    assert fixed_from(jst(2028, 1, 1), 28) == jst(2027, 12, 29)
    assert fixed_from(jst(2027, 12, 1), None) is None


def test_the_last_day_to_stop_a_renewal_is_before_it_is_fixed_and_before_it_is_charged() -> None:
    end, last_business_day = jst(2027, 12, 1), ChargeDay.LAST_BUSINESS_DAY
    assert stop_day(end, ChargeDay.PERIOD_END, None) == date(2027, 11, 30)
    assert stop_day(end, ChargeDay.PERIOD_END, 20) == date(2027, 11, 20)
    # 30 November 2027 is a Tuesday, and charged as it begins.
    assert stop_day(end, last_business_day, None) == date(2027, 11, 29)
    assert stop_day(end, last_business_day, 31) == date(2027, 11, 29)
    assert stop_day(end, last_business_day, 20) == date(2027, 11, 20)


def test_an_end_is_shown_as_its_last_whole_day_or_as_the_very_instant() -> None:
    assert shown_end(jst(2026, 12, 1)) == date(2026, 11, 30)
    noon = jst(2026, 12, 1) + timedelta(hours=12)
    assert shown_end(noon) == noon


@given(rules, instants, st.integers(1, 12))
def test_a_pause_passes_over_whole_periods_of_the_grid(
    rule: TermRuleSpec, started_at: datetime, periods: int
) -> None:
    first = first_period(rule, started_at)
    expected = first
    for _ in range(periods):
        expected = next_period(rule, expected)
    rested = passed_over(rule, first, periods)
    assert (rested.starts_at, rested.ends_at) == (first.starts_at, expected.ends_at)
    assert rested.anchor_day == first.anchor_day
    # What follows the pause is what would have followed the periods passed over.
    assert next_period(rule, rested).ends_at == next_period(rule, expected).ends_at


@given(st.sampled_from([CALENDAR, YEAR_THROUGH]), instants)
def test_anniversaries_after_another_rule_begin_a_grid_of_their_own(
    rule: TermRuleSpec, started_at: datetime
) -> None:
    before = first_period(rule, started_at)
    after = next_period(MONTHLY_ANNIVERSARY, before)
    assert (after.starts_at, after.anchor_day) == (before.ends_at, 1)
    assert japanese_date(after.ends_at) == month_start(japanese_date(before.ends_at), 1)


@given(instants)
def test_calendar_months_after_anniversaries_are_never_charged_twice_in_a_month(
    started_at: datetime,
) -> None:
    before = first_period(MONTHLY_ANNIVERSARY, started_at)
    after = next_period(CALENDAR, before)
    begins, ends = japanese_date(before.ends_at), japanese_date(after.ends_at)
    assert after.starts_at == before.ends_at
    assert ends.day == 1
    # A whole month at least, and what is left of the month in which it begins.
    assert timedelta(days=28) <= ends - begins <= timedelta(days=61)
    assert ends == month_start(begins, 1 if begins.day == 1 else 2)


def test_no_period_is_passed_over_by_a_pause_of_none() -> None:
    with pytest.raises(ValueError, match="period"):
        passed_over(CALENDAR, first_period(CALENDAR, jst(2027, 1, 5)), 0)


@given(rules, instants, st.integers(-400, 400), st.integers(0, 3000))
def test_imported_time_ends_as_it_was_sold_and_is_renewed_like_any_other(
    rule: TermRuleSpec, at: datetime, days: int, before: int
) -> None:
    paid_through = japanese_date(at) + timedelta(days=days)
    whole_months = rule.kind is not TermRule.ANNIVERSARY
    if whole_months:
        paid_through = month_start(paid_through) - timedelta(days=1)
    joined = paid_through - timedelta(days=before)
    span = imported_period(rule, at=at, joined=joined, paid_through=paid_through)
    assert span is not None
    assert span.starts_at < span.ends_at == midnight(paid_through + timedelta(days=1))
    # What is still to come begins now; of what is over only the last day is known.
    assert span.starts_at == (at if at < span.ends_at else midnight(paid_through))
    following = next_period(rule, span)
    assert following.starts_at == span.ends_at
    end = japanese_date(following.ends_at)
    months = (end.year - paid_through.year) * 12 + end.month - paid_through.month
    assert months - rule.months in (0, 1)
    if not whole_months and joined.day == japanese_date(span.ends_at).day:
        assert following.anchor_day == joined.day


@given(rules, instants, st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_whole_months_end_with_a_month(rule: TermRuleSpec, at: datetime, through: date) -> None:
    span = imported_period(rule, at=at, joined=through, paid_through=through)
    within = rule.kind is not TermRule.ANNIVERSARY and (through + timedelta(days=1)).day != 1
    assert (span is None) is within


def test_an_imported_anniversary_keeps_the_anchor_of_its_grid() -> None:
    joined = date(2023, 5, 31)
    at = midnight(date(2027, 2, 3))
    for last, anchor in ((date(2027, 2, 27), 31), (date(2027, 3, 30), 31), (date(2027, 3, 14), 15)):
        span = imported_period(MONTHLY_ANNIVERSARY, at=at, joined=joined, paid_through=last)
        assert span is not None
        assert span.anchor_day == anchor

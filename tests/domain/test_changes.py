"""Changing in one step: every kind, every refusal, and the credit, to the yen."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, reject, strategies as st

from kaiin.domain.changes import (
    Change,
    ChangeKind,
    ChangeNotYet,
    ChangeRefused,
    ChangeWhilePaused,
    Current,
    NothingToChange,
    RenewalFixed,
    Wanted,
    plan,
)
from kaiin.domain.money import Money, total
from kaiin.domain.payments import Method
from kaiin.domain.periods import (
    JST,
    ChargeDay,
    PeriodSpan,
    TermRule,
    TermRuleSpec,
    first_period,
    japanese_date,
    midnight,
    next_period,
)
from kaiin.domain.previews import Terms, unused_credit

MONTH = TermRuleSpec(TermRule.CALENDAR_MONTH)
FROM_THE_DAY = TermRuleSpec(TermRule.ANNIVERSARY)
YEAR = TermRuleSpec(TermRule.THROUGH_MONTH_END, 12)


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


JOINED = jst(2026, 11, 22, 12)
LATER = jst(2026, 11, 25, 12)


def monthly(method: Method = Method.CARD, price: int = 550) -> Wanted:
    rule = FROM_THE_DAY if method is Method.SOFTBANK else MONTH
    return Wanted("monthly", method, Terms(rule, Money(price), Money(0), renews=True))


def yearly(method: Method = Method.CARD, *, renews: bool = False) -> Wanted:
    fee = Money(220) if method is Method.KONBINI else Money(0)
    can = renews and method.can_renew
    return Wanted("yearly", method, Terms(YEAR, Money(6600), fee, renews=can))


def by_days(*, renews: bool = False) -> Wanted:
    """A year that counts from the day on which it begins."""
    rule = TermRuleSpec(TermRule.ANNIVERSARY, 12)
    return Wanted("yearly", Method.CARD, Terms(rule, Money(6600), Money(0), renews=renews))


def has_now(wanted: Wanted, **more: object) -> Current:
    period = first_period(wanted.terms.rule, JOINED)
    current = Current(
        course=wanted.course,
        method=wanted.method,
        terms=wanted.terms,
        coming_course=wanted.course,
        coming=wanted.terms,
        period=period,
        fee=wanted.terms.price,
        has_mandate=wanted.terms.renews,
    )
    return replace(current, **more)  # type: ignore[arg-type]


def planned(current: Current, wanted: Wanted, at: datetime = LATER) -> Change:
    return plan(current, wanted, at=at)


class TestKinds:
    def test_imported_time_is_used_to_its_end(self) -> None:
        """It has no price here. Time whose fee was given back has none either, and is over."""
        imported = has_now(monthly(), fee=Money(0), imported=True)
        assert planned(imported, by_days()).from_at == imported.period.ends_at
        given_back = has_now(monthly(), fee=Money(0))
        assert planned(given_back, by_days()).kind is ChangeKind.NOW_WITH_CREDIT

    def test_a_dearer_course_by_card_begins_now(self) -> None:
        change = planned(has_now(monthly()), by_days())
        assert change.kind is ChangeKind.NOW_WITH_CREDIT
        # Nine days, 22 to 30 November; from the 25th on six are given up.
        assert change.credited == Money(550 * 6 // 9)
        assert change.total == Money(6600) - change.credited
        assert change.period == first_period(by_days().terms.rule, LATER)
        assert change.lines[-1] == ("credit", -change.credited)
        # A lump sum leaves no card to charge again.
        assert (change.ends_contract, change.needs_page) == (True, False)
        assert change.next_charge_at is None

    def test_from_a_carrier_to_a_card_the_contract_ends(self) -> None:
        change = planned(has_now(monthly(Method.AU)), by_days(renews=True))
        assert change.kind is ChangeKind.NOW_WITH_CREDIT
        assert (change.ends_contract, change.needs_page) == (True, True)
        assert change.next_charge_at == change.period.ends_at

    def test_what_is_worth_more_than_the_new_price_goes_on_to_its_end(self) -> None:
        current = has_now(yearly(renews=True))
        change = planned(current, monthly())
        assert (change.kind, change.total, change.lines) == (ChangeKind.AT_END, Money(0), ())
        assert change.from_at == current.period.ends_at
        assert change.period == next_period(MONTH, current.period)
        assert (change.next_charge_at, change.next_amount) == (current.period.ends_at, Money(550))
        assert not change.ends_contract

    def test_a_lump_sum_becomes_monthly_by_registering_a_card(self) -> None:
        current = has_now(yearly(Method.KONBINI))
        change = planned(current, monthly())
        assert (change.kind, change.total) == (ChangeKind.REGISTER, Money(0))
        assert change.from_at == change.next_charge_at == current.period.ends_at
        assert change.next_amount == Money(550)

    def test_another_card_is_registered_and_nothing_else_changes(self) -> None:
        current = has_now(monthly())
        change = planned(current, monthly())
        assert (change.kind, change.from_at) == (ChangeKind.REGISTER, LATER)
        assert change.ends_contract
        assert change.next_charge_at == current.period.ends_at

    @pytest.mark.parametrize("method", [Method.DOCOMO, Method.AU, Method.SOFTBANK])
    def test_a_carrier_contract_is_made_ahead_for_the_day_after(self, method: Method) -> None:
        current = has_now(monthly())
        change = planned(current, monthly(method))
        assert (change.kind, change.total) == (ChangeKind.PREPAID, Money(550))
        assert change.from_at == change.period.starts_at == current.period.ends_at
        assert change.ends_contract

    def test_a_carrier_contract_stays_where_its_amount_does(self) -> None:
        other = replace(monthly(Method.AU), course="other")
        assert planned(has_now(monthly(Method.AU)), other).kind is ChangeKind.AT_END
        dearer = replace(monthly(Method.AU, price=700), course="other")
        assert planned(has_now(monthly(Method.AU)), dearer).kind is ChangeKind.PREPAID

    def test_what_failed_is_paid_for_on_the_page(self) -> None:
        current = has_now(monthly(), past_due=True)
        late = current.period.ends_at + timedelta(days=4)
        change = planned(current, monthly(Method.DOCOMO), late)
        assert change.kind is ChangeKind.PREPAID
        assert (change.period, change.from_at) == (next_period(MONTH, current.period), late)

    def test_paying_what_is_due_is_no_change(self) -> None:
        current = has_now(monthly(), past_due=True)
        with pytest.raises(NothingToChange):
            planned(current, monthly(), current.period.ends_at + timedelta(days=1))


class TestRefusals:
    def test_what_one_has(self) -> None:
        with pytest.raises(NothingToChange):
            planned(has_now(monthly(Method.AU)), monthly(Method.AU))
        with pytest.raises(NothingToChange):
            planned(has_now(yearly()), yearly())

    def test_past_the_lock_day_only_the_card(self) -> None:
        current = has_now(yearly(renews=True), fixed=True)
        for wanted in (monthly(), yearly(Method.KONBINI)):
            with pytest.raises(RenewalFixed) as refused:
                planned(current, wanted)
            assert refused.value.params["free_from"] == japanese_date(current.period.ends_at)
        assert planned(current, yearly(renews=True)).kind is ChangeKind.REGISTER

    def test_not_before_the_window_opens_nor_two_periods_ahead(self) -> None:
        opens_at = jst(2027, 7, 1)
        current = has_now(yearly(), opens_at=opens_at)
        with pytest.raises(ChangeNotYet) as refused:
            planned(current, yearly(Method.KONBINI))
        assert refused.value.params["opens_on"] == japanese_date(opens_at)
        assert planned(current, yearly(Method.KONBINI), opens_at).kind is ChangeKind.PREPAID
        ahead = next_period(MONTH, first_period(MONTH, JOINED))
        with pytest.raises(ChangeNotYet):
            planned(has_now(monthly(), period=ahead), monthly(Method.AU))

    def test_nothing_is_paid_in_a_pause(self) -> None:
        current = has_now(monthly(), paused_until=jst(2027, 2, 1))
        with pytest.raises(ChangeWhilePaused):
            planned(current, monthly(Method.AU))
        card = planned(current, monthly())
        assert (card.kind, card.next_charge_at) == (ChangeKind.REGISTER, jst(2027, 2, 1))


def test_changing_back_undoes_what_was_agreed_to() -> None:
    current = has_now(yearly(renews=True), coming_course="monthly", coming=monthly().terms)
    back = yearly(renews=True)
    undoing = planned(current, back)
    assert (undoing.kind, undoing.undoes) == (ChangeKind.AT_END, True)
    assert not planned(current, monthly()).undoes


def test_the_anchor_moves_visibly_where_the_rule_wants_it() -> None:
    to_softbank = planned(has_now(monthly()), monthly(Method.SOFTBANK))
    assert to_softbank.moves_anchor
    assert to_softbank.period.ends_at == jst(2027, 1, 1)
    assert to_softbank.period.anchor_day == 1
    assert not planned(has_now(monthly()), monthly(Method.AU)).moves_anchor


def test_a_charge_before_the_end_has_its_date_in_the_plan() -> None:
    terms = replace(yearly(renews=True).terms, charge_day=ChargeDay.LAST_BUSINESS_DAY)
    change = planned(has_now(Wanted("yearly", Method.CARD, terms)), monthly())
    # Through 31 October 2027, a Sunday.
    assert change.next_charge_at == jst(2027, 10, 29)


spans = st.builds(
    lambda day, days: PeriodSpan(midnight(day), midnight(day + timedelta(days=days)), day.day),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(1, 400),
)


@given(st.integers(0, 10**6), spans, st.integers(0, 400 * 24 * 60))
def test_a_credit_is_never_negative_nor_the_whole_price(
    price: int, span: PeriodSpan, minutes: int
) -> None:
    at = span.starts_at + timedelta(minutes=minutes) % (span.ends_at - span.starts_at)
    credit = unused_credit(Money(price), span, at).amount
    assert 0 <= credit <= price
    if price:
        assert credit < price
    # To the yen: what an exact share would be, less than a yen away.
    days = (span.ends_at - span.starts_at) // timedelta(days=1)
    unused = (span.ends_at - at - timedelta(microseconds=1)) // timedelta(days=1)
    assert credit == price * unused // days


ways = st.sampled_from(
    [monthly(method) for method in (Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK)]
    + [yearly(), yearly(renews=True), yearly(Method.KONBINI), yearly(Method.KONBINI, renews=True)]
    + [by_days(), by_days(renews=True)]
    + [Wanted("cheap", Method.CARD, Terms(MONTH, Money(100), Money(0), renews=True))]
)


@given(ways, ways, st.integers(0, 400 * 24), st.booleans())
def test_a_change_never_costs_more_than_its_price_nor_loses_a_day(
    has: Wanted, wants: Wanted, hours: int, past_due: bool
) -> None:
    current = has_now(has, past_due=past_due and has.terms.renews)
    at = JOINED + timedelta(hours=hours)
    if at >= current.period.ends_at and not current.past_due:
        at = current.period.ends_at - timedelta(seconds=1)
    try:
        change = planned(current, wants, at)
    except ChangeRefused:
        reject()
    assert total(amount for _, amount in change.lines) == change.total
    assert Money(0) <= change.total <= wants.terms.total
    paid_now = change.kind in (ChangeKind.NOW_WITH_CREDIT, ChangeKind.PREPAID)
    assert paid_now is bool(change.total)
    assert bool(change.credited) <= (change.kind is ChangeKind.NOW_WITH_CREDIT)
    if at < current.period.ends_at:
        # No gap, and nothing paid twice: it begins now, or where the paid period ends.
        assert change.period.starts_at in (at, current.period.ends_at)
        starts_now = change.period.starts_at == at
        assert starts_now <= (change.kind is ChangeKind.NOW_WITH_CREDIT)
    if change.next_charge_at is not None:
        assert change.next_charge_at > at


@given(ways, ways, st.dates(date(2027, 1, 1), date(2028, 3, 1)), st.integers(0, 24 * 400))
def test_no_day_is_paid_twice_and_a_change_buys_what_joining_would(
    has: Wanted, wants: Wanted, joined: date, hours: int
) -> None:
    """All pairs, ways and days. On 30 November a year by card was eleven months, by slip twelve;
    on the last day of a month the next one was paid on that day and again on the 1st."""
    period = first_period(has.terms.rule, midnight(joined) + timedelta(hours=9))
    at = min(period.starts_at + timedelta(hours=hours), period.ends_at - timedelta(seconds=1))
    current = has_now(has, period=period)
    try:
        change = planned(current, wants, at)
    except ChangeRefused:
        reject()
    joining = first_period(wants.terms.rule, change.period.starts_at)
    assert change.period.ends_at >= joining.ends_at
    # What begins today has every paid day from today on taken off; all else follows what is paid.
    days = (period.ends_at - midnight(japanese_date(period.starts_at))) // timedelta(days=1)
    left = (period.ends_at - midnight(japanese_date(at))) // timedelta(days=1)
    given_up = min(left, days) if change.period.starts_at == at else 0
    assert change.credited == Money(has.terms.price.amount * given_up // days)
    assert change.period.starts_at in (at, period.ends_at)


@given(st.dates(date(2027, 1, 1), date(2028, 3, 1)), st.integers(0, 24 * 31))
def test_every_way_to_pay_buys_the_same_days(joined: date, hours: int) -> None:
    period = first_period(MONTH, midnight(joined) + timedelta(hours=9))
    at = min(period.starts_at + timedelta(hours=hours), period.ends_at - timedelta(seconds=1))
    for renews in (False, True):
        ways = (yearly(renews=renews), yearly(Method.KONBINI))
        bought = [planned(has_now(monthly(), period=period), way, at).period for way in ways]
        assert bought[0] == bought[1]
        assert bought[0].starts_at == period.ends_at

"""A course's terms: stored as JSON, read back the same, refused where they are none."""

import json
from dataclasses import replace
from typing import Any

import pytest

from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRule, TermRuleSpec
from kaiin.domain.previews import LateRenewal, PriceUnit

TERMS = CourseTerms(
    price=6600,
    currency="JPY",
    renews=True,
    term=TermRuleSpec(TermRule.THROUGH_MONTH_END, 12, joining_month_free=True),
    term_by_method={Method.SOFTBANK: TermRuleSpec(TermRule.ANNIVERSARY)},
    ways=(Method.CARD, Method.KONBINI),
    fees={Method.KONBINI: 220},
    slip_days=7,
    dunning=DunningPolicy((3, 7), 3, 1),
    renewal_opens_months=3,
    late_renewal=LateRenewal.FROM_PAYMENT,
    charge_day=ChargeDay.LAST_BUSINESS_DAY,
    lock_day=20,
    pause_periods=2,
    leave_at_once=False,
    tax_percent=10,
)


@pytest.mark.parametrize("terms", [TERMS, replace(TERMS, lock_day=None, fees={})])
def test_what_is_stored_is_read_back(terms: CourseTerms) -> None:
    assert CourseTerms.from_json(json.loads(json.dumps(terms.to_json()))) == terms


def stored(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(TERMS.to_json()))
    return {**plain, **changes}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [7],
        {},
        {name: value for name, value in stored().items() if name != "slip_days"},
        stored(colour="green"),
        stored(slip_days="7"),
        stored(slip_days=True),
        stored(slip_days=0),
        stored(price=-1),
        stored(lock_day=32),
        stored(tax_percent=101),
        stored(renews=1),
        stored(ways=["bitcoin"]),
        stored(fees={"bitcoin": 1}),
        stored(fees=220),
        stored(term={"kind": "lunar"}),
        stored(term={"kind": "anniversary", "months": 0}),
        stored(term_by_method={"au": {}}),
        stored(dunning={"retry_days": 7}),
        stored(dunning={"retry_days": [7, 3], "grace_days": 0, "dormant_months": 0}),
        stored(late_renewal="never"),
    ],
)
def test_what_is_none_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        CourseTerms.from_json(bad)


def test_by_one_way_to_pay() -> None:
    slip, carrier = TERMS.by(Method.KONBINI), TERMS.by(Method.SOFTBANK)
    assert (slip.rule, slip.handling, slip.total) == (TERMS.term, Money(220), Money(6820))
    assert (slip.renews, carrier.renews) == (False, True)
    assert carrier.rule == TermRuleSpec(TermRule.ANNIVERSARY)
    assert (carrier.handling, carrier.charge_day, carrier.lock_day) == (
        Money(0),
        ChargeDay.LAST_BUSINESS_DAY,
        20,
    )
    assert TERMS.unit == PriceUnit(12, each_month=False)


def test_a_difference_names_the_terms_with_both_values() -> None:
    assert TERMS.difference(TERMS) == {}
    assert TERMS.difference(replace(TERMS, price=1, lock_day=None)) == {
        "price": (6600, 1),
        "lock_day": (20, None),
    }

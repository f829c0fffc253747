from itertools import product

import pytest

from kaiin.domain.charges import CHARGE_TRANSITIONS, ChargeState, charge_becomes
from kaiin.domain.errors import UnknownTransition
from kaiin.domain.refund_cases import (
    REFUND_CASE_TRANSITIONS,
    RefundCaseState,
    refund_case_becomes,
)


@pytest.mark.parametrize(("state", "wanted"), list(product(ChargeState, ChargeState)))
def test_a_charge_goes_no_way_outside_the_table(state: ChargeState, wanted: ChargeState) -> None:
    if wanted in CHARGE_TRANSITIONS[state]:
        assert charge_becomes(state, wanted) is wanted
    else:
        with pytest.raises(UnknownTransition):
            charge_becomes(state, wanted)


@pytest.mark.parametrize(("state", "wanted"), list(product(RefundCaseState, RefundCaseState)))
def test_nor_does_a_refund_case(state: RefundCaseState, wanted: RefundCaseState) -> None:
    if wanted in REFUND_CASE_TRANSITIONS[state]:
        assert refund_case_becomes(state, wanted) is wanted
    else:
        with pytest.raises(UnknownTransition):
            refund_case_becomes(state, wanted)


def test_money_of_a_charge_is_recorded_once() -> None:
    taken = {ChargeState.PAID, ChargeState.PARKED}
    assert not any(CHARGE_TRANSITIONS[state] & taken for state in taken)


def test_nothing_is_open_again() -> None:
    assert not any(ChargeState.OPEN in after for after in CHARGE_TRANSITIONS.values())
    assert not any(RefundCaseState.OPEN in after for after in REFUND_CASE_TRANSITIONS.values())

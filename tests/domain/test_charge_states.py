from itertools import product

import pytest

from kaiin.domain.charges import CHARGE_TRANSITIONS, ChargeState
from kaiin.domain.refund_cases import (
    REFUND_CASE_TRANSITIONS,
    RefundCaseState,
)
from kaiin.domain.states import UnknownTransition, next_state


@pytest.mark.parametrize(("state", "wanted"), list(product(ChargeState, ChargeState)))
def test_a_charge_goes_no_way_outside_the_table(state: ChargeState, wanted: ChargeState) -> None:
    if wanted in CHARGE_TRANSITIONS[state]:
        assert next_state(CHARGE_TRANSITIONS, state, wanted) is wanted
    else:
        with pytest.raises(UnknownTransition):
            next_state(CHARGE_TRANSITIONS, state, wanted)


@pytest.mark.parametrize(("state", "wanted"), list(product(RefundCaseState, RefundCaseState)))
def test_nor_does_a_refund_case(state: RefundCaseState, wanted: RefundCaseState) -> None:
    if wanted in REFUND_CASE_TRANSITIONS[state]:
        assert next_state(REFUND_CASE_TRANSITIONS, state, wanted) is wanted
    else:
        with pytest.raises(UnknownTransition):
            next_state(REFUND_CASE_TRANSITIONS, state, wanted)


def test_money_of_a_charge_is_recorded_once() -> None:
    taken = {ChargeState.PAID, ChargeState.PARKED}
    assert not any(CHARGE_TRANSITIONS[state] & taken for state in taken)


def test_nothing_is_open_again() -> None:
    assert not any(ChargeState.OPEN in after for after in CHARGE_TRANSITIONS.values())
    assert not any(RefundCaseState.OPEN in after for after in REFUND_CASE_TRANSITIONS.values())

from itertools import product

import pytest

from kaiin.domain.payments import (
    TRANSITIONS,
    Method,
    PaymentEvent,
    PaymentState,
    UnknownTransition,
    is_late_money,
    transition,
)

ENDED = (PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CANCELED)


@pytest.mark.parametrize(("state", "event"), list(product(PaymentState, PaymentEvent)))
def test_every_pair_has_an_answer(state: PaymentState, event: PaymentEvent) -> None:
    assert isinstance(transition(state, event), PaymentState)


def test_a_pair_outside_the_table_is_refused() -> None:
    with pytest.raises(UnknownTransition):
        transition(PaymentState.PAID, "refunded")  # type: ignore[arg-type]


@pytest.mark.parametrize("state", PaymentState)
def test_money_always_wins(state: PaymentState) -> None:
    assert transition(state, PaymentEvent.PAID) is PaymentState.PAID


@pytest.mark.parametrize("event", PaymentEvent)
def test_paid_stays_paid(event: PaymentEvent) -> None:
    assert transition(PaymentState.PAID, event) is PaymentState.PAID


@pytest.mark.parametrize(("state", "event"), list(product(ENDED, PaymentEvent)))
def test_an_ended_payment_moves_only_by_money(state: PaymentState, event: PaymentEvent) -> None:
    expected = PaymentState.PAID if event is PaymentEvent.PAID else state
    assert transition(state, event) is expected
    assert is_late_money(state, event) == (event is PaymentEvent.PAID)


def test_nothing_becomes_an_intent_again_and_unknown_only_before_an_answer() -> None:
    assert PaymentState.INTENT not in TRANSITIONS.values()
    before = {s for (s, _), after in TRANSITIONS.items() if after is PaymentState.UNKNOWN}
    assert before == {PaymentState.INTENT, PaymentState.UNKNOWN}


def test_only_a_slip_cannot_renew() -> None:
    assert [method for method in Method if not method.can_renew] == [Method.KONBINI]
    assert [m for m in Method if m.is_carrier] == [Method.DOCOMO, Method.AU, Method.SOFTBANK]

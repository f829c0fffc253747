from itertools import product

import pytest

from kaiin.domain.states import UnknownTransition
from kaiin.domain.subscriptions import (
    STANDING_TRANSITIONS,
    SUBSCRIPTION_TRANSITIONS,
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    may_revive,
    standing_after,
    subscription_after,
)


@pytest.mark.parametrize("state", SubscriptionState)
def test_paid_always_makes_active(state: SubscriptionState) -> None:
    assert subscription_after(state, SubscriptionEvent.PAID) is SubscriptionState.ACTIVE


@pytest.mark.parametrize("standing", Standing)
def test_a_payment_makes_the_standing_active(standing: Standing) -> None:
    assert standing_after(standing, StandingEvent.PAID) is Standing.ACTIVE


@pytest.mark.parametrize(("state", "event"), list(product(SubscriptionState, SubscriptionEvent)))
def test_subscription_pairs_outside_the_table_are_refused(
    state: SubscriptionState, event: SubscriptionEvent
) -> None:
    if (state, event) in SUBSCRIPTION_TRANSITIONS:
        assert subscription_after(state, event) is SUBSCRIPTION_TRANSITIONS[state, event]
    else:
        with pytest.raises(UnknownTransition):
            subscription_after(state, event)


@pytest.mark.parametrize(("standing", "event"), list(product(Standing, StandingEvent)))
def test_standing_pairs_outside_the_table_are_refused(
    standing: Standing, event: StandingEvent
) -> None:
    if (standing, event) in STANDING_TRANSITIONS:
        assert standing_after(standing, event) is STANDING_TRANSITIONS[standing, event]
    else:
        with pytest.raises(UnknownTransition):
            standing_after(standing, event)


def test_an_ended_subscription_moves_only_by_money() -> None:
    moving = {event for state, event in SUBSCRIPTION_TRANSITIONS if not state.is_open}
    assert moving == {SubscriptionEvent.PAID}


def test_only_the_pending_never_lapse() -> None:
    assert (Standing.PENDING, StandingEvent.LAPSED) not in STANDING_TRANSITIONS
    assert (Standing.PENDING, StandingEvent.WITHDRAWN) not in STANDING_TRANSITIONS


@pytest.mark.parametrize(
    ("reason", "was_paid", "replaced", "expected"),
    [
        (EndReason.EXPIRED, True, False, True),
        (EndReason.EXPIRED, True, True, False),
        (EndReason.RENEWAL_FAILED, True, False, True),
        (EndReason.REPLACED, False, False, True),
        (EndReason.LEFT, False, False, True),
        (EndReason.LEFT, True, False, False),
    ],
)
def test_late_money(reason: EndReason, was_paid: bool, replaced: bool, expected: bool) -> None:
    assert may_revive(reason, was_paid=was_paid, replaced=replaced) is expected

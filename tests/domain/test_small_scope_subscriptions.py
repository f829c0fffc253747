"""Every sequence of up to seven events through the tables of subscriptions and standings."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import TypeVar

import pytest

from kaiin.domain.states import UnknownTransition
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    may_pay,
    may_revive,
    standing_after,
    subscription_after,
)

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

LENGTH = 7
TICK = timedelta(microseconds=1)
OPENS = datetime(2027, 8, 31, 15, tzinfo=UTC)


def histories(
    start: S, events: type[E], after: Callable[[S, E], S]
) -> Iterator[tuple[list[E], list[S]]]:
    """Every sequence of events that the table allows, with the states along its way."""
    level: list[tuple[list[E], list[S]]] = [([], [start])]
    for _ in range(LENGTH):
        following = []
        for past, states in level:
            for event in events:
                try:
                    state = after(states[-1], event)
                except UnknownTransition:
                    continue
                following.append(([*past, event], [*states, state]))
        yield from following
        level = following


def test_subscriptions_are_active_exactly_while_the_last_word_is_money() -> None:
    count = 0
    for past, states in histories(SubscriptionState.PENDING, SubscriptionEvent, subscription_after):
        count += 1
        paid = SubscriptionEvent.PAID in past
        match past[-1]:
            case SubscriptionEvent.PAID:
                expected = SubscriptionState.ACTIVE
            case SubscriptionEvent.ENDED:
                expected = SubscriptionState.ENDED
            case SubscriptionEvent.CHARGE_FAILED:
                expected = SubscriptionState.PAST_DUE if paid else SubscriptionState.PENDING
        assert states[-1] is expected, past
    assert count > 3**LENGTH / 4


def test_an_end_is_an_end_until_money_comes() -> None:
    for event in SubscriptionEvent:
        if event is not SubscriptionEvent.PAID:
            with pytest.raises(UnknownTransition):
                subscription_after(SubscriptionState.ENDED, event)


def test_pending_never_returns() -> None:
    for past, states in histories(SubscriptionState.PENDING, SubscriptionEvent, subscription_after):
        if SubscriptionEvent.PAID in past or SubscriptionEvent.ENDED in past:
            assert states[-1] is not SubscriptionState.PENDING


def test_standings_follow_the_last_event_alone() -> None:
    ends = {
        StandingEvent.PAID: Standing.ACTIVE,
        StandingEvent.LAPSED: Standing.DORMANT,
        StandingEvent.WITHDRAWN: Standing.WITHDRAWN,
    }
    for past, states in histories(Standing.PENDING, StandingEvent, standing_after):
        assert past[0] is StandingEvent.PAID, "nothing lapses that was never paid"
        assert states[-1] is ends[past[-1]], past


@pytest.mark.parametrize(
    ("state", "opens_at", "renews", "mandate_lost"),
    list(
        product(
            [s for s in SubscriptionState if s.is_open],
            (None, OPENS),
            (False, True),
            (False, True),
        )
    ),
)
def test_who_may_pay_when(
    state: SubscriptionState, opens_at: datetime | None, renews: bool, mandate_lost: bool
) -> None:
    for at in (OPENS - TICK, OPENS, OPENS + TICK):
        unpaid = state in (SubscriptionState.PENDING, SubscriptionState.PAST_DUE)
        window = mandate_lost if opens_at is None else not at < opens_at
        expected = unpaid or (window and (mandate_lost or not renews))
        may = may_pay(state, opens_at=opens_at, renews=renews, mandate_lost=mandate_lost, at=at)
        assert may is expected


@pytest.mark.parametrize(
    ("reason", "was_paid", "replaced"),
    list(product((None, *EndReason), (False, True), (False, True))),
)
def test_late_money_revives_but_what_was_replaced_or_left(
    reason: EndReason | None, was_paid: bool, replaced: bool
) -> None:
    refused = replaced or (was_paid and reason is EndReason.LEFT)
    assert may_revive(reason, was_paid=was_paid, replaced=replaced) is not refused

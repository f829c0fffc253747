import re
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from kaiin.domain import payments
from kaiin.domain.payments import (
    END_EVENTS,
    ENDED_STATES,
    FUNDED_STATES,
    MONEY_EVENTS,
    MONEY_STATES,
    OPEN_STATES,
    REFUND_TRANSITIONS,
    TRANSITIONS,
    Dispute,
    Method,
    PaymentEvent,
    PaymentState,
    RefundEvent,
    RefundState,
    dispute_after,
    is_late_money,
    money_event,
    paused_until,
    refund_transition,
    transition,
)
from kaiin.domain.states import UnknownTransition

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PAIRS = list(product(PaymentState, PaymentEvent))


# Money and a registered card exclude each other; a bank that took money back has decided.
IMPOSSIBLE = {
    *((state, PaymentEvent.REGISTERED) for state in MONEY_STATES),
    *((PaymentState.REGISTERED, event) for event in MONEY_EVENTS),
    (PaymentState.CHARGED_BACK, PaymentEvent.DISPUTED),
}


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_a_pair_that_cant_happen_raises_and_no_other(
    state: PaymentState, event: PaymentEvent
) -> None:
    if (state, event) in IMPOSSIBLE:
        with pytest.raises(UnknownTransition) as raised:
            transition(state, event)
        assert raised.value.params == {"state": state, "event": event}
    else:
        assert isinstance(transition(state, event), PaymentState)


def test_every_state_is_of_one_kind() -> None:
    kinds = [OPEN_STATES, ENDED_STATES, MONEY_STATES, {PaymentState.REGISTERED}]
    assert sorted(state for kind in kinds for state in kind) == sorted(PaymentState)
    assert FUNDED_STATES < MONEY_STATES
    assert {s for s in PaymentState if s.has_money} == FUNDED_STATES
    assert {s for s in PaymentState if s.took_money} == MONEY_STATES
    assert {s for s in PaymentState if s.is_open} == OPEN_STATES


@pytest.mark.parametrize(
    ("state", "event"),
    [(state, event) for state, event in sorted(TRANSITIONS) if event in MONEY_EVENTS],
)
def test_money_always_wins(state: PaymentState, event: PaymentEvent) -> None:
    assert transition(state, event).value == event.value
    assert is_late_money(state, event) == (state in ENDED_STATES)


@pytest.mark.parametrize(
    ("state", "event"),
    [(state, event) for state, event in sorted(TRANSITIONS) if state in MONEY_STATES],
)
def test_only_news_of_the_money_moves_money(state: PaymentState, event: PaymentEvent) -> None:
    expected = event.value if event in MONEY_EVENTS else state.value
    assert transition(state, event).value == expected


@pytest.mark.parametrize(("state", "event"), list(product(sorted(ENDED_STATES), PaymentEvent)))
def test_an_ended_payment_moves_only_by_money_or_a_card(
    state: PaymentState, event: PaymentEvent
) -> None:
    moving = MONEY_EVENTS | {PaymentEvent.REGISTERED}
    assert transition(state, event).value == (event.value if event in moving else state.value)


@pytest.mark.parametrize(
    "event", [*sorted(END_EVENTS), PaymentEvent.ACCEPTED, PaymentEvent.TIMED_OUT]
)
def test_stale_news_moves_nothing_that_is_over(event: PaymentEvent) -> None:
    over = set(PaymentState) - OPEN_STATES
    assert {transition(state, event) for state in over} == over


def test_a_registered_card_stays_one() -> None:
    after = {after for (state, _), after in TRANSITIONS.items() if state is PaymentState.REGISTERED}
    assert after == {PaymentState.REGISTERED}
    assert not PaymentState.REGISTERED.has_money
    assert not PaymentState.REGISTERED.is_open


def test_nothing_becomes_an_intent_again_and_unknown_only_before_an_answer() -> None:
    moves = {(s, after) for (s, _), after in TRANSITIONS.items() if s is not after}
    assert PaymentState.INTENT not in {after for _, after in moves}
    assert {s for s, after in moves if after is PaymentState.UNKNOWN} == {PaymentState.INTENT}


def test_the_diagram_is_the_table() -> None:
    drawn = set()
    arrows = re.findall(r"(\w+) --> (\w+): (\w+)", payments.__doc__ or "")
    for source, target, event in arrows:
        for state in _states_of(source):
            if state != target:
                drawn.add((state, event, target))
    table = {(s.value, e.value, t.value) for (s, e), t in TRANSITIONS.items() if s is not t}
    assert drawn == table


def _states_of(name: str) -> set[str]:
    """A state, or those inside a box of the diagram."""
    lines = iter((payments.__doc__ or "").splitlines())
    if not any(line.strip() == f"state {name} {{" for line in lines):
        return {name}
    inside: set[str] = set()
    depth = 1
    for line in map(str.strip, lines):
        depth += line.endswith("{") - (line == "}")
        if depth == 0:
            break
        inside |= {line} & set(PaymentState)
    return inside


@pytest.mark.parametrize(("state", "event"), list(product(RefundState, RefundEvent)))
def test_every_refund_pair_has_an_answer(state: RefundState, event: RefundEvent) -> None:
    after = refund_transition(state, event)
    if event in (RefundEvent.DONE, RefundEvent.FAILED):
        assert after.value == event.value
    elif not state.is_open:
        assert after is state
    assert (state, event) in REFUND_TRANSITIONS


@pytest.mark.parametrize(("known", "news"), list(product(Dispute, Dispute)))
def test_a_dispute_never_vanishes(known: Dispute, news: Dispute) -> None:
    after = dispute_after(known, news)
    assert after in (known, news)
    if known is not Dispute.NONE:
        assert after is not Dispute.NONE
    if known in (Dispute.WON, Dispute.LOST):
        assert after in (Dispute.WON, Dispute.LOST)
    if known is Dispute.NONE or news in (Dispute.WON, Dispute.LOST):
        assert after is news


@pytest.mark.parametrize(
    ("refunded", "dispute", "expected"),
    [
        (0, Dispute.NONE, PaymentEvent.PAID),
        (0, Dispute.WON, PaymentEvent.PAID),
        (1, Dispute.NONE, PaymentEvent.PARTLY_REFUNDED),
        (549, Dispute.WON, PaymentEvent.PARTLY_REFUNDED),
        (550, Dispute.NONE, PaymentEvent.REFUNDED),
        (550, Dispute.OPEN, PaymentEvent.REFUNDED),
        (551, Dispute.NONE, PaymentEvent.REFUNDED),
        (0, Dispute.OPEN, PaymentEvent.DISPUTED),
        (100, Dispute.OPEN, PaymentEvent.DISPUTED),
        (0, Dispute.LOST, PaymentEvent.CHARGED_BACK),
        (550, Dispute.LOST, PaymentEvent.CHARGED_BACK),
    ],
)
def test_what_is_left_of_the_money(refunded: int, dispute: Dispute, expected: PaymentEvent) -> None:
    assert money_event(received=550, refunded=refunded, dispute=dispute) is expected


def hours(*errors: tuple[float, int]) -> list[tuple[datetime, int]]:
    return [(NOW - timedelta(hours=ago), count) for ago, count in errors]


@pytest.mark.parametrize(
    ("errors", "hours_left"),
    [
        ([], None),
        ([(1, 3)], None),
        ([(1, 4)], 23),
        ([(1, 3), (2, 1)], 23),
        ([(3, 1), (2, 1), (1, 1), (0, 1)], 24),
        # The last of four lies within a day of the first, however long ago that is now.
        ([(30, 3), (10, 1)], 14),
        ([(34, 3), (10, 1)], None),
        ([(23.9, 4)], 0.1),
        ([(24, 4)], None),
        # An error after the pause begins no new one by itself.
        ([(47, 4), (1, 1)], None),
    ],
)
def test_four_errors_in_a_day_pause_further_tries_for_a_day(
    errors: list[tuple[float, int]], hours_left: float | None
) -> None:
    until = None if hours_left is None else NOW + timedelta(hours=hours_left)
    assert paused_until(hours(*errors), now=NOW) == until


def test_only_a_slip_cannot_renew() -> None:
    assert [method for method in Method if not method.can_renew] == [Method.KONBINI]
    assert [m for m in Method if m.is_carrier] == [Method.DOCOMO, Method.AU, Method.SOFTBANK]

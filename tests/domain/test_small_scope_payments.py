"""Every sequence of up to six messages of a payment, and every order of the same facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import pytest

from kaiin.domain.payments import (
    Dispute,
    PaymentEvent,
    PaymentState,
    RefundEvent,
    RefundState,
    dispute_after,
    is_late_money,
    money_event,
    refund_transition,
    transition,
)
from kaiin.domain.states import UnknownTransition

LENGTH = 6
S, E = PaymentState, PaymentEvent

# The oracle's own sorting of messages; a new one has to be put somewhere by hand.
OPENING = {E.ACCEPTED, E.TIMED_OUT}
ENDING = {E.FAILED, E.EXPIRED, E.CANCELED}
MONEY = {E.PAID, E.PARTLY_REFUNDED, E.DISPUTED, E.REFUNDED, E.CHARGED_BACK}


def test_every_message_has_its_place_in_this_test() -> None:
    assert {*OPENING, *ENDING, *MONEY, E.REGISTERED} == set(PaymentEvent)


@dataclass(frozen=True)
class Memory:
    """The oracle: all that matters of a sequence of messages, nothing forgotten."""

    heard: bool = False  # the provider has said that it knows the payment
    asked_in_vain: bool = False
    end: E | None = None  # the first end that was reported
    registered: bool = False
    money: E | None = None  # the latest word about money

    def after(self, event: PaymentEvent) -> "Memory":
        silent = event is E.TIMED_OUT
        first_end = event if event in ENDING and not self.registered else None
        return Memory(
            heard=self.heard or not silent,
            asked_in_vain=self.asked_in_vain or (silent and not self.heard),
            end=self.end or first_end,
            registered=self.registered or event is E.REGISTERED,
            money=event if event in MONEY else self.money,
        )

    def state(self) -> PaymentState:
        """Money outweighs a card that was registered, that an end, that being under way."""
        if self.money is not None:
            return S(self.money.value)
        if self.registered:
            return S.REGISTERED
        if self.end is not None:
            return S(self.end.value)
        if self.heard:
            return S.PENDING
        return S.UNKNOWN if self.asked_in_vain else S.INTENT

    def forbids(self, event: PaymentEvent) -> bool:
        """A registered card is never money, nor money a card; a bank does not decide twice."""
        if event is E.REGISTERED:
            return self.money is not None
        if event in MONEY and self.registered:
            return True
        return (self.money, event) == (E.CHARGED_BACK, E.DISPUTED)


def journeys() -> Iterator[tuple[PaymentState, Memory, PaymentEvent]]:
    """Every step of every possible sequence of up to six messages. Two sequences that led to the
    same state and are remembered alike go on alike, so one of them is followed."""
    level = {(S.INTENT, Memory())}
    for _ in range(LENGTH):
        following = set()
        for state, memory in level:
            for event in PaymentEvent:
                if memory.forbids(event):
                    with pytest.raises(UnknownTransition):
                        transition(state, event)
                    continue
                yield state, memory, event
                following.add((transition(state, event), memory.after(event)))
        level = following


def test_every_sequence_of_six_messages_ends_as_the_oracle_says() -> None:
    for state, memory, event in journeys():
        assert state is memory.state()
        assert transition(state, event) is memory.after(event).state(), (memory, event)


def test_money_is_never_forgotten() -> None:
    for state, memory, event in journeys():
        after = transition(state, event)
        assert after.took_money == (memory.money is not None or event in MONEY)
        assert after.has_money == (after in (S.PAID, S.PARTLY_REFUNDED, S.DISPUTED))
        if state.took_money and event not in MONEY:
            assert after is state, "stale news is harmless"


def test_registering_a_card_is_no_money() -> None:
    for state, memory, event in journeys():
        after = transition(state, event)
        if memory.money is None and event is E.REGISTERED:
            assert after is S.REGISTERED
            assert not after.took_money
            assert not after.has_money
            assert not after.is_open


def test_unknown_only_before_any_answer_and_open_only_before_any_end() -> None:
    for state, memory, event in journeys():
        after = memory.after(event)
        if transition(state, event) is S.UNKNOWN:
            assert not after.heard
        assert transition(state, event).is_open == (
            after.end is None and after.money is None and not after.registered
        )


def test_money_is_late_after_an_end_and_only_then() -> None:
    for state, memory, event in journeys():
        expected = (
            event in MONEY
            and memory.money is None
            and memory.end is not None
            and not memory.registered
        )
        assert is_late_money(state, event) == expected


@pytest.mark.parametrize("money", sorted(MONEY))
def test_one_word_of_money_wins_in_every_order(money: PaymentEvent) -> None:
    others = sorted(OPENING | ENDING)
    for pair in product(others, repeat=2):
        for order in set(permutations((*pair, money))):
            state = S.INTENT
            for event in order:
                state = transition(state, event)
            assert state is S(money.value), order


# Money that was taken: its state is a fold over facts, in any order.


def folded(news: tuple[tuple[str, object], ...], received: int) -> PaymentEvent:
    refunds: dict[str, RefundState] = {}
    dispute = Dispute.NONE
    for about, what in news:
        if isinstance(what, Dispute):
            dispute = dispute_after(dispute, what)
        else:
            known = refunds.get(about, RefundState.REQUESTED)
            refunds[about] = refund_transition(known, RefundEvent(str(what)))
    back = sum(int(key) for key, state in refunds.items() if state is RefundState.DONE)
    return money_event(received=received, refunded=back, dispute=dispute)


FACTS = [
    # Refunds are named by their amounts here.
    (("150", RefundEvent.DONE),),
    (("150", RefundEvent.DONE), ("400", RefundEvent.DONE)),
    (("150", RefundEvent.ACCEPTED), ("150", RefundEvent.TIMED_OUT), ("150", RefundEvent.DONE)),
    (("550", RefundEvent.DONE), ("", Dispute.OPEN)),
    (("", Dispute.OPEN), ("", Dispute.LOST), ("150", RefundEvent.DONE)),
    (("", Dispute.NONE), ("", Dispute.OPEN), ("", Dispute.WON)),
    (("", Dispute.NONE), ("", Dispute.OPEN), ("", Dispute.LOST), ("", Dispute.OPEN)),
    (("150", RefundEvent.DONE), ("", Dispute.OPEN), ("", Dispute.WON), ("", Dispute.NONE)),
]


@pytest.mark.parametrize("facts", FACTS)
def test_the_same_facts_say_the_same_in_every_order(
    facts: tuple[tuple[str, object], ...],
) -> None:
    twice = (*facts, *facts[:2])  # some of it arrives twice
    assert len({folded(order, 550) for order in set(permutations(twice))}) == 1


def test_what_is_said_of_money() -> None:
    for received, refunded, dispute in product((1, 550), range(0, 700, 50), Dispute):
        said = money_event(received=received, refunded=refunded, dispute=dispute)
        if dispute is Dispute.LOST:
            expected = E.CHARGED_BACK
        elif refunded >= received:
            expected = E.REFUNDED
        elif dispute is Dispute.OPEN:
            expected = E.DISPUTED
        elif refunded > 0:
            expected = E.PARTLY_REFUNDED
        else:
            expected = E.PAID
        assert said is expected


def test_a_dispute_never_goes_back() -> None:
    weight = {Dispute.NONE: 0, Dispute.OPEN: 1, Dispute.WON: 2, Dispute.LOST: 2}
    for known, news in product(Dispute, repeat=2):
        after = dispute_after(known, news)
        assert after is (news if weight[news] >= weight[known] else known)


def test_every_sequence_of_six_messages_of_a_refund() -> None:
    level = {(RefundState.REQUESTED, False)}
    for _ in range(LENGTH):
        following = set()
        for state, decided in level:
            for event in RefundEvent:
                after = refund_transition(state, event)
                if event in (RefundEvent.DONE, RefundEvent.FAILED):
                    # A bank may send money back days later, or the other way round.
                    assert after is RefundState(event.value)
                elif decided:
                    assert after is state, "stale news is harmless"
                else:
                    assert after.is_open
                    assert (after is RefundState.UNKNOWN) == (event is RefundEvent.TIMED_OUT)
                following.add((after, decided or not after.is_open))
        level = following

"""A payment between a provider that knows the truth and a network that delivers it badly.

The provider acts; each act sends a snapshot. Snapshots arrive in any order, twice, or never; now
and then the present state is asked for. What we believe follows by the domain's tables.
"""

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from kaiin.domain.payments import (
    Dispute,
    PaymentEvent,
    PaymentState,
    RefundEvent,
    RefundState,
    dispute_after,
    money_event,
    refund_transition,
    transition,
)

AMOUNT = 550
_WITHOUT_MONEY = {
    PaymentEvent.ACCEPTED: PaymentState.PENDING,
    PaymentEvent.FAILED: PaymentState.FAILED,
    PaymentEvent.EXPIRED: PaymentState.EXPIRED,
    PaymentEvent.CANCELED: PaymentState.CANCELED,
}


@dataclass(frozen=True)
class Told:
    """The payment as the provider saw it at one moment."""

    word: PaymentEvent  # accepted, failed, expired, canceled or paid
    refunds: tuple[tuple[int, RefundEvent], ...] = ()
    dispute: Dispute = Dispute.NONE


@dataclass
class Belief:
    """What we conclude from the snapshots that arrived."""

    state: PaymentState = PaymentState.INTENT
    refunds: dict[int, RefundState] = field(default_factory=dict)
    dispute: Dispute = Dispute.NONE

    def hear(self, told: Told) -> None:
        event = told.word
        if event is PaymentEvent.PAID:
            for number, word in told.refunds:
                known = self.refunds.get(number, RefundState.REQUESTED)
                self.refunds[number] = refund_transition(known, word)
            self.dispute = dispute_after(self.dispute, told.dispute)
            back = sum(n for n, state in self.refunds.items() if state is RefundState.DONE)
            event = money_event(received=AMOUNT, refunded=back, dispute=self.dispute)
        self.state = transition(self.state, event)


class PaymentMachine(RuleBasedStateMachine):
    """The provider's truth beside our belief."""

    news = Bundle("news")

    def __init__(self) -> None:
        super().__init__()
        self.truth: Told | None = None  # the provider has not heard of it
        self.belief = Belief()
        self.took_money = False
        self.bounced = False

    # The provider

    @rule(target=news)
    @precondition(lambda self: self.truth is None)
    def accepts(self) -> Told:
        return self._now(Told(PaymentEvent.ACCEPTED))

    @rule(
        target=news,
        word=st.sampled_from([PaymentEvent.FAILED, PaymentEvent.EXPIRED, PaymentEvent.CANCELED]),
    )
    @precondition(lambda self: self._word() is PaymentEvent.ACCEPTED)
    def ends(self, word: PaymentEvent) -> Told:
        return self._now(Told(word))

    @rule(target=news)
    @precondition(lambda self: self.truth is not None and not self.took_money)
    def takes_money(self) -> Told:
        """In time, or late: after the slip's expiry, across a cancelling."""
        self.took_money = True
        return self._now(Told(PaymentEvent.PAID))

    @rule(target=news, amount=st.sampled_from([1, 50, 200, 549, 550]))
    @precondition(lambda self: self.took_money)
    def gives_back(self, amount: int) -> Told:
        assert self.truth is not None
        # Refunds are told apart by their amounts here.
        kept = AMOUNT - sum(n for n, word in self.truth.refunds if word is RefundEvent.DONE)
        known = dict(self.truth.refunds)
        if amount > kept or amount in known:
            return self.truth
        refunds = (*self.truth.refunds, (amount, RefundEvent.DONE))
        return self._now(replace(self.truth, refunds=refunds))

    @rule(target=news)
    @precondition(lambda self: self.took_money and self.truth.refunds)
    def gets_a_refund_sent_back(self) -> Told:
        """The payer's account was closed: the money is ours again."""
        assert self.truth is not None
        self.bounced = True
        *others, (amount, _) = self.truth.refunds
        return self._now(replace(self.truth, refunds=(*others, (amount, RefundEvent.FAILED))))

    @rule(target=news)
    @precondition(lambda self: self.took_money and self.truth.dispute is Dispute.NONE)
    def hears_the_bank_dispute(self) -> Told:
        return self._now(replace(self.truth, dispute=Dispute.OPEN))

    @rule(target=news, end=st.sampled_from([Dispute.WON, Dispute.LOST]))
    @precondition(lambda self: self.took_money and self.truth.dispute is Dispute.OPEN)
    def hears_the_bank_decide(self, end: Dispute) -> Told:
        return self._now(replace(self.truth, dispute=end))

    # The network and we

    @rule(told=news)
    def is_told(self, told: Told) -> None:
        """Any old snapshot, once more or for the first time."""
        before = self.belief.state
        self.belief.hear(told)
        assert self.belief.state.took_money or not before.took_money, "money is never forgotten"

    @rule()
    def asks_in_vain(self) -> None:
        before = self.belief.state
        self.belief.state = transition(before, PaymentEvent.TIMED_OUT)
        assert self.belief.state is before or before is PaymentState.INTENT

    @rule()
    def asks(self) -> None:
        """Whatever was believed, the present state is the truth."""
        if self.truth is None:
            return
        self.belief.hear(self.truth)
        assert self.belief.state is self._true_state()

    # What must hold at any time

    @invariant()
    def believes_in_no_money_that_never_came(self) -> None:
        assert self.took_money or not self.belief.state.took_money

    @invariant()
    def believes_in_no_more_refunds_than_there_were(self) -> None:
        given = dict(self.truth.refunds) if self.truth else {}
        assert set(self.belief.refunds) <= set(given)
        if not self.bounced:
            back = [n for n, state in self.belief.refunds.items() if state is RefundState.DONE]
            assert sum(back) <= AMOUNT

    @invariant()
    def a_dispute_that_was_lost_stays_lost(self) -> None:
        if self.belief.dispute is Dispute.LOST:
            assert self.belief.state is PaymentState.CHARGED_BACK

    def teardown(self) -> None:
        self.asks()

    def _now(self, truth: Told) -> Told:
        self.truth = truth
        return truth

    def _word(self) -> PaymentEvent | None:
        return self.truth.word if self.truth else None

    def _true_state(self) -> PaymentState:
        assert self.truth is not None
        if self.truth.word is not PaymentEvent.PAID:
            return _WITHOUT_MONEY[self.truth.word]
        back = sum(n for n, word in self.truth.refunds if word is RefundEvent.DONE)
        if self.truth.dispute is Dispute.LOST:
            return PaymentState.CHARGED_BACK
        if back == AMOUNT:
            return PaymentState.REFUNDED
        if self.truth.dispute is Dispute.OPEN:
            return PaymentState.DISPUTED
        return PaymentState.PARTLY_REFUNDED if back else PaymentState.PAID


TestPayment = PaymentMachine.TestCase

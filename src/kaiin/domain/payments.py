"""Ways to pay, and the states of one payment and one refund as tables.

```mermaid
stateDiagram-v2
    [*] --> intent
    state any {
        state open {
            intent
            pending
            unknown
        }
        state ended {
            failed
            expired
            canceled
        }
        state money {
            paid
            partly_refunded
            disputed
            refunded
        }
    }
    intent --> pending: accepted
    intent --> unknown: timed_out
    unknown --> pending: accepted
    open --> failed: failed
    open --> expired: expired
    open --> canceled: canceled
    open --> registered: registered
    ended --> registered: registered
    any --> paid: paid
    any --> partly_refunded: partly_refunded
    any --> disputed: disputed
    any --> refunded: refunded
    any --> charged_back: charged_back
    charged_back --> paid: paid
    charged_back --> partly_refunded: partly_refunded
    charged_back --> refunded: refunded
```

Money always wins: in any state before, a provider that says *paid* has the member's
money. What it buys, when it comes after the end, is billing's decision. Once money was taken, only
news of that money moves the payment: what it says is a fold over refunds and dispute
(`money_event`), which forget nothing, so that stale news neither loses money nor finds it again.

News can be stale, because answers are fetched by several processes and written down in any order
(`TRANSITIONS` lists these pairs; they change nothing):
- *accepted* and *timed_out*, in any state: asked before, written after a notice said more.
- an end, after another end: we conclude that a call was never executed, or void a page, and the
  provider words it otherwise; after a card was registered or money came: both happen late, when
  the provider itself has ended the payment.

Other pairs can't happen and raise: a payment over nothing registers a card and is never money, a
payment of money never registers a card, and what the bank took back is not disputed again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from kaiin.domain.states import state_after


class Method(StrEnum):
    """How a member pays. `softbank` serves SoftBank and Y!mobile, which share one contract."""

    CARD = "card"
    DOCOMO = "docomo"
    AU = "au"
    SOFTBANK = "softbank"
    KONBINI = "konbini"

    @property
    def is_carrier(self) -> bool:
        return self in (Method.DOCOMO, Method.AU, Method.SOFTBANK)

    @property
    def can_renew(self) -> bool:
        """Whether paying this way leaves a mandate to charge again; a slip leaves none."""
        return self is not Method.KONBINI


class PaymentState(StrEnum):
    """INTENT: written down, the provider not yet asked. PENDING: the provider knows it.
    UNKNOWN: asked, no answer; it may have happened, so ask before charging again.
    REGISTERED: a card was registered for later, no money was asked for. DISPUTED: the payer's
    bank asks for the money back, undecided. CHARGED_BACK: the bank took it back."""

    INTENT = "intent"
    PENDING = "pending"
    UNKNOWN = "unknown"
    REGISTERED = "registered"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"

    @property
    def is_open(self) -> bool:
        """Whether money may still be on its way without anyone trying again."""
        return self in OPEN_STATES

    @property
    def has_money(self) -> bool:
        """Whether money was taken and is still with us: what it bought is kept."""
        return self in FUNDED_STATES

    @property
    def took_money(self) -> bool:
        """Whether money was ever taken, even if it was given back since."""
        return self in MONEY_STATES


class PaymentEvent(StrEnum):
    """What we learn about a payment, from an answer, a notice or a poll."""

    ACCEPTED = "accepted"
    TIMED_OUT = "timed_out"
    REGISTERED = "registered"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class Dispute(StrEnum):
    """What the payer's bank says about a payment that the payer denies."""

    NONE = "none"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class RefundState(StrEnum):
    """REQUESTED: to be given back, under way. UNKNOWN: asked, no answer: ask before asking again.
    DONE: the money is on its way to the payer. FAILED: it stays with us."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        """Whether the money may still go."""
        return self in (RefundState.REQUESTED, RefundState.UNKNOWN)


class RefundEvent(StrEnum):
    """What we learn about a refund."""

    ACCEPTED = "accepted"
    TIMED_OUT = "timed_out"
    DONE = "done"
    FAILED = "failed"


_S, _E = PaymentState, PaymentEvent

OPEN_STATES = frozenset({_S.INTENT, _S.PENDING, _S.UNKNOWN})
# Whether the provider knows of it is not known: asking comes before calling.
NEVER_ANSWERED = frozenset({_S.INTENT, _S.UNKNOWN})
ENDED_STATES = frozenset({_S.FAILED, _S.EXPIRED, _S.CANCELED})
FUNDED_STATES = frozenset({_S.PAID, _S.PARTLY_REFUNDED, _S.DISPUTED})
MONEY_STATES = FUNDED_STATES | {_S.REFUNDED, _S.CHARGED_BACK}

MONEY_EVENTS = frozenset(PaymentEvent(state.value) for state in MONEY_STATES)
END_EVENTS = frozenset(PaymentEvent(state.value) for state in ENDED_STATES)


TRANSITIONS: Mapping[tuple[PaymentState, PaymentEvent], PaymentState] = {
    # Stale news (see above).
    **{(state, event): state for state in _S for event in (_E.ACCEPTED, _E.TIMED_OUT)},
    **{(state, event): state for state in set(_S) - OPEN_STATES for event in END_EVENTS},
    (_S.REGISTERED, _E.REGISTERED): _S.REGISTERED,
    (_S.INTENT, _E.ACCEPTED): _S.PENDING,
    (_S.UNKNOWN, _E.ACCEPTED): _S.PENDING,
    # A time-out while asking about a payment that the provider knows teaches nothing about it.
    (_S.INTENT, _E.TIMED_OUT): _S.UNKNOWN,
    **{(state, event): PaymentState(event.value) for state in OPEN_STATES for event in END_EVENTS},
    **{(state, _E.REGISTERED): _S.REGISTERED for state in OPEN_STATES | ENDED_STATES},
    # Money always wins.
    **{
        (state, event): PaymentState(event.value)
        for state in OPEN_STATES | ENDED_STATES | MONEY_STATES
        for event in MONEY_EVENTS
        if (state, event) != (_S.CHARGED_BACK, _E.DISPUTED)
    },
}

_R, _RE = RefundState, RefundEvent

# Every pair can happen: a refund is asked about and reported by its provider at the same time.
REFUND_TRANSITIONS: Mapping[tuple[RefundState, RefundEvent], RefundState] = {
    (_R.REQUESTED, _RE.ACCEPTED): _R.REQUESTED,
    (_R.REQUESTED, _RE.TIMED_OUT): _R.UNKNOWN,
    (_R.REQUESTED, _RE.DONE): _R.DONE,
    (_R.REQUESTED, _RE.FAILED): _R.FAILED,
    (_R.UNKNOWN, _RE.ACCEPTED): _R.REQUESTED,
    (_R.UNKNOWN, _RE.TIMED_OUT): _R.UNKNOWN,
    (_R.UNKNOWN, _RE.DONE): _R.DONE,
    (_R.UNKNOWN, _RE.FAILED): _R.FAILED,
    # The payer's bank may send it back days later; all else is stale.
    (_R.DONE, _RE.ACCEPTED): _R.DONE,
    (_R.DONE, _RE.TIMED_OUT): _R.DONE,
    (_R.DONE, _RE.DONE): _R.DONE,
    (_R.DONE, _RE.FAILED): _R.FAILED,
    (_R.FAILED, _RE.ACCEPTED): _R.FAILED,
    (_R.FAILED, _RE.TIMED_OUT): _R.FAILED,
    (_R.FAILED, _RE.DONE): _R.DONE,
    (_R.FAILED, _RE.FAILED): _R.FAILED,
}


def transition(state: PaymentState, event: PaymentEvent) -> PaymentState:
    """The state after `event`. Raises UnknownTransition for a pair that can't happen."""
    return state_after(TRANSITIONS, state, event)


def refund_transition(state: RefundState, event: RefundEvent) -> RefundState:
    """A refund's state after `event`."""
    return state_after(REFUND_TRANSITIONS, state, event)


def dispute_after(known: Dispute, news: Dispute) -> Dispute:
    """A dispute never vanishes, and one that was decided is not open again: such news is stale."""
    order = (Dispute.NONE, Dispute.OPEN)
    if news in order and (known not in order or order.index(known) > order.index(news)):
        return known
    return news


def money_event(*, received: int, refunded: int, dispute: Dispute) -> PaymentEvent:
    """What is to be said of money that was taken: `received` came, `refunded` went back."""
    if dispute is Dispute.LOST:
        return PaymentEvent.CHARGED_BACK
    if refunded >= received:
        return PaymentEvent.REFUNDED
    if dispute is Dispute.OPEN:
        return PaymentEvent.DISPUTED
    return PaymentEvent.PARTLY_REFUNDED if refunded else PaymentEvent.PAID


def is_late_money(state: PaymentState, event: PaymentEvent) -> bool:
    """Whether `event` brings money for a payment that was believed to have ended."""
    return event in MONEY_EVENTS and state in ENDED_STATES


MAX_ERRORS = 4
ERROR_WINDOW = timedelta(hours=24)


def paused_until(errors: Sequence[tuple[datetime, int]], *, now: datetime) -> datetime | None:
    """Until when a member may not try to pay again, if they may not.

    `errors`: when payments were declined, and how often by then. Four within 24 hours pause
    further tries for 24 hours from the last of them.
    """
    for at, _ in sorted(errors, reverse=True):
        until = at + ERROR_WINDOW
        within = sum(count for when, count in errors if at - ERROR_WINDOW < when <= at)
        if until > now and within >= MAX_ERRORS:
            return until
    return None

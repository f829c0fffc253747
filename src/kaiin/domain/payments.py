"""Ways to pay, and the states of one payment as a table.

```mermaid
stateDiagram-v2
    [*] --> intent
    intent --> pending: accepted
    intent --> unknown: timed_out
    pending --> paid: paid
    pending --> failed: failed
    pending --> expired: expired
    pending --> canceled: canceled
    unknown --> pending: accepted
    unknown --> paid: paid
    unknown --> failed: failed
    failed --> paid: paid (late money)
    expired --> paid: paid (late money)
    canceled --> paid: paid (late money)
```

Money always wins: whatever we believed before, a provider that says *paid* holds the member's
money. What it buys, when it comes after the end, is billing's decision.
"""

from enum import StrEnum

from kaiin.domain.errors import KaiinError


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
    UNKNOWN: asked, no answer; it may have happened, so ask before charging again."""

    INTENT = "intent"
    PENDING = "pending"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"

    @property
    def is_open(self) -> bool:
        """Whether money may still be on its way without anyone trying again."""
        return self in OPEN_STATES


class PaymentEvent(StrEnum):
    """What we learn about a payment, from an answer, a notice or a poll."""

    ACCEPTED = "accepted"
    TIMED_OUT = "timed_out"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


OPEN_STATES = frozenset({PaymentState.INTENT, PaymentState.PENDING, PaymentState.UNKNOWN})


class UnknownTransition(KaiinError):
    """An event that the table does not foresee in this state."""

    code = "payments.unknown_transition"


_S, _E = PaymentState, PaymentEvent

TRANSITIONS: dict[tuple[PaymentState, PaymentEvent], PaymentState] = {
    (_S.INTENT, _E.ACCEPTED): _S.PENDING,
    (_S.INTENT, _E.TIMED_OUT): _S.UNKNOWN,
    (_S.INTENT, _E.PAID): _S.PAID,
    (_S.INTENT, _E.FAILED): _S.FAILED,
    (_S.INTENT, _E.EXPIRED): _S.EXPIRED,
    (_S.INTENT, _E.CANCELED): _S.CANCELED,
    (_S.PENDING, _E.ACCEPTED): _S.PENDING,
    # A time-out while asking about a payment teaches nothing about it.
    (_S.PENDING, _E.TIMED_OUT): _S.PENDING,
    (_S.PENDING, _E.PAID): _S.PAID,
    (_S.PENDING, _E.FAILED): _S.FAILED,
    (_S.PENDING, _E.EXPIRED): _S.EXPIRED,
    (_S.PENDING, _E.CANCELED): _S.CANCELED,
    (_S.UNKNOWN, _E.ACCEPTED): _S.PENDING,
    (_S.UNKNOWN, _E.TIMED_OUT): _S.UNKNOWN,
    (_S.UNKNOWN, _E.PAID): _S.PAID,
    (_S.UNKNOWN, _E.FAILED): _S.FAILED,
    (_S.UNKNOWN, _E.EXPIRED): _S.EXPIRED,
    (_S.UNKNOWN, _E.CANCELED): _S.CANCELED,
    # Paid is final here; refunds and disputes are states of their own, still to come.
    **{(_S.PAID, event): _S.PAID for event in PaymentEvent},
    # Late money, and stale news about a payment that has ended already.
    **{
        (ended, event): _S.PAID if event is _E.PAID else ended
        for ended in (_S.FAILED, _S.EXPIRED, _S.CANCELED)
        for event in PaymentEvent
    },
}


def transition(state: PaymentState, event: PaymentEvent) -> PaymentState:
    """The state after `event`. Raises UnknownTransition for a pair that is not in the table."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise UnknownTransition(state=state, event=event) from None


def is_late_money(state: PaymentState, event: PaymentEvent) -> bool:
    """Whether `event` brings money for a payment that was believed to have ended."""
    return event is PaymentEvent.PAID and not state.is_open and state is not PaymentState.PAID

"""The states of a subscription (the running contract) and the standing of a membership.

```mermaid
stateDiagram-v2
    direction LR
    [*] --> pending
    pending --> active: paid
    active --> active: paid
    active --> past_due: charge_failed
    past_due --> active: paid
    past_due --> past_due: charge_failed
    pending --> ended: ended
    active --> ended: ended
    past_due --> ended: ended
    ended --> active: paid (late money, when nothing has replaced it)
```
"""

from datetime import datetime
from enum import StrEnum

from kaiin.domain.states import state_after


class SubscriptionState(StrEnum):
    """PENDING: chosen, never paid. PAST_DUE: a renewal failed, dunning runs."""

    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    ENDED = "ended"

    @property
    def is_open(self) -> bool:
        """A membership has at most one open subscription."""
        return self is not SubscriptionState.ENDED


class SubscriptionEvent(StrEnum):
    PAID = "paid"
    CHARGE_FAILED = "charge_failed"
    ENDED = "ended"


class Standing(StrEnum):
    """The state of a membership. DORMANT: no content, but it can be renewed with its number."""

    PENDING = "pending"
    ACTIVE = "active"
    DORMANT = "dormant"
    WITHDRAWN = "withdrawn"


class StandingEvent(StrEnum):
    PAID = "paid"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class EndReason(StrEnum):
    """Why a subscription ended; what a member reads first when they can't get in."""

    REPLACED = "replaced"
    LEFT = "left"
    EXPIRED = "expired"
    RENEWAL_FAILED = "renewal_failed"
    MANDATE_ENDED = "mandate_ended"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


# Why nothing can be charged for an imported membership whose card or contract did not come along.
NOT_IMPORTED = "not_imported"


_S, _E = SubscriptionState, SubscriptionEvent

SUBSCRIPTION_TRANSITIONS: dict[tuple[SubscriptionState, SubscriptionEvent], SubscriptionState] = {
    (_S.PENDING, _E.PAID): _S.ACTIVE,
    # A first payment that failed changes nothing: the member may try again.
    (_S.PENDING, _E.CHARGE_FAILED): _S.PENDING,
    (_S.PENDING, _E.ENDED): _S.ENDED,
    (_S.ACTIVE, _E.PAID): _S.ACTIVE,
    (_S.ACTIVE, _E.CHARGE_FAILED): _S.PAST_DUE,
    (_S.ACTIVE, _E.ENDED): _S.ENDED,
    (_S.PAST_DUE, _E.PAID): _S.ACTIVE,
    (_S.PAST_DUE, _E.CHARGE_FAILED): _S.PAST_DUE,
    (_S.PAST_DUE, _E.ENDED): _S.ENDED,
    # Late money revives; whether it may is asked before (nothing else has replaced it).
    (_S.ENDED, _E.PAID): _S.ACTIVE,
}

STANDING_TRANSITIONS: dict[tuple[Standing, StandingEvent], Standing] = {
    (Standing.PENDING, StandingEvent.PAID): Standing.ACTIVE,
    (Standing.ACTIVE, StandingEvent.PAID): Standing.ACTIVE,
    (Standing.ACTIVE, StandingEvent.LAPSED): Standing.DORMANT,
    # Leaving on purpose skips the dormant time.
    (Standing.ACTIVE, StandingEvent.WITHDRAWN): Standing.WITHDRAWN,
    (Standing.DORMANT, StandingEvent.PAID): Standing.ACTIVE,
    (Standing.DORMANT, StandingEvent.WITHDRAWN): Standing.WITHDRAWN,
    (Standing.WITHDRAWN, StandingEvent.PAID): Standing.ACTIVE,
}


def subscription_after(state: SubscriptionState, event: SubscriptionEvent) -> SubscriptionState:
    """Raises UnknownTransition for a pair that is not in the table."""
    return state_after(SUBSCRIPTION_TRANSITIONS, state, event)


def standing_after(standing: Standing, event: StandingEvent) -> Standing:
    """Raises UnknownTransition for a pair that is not in the table."""
    return state_after(STANDING_TRANSITIONS, standing, event)


def is_given_up(standing: Standing, state: SubscriptionState) -> bool:
    """Whether an application ended before it was paid."""
    return standing is Standing.PENDING and not state.is_open


def may_pay(
    state: SubscriptionState,
    *,
    opens_at: datetime | None,
    renews: bool,
    mandate_lost: bool,
    at: datetime,
) -> bool:
    """Whether a member may pay (again) for an open subscription at `at`.

    Always before the first payment and after a failed renewal. Else once the window of the next
    period has opened (`opens_at`, None where periods are months that need no window), where the
    member pays for it: by a course that does not `renew` by itself, or because the mandate behind
    the renewals is gone.
    """
    if state in (SubscriptionState.PENDING, SubscriptionState.PAST_DUE):
        return True
    if renews and not mandate_lost:
        return False
    return mandate_lost if opens_at is None else at >= opens_at


def may_revive(reason: EndReason | None, *, was_paid: bool, replaced: bool) -> bool:
    """Whether money that comes after a subscription's end brings it back to life.

    Not when another paid one has taken its place, nor when the member had left a paid one: that
    money is theirs to get back.
    """
    return not replaced and not (was_paid and reason is EndReason.LEFT)

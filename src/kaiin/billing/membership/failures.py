"""Which charge was refused last, and why a subscription ended: one answer for pages, mails and
`kaiin explain`."""

from collections.abc import Iterable

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.models import Charge, Subscription
from kaiin.domain.charges import ChargeState
from kaiin.domain.endings import Ending, Failure
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import EndReason

# Reasons of ours for giving a charge up: nothing went wrong with the member's money.
_OUR_REASONS = ("superseded", "left", "not_executed")
# A change that was not made: what runs is as it was.
_CHANGES = (ChargePurpose.CHANGE, ChargePurpose.REGISTRATION)


def last_failure(subscription: Subscription, charges: Iterable[Charge]) -> Failure | None:
    """The last refusal among the charges for the period after the paid ones."""
    mine = (
        charge
        for charge in sorted(charges, key=lambda each: each.pk, reverse=True)
        if charge.subscription_id == subscription.pk
        and charge.period_index > subscription.period_count
        and charge.state == ChargeState.CLOSED
        and charge.purpose not in _CHANGES
        and charge.failure_code not in _OUR_REASONS
    )
    for charge in mine:
        if charge.closed_at is not None:
            return Failure(charge.failure_code, charge.closed_at)
    return None


def ending(subscription: Subscription, charges: Iterable[Charge]) -> Ending | None:
    """Why it ended; None while it is open, or where nothing was ever paid."""
    if subscription.is_open or not subscription.period_count:
        return None
    return Ending(
        subscription_id=subscription.pk,
        reason=EndReason(subscription.end_reason),
        detail=subscription.end_detail,
        method=Method(subscription.method),
        paid_until=subscription.paid_until,
        failure=last_failure(subscription, charges),
    )


def refused(subscription: Subscription) -> list[Charge]:
    """The charges for the period after the paid ones that came to nothing, as they are stored."""
    return list(
        Charge.objects.filter(
            subscription=subscription,
            period_index__gt=subscription.period_count,
            state=ChargeState.CLOSED,
        )
    )

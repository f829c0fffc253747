"""Renewals: due ones are found by index and claimed in sets, then charged one by one.

Claiming writes the intents and puts the next look some minutes off. Whatever happens to the
process in between, that look finds the same intents, and payments knows them by their keys:
nothing is charged twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from kaiin.billing import intents, letters, upkeep
from kaiin.billing.batch import Batch
from kaiin.billing.endings import end
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import Charge, ChargeState, Subscription
from kaiin.billing.operations.record_payment import SYSTEM, record_payments
from kaiin.domain.money import Money
from kaiin.domain.subscriptions import EndReason, SubscriptionState
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments import operations as payment_operations, queries as payments
from kaiin.payments.operations import (
    IntentConflict,
    MandateEnded,
    NoSuchPayment,
    NoSuchProvider,
    ProviderUnavailable,
)


@dataclass(frozen=True)
class _Claim:
    holding: Holding
    subscription: Subscription
    charge: Charge


_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=10)


def renew_due(*, now: datetime, limit: int) -> int:
    """Charge subscriptions whose period has ended, oldest first; returns how many were taken on.

    An outcome that nobody knows stays with the same intent and is asked about; meanwhile the
    member keeps access.
    """
    claims = _claim(now, limit)
    known = [payment_id for claim in claims if (payment_id := _charge(claim)) is not None]
    record_payments(payment_ids=known)
    return len(claims)


def mandate_ended(*, mandate_id: int, reason: str) -> None:
    """A card or carrier contract ended outside: what is paid stays, nothing is charged again.

    Idempotent. Subscriptions that end anyway, and mandates that we gave back, change nothing.
    """
    affected = Subscription.objects.filter(mandate_id=mandate_id).exclude(
        state=SubscriptionState.ENDED
    )
    with transaction():
        held = hold(set(affected.values_list("membership_id", flat=True)))
        batch = Batch(now=clock.now(), actor=SYSTEM, held=list(held.values()))
        for holding in held.values():
            subscription = holding.open_subscription
            if subscription is not None and subscription.mandate_id == mandate_id:
                _stop_renewing(holding, subscription, reason, batch)
        batch.write()


def _claim(now: datetime, limit: int) -> Sequence[_Claim]:
    """The intents to drive now, made or found, for memberships that no other worker holds."""
    due = Subscription.objects.filter(next_due_at__lte=now)
    ids = list(due.order_by("next_due_at", "pk").values_list("membership_id", flat=True)[:limit])
    if not ids:
        return ()
    found: list[_Claim] = []
    with transaction():
        held = hold(ids, pass_over_held=True)
        taken = [
            (holding, subscription)
            for holding in held.values()
            if (subscription := holding.open_subscription) is not None
            and subscription.next_due_at is not None
            and subscription.next_due_at <= now
        ]
        Subscription.objects.filter(pk__in=[row.pk for _, row in taken]).update(
            next_due_at=now + _LEASE
        )
        fresh = [row for holding, row in taken if holding.open_charge is None]
        made = {charge.membership_id: charge for charge in intents.open_renewals(fresh, now=now)}
        for holding, subscription in taken:
            charge = holding.open_charge or made[holding.membership.pk]
            # Where the member is paying by hand right now, nothing may be charged beside it.
            if charge.automatic:
                found.append(_Claim(holding, subscription, charge))
    return found


def _charge(claim: _Claim) -> UUID | None:
    """Have payments charge the mandate; the payment's id, or None if there is none."""
    charge, subscription = claim.charge, claim.subscription
    if subscription.mandate_id is None:
        _end_without_mandate(charge, "")
        return None
    try:
        payment = payment_operations.charge_mandate(
            member_ref=claim.holding.member.pk,
            mandate_id=subscription.mandate_id,
            intent_key=charge.intent_key,
            amount=Money(charge.price + charge.handling, charge.course.currency),
            description=intents.description(charge, claim.holding.member.language),
        )
    except ProviderUnavailable:
        _log.warning("billing.provider_unavailable", intent=charge.intent_key)
        known = payments.payment_by_intent(charge.intent_key)
        return known.id if known else None
    except MandateEnded as error:
        _end_without_mandate(charge, str(error.params.get("reason", "")))
        return None
    except (IntentConflict, NoSuchPayment, NoSuchProvider) as error:
        # Ours to mend; the other renewals of this round go on, this one is looked at again.
        _log.error("billing.not_charged", intent=charge.intent_key, error=error.code)
        return None
    return payment.id


def _end_without_mandate(charge: Charge, reason: str) -> None:
    """The right to charge was gone before we asked: close the intent, end the subscription."""
    with transaction():
        held = hold([charge.membership_id], charge_ids=[charge.pk])
        holding = held[charge.membership_id]
        batch = Batch(now=clock.now(), actor=SYSTEM, held=[holding])
        row = holding.charges[charge.pk]
        subscription = holding.subscriptions[row.subscription_id]
        if row.state == ChargeState.OPEN:
            row.state, row.closed_at = ChargeState.CLOSED, batch.now
            row.failure_code = "mandate_ended"
        if SubscriptionState(subscription.state).is_open:
            end(holding, subscription, EndReason.MANDATE_ENDED, batch, detail=reason)
        batch.write()


def _stop_renewing(holding: Holding, subscription: Subscription, reason: str, batch: Batch) -> None:
    already_told = bool(subscription.mandate_end_reason)
    subscription.mandate_end_reason = reason or "mandate_ended"
    if already_told or subscription.cancel_at_period_end or subscription.paid_until is None:
        return
    batch.revoked.append(holding.membership.pk)
    in_flight = holding.open_charge
    if in_flight is None or not in_flight.automatic:
        upkeep.plan(holding, subscription, batch)
    batch.note("billing.mandate_ended", holding, subscription=subscription.pk, reason=reason)
    if subscription.paid_until > batch.now:
        letters.mandate_ended(
            holding,
            f"{subscription.pk}:{subscription.mandate_id}",
            course=subscription.course,
            paid_until=subscription.paid_until,
        )

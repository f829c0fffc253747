"""What a change of course, way to pay or card is, once its money or its card is there.

Works on a `LockedMembership`, collects into a `UnitOfWork`.
"""

from datetime import datetime

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.membership import endings, intents, mails, scheduling
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, EarlyEnd, Period, Subscription
from kaiin.domain import ledger
from kaiin.domain.charges import ChargeState
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra.locks import for_update
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView


def credit_still_counts(charge: Charge, subscription: Subscription, paid_at: datetime) -> bool:
    """Whether the period whose unused days a charge counts on still runs when it is paid; else
    its money is not the price of anything."""
    period = charge.credit_period
    if period is None:
        return True
    return (
        subscription.is_open
        and period.index == subscription.period_count
        and period.ended_early_at is None
        and charge.credit <= period.amount - period.credited
        and period.starts_at <= paid_at < period.ends_at
    )


def give_up_unused(
    locked: LockedMembership, charge: Charge, payment: PaymentView, paid_at: datetime
) -> None:
    """End the period that a change takes the place of; its unused days pay for a part of it."""
    if charge.credit_period_id is None:
        return
    period = for_update(Period.objects.filter(pk=charge.credit_period_id)).get()
    endings.end_early(locked, period, paid_at, EarlyEnd.CHANGED, credited=charge.credit)
    if charge.credit:
        credit = Money(charge.credit, period.currency)
        entry = ledger.credit(f"credit:{payment.id}", paid_at, credit)
        locked.work.post(entry, charge=charge, period=period)


def switch(subscription: Subscription, charge: Charge, payment: PaymentView) -> None:
    """The subscription is of what was paid for from now on; a card or contract that is not
    charged again is given back, only now that the new one is in force."""
    method = Method(charge.method)
    renews = charge.course.terms.by(method).renews
    mandate_id = payment.mandate_id if renews else None
    _take(subscription, mandate_id)
    subscription.course, subscription.method = charge.course, charge.method
    subscription.paused_until = None
    subscription.renewal_fixed = False
    if not charge.automatic or subscription.next_course_id == charge.course_id:
        subscription.next_course = None


def _take(subscription: Subscription, mandate_id: int | None) -> None:
    """Another card or contract is charged from now on. It may have ended before we heard of it:
    then no second message is sent."""
    if subscription.mandate_id == mandate_id:
        return
    endings.release(subscription.mandate_id)
    mandate = payments.mandate(mandate_id) if mandate_id is not None else None
    subscription.mandate_id, subscription.mandate_end_reason = mandate_id, ""
    if mandate is not None and not mandate.active:
        subscription.mandate_end_reason = mandate.end_reason or "mandate_ended"


def publish(locked: LockedMembership, charge: Charge, span: PeriodSpan, *, resumes: bool) -> None:
    """Note a change that was paid for, or a pause that the member ended, and write to them."""
    subscription = locked.subscriptions[charge.subscription_id]
    if resumes:
        locked.note("billing.resumed", subscription=subscription.pk)
        mails.send(
            locked,
            "resumed",
            charge.intent_key,
            course=charge.course.name,
            renewal=scheduling.renewal(subscription),
        )
    if charge.purpose != ChargePurpose.CHANGE:
        return
    locked.note(
        "billing.changed",
        subscription=subscription.pk,
        course=charge.course.key,
        method=charge.method,
        from_at=span.starts_at.isoformat(),
        credit=charge.credit,
        anchor_day=span.anchor_day,
    )
    mails.send(
        locked,
        "changed",
        charge.intent_key,
        course=charge.course.name,
        method=charge.method,
        from_on=span.starts_at,
        renewal=scheduling.renewal(subscription),
    )


def registered(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """A card was registered: the coming renewal is charged to it, for the course agreed to. One
    that is no longer waited for is given back."""
    subscription = locked.subscriptions[charge.subscription_id]
    wanted = charge.state == ChargeState.OPEN and subscription.is_open
    if not wanted:
        if charge.state != ChargeState.REGISTERED:
            endings.release(payment.mandate_id)
        if charge.state == ChargeState.OPEN:
            intents.supersede(charge, "superseded", locked.now)
        return
    charge.become(ChargeState.REGISTERED, locked.now)
    _take(subscription, payment.mandate_id)
    subscription.method = charge.method
    same = charge.course.key == subscription.course.key
    subscription.next_course = None if same else charge.course
    if not subscription.renewal_fixed:
        # A change means staying; but past the lock day it is only the card of the last renewal.
        subscription.cancel_at_period_end = False
    locked.work.revoked.append(locked.membership.pk)
    retrying = subscription.state == SubscriptionState.PAST_DUE
    scheduling.plan(locked, subscription)
    if retrying:
        # The renewal failed on the old card: the new one is tried at once.
        subscription.next_due_at = locked.now
    locked.note(
        "billing.card_registered",
        subscription=subscription.pk,
        course=charge.course.key,
        payment=str(payment.id),
    )
    card = payments.mandate(payment.mandate_id) if payment.mandate_id is not None else None
    mails.send(
        locked,
        "card_registered",
        charge.intent_key,
        course=charge.course.name,
        card={"brand": card.brand, "last4": card.last4} if card and card.last4 else None,
        renewal=scheduling.renewal(subscription),
    )

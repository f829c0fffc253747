"""What follows from a payment's outcome: changes of locked rows.

Everything here works on a `LockedMembership` and collects into its `UnitOfWork`, which stores it.
"""

from datetime import datetime, timedelta

from kaiin.billing import events
from kaiin.billing.choices import ChargePurpose, RefundReason
from kaiin.billing.membership import endings, intents, late_renewals, mails, numbers, scheduling
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, Period, Subscription
from kaiin.billing.outcomes import paid_change, receipts, refunding
from kaiin.domain import dunning, ledger
from kaiin.domain.charges import ChargeState
from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import PeriodSpan, first_period, japanese_date
from kaiin.domain.previews import continued, paid_period
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    may_revive,
)
from kaiin.payments.queries import PaymentView

# Payments says so when its call never arrived: not a refusal, but the network's fault.
_NOT_EXECUTED = "not_executed"
_MANDATE_ENDED = "mandate_ended"
# It ended unseen; a refusal the member has seen on the provider's page.
_VANISHED = (PaymentState.EXPIRED, PaymentState.CANCELED)
_SOON = timedelta(hours=1)


def paid(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """Money came: it buys the next period, or is parked when it can't."""
    subscription = locked.subscriptions[charge.subscription_id]
    paid_at = payment.paid_at or locked.now
    if not _buys(locked, charge, subscription, paid_at):
        _park(locked, charge, payment, paid_at)
        return
    wants_out = _wants_out(locked, charge, subscription)
    _supersede_others(locked, charge, subscription)
    span = _span(locked, charge, subscription, paid_at)
    period = Period(
        subscription=subscription,
        index=subscription.period_count + 1,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        payment_id=payment.id,
        amount=charge.price,
        currency=payment.amount.currency,
        recognise_due_at=span.ends_at,
    )
    locked.work.periods.append(period)
    _post(locked, charge, payment, period)
    paid_change.give_up_unused(locked, charge, payment, paid_at)
    resumes = subscription.paused_until is not None and not charge.automatic
    charge.become(ChargeState.PAID, locked.now)
    _carry_on(locked, charge, span, payment)
    if wants_out:
        subscription.cancel_at_period_end = True
    scheduling.plan(locked, subscription)
    started = _activate(locked, paid_at)
    receipt = receipts.make(locked, charge, payment, period)
    mails.receipt(locked, receipt, span, scheduling.renewal(subscription), payment.references)
    locked.note(
        "billing.period_paid",
        payment=str(payment.id),
        subscription=subscription.pk,
        period=period.index,
        starts_at=span.starts_at.isoformat(),
        ends_at=span.ends_at.isoformat(),
        anchor_day=span.anchor_day,
        course=charge.course.key,
        renews=scheduling.renews(subscription),
        amount=payment.amount.amount,
    )
    paid_change.publish(locked, charge, span, resumes=resumes)
    if started:
        _publish_started(locked)


def failed(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """No money came, for good. A renewal goes into dunning; a member's own try may be repeated."""
    charge.become(ChargeState.CLOSED, locked.now, payment.failure_code or payment.state.value)
    locked.note(
        "billing.charge_failed",
        payment=str(payment.id),
        subscription=charge.subscription_id,
        period=charge.period_index,
        reason=charge.failure_code,
    )
    subscription = locked.subscriptions[charge.subscription_id]
    if charge.purpose == ChargePurpose.REGISTRATION:
        # A card that was not registered in the end: nothing was to be paid, nothing is lost.
        return
    if not charge.automatic:
        stopped = payment.state is PaymentState.CANCELED and locked.work.actor.startswith("member:")
        vanished = payment.state in _VANISHED or charge.failure_code == _NOT_EXECUTED
        if vanished and not stopped:
            mails.vanished(locked, charge, locked.now)
    elif subscription.is_open:
        _dun(locked, subscription, charge.failure_code)


def waiting(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """Nothing is decided yet. A slip is mailed; a renewal of unknown outcome keeps the site
    open; a payment that was given up meanwhile is voided."""
    if charge.state == ChargeState.CLOSED:
        intents.void(charge)
    elif charge.automatic:
        subscription = locked.subscriptions[charge.subscription_id]
        if subscription.next_due_at is not None:
            subscription.next_due_at = locked.now + _SOON
        scheduling.keep_open(locked, subscription)
    elif payment.method is Method.KONBINI:
        mails.slip(locked, charge, payment)


def _buys(
    locked: LockedMembership, charge: Charge, subscription: Subscription, paid_at: datetime
) -> bool:
    if charge.period_index <= subscription.period_count:
        # The period was paid by another attempt already.
        return False
    if not paid_change.credit_still_counts(charge, subscription, paid_at):
        return False
    if subscription.is_open:
        return True
    other = locked.open_subscription
    return may_revive(
        EndReason(subscription.end_reason) if subscription.end_reason else None,
        was_paid=subscription.period_count > 0,
        replaced=other is not None and other.period_count > 0,
    )


def _pays_already(locked: LockedMembership) -> bool:
    running = locked.open_subscription
    return running is not None and running.period_count > 0


def _supersede_others(locked: LockedMembership, charge: Charge, subscription: Subscription) -> None:
    """Anything else under way for this membership must not be paid as well."""
    for other in locked.charges.values():
        if other.pk != charge.pk and other.state == ChargeState.OPEN:
            intents.supersede(other, "superseded", locked.now)
    running = locked.open_subscription
    if running is not None and running.pk != subscription.pk:
        endings.end(locked, running, EndReason.REPLACED)


def _span(
    locked: LockedMembership, charge: Charge, subscription: Subscription, paid_at: datetime
) -> PeriodSpan:
    rule = charge.course.terms.rule(Method(charge.method))
    if charge.credit_period_id is not None:
        return first_period(rule, paid_at)
    is_open = subscription.is_open
    previous = continued(
        locked.last_periods.get(subscription.pk),
        paused_until=subscription.paused_until,
        paid_at=paid_at,
        automatic=charge.automatic,
    )
    by_hand = not charge.automatic and charge.purpose != ChargePurpose.CHANGE
    lapsed = late_renewals.lapsed(locked.membership.pk, charge.course) if by_hand else None
    return paid_period(
        rule,
        paid_at=paid_at,
        previous=previous,
        under_way=charge.automatic or (scheduling.under_way(subscription) and is_open),
        lapsed=lapsed,
    )


def _post(locked: LockedMembership, charge: Charge, payment: PaymentView, period: Period) -> None:
    paid_at = payment.paid_at or locked.now
    currency = payment.amount.currency
    price, handling = Money(charge.price, currency), Money(charge.handling, currency)
    billed = ledger.charge(
        f"charge:{charge.subscription_id}:{period.index}", paid_at, price, handling
    )
    locked.work.post(billed, charge=charge, period=period)
    due = price + handling - Money(charge.credit, currency)
    money = ledger.payment(f"payment:{payment.id}", paid_at, due)
    locked.work.post(money, charge=charge, period=period)
    surplus = (payment.received or payment.amount) - due
    if surplus:
        more = ledger.unapplied(f"surplus:{payment.id}", paid_at, surplus)
        locked.work.post(more, charge=charge)
        refunding.open_case(locked, charge, surplus, RefundReason.TOO_MUCH)


def _park(
    locked: LockedMembership, charge: Charge, payment: PaymentView, paid_at: datetime
) -> None:
    charge.become(ChargeState.PARKED, locked.now, charge.failure_code)
    received = payment.received or payment.amount
    locked.work.post(ledger.unapplied(f"unapplied:{payment.id}", paid_at, received), charge=charge)
    twice = charge.period_index <= locked.subscriptions[charge.subscription_id].period_count
    reason = RefundReason.PAID_TWICE if twice or _pays_already(locked) else RefundReason.LATE
    if reason is RefundReason.PAID_TWICE:
        refunding.second_payment(locked, charge, payment, received)
    else:
        refunding.open_case(locked, charge, received, reason)
    locked.note("billing.payment_parked", payment=str(payment.id), amount=received.amount)
    key = str(payment.id)
    locked.publish(events.PAYMENT_PARKED, key, payment_id=key)


def _carry_on(
    locked: LockedMembership, charge: Charge, span: PeriodSpan, payment: PaymentView
) -> None:
    subscription = locked.subscriptions[charge.subscription_id]
    subscription.move(SubscriptionEvent.PAID)
    paid_change.switch(subscription, charge, payment)
    subscription.anchor_day = span.anchor_day
    subscription.period_count += 1
    subscription.paid_until = span.ends_at
    subscription.failures = 0
    subscription.ended_at, subscription.end_reason, subscription.end_detail = None, "", ""
    if not charge.automatic:
        # A member who pays again wants to stay.
        subscription.cancel_at_period_end = False


def _wants_out(locked: LockedMembership, charge: Charge, subscription: Subscription) -> bool:
    """Whether the member left between choosing to pay and the money, and has not come back."""
    if charge.failure_code != intents.LEFT:
        return False
    running = locked.open_subscription
    return running is None or (running.pk == subscription.pk and running.cancel_at_period_end)


def _activate(locked: LockedMembership, paid_at: datetime) -> bool:
    """Make the membership active; True if it starts (again) rather than goes on."""
    membership = locked.membership
    before = Standing(membership.standing)
    kept = dunning.keeps_number(
        withdrawn_at=membership.withdrawn_at,
        paid_at=paid_at,
        rejoin_days=locked.site.rejoin_days,
    )
    if membership.member_number is None or not kept:
        membership.member_number = numbers.next_number(locked.site)
        membership.joined_date = japanese_date(paid_at)
    endings.set_standing(locked, StandingEvent.PAID, paid_at)
    membership.dormant_until = membership.withdrawn_at = membership.notice_due_at = None
    return before in (Standing.PENDING, Standing.WITHDRAWN)


def _dun(locked: LockedMembership, subscription: Subscription, code: str) -> None:
    if code == _NOT_EXECUTED:
        subscription.next_due_at = locked.now + _SOON
        scheduling.keep_open(locked, subscription)
        return
    due_at = scheduling.runs_until(subscription) or locked.now
    policy = subscription.course.terms.dunning
    subscription.failures += 1
    subscription.move(SubscriptionEvent.CHARGE_FAILED)
    if code == _MANDATE_ENDED or subscription.mandate_end_reason:
        endings.give_up(locked, subscription, EndReason.MANDATE_ENDED, code)
        return
    if subscription.cancel_at_period_end:
        # The renewal that the lock day had fixed: a member who leaves is not asked again.
        endings.give_up(locked, subscription, EndReason.LEFT, "")
        return
    retry_at = dunning.next_step(
        policy, due_at=due_at, failures=subscription.failures, failed_at=locked.now
    )
    if retry_at is None:
        endings.give_up(locked, subscription, EndReason.RENEWAL_FAILED, code)
        return
    subscription.next_due_at = retry_at
    if subscription.paused_until is not None:
        # What was open while the outcome was unknown closes with the refusal.
        locked.work.revoked.append(locked.membership.pk)
    grace_until = scheduling.grace_until(subscription)
    mails.send(
        locked,
        "renewal_failed",
        f"{subscription.pk}:{subscription.period_count}:{subscription.failures}",
        course=subscription.course.name,
        method=subscription.method,
        reason=code,
        tries=dunning.tries_from(policy, due_at=due_at, next_at=retry_at),
        open_until=grace_until if grace_until is not None and grace_until > locked.now else None,
    )


def _publish_started(locked: LockedMembership) -> None:
    membership = locked.membership
    number = membership.member_number
    if number is None:
        raise RuntimeError("an active membership has a number")
    mails.welcome(locked, number)
    locked.note("billing.membership_started", member_number=number)
    locked.publish(
        events.MEMBERSHIP_STARTED,
        f"{membership.pk}:{locked.now.isoformat()}",
        member_number=number,
    )

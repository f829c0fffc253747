"""What follows from a payment's outcome: changes of locked rows.

Everything here works on a `Holding` and collects into a `Batch`, which stores it.
"""

from datetime import datetime, timedelta

from kaiin.billing import (
    changed,
    courses,
    endings,
    events,
    intents,
    late,
    letters,
    numbers,
    receipts,
    refunding,
    upkeep,
)
from kaiin.billing.batch import Batch
from kaiin.billing.choices import RefundReason
from kaiin.billing.holding import Holding
from kaiin.billing.models import (
    Charge,
    ChargePurpose,
    ChargeState,
    Period,
    Subscription,
)
from kaiin.domain import dunning, ledger
from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import PeriodSpan, first_period, japanese_date
from kaiin.domain.previews import continued, paid_period
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    may_revive,
    subscription_after,
)
from kaiin.payments.queries import PaymentView

# Payments says so when its call never arrived: no refusal, nobody's fault but the network's.
_NOT_EXECUTED = "not_executed"
_MANDATE_ENDED = "mandate_ended"
# It ended while nobody was looking; a refusal the member has seen on the provider's page.
_VANISHED = (PaymentState.EXPIRED, PaymentState.CANCELED)
_SOON = timedelta(hours=1)


def paid(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    """Money came: it buys the next period, or is parked when it can't."""
    subscription = holding.subscriptions[charge.subscription_id]
    paid_at = payment.paid_at or batch.now
    if not _buys(holding, charge, subscription, paid_at):
        _park(holding, charge, payment, paid_at, batch)
        return
    wants_out = _wants_out(holding, charge, subscription)
    _supersede_others(holding, charge, subscription, batch)
    span = _span(holding, charge, subscription, paid_at)
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
    batch.periods.append(period)
    _post(holding, charge, payment, period, batch)
    changed.give_up_unused(charge, payment, paid_at, batch)
    resumes = subscription.paused_until is not None and not charge.automatic
    charge.state, charge.closed_at, charge.failure_code = ChargeState.PAID, batch.now, ""
    _carry_on(holding, charge, span, payment)
    if wants_out:
        subscription.cancel_at_period_end = True
    upkeep.plan(holding, subscription, batch)
    started = _stand(holding, paid_at)
    receipt = receipts.make(charge, payment, period, paid_at, batch)
    letters.receipt(holding, receipt, span, upkeep.renewal(subscription), payment.references)
    batch.note(
        "billing.period_paid",
        holding,
        payment=str(payment.id),
        subscription=subscription.pk,
        period=period.index,
        starts_at=span.starts_at.isoformat(),
        ends_at=span.ends_at.isoformat(),
        anchor_day=span.anchor_day,
        course=charge.course.key,
        renews=upkeep.renews(subscription),
        amount=payment.amount.amount,
    )
    changed.tell(holding, charge, span, batch, resumes=resumes)
    if started:
        _tell_started(holding, batch)


def failed(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    """No money came, for good. A renewal goes into dunning; a member's own try may be repeated."""
    charge.state, charge.closed_at = ChargeState.CLOSED, batch.now
    charge.failure_code = payment.failure_code or payment.state.value
    batch.note(
        "billing.charge_failed",
        holding,
        payment=str(payment.id),
        subscription=charge.subscription_id,
        period=charge.period_index,
        reason=charge.failure_code,
    )
    subscription = holding.subscriptions[charge.subscription_id]
    if charge.purpose == ChargePurpose.REGISTRATION:
        # A card that was not registered in the end: nothing was to be paid, nothing is lost.
        return
    if not charge.automatic:
        stopped = payment.state is PaymentState.CANCELED and batch.actor.startswith("member:")
        vanished = payment.state in _VANISHED or charge.failure_code == _NOT_EXECUTED
        if vanished and not stopped:
            letters.vanished(holding, charge, charge.failure_code, batch.now)
    elif SubscriptionState(subscription.state).is_open:
        _dun(holding, subscription, charge.failure_code, batch)


def waiting(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    """Nothing is decided yet. A slip is mailed; a renewal that nobody knows about keeps the site
    open; a payment that was given up meanwhile is voided."""
    if charge.state == ChargeState.CLOSED:
        intents.void(charge)
    elif charge.automatic:
        subscription = holding.subscriptions[charge.subscription_id]
        if subscription.next_due_at is not None:
            subscription.next_due_at = batch.now + _SOON
        upkeep.keep_open(holding, subscription, batch)
    elif payment.method is Method.KONBINI:
        letters.slip(holding, charge, payment)


def _buys(holding: Holding, charge: Charge, subscription: Subscription, paid_at: datetime) -> bool:
    if charge.period_index <= subscription.period_count:
        # The period was paid by another attempt already.
        return False
    if not changed.credit_stands(charge, subscription, paid_at):
        return False
    if SubscriptionState(subscription.state).is_open:
        return True
    other = holding.open_subscription
    return may_revive(
        EndReason(subscription.end_reason) if subscription.end_reason else None,
        was_paid=subscription.period_count > 0,
        replaced=other is not None and other.period_count > 0,
    )


def _pays_already(holding: Holding) -> bool:
    running = holding.open_subscription
    return running is not None and running.period_count > 0


def _supersede_others(
    holding: Holding, charge: Charge, subscription: Subscription, batch: Batch
) -> None:
    """Whatever else was under way for this membership must not be paid as well."""
    for other in holding.charges.values():
        if other.pk != charge.pk and other.state == ChargeState.OPEN:
            intents.supersede(other, "superseded", batch.now)
    running = holding.open_subscription
    if running is not None and running.pk != subscription.pk:
        endings.end(holding, running, EndReason.REPLACED, batch)


def _span(
    holding: Holding, charge: Charge, subscription: Subscription, paid_at: datetime
) -> PeriodSpan:
    rule = courses.rule(charge.course, Method(charge.method))
    if charge.credit_period_id is not None:
        return first_period(rule, paid_at)
    is_open = SubscriptionState(subscription.state).is_open
    previous = continued(
        holding.last_periods.get(subscription.pk),
        paused_until=subscription.paused_until,
        paid_at=paid_at,
        automatic=charge.automatic,
    )
    by_hand = not charge.automatic and charge.purpose != ChargePurpose.CHANGE
    lapsed = late.lapsed(holding.membership.pk, charge.course) if by_hand else None
    return paid_period(
        rule,
        paid_at=paid_at,
        previous=previous,
        under_way=charge.automatic or (upkeep.under_way(subscription) and is_open),
        lapsed=lapsed,
    )


def _post(
    holding: Holding, charge: Charge, payment: PaymentView, period: Period, batch: Batch
) -> None:
    paid_at = payment.paid_at or batch.now
    currency = payment.amount.currency
    price, handling = Money(charge.price, currency), Money(charge.handling, currency)
    billed = ledger.charge(
        f"charge:{charge.subscription_id}:{period.index}", paid_at, price, handling
    )
    batch.post(billed, charge=charge, period=period)
    due = price + handling - Money(charge.credit, currency)
    money = ledger.payment(f"payment:{payment.id}", paid_at, due)
    batch.post(money, charge=charge, period=period)
    surplus = (payment.received or payment.amount) - due
    if surplus:
        more = ledger.unapplied(f"surplus:{payment.id}", paid_at, surplus)
        batch.post(more, charge=charge)
        refunding.open_case(holding, charge, surplus, RefundReason.TOO_MUCH, batch)


def _park(
    holding: Holding, charge: Charge, payment: PaymentView, paid_at: datetime, batch: Batch
) -> None:
    charge.state, charge.closed_at = ChargeState.PARKED, batch.now
    received = payment.received or payment.amount
    batch.post(ledger.unapplied(f"unapplied:{payment.id}", paid_at, received), charge=charge)
    twice = charge.period_index <= holding.subscriptions[charge.subscription_id].period_count
    reason = RefundReason.PAID_TWICE if twice or _pays_already(holding) else RefundReason.LATE
    if reason is RefundReason.PAID_TWICE:
        refunding.second_payment(holding, charge, payment, received, batch)
    else:
        refunding.open_case(holding, charge, received, reason, batch)
    batch.note("billing.payment_parked", holding, payment=str(payment.id), amount=received.amount)
    more: dict[str, object] = {"payment_id": str(payment.id)}
    batch.tell(holding, events.PAYMENT_PARKED, str(payment.id), more)


def _carry_on(holding: Holding, charge: Charge, span: PeriodSpan, payment: PaymentView) -> None:
    subscription = holding.subscriptions[charge.subscription_id]
    subscription.state = subscription_after(
        SubscriptionState(subscription.state), SubscriptionEvent.PAID
    ).value
    changed.switch(subscription, charge, payment)
    subscription.anchor_day = span.anchor_day
    subscription.period_count += 1
    subscription.paid_until = span.ends_at
    subscription.failures = 0
    subscription.ended_at, subscription.end_reason, subscription.end_detail = None, "", ""
    if not charge.automatic:
        # Whoever pays again wants to stay.
        subscription.cancel_at_period_end = False


def _wants_out(holding: Holding, charge: Charge, subscription: Subscription) -> bool:
    """Whether the member left between choosing to pay and the money, and has not come back."""
    if charge.failure_code != intents.LEFT:
        return False
    running = holding.open_subscription
    return running is None or (running.pk == subscription.pk and running.cancel_at_period_end)


def _stand(holding: Holding, paid_at: datetime) -> bool:
    """Make the membership active; True if it starts (again) rather than goes on."""
    membership = holding.membership
    before = Standing(membership.standing)
    kept = dunning.keeps_number(
        withdrawn_at=membership.withdrawn_at,
        paid_at=paid_at,
        rejoin_days=holding.site.rejoin_days,
    )
    if membership.member_number is None or not kept:
        membership.member_number = numbers.next_number(holding.site)
        membership.joined_date = japanese_date(paid_at)
    endings.set_standing(holding, StandingEvent.PAID, paid_at)
    membership.dormant_until = membership.withdrawn_at = membership.notice_due_at = None
    return before in (Standing.PENDING, Standing.WITHDRAWN)


def _dun(holding: Holding, subscription: Subscription, code: str, batch: Batch) -> None:
    if code == _NOT_EXECUTED:
        subscription.next_due_at = batch.now + _SOON
        upkeep.keep_open(holding, subscription, batch)
        return
    due_at = upkeep.stands_until(subscription) or batch.now
    policy = courses.policy(subscription.course)
    subscription.failures += 1
    subscription.state = subscription_after(
        SubscriptionState(subscription.state), SubscriptionEvent.CHARGE_FAILED
    ).value
    if code == _MANDATE_ENDED or subscription.mandate_end_reason:
        endings.give_up(holding, subscription, EndReason.MANDATE_ENDED, code, batch)
        return
    if subscription.cancel_at_period_end:
        # The renewal that the lock day had fixed: whoever leaves is not asked again.
        endings.give_up(holding, subscription, EndReason.LEFT, "", batch)
        return
    retry_at = dunning.next_step(
        policy, due_at=due_at, failures=subscription.failures, failed_at=batch.now
    )
    if retry_at is None:
        endings.give_up(holding, subscription, EndReason.RENEWAL_FAILED, code, batch)
        return
    subscription.next_due_at = retry_at
    if subscription.paused_until is not None:
        # What was open while the outcome was unknown closes with the refusal.
        batch.revoked.append(holding.membership.pk)
    grace_until = upkeep.grace_until(subscription)
    letters.renewal_failed(
        holding,
        f"{subscription.pk}:{subscription.period_count}:{subscription.failures}",
        course=subscription.course,
        method=Method(subscription.method),
        failure_code=code,
        tries=dunning.tries_from(policy, due_at=due_at, next_at=retry_at),
        open_until=grace_until if grace_until is not None and grace_until > batch.now else None,
    )


def _tell_started(holding: Holding, batch: Batch) -> None:
    membership = holding.membership
    number = membership.member_number
    if number is None:
        raise RuntimeError("an active membership has a number")
    letters.welcome(holding, number)
    batch.note("billing.membership_started", holding, member_number=number)
    batch.tell(
        holding,
        events.MEMBERSHIP_STARTED,
        f"{membership.pk}:{batch.now.isoformat()}",
        {"member_number": number},
    )

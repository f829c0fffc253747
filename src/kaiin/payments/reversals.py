"""Money that goes back, as the provider reports it: refunds and disputes get their rows, and what
is left says what the payment is. Works on a locked payment, within its transaction.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from kaiin.domain.payments import (
    Dispute,
    PaymentEvent,
    PaymentState,
    RefundEvent,
    RefundState,
    dispute_after,
    money_event,
    refund_transition,
)
from kaiin.infra import audit, event_log
from kaiin.payments import events, polling
from kaiin.payments.errors import ImpossibleAnswer
from kaiin.payments.models import Payment, Refund
from kaiin.payments.orders import payment_id as id_of
from kaiin.payments.providers.protocol import (
    PaymentSnapshot,
    ProviderRefundState,
    ProviderState,
    RefundSnapshot,
)

_EVENTS = {
    ProviderState.OPEN: PaymentEvent.ACCEPTED,
    ProviderState.FAILED: PaymentEvent.FAILED,
    ProviderState.EXPIRED: PaymentEvent.EXPIRED,
    ProviderState.CANCELED: PaymentEvent.CANCELED,
}
_REFUND_EVENTS = {
    ProviderRefundState.PENDING: RefundEvent.ACCEPTED,
    ProviderRefundState.DONE: RefundEvent.DONE,
    ProviderRefundState.FAILED: RefundEvent.FAILED,
}


def note(row: Payment, snapshot: PaymentSnapshot, *, now: datetime, actor: str) -> PaymentEvent:
    """Write down a locked payment's refunds and dispute; what the snapshot means for the payment.

    Changes `row.dispute` and `row.declines` without saving. Registering is no money: it ends a
    payment of nothing only, and such a payment is never PAID. Raises ImpossibleAnswer where money
    is said to have come for it.
    """
    _note_declines(row, snapshot, now)
    if snapshot.state in (ProviderState.PAID, ProviderState.REGISTERED):
        if row.amount == 0:
            if snapshot.received is not None and snapshot.received.amount:
                raise ImpossibleAnswer(reason="money_for_a_registration")
            return PaymentEvent.REGISTERED
        if snapshot.state is ProviderState.REGISTERED:
            return PaymentEvent.ACCEPTED
    else:
        return _EVENTS[snapshot.state]
    dispute = dispute_after(Dispute(row.dispute), snapshot.dispute)
    for reported in snapshot.refunds:
        _note_refund(row, reported, now, actor)
    row.dispute = dispute.value
    if not snapshot.refunds and dispute is Dispute.NONE and not _reversed(row):
        return PaymentEvent.PAID
    received = snapshot.received or snapshot.amount
    return money_event(received=received.amount, refunded=refunded(row), dispute=dispute)


def refunded(row: Payment) -> int:
    """What went back of a payment, in its currency's smallest unit."""
    return _sum(row, [RefundState.DONE])


def left(row: Payment) -> int:
    """What of a locked payment may still be given back: open refunds are taken off already."""
    state = PaymentState(row.state)
    # What fell short is no payment, and still a payer's money.
    if state is PaymentState.CHARGED_BACK or not (state.has_money or row.received_amount):
        return 0
    received = row.amount if row.received_amount is None else row.received_amount
    return received - _sum(row, [RefundState.REQUESTED, RefundState.UNKNOWN, RefundState.DONE])


def learn(refund: Refund, event: RefundEvent, *, code: str, now: datetime, actor: str) -> None:
    """Move a locked refund by what was learned, store it, and publish it if that is news."""
    before = RefundState(refund.state)
    after = refund_transition(before, event)
    refund.state = after.value
    refund.failure_code = code if after is RefundState.FAILED else ""
    refund.ask_at = (
        polling.next_ask_at(created_at=refund.created_at, now=now) if after.is_open else None
    )
    refund.save()
    if after is not before:
        publish(refund, before, now=now, actor=actor)


def publish(refund: Refund, before: RefundState | None, *, now: datetime, actor: str) -> None:
    """Record and publish what a refund has become."""
    audit.record(
        action=f"payments.refund_{refund.state}",
        subject=f"member:{refund.payment.member_ref}",
        actor=actor,
        details={
            "payment": str(refund.payment_id),
            "refund": str(refund.pk),
            "amount": refund.amount,
            "currency": refund.currency,
            "key": refund.key,
            "failure": refund.failure_code,
        },
    )
    # What a refund becomes after its end, or again, is published again.
    again = f":{now.isoformat()}" if before is not None else ""
    event_log.publish(
        topic=events.REFUND_CHANGED,
        key=f"{refund.pk}:{refund.state}{again}",
        payload={
            "refund_id": str(refund.pk),
            "payment_id": str(refund.payment_id),
            "key": refund.key,
            "state": refund.state,
            "amount": refund.amount,
        },
    )


def _reversed(row: Payment) -> bool:
    """Whether something may have gone back before, which a snapshot without it does not undo."""
    state = PaymentState(row.state)
    return state.took_money and state is not PaymentState.PAID


def _note_declines(row: Payment, snapshot: PaymentSnapshot, now: datetime) -> None:
    if not row.request:  # a renewal: no member is present who tried
        return
    failed = snapshot.state is ProviderState.FAILED
    declines = max(snapshot.declines, int(failed))
    if declines > row.declines:
        row.declines, row.declined_at = declines, now


def _note_refund(row: Payment, reported: RefundSnapshot, now: datetime, actor: str) -> None:
    refund, is_new = _row_of(row, reported, now)
    refund.payment = row
    refund.provider_refund_id = reported.refund_id
    if reported.state is ProviderRefundState.DONE and refund.done_at is None:
        refund.done_at = reported.at
    if is_new and reported.state is ProviderRefundState.PENDING:
        publish(refund, None, now=now, actor=actor)
    learn(refund, _REFUND_EVENTS[reported.state], code=reported.failure_code, now=now, actor=actor)


def _row_of(row: Payment, reported: RefundSnapshot, now: datetime) -> tuple[Refund, bool]:
    """Our own by the id that we asked with, the provider's by its."""
    ours: UUID | None = id_of(reported.key) if reported.key else None
    found = Refund.objects.filter(payment=row, pk=ours).first() if ours else None
    if found is not None:
        return found, False
    return Refund.objects.get_or_create(
        payment=row,
        provider_refund_id=reported.refund_id,
        defaults={
            "key": f"provider:{row.provider}:{reported.refund_id}",
            "amount": reported.amount.amount,
            "currency": reported.amount.currency,
            "created_at": now,
        },
    )


def _sum(row: Payment, states: list[RefundState]) -> int:
    found = Refund.objects.filter(payment=row, state__in=states)
    return int(found.aggregate(total=Sum("amount"))["total"] or 0)

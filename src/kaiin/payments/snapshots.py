"""Writing down what a provider says now: lock, read, decide by the table, compare and set.

Model, references, audit and outbox rows go into one transaction; no network is touched here.
"""

from datetime import datetime
from uuid import UUID

from kaiin.domain.payments import PaymentEvent, PaymentState, is_late_money, transition
from kaiin.infra import audit, outbox
from kaiin.infra.locks import locked, transaction
from kaiin.payments import asking, events
from kaiin.payments.errors import NoSuchPayment
from kaiin.payments.models import Mandate, MandateState, Payment, PaymentReference
from kaiin.payments.providers.protocol import (
    Checkout,
    MandateSnapshot,
    PaymentSnapshot,
    ProviderState,
    Reference,
)

_EVENTS = {
    ProviderState.OPEN: PaymentEvent.ACCEPTED,
    ProviderState.PAID: PaymentEvent.PAID,
    ProviderState.FAILED: PaymentEvent.FAILED,
    ProviderState.EXPIRED: PaymentEvent.EXPIRED,
    ProviderState.CANCELED: PaymentEvent.CANCELED,
}


def apply_payment(
    *, payment_id: UUID, snapshot: PaymentSnapshot, now: datetime, actor: str
) -> None:
    """Make a payment what the provider says it is. Repeating it changes nothing.

    Too little money is no payment: it is noted and stays open for people to look at.
    """
    with transaction():
        row = _lock(payment_id)
        event = _EVENTS[snapshot.state]
        short = event is PaymentEvent.PAID and _falls_short(row, snapshot)
        noted_before = row.received_amount is not None
        before = PaymentState(row.state)
        after = transition(before, PaymentEvent.ACCEPTED if short else event)
        if snapshot.mandate is not None:
            row.mandate = _mandate_of(row, snapshot.mandate, now, actor)
        numbered = _store_references(snapshot.references, payment=row)
        _take_over(row, snapshot, after, now)
        if short:
            row.failure_code = "amount_mismatch"
        _write(row, before)
        if short and not noted_before:
            _record(row, "payments.amount_mismatch", actor, {"received": row.received_amount})
        _tell(row, before, actor, late=is_late_money(before, event) and not short)
        if numbered and after is before:
            # A slip was issued: nothing is decided, but its numbers are news.
            _publish(row, key=f"{row.pk}:{row.state}:{numbered}")


def apply_event(
    *, payment_id: UUID, event: PaymentEvent, failure_code: str, now: datetime, actor: str
) -> None:
    """Note what we learned without a snapshot: a time-out, a refusal, a call that never arrived."""
    with transaction():
        row = _lock(payment_id)
        before = PaymentState(row.state)
        after = transition(before, event)
        if after is before:
            return
        row.state = after.value
        row.failure_code = failure_code
        row.ask_at = _ask_at(row, after, now)
        _write(row, before)
        _tell(row, before, actor, late=False)


def ask_later(*, payment_id: UUID, now: datetime) -> None:
    """Note that the provider was asked in vain, and when it is asked again."""
    with transaction():
        row = _lock(payment_id)
        row.last_asked_at = now
        row.ask_at = _ask_at(row, PaymentState(row.state), now)
        row.save(update_fields=["last_asked_at", "ask_at"])


def apply_mandate(*, mandate_id: int, snapshot: MandateSnapshot, now: datetime, actor: str) -> None:
    """Make a mandate what the provider says it is; one that ended never comes back."""
    with transaction():
        row = locked(Mandate.objects.filter(pk=mandate_id)).first()
        if row is None:
            raise NoSuchPayment(mandate=mandate_id)
        _update_mandate(row, snapshot, now, actor)


def _lock(payment_id: UUID) -> Payment:
    row = locked(Payment.objects.filter(pk=payment_id)).first()
    if row is None:
        raise NoSuchPayment(payment=str(payment_id))
    return row


def _falls_short(row: Payment, snapshot: PaymentSnapshot) -> bool:
    received = snapshot.received or snapshot.amount
    return received.currency != row.currency or received.amount < row.amount


def _take_over(row: Payment, snapshot: PaymentSnapshot, after: PaymentState, now: datetime) -> None:
    row.state = after.value
    row.provider_payment_id = snapshot.provider_payment_id
    row.expires_at = snapshot.expires_at or row.expires_at
    row.checkout = _checkout_json(snapshot.checkout) if after.is_open else None
    row.last_asked_at = now
    row.ask_at = _ask_at(row, after, now)
    # Stale news about a payment that has money must not take its time or sum away.
    if snapshot.received is not None:
        row.received_amount = snapshot.received.amount
    if snapshot.state is ProviderState.PAID:
        row.paid_at = snapshot.paid_at or row.paid_at or now
    if after is PaymentState.PAID:
        row.failure_code = ""
    elif after.is_open or after.value == snapshot.state.value:
        row.failure_code = snapshot.failure_code


def _ask_at(row: Payment, after: PaymentState, now: datetime) -> datetime | None:
    if not after.is_open:
        return None
    return asking.next_ask_at(created_at=row.created_at, now=now)


def _write(row: Payment, before: PaymentState) -> None:
    changed = Payment.objects.filter(pk=row.pk, state=before.value).update(
        state=row.state,
        provider_payment_id=row.provider_payment_id,
        mandate=row.mandate,
        received_amount=row.received_amount,
        checkout=row.checkout,
        failure_code=row.failure_code,
        paid_at=row.paid_at,
        expires_at=row.expires_at,
        last_asked_at=row.last_asked_at,
        ask_at=row.ask_at,
    )
    if not changed:
        raise RuntimeError(f"payment {row.pk} changed under its lock")


def _mandate_of(payment: Payment, snapshot: MandateSnapshot, now: datetime, actor: str) -> Mandate:
    Mandate.objects.get_or_create(
        provider=payment.provider,
        provider_mandate_id=snapshot.provider_mandate_id,
        defaults={
            "member_ref": payment.member_ref,
            "method": snapshot.method.value,
            "brand": snapshot.brand,
            "last4": snapshot.last4,
            "created_at": now,
        },
    )
    row = locked(
        Mandate.objects.filter(
            provider=payment.provider, provider_mandate_id=snapshot.provider_mandate_id
        )
    ).get()
    _update_mandate(row, snapshot, now, actor)
    return row


def _update_mandate(row: Mandate, snapshot: MandateSnapshot, now: datetime, actor: str) -> None:
    _store_references(snapshot.references, mandate=row)
    if snapshot.active or row.state == MandateState.ENDED:
        return
    row.state = MandateState.ENDED
    row.ended_at = snapshot.ended_at or now
    row.end_reason = snapshot.end_reason
    row.save(update_fields=["state", "ended_at", "end_reason"])
    details: dict[str, object] = {"mandate": row.pk, "reason": row.end_reason}
    audit.record(
        action="payments.mandate_ended",
        subject=f"member:{row.member_ref}",
        actor=actor,
        details=details,
    )
    outbox.publish(
        topic=events.MANDATE_ENDED,
        key=str(row.pk),
        payload={"mandate_id": row.pk, "reason": row.end_reason},
    )


def _store_references(
    references: tuple[Reference, ...],
    *,
    payment: Payment | None = None,
    mandate: Mandate | None = None,
) -> int:
    """Returns how many numbers are known now, or 0 if none of these is new."""
    if not references:
        return 0
    known = PaymentReference.objects.filter(payment=payment, mandate=mandate)
    before = known.count()
    PaymentReference.objects.bulk_create(
        [
            PaymentReference(
                kind=reference.kind.value, value=reference.value, payment=payment, mandate=mandate
            )
            for reference in references
        ],
        ignore_conflicts=True,
    )
    after = known.count()
    return after if after > before else 0


def _tell(row: Payment, before: PaymentState, actor: str, *, late: bool) -> None:
    if row.state == before.value:
        return
    _record(row, f"payments.{row.state}", actor, {"before": before.value, "late": late})
    _publish(row, key=f"{row.pk}:{row.state}")


def _publish(row: Payment, *, key: str) -> None:
    outbox.publish(
        topic=events.PAYMENT_CHANGED,
        key=key,
        payload={"payment_id": str(row.pk), "state": row.state},
    )


def _record(row: Payment, action: str, actor: str, more: dict[str, object]) -> None:
    details: dict[str, object] = {
        "payment": str(row.pk),
        "method": row.method,
        "amount": row.amount,
        "currency": row.currency,
        "failure": row.failure_code,
        **more,
    }
    audit.record(action=action, subject=f"member:{row.member_ref}", actor=actor, details=details)


def _checkout_json(checkout: Checkout | None) -> dict[str, object] | None:
    if checkout is None:
        return None
    return {
        "method": checkout.method,
        "url": checkout.url,
        "fields": [list(field) for field in checkout.fields],
        "charset": checkout.charset,
    }

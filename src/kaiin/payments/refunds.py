"""Giving money back: written down first, asked for once, and asked about until it is known.

The provider knows a refund by its id here, for ever; what it says comes as the payment's snapshot
and is written by `reversals`.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import RefundEvent, RefundState
from kaiin.infra import clock
from kaiin.infra.http import OutsideRefused, OutsideUnavailable, OutsideUnknown, OutsideUnreadable
from kaiin.infra.locks import for_update, transaction
from kaiin.infra.parking import Parking
from kaiin.payments import polling, queries, reversals, snapshots
from kaiin.payments.errors import IntentConflict, NoSuchPayment
from kaiin.payments.models import Payment, Refund
from kaiin.payments.orders import order_id, order_of
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import PaymentSnapshot, RefundRequest
from kaiin.payments.queries import RefundView

_log = structlog.get_logger(__name__)

SYSTEM = "system:payments"
# There is nothing (left) to give back.
EXCEEDS = "refund_exceeds"
_REFUSED = "refund_refused"


def refund_payment(
    *, payment_id: UUID, key: str, amount: Money, reason: str, actor: str
) -> RefundView:
    """Give back all or a part of what a payment brought.

    Idempotent by `key` (up to 128 characters): the same refund comes back, in any state. What
    is asked for, done and under way never exceeds what was received: a refund that would is FAILED
    with `refund_exceeds`. REQUESTED or UNKNOWN: the worker asks on, never twice for the same money.
    `reason` is a code of the caller's. Raises NoSuchPayment, IntentConflict (the key belongs to
    another refund). A provider that is away raises nothing: the worker asks it later.
    """
    if amount.amount <= 0:
        raise ValueError("a refund gives something back")
    refund, created = _written(payment_id, key, amount, reason, actor)
    if RefundState(refund.state).is_open and not refund.provider_refund_id:
        # One whose answer can't be read is UNKNOWN now; `poll` asks about it.
        with suppress(OutsideUnreadable):
            _drive(refund, ask_first=not created, actor=actor)
    found = queries.refund(refund.pk)
    if found is None:
        raise NoSuchPayment(refund=key)
    return found


def poll(*, now: datetime, limit: int) -> int:
    """Ask about refunds whose turn it is; how many. One that the provider never heard of is asked
    for again, under the same key."""
    parking = Parking[UUID]("refund.poll", now)
    due = parking.claim(Refund.objects.all(), "ask_at", lease=polling.LEASE, limit=limit)
    for refund in due:
        parking.keep()
        with parking.apart(refund.pk):
            _drive(refund, ask_first=True, actor=SYSTEM)
    parking.give_back()
    return parking.settle(refund.pk for refund in due)


def _written(
    payment_id: UUID, key: str, amount: Money, reason: str, actor: str
) -> tuple[Refund, bool]:
    """The row of a key, committed before the provider hears of it; and whether it is new."""
    now = clock.now()
    with transaction():
        payment = for_update(Payment.objects.filter(pk=payment_id)).first()
        if payment is None:
            raise NoSuchPayment(payment=str(payment_id))
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            same = (known.payment_id, known.amount, known.currency)
            if same != (payment_id, amount.amount, amount.currency):
                raise IntentConflict(intent=key)
            return known, False
        refund = Refund(
            payment=payment,
            key=key,
            amount=amount.amount,
            currency=amount.currency,
            reason=reason,
            created_at=now,
            called_at=now,
            ask_at=polling.next_ask_at(created_at=now, now=now),
        )
        fits = amount.currency == payment.currency and amount.amount <= reversals.left(payment)
        refund.save(force_insert=True)
        if fits:
            reversals.publish(refund, None, now=now, actor=actor)
        else:
            reversals.learn(refund, RefundEvent.FAILED, code=EXCEEDS, now=now, actor=actor)
    return refund, True


def _drive(refund: Refund, *, ask_first: bool, actor: str) -> None:
    """Ask the provider about a refund, then for it where it knows of none. One that has the
    provider's id, of any origin, is only asked about. Raises OutsideUnreadable."""
    payment = Payment.objects.get(pk=refund.payment_id)
    in_doubt = ask_first and _may_arrive(payment, refund)
    try:
        snapshot = _fetch(payment) if ask_first else None
        known = snapshot is not None and _mentions(snapshot, refund)
        if not known and not refund.provider_refund_id:
            _note_call(refund, clock.now())
            snapshot = _ask_for(payment, refund)
    except OutsideRefused as error:
        _log.warning("payments.refund_refused", refund=str(refund.pk), reason=error.params)
        # This call is over; the one before, which got no answer, may still be carried out.
        _note_call(refund, refund.called_at)
        _learn(refund, RefundEvent.TIMED_OUT if in_doubt else RefundEvent.FAILED, actor)
    except (OutsideUnavailable, OutsideUnknown) as error:
        _not_answered(refund, error, actor)
        if isinstance(error, OutsideUnreadable):
            raise
    else:
        if snapshot is not None:
            snapshots.apply_payment(
                payment_id=payment.pk, snapshot=snapshot, now=clock.now(), actor=actor
            )


def _may_arrive(payment: Payment, refund: Refund) -> bool:
    limit = registry.get(payment.provider).calls_end_within()
    return refund.called_at is not None and polling.may_arrive(
        called_at=refund.called_at, now=clock.now(), calls_end_within=limit
    )


def _note_call(refund: Refund, at: datetime | None) -> None:
    Refund.objects.filter(pk=refund.pk).update(called_at=at)


def _mentions(snapshot: PaymentSnapshot, refund: Refund) -> bool:
    return any(each.key == order_id(refund.pk) for each in snapshot.refunds)


def _fetch(payment: Payment) -> PaymentSnapshot | None:
    provider = registry.get(payment.provider)
    try:
        return provider.fetch_payment(order_of(payment), timeout_seconds=_timeout())
    except OutsideRefused as error:
        # A question that is refused says nothing about the refund.
        raise OutsideUnavailable(**error.params) from error


def _ask_for(payment: Payment, refund: Refund) -> PaymentSnapshot:
    request = RefundRequest(
        order=order_of(payment),
        key=order_id(refund.pk),
        amount=Money(refund.amount, refund.currency),
        reason=refund.reason,
    )
    return registry.get(payment.provider).refund(request, timeout_seconds=_timeout())


def _not_answered(refund: Refund, error: KaiinError, actor: str) -> None:
    _log.warning("payments.no_answer", refund=str(refund.pk), error=error.code)
    if isinstance(error, OutsideUnknown):
        _learn(refund, RefundEvent.TIMED_OUT, actor)
    else:
        now = clock.now()
        ask_at = polling.next_ask_at(created_at=refund.created_at, now=now)
        Refund.objects.filter(pk=refund.pk, ask_at__isnull=False).update(ask_at=ask_at)


def _learn(refund: Refund, event: RefundEvent, actor: str) -> None:
    with transaction():
        for_update(Payment.objects.filter(pk=refund.payment_id)).get()
        row = Refund.objects.select_related("payment").get(pk=refund.pk)
        reversals.learn(row, event, code=_REFUSED, now=clock.now(), actor=actor)


def _timeout() -> float:
    return float(settings.KAIIN_PROVIDER_TIMEOUT_SECONDS)

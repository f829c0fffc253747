"""Giving money back: written down first, asked for once, and asked about until it is known.

The provider knows a refund by its id here, for ever; what it says comes as the payment's snapshot
and is written by `reversals`.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from kaiin.domain.money import Money
from kaiin.domain.payments import RefundEvent, RefundState
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction
from kaiin.infra.parking import Parking
from kaiin.payments import calling, polling, queries, reversals, snapshots
from kaiin.payments.calling import Answered, Outcome, Refused, Unknown
from kaiin.payments.errors import ImpossibleAnswer, IntentConflict, NoSuchPayment
from kaiin.payments.models import Payment, Refund
from kaiin.payments.orders import order_id, order_of
from kaiin.payments.providers.protocol import PaymentSnapshot, RefundRequest
from kaiin.payments.queries import RefundView
from kaiin.payments.snapshots import SYSTEM, News

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
        # `poll` asks again, and parks an answer that stays impossible.
        with suppress(ImpossibleAnswer):
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
            outcome = _drive(refund, ask_first=True, actor=SYSTEM)
            if isinstance(outcome, Unknown) and outcome.is_unreadable:
                raise outcome.error
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


def _drive(refund: Refund, *, ask_first: bool, actor: str) -> Outcome[PaymentSnapshot] | None:
    """Ask the provider about a refund, then for it where it knows of none. One that has the
    provider's id, of any origin, is only asked about. Raises ImpossibleAnswer."""
    payment = Payment.objects.get(pk=refund.payment_id)
    at, there = refund.called_at, bool(refund.provider_refund_id)
    in_doubt = at is not None and calling.may_arrive(payment.provider, at, clock.now())
    outcome = calling.ask_then_call(
        order_of(payment),
        lambda: calling.refund(payment.provider, _request(payment, refund)),
        provider=payment.provider,
        ask_first=ask_first,
        in_doubt=ask_first and in_doubt,
        begin=lambda: not there and _note_call(refund, clock.now()),
        shows=lambda snapshot: there or _mentions(snapshot, refund),
    )
    if isinstance(outcome, Answered):
        news = News(payment.pk, outcome.answer)
        snapshots.apply_all([news], now=clock.now(), actor=actor)
    elif isinstance(outcome, Refused):
        # This call is over; the one before, which got no answer, may still be carried out.
        _note_call(refund, at)
        _learn(refund, RefundEvent.TIMED_OUT if outcome.in_doubt else RefundEvent.FAILED, actor)
    elif outcome is not None and not (outcome.asking or outcome.nothing_happened):
        _learn(refund, RefundEvent.TIMED_OUT, actor)
    elif outcome is not None:
        _ask_later(refund)
    return outcome


def _note_call(refund: Refund, at: datetime | None) -> bool:
    return Refund.objects.filter(pk=refund.pk).update(called_at=at) == 1


def _mentions(snapshot: PaymentSnapshot, refund: Refund) -> bool:
    return any(each.key == order_id(refund.pk) for each in snapshot.refunds)


def _request(payment: Payment, refund: Refund) -> RefundRequest:
    return RefundRequest(
        order=order_of(payment),
        key=order_id(refund.pk),
        amount=Money(refund.amount, refund.currency),
        reason=refund.reason,
    )


def _ask_later(refund: Refund) -> None:
    ask_at = polling.next_ask_at(created_at=refund.created_at, now=clock.now())
    Refund.objects.filter(pk=refund.pk, ask_at__isnull=False).update(ask_at=ask_at)


def _learn(refund: Refund, event: RefundEvent, actor: str) -> None:
    with transaction():
        for_update(Payment.objects.filter(pk=refund.payment_id)).get()
        row = Refund.objects.select_related("payment").get(pk=refund.pk)
        reversals.learn(row, event, code=_REFUSED, now=clock.now(), actor=actor)

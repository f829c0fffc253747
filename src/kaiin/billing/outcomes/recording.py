"""A payment's outcome becomes a period, books, a receipt and access; or dunning; or is parked;
and what money bought ends where it goes back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog

from kaiin.billing.membership import endings
from kaiin.billing.membership.locking import LockedMembership, lock_alone, lock_memberships
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Charge
from kaiin.billing.outcomes import deciding, paid_change, reversals
from kaiin.domain.charges import ChargeState
from kaiin.domain.payments import Dispute, Method, PaymentState
from kaiin.infra import clock
from kaiin.infra.gathering import gathering_transaction
from kaiin.infra.locks import transaction
from kaiin.payments import charging, queries as payments
from kaiin.payments.charging import Call
from kaiin.payments.queries import PaymentView
from kaiin.payments.snapshots import News

_T = TypeVar("_T")
_AT_ONCE = 50
# What `_is_known` and `_is_noted` look at.
_DECIDES = ("pk", "membership_id", "intent_key", "payment_id", "state", "automatic")
SYSTEM = "system:billing"
_log = structlog.get_logger(__name__)


def record_payment(*, payment_id: UUID) -> None:
    """Act on what a payment is now. Idempotent: repeating it changes nothing; a payment that is
    not billing's is passed over."""
    record_payments(payment_ids=[payment_id])


@dataclass(frozen=True)
class Answer:
    """What a provider said to the call for a charge; no news: it is as it was."""

    charge: Charge
    call: Call
    news: News | None


def record_payments(*, payment_ids: Sequence[UUID]) -> None:
    """`record_payment` for many, some fifty in a transaction."""
    for chunk in _chunks(payment_ids):
        _record_chunk(list(payments.payments(chunk).values()), SYSTEM)


def record_views(views: Sequence[PaymentView], *, actor: str = SYSTEM) -> None:
    """As `record_payments`, of payments that were just read."""
    for chunk in _chunks(views):
        _record_chunk(chunk, actor)


def record_answers(answers: Sequence[Answer]) -> None:
    """Write down what providers said to charges, and act on it, in one transaction. Idempotent:
    where it failed, it may be called again, also for a part of them."""
    results = [(answer.call, answer.news) for answer in answers]
    more = _act(
        [(answer.charge.pk, answer.charge.membership_id) for answer in answers],
        lambda now: charging.record_answers(results, now=now),
        SYSTEM,
    )
    _record_more(more, SYSTEM)


def _record_chunk(views: Sequence[PaymentView], actor: str) -> None:
    _record_more(_record({view.intent_key: view for view in views}, actor), actor)


def _record_more(payment_ids: Sequence[UUID], actor: str) -> None:
    """Money that came and went before we looked: first what it bought, then that it is over."""
    if payment_ids:
        views = payments.payments(payment_ids).values()
        _record({view.intent_key: view for view in views}, actor)


def _record(views: Mapping[str, PaymentView], actor: str) -> list[UUID]:
    charges = Charge.objects.filter(intent_key__in=views).only(*_DECIDES)
    # The same news comes by several ways: what changes nothing is not worth the locks.
    news = [charge for charge in charges if not _is_known(charge, views[charge.intent_key])]
    news = [charge for charge in news if not _is_noted(charge, views[charge.intent_key])]
    ids = [views[charge.intent_key].id for charge in news]
    known = [(charge.pk, charge.membership_id) for charge in news]
    # The state may have moved while we waited for the locks: it is read under them.
    return _act(known, lambda _now: payments.payments(ids), actor) if known else []


def _is_noted(charge: Charge, payment: PaymentView) -> bool:
    """Note which payment an open charge has got, where that is all there is to say of it: a page
    was opened. False: there is more, or the charge has moved."""
    if charge.payment_id is not None or charge.state != ChargeState.OPEN or not payment.is_open:
        return False
    if not _says_nothing(charge, payment):
        return False
    with transaction():
        lock_alone(charge.membership_id)
        rows = Charge.objects.filter(pk=charge.pk, state=ChargeState.OPEN, payment_id__isnull=True)
        return rows.update(payment_id=payment.id) == 1


def _is_known(charge: Charge, payment: PaymentView) -> bool:
    """Whether a charge says already what its payment is: `_decide` would change nothing.

    What moves either of them later publishes an event of its own.
    """
    return charge.payment_id == payment.id and _says_nothing(charge, payment)


def _says_nothing(charge: Charge, payment: PaymentView) -> bool:
    """Whether `_decide` would change nothing of a charge that knows its payment."""
    if payment.state is PaymentState.REGISTERED:
        return False
    if payment.state.took_money:
        return _is_settled(charge) and not _went_back(payment)
    if not payment.is_open:
        # One that left a card or contract behind has it given back.
        return charge.state != ChargeState.OPEN and payment.mandate_id is None
    # The numbers of a slip are mailed; a renewal of unknown outcome keeps the door open.
    has_more = charge.automatic or (payment.method is Method.KONBINI and bool(payment.references))
    return charge.state == ChargeState.OPEN and not has_more


def _is_settled(charge: Charge) -> bool:
    return charge.state in (ChargeState.PAID, ChargeState.PARKED)


def _act(
    known: Sequence[tuple[int, int]],
    read: Callable[[datetime], Mapping[UUID, PaymentView]],
    actor: str,
) -> list[UUID]:
    """Act on the payments of charges (key, membership), which `read` brings under the locks.
    Returns those whose money was recorded just now, and which have more to record."""
    more: list[UUID] = []
    with gathering_transaction():
        memberships = lock_memberships(
            {m for _, m in known}, charge_ids=[charge for charge, _ in known]
        )
        now = clock.now()
        views = {view.intent_key: view for view in read(now).values()}
        work = UnitOfWork(now=now, actor=actor, memberships=list(memberships.values()))
        for locked in memberships.values():
            for charge in sorted(locked.charges.values(), key=lambda charge: charge.pk):
                if charge.intent_key in views:
                    view = views[charge.intent_key]
                    charge.payment_id = view.id
                    fresh = _decide(locked, charge, view)
                    if not view.is_open:
                        endings.release_unless_charged(locked, view.mandate_id)
                    if fresh and _went_back(view):
                        more.append(view.id)
        work.write()
    return more


def _decide(locked: LockedMembership, charge: Charge, payment: PaymentView) -> bool:
    """Returns whether money was recorded just now."""
    if payment.state.took_money:
        if not _is_settled(charge):
            deciding.paid(locked, charge, payment)
            return True
        if _went_back(payment):
            reversals.follow(locked, charge, payment)
    elif payment.state is PaymentState.REGISTERED:
        paid_change.registered(locked, charge, payment)
    elif payment.is_open:
        deciding.waiting(locked, charge, payment)
    elif charge.state == ChargeState.OPEN:
        deciding.failed(locked, charge, payment)
    return False


def _went_back(payment: PaymentView) -> bool:
    """Whether there is, or was, more to a payment's money than that it came."""
    return payment.state is not PaymentState.PAID or payment.dispute is not Dispute.NONE


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def is_acted_on(payment_id: UUID) -> bool:
    """Whether what a payment brought was recorded: bought, parked or registered."""
    settled = (ChargeState.PAID, ChargeState.PARKED, ChargeState.REGISTERED)
    return Charge.objects.filter(payment_id=payment_id, state__in=settled).exists()

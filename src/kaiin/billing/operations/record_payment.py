"""A payment's outcome becomes a period, books, a receipt and access; or dunning; or is parked."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from kaiin.billing import outcomes
from kaiin.billing.batch import Batch
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import Charge, ChargeState
from kaiin.domain.payments import PaymentState
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView

_AT_ONCE = 50
SYSTEM = "system:billing"


def record_payment(*, payment_id: UUID) -> None:
    """Act on what a payment is now. Idempotent: repeating it changes nothing; a payment that is
    not billing's is passed over."""
    record_payments(payment_ids=[payment_id])


def record_payments(*, payment_ids: Sequence[UUID], actor: str = SYSTEM) -> None:
    """`record_payment` for many, some fifty in a transaction."""
    for chunk in _chunks(payment_ids):
        _record(chunk, actor)


def _record(payment_ids: Collection[UUID], actor: str) -> None:
    keys = {view.intent_key for view in payments.payments(list(payment_ids)).values()}
    known = list(Charge.objects.filter(intent_key__in=keys).values_list("pk", "membership_id"))
    if not known:
        return
    with transaction():
        held = hold({m for _, m in known}, charge_ids=[charge for charge, _ in known])
        # The state may have moved while we waited for the locks: read it under them.
        views = {v.intent_key: v for v in payments.payments(list(payment_ids)).values()}
        batch = Batch(now=clock.now(), actor=actor, held=list(held.values()))
        for holding in held.values():
            for charge in sorted(holding.charges.values(), key=lambda charge: charge.pk):
                if charge.intent_key in views:
                    view = views[charge.intent_key]
                    charge.payment_id = view.id
                    _decide(holding, charge, view, batch)
        batch.write()


def _decide(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    settled = charge.state in (ChargeState.PAID, ChargeState.PARKED)
    if payment.state is PaymentState.PAID:
        if not settled:
            outcomes.paid(holding, charge, payment, batch)
    elif payment.is_open:
        outcomes.waiting(holding, charge, payment, batch)
    elif charge.state == ChargeState.OPEN:
        outcomes.failed(holding, charge, payment, batch)


def _chunks(payment_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(payment_ids), _AT_ONCE):
        yield payment_ids[start : start + _AT_ONCE]

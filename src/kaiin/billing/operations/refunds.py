"""Money that goes back: staff decide about what buys nothing; payments tells what became of it."""

from uuid import UUID

from kaiin.billing import refunding, taking_back
from kaiin.billing.batch import Batch
from kaiin.billing.choices import RefundReason, RefundState
from kaiin.billing.errors import NoRefundCase, RefundDecided
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import (
    Charge,
    ChargeState,
    RefundCase,
)
from kaiin.billing.operations.record_payment import SYSTEM, record_payment
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from kaiin.infra import clock
from kaiin.infra.locks import locked, transaction
from kaiin.payments import queries as payments

_UNDER_WAY = (RefundState.REQUESTED, RefundState.DONE)
_WAITING = (RefundState.OPEN, RefundState.FAILED)


def decide_refund(*, case_id: int, refund: bool, actor: str) -> None:
    """Give the money of a refund case back, or keep it. One that failed is tried again, or kept.

    Deciding the same again changes nothing. Raises NoRefundCase, RefundDecided (otherwise: what
    was given back can't be kept, nor the other way round).
    """
    membership_id = (
        RefundCase.objects.filter(pk=case_id).values_list("membership_id", flat=True).first()
    )
    if membership_id is None:
        raise NoRefundCase(case=case_id)
    with transaction():
        holding = hold([membership_id])[membership_id]
        case = locked(RefundCase.objects.filter(pk=case_id)).get()
        batch = Batch(now=clock.now(), actor=actor, held=[holding])
        if refund:
            _give_back(holding, case, batch)
        else:
            _keep(holding, case, batch)
        batch.write()


def record_refunds(*, payment_id: UUID) -> None:
    """Act on what payments knows of a payment's refunds. Idempotent; a payment that is not
    billing's is passed over."""
    # The money's coming may not have been told of yet.
    record_payment(payment_id=payment_id)
    found = Charge.objects.filter(payment_id=payment_id).values_list("pk", "membership_id").first()
    if found is None:
        return
    charge_id, membership_id = found
    with transaction():
        holding = hold([membership_id], charge_ids=[charge_id])[membership_id]
        payment = payments.payment(payment_id)
        if payment is None:
            raise RuntimeError("a charge's payment exists")
        charge = holding.charges[charge_id]
        if charge.state not in (ChargeState.PAID, ChargeState.PARKED):
            return
        batch = Batch(now=clock.now(), actor=SYSTEM, held=[holding])
        taking_back.follow(holding, charge, payment, batch)
        batch.write()


def _give_back(holding: Holding, case: RefundCase, batch: Batch) -> None:
    if case.state in _UNDER_WAY:
        return
    if case.state == RefundState.FAILED:
        refunding.retry(holding, case, batch)
    elif case.state == RefundState.OPEN:
        sources = [(Account.UNAPPLIED, Money(case.amount, case.currency))]
        refunding.request(holding, _charge(case), case, sources, batch)
    else:
        raise RefundDecided(case=case.pk)


def _keep(holding: Holding, case: RefundCase, batch: Batch) -> None:
    if case.state == RefundState.DECLINED:
        return
    if case.state not in _WAITING or case.reason == RefundReason.OUTSIDE:
        raise RefundDecided(case=case.pk)
    refunding.keep(holding, _charge(case), case, batch)


def _charge(case: RefundCase) -> Charge:
    return Charge.objects.select_related("course").get(pk=case.charge_id)

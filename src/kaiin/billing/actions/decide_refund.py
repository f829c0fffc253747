"""Money that goes back: staff decide about what buys nothing; payments reports the outcome."""

from uuid import UUID

from kaiin.billing.choices import RefundReason
from kaiin.billing.errors import NoRefundCase, RefundDecided
from kaiin.billing.membership.locking import LockedMembership, lock_membership
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Charge, RefundCase
from kaiin.billing.outcomes import refunding, reversals
from kaiin.billing.outcomes.recording import SYSTEM, record_payment
from kaiin.domain.charges import ChargeState
from kaiin.domain.ledger import Account
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction
from kaiin.payments import queries as payments

_UNDER_WAY = (RefundCaseState.REQUESTED, RefundCaseState.DONE)
_WAITING = (RefundCaseState.OPEN, RefundCaseState.FAILED)


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
        locked = lock_membership(membership_id)
        case = for_update(RefundCase.objects.filter(pk=case_id)).get()
        work = UnitOfWork(now=clock.now(), actor=actor, memberships=[locked])
        if refund:
            _give_back(locked, case)
        else:
            _keep(locked, case)
        work.write()


def record_refunds(*, payment_id: UUID) -> None:
    """Act on what payments knows of a payment's refunds. Idempotent; a payment that is not
    billing's is passed over."""
    # The event of the payment itself may not have been handled yet.
    record_payment(payment_id=payment_id)
    found = Charge.objects.filter(payment_id=payment_id).values_list("pk", "membership_id").first()
    if found is None:
        return
    charge_id, membership_id = found
    with transaction():
        locked = lock_membership(membership_id, charge_ids=[charge_id])
        payment = payments.payment(payment_id)
        if payment is None:
            raise RuntimeError("a charge's payment exists")
        charge = locked.charges[charge_id]
        if charge.state not in (ChargeState.PAID, ChargeState.PARKED):
            return
        work = UnitOfWork(now=clock.now(), actor=SYSTEM, memberships=[locked])
        reversals.follow(locked, charge, payment)
        work.write()


def _give_back(locked: LockedMembership, case: RefundCase) -> None:
    if case.state in _UNDER_WAY:
        return
    if case.state == RefundCaseState.FAILED:
        refunding.retry(locked, case)
    elif case.state == RefundCaseState.OPEN:
        sources = [(Account.UNAPPLIED, case.money)]
        refunding.request(locked, _charge(case), case, sources)
    else:
        raise RefundDecided(case=case.pk)


def _keep(locked: LockedMembership, case: RefundCase) -> None:
    if case.state == RefundCaseState.DECLINED:
        return
    if case.state not in _WAITING or case.reason == RefundReason.OUTSIDE:
        raise RefundDecided(case=case.pk)
    refunding.keep(locked, _charge(case), case)


def _charge(case: RefundCase) -> Charge:
    return Charge.objects.select_related("course").get(pk=case.charge_id)

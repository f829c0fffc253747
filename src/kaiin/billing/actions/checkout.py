"""What joining and changing share: having a written-down intent paid, or stopping it for good."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from kaiin.billing.errors import PaymentUnderWay
from kaiin.billing.membership import intents, payable
from kaiin.billing.membership.locking import lock_membership
from kaiin.billing.models import Charge
from kaiin.billing.outcomes.recording import record_views
from kaiin.domain.charges import ChargeState
from kaiin.domain.payments import Method
from kaiin.infra import clock
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.locks import transaction
from kaiin.payments import charging, operations as payment_operations, queries as payments
from kaiin.payments.errors import MandateEnded, ProviderUnavailable
from kaiin.payments.queries import PaymentView

MAX_ROUNDS = 4
_PATIENCE_SECONDS = 2.0
_PAGE_LIFE = timedelta(hours=1)
_ANY_ID = UUID(int=0)


def return_url(url_for: Callable[[UUID], str]) -> str:
    """The address to come back to, with a place for the payment's id, which payments fills in
    once it is known."""
    return url_for(_ANY_ID).replace(str(_ANY_ID), "{payment_id}")


def start(
    charge: Charge,
    *,
    email: str,
    return_url: str,
    language: str,
    slip_ends_at: datetime | None = None,
) -> PaymentView:
    """Have a charge paid on the provider's page, or found there; idempotent by its intent.

    A slip ends on the last day before `slip_ends_at` at the latest, but not before tomorrow.
    """
    reach(CrashPoint.INTENTS_COMMITTED)
    method = Method(charge.method)
    return payment_operations.start_payment(
        member_ref=charge.membership.member_id,
        intent_key=charge.intent_key,
        method=method,
        amount=charge.total,
        description=intents.description(charge, language),
        return_url=return_url,
        member_hint=email,
        renews=charge.course.terms.by(method).renews,
        language=language,
        slip_days=payable.slip_days(
            charge.course.terms, ends_at=slip_ends_at, at=charge.created_at
        ),
    )


def charge_mandate(charge: Charge, *, mandate_id: int, language: str) -> PaymentView:
    """Charge a card that we have while its member is present; idempotent by the intent.

    Raises ProviderUnavailable, and MandateEnded, which closes the intent.
    """
    reach(CrashPoint.INTENTS_COMMITTED)
    try:
        return charging.charge_mandate(
            member_ref=charge.membership.member_id,
            mandate_id=mandate_id,
            intent_key=charge.intent_key,
            amount=charge.total,
            description=intents.description(charge, language),
        )
    except MandateEnded:
        _forget(charge)
        raise


def stop(charge: Charge) -> None:
    """End an earlier try, so that no second one can be paid beside it. Raises PaymentUnderWay."""
    payment = payments.payment_by_intent(charge.intent_key)
    if payment is None:
        _forget(charge)
        return
    if charge.automatic:
        # A renewal whose outcome is unknown is asked about, never voided.
        payment = payment_operations.refresh_payment(
            payment_id=payment.id, timeout_seconds=_PATIENCE_SECONDS
        )
    else:
        try:
            payment = payment_operations.cancel_payment(
                payment_id=payment.id, actor=f"member:{payment.member_ref}"
            )
        except ProviderUnavailable as error:
            raise PaymentUnderWay from error
    record_views([payment], actor=f"member:{payment.member_ref}")
    if payment.is_open:
        raise PaymentUnderWay


def act_on(payment: PaymentView, charge: Charge) -> None:
    """Record what a charge's payment is by now. Raises PaymentUnderWay where another tab chose
    otherwise between intent and payment, which is being voided."""
    record_views([payment], actor=f"member:{payment.member_ref}")
    charge.refresh_from_db(fields=["state"])
    if payment.is_open and not charge.is_live:
        raise PaymentUnderWay


def lives_until(charge: Charge) -> datetime:
    """Until when a member may still be paying on the page or with the slip of an open charge. A
    page is left after an hour at most; a slip is carried to a store."""
    left_at = charge.created_at + _PAGE_LIFE
    payment = payments.payment_by_intent(charge.intent_key)
    if payment is None or payment.expires_at is None:
        return left_at
    slip = payment.method is Method.KONBINI
    return payment.expires_at if slip else min(payment.expires_at, left_at)


def _forget(charge: Charge) -> None:
    """Close an intent that never reached payments; should it get there yet, it is voided."""
    if charge.automatic:
        raise PaymentUnderWay
    with transaction():
        locked = lock_membership(charge.membership_id, charge_ids=[charge.pk])
        row = locked.charges[charge.pk]
        if row.state == ChargeState.OPEN and row.payment_id is None:
            intents.supersede(row, "superseded", clock.now())
            row.save(update_fields=["state", "closed_at", "failure_code"])

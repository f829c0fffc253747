"""Ending an open payment for good, so that another may be made in its place."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings

from kaiin.domain.payments import PaymentEvent
from kaiin.infra import clock
from kaiin.infra.http import OutsideRefused, OutsideUnknown
from kaiin.payments import checkouts, snapshots
from kaiin.payments.charging import may_arrive
from kaiin.payments.models import Payment
from kaiin.payments.orders import order_of
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import PaymentSnapshot


def void(row: Payment, *, actor: str) -> None:
    """Void an open payment at its provider, and write down what it is then.

    Raises `infra.http` errors where it is not known to be void.
    """
    now = clock.now()
    snapshot = _cancel(row) or _made_to_be_voided(row, now)
    if snapshot is not None:
        snapshots.apply_payment(payment_id=row.pk, snapshot=snapshot, now=clock.now(), actor=actor)
        return
    given_up = snapshots.give_up_call(
        read=row, event=PaymentEvent.CANCELED, failure_code="", now=now, actor=actor
    )
    if not given_up:
        raise OutsideUnknown(reason="called_again")


def _made_to_be_voided(row: Payment, now: datetime) -> PaymentSnapshot | None:
    """What becomes of a payment that the provider does not know of; None: it never gets there.

    A page that arrives late would be open to be paid: made now, under its own key, it is voided
    for good. A late charge takes money; only the provider's stated limit proves it dead.
    """
    if not may_arrive(row, now):
        return None
    page = row.mandate_id is None
    if not page or not snapshots.note_call(payment_id=row.pk, now=now):
        raise OutsideUnknown(reason="under_way")
    with suppress(OutsideRefused):
        checkouts.create(row)
    snapshot = _cancel(row)
    if snapshot is None:
        raise OutsideUnknown(reason="under_way")
    return snapshot


def _cancel(row: Payment) -> PaymentSnapshot | None:
    timeout = float(settings.KAIIN_PROVIDER_TIMEOUT_SECONDS)
    return registry.get(row.provider).cancel_payment(order_of(row), timeout_seconds=timeout)

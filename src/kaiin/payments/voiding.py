"""Ending an open payment for good, so that another may be made in its place."""

from datetime import datetime

from kaiin.domain.payments import PaymentEvent
from kaiin.infra import clock
from kaiin.payments import calling, checkouts, snapshots
from kaiin.payments.calling import Answered
from kaiin.payments.models import Payment
from kaiin.payments.orders import order_of
from kaiin.payments.providers.protocol import PaymentSnapshot
from kaiin.payments.snapshots import News


def void(row: Payment, *, actor: str) -> bool:
    """Void an open payment at its provider, and write down what it is then.

    False: it is not known to be void.
    """
    now = clock.now()
    outcome = calling.cancel_payment(row.provider, order_of(row))
    snapshot = outcome.answer if isinstance(outcome, Answered) else None
    if isinstance(outcome, Answered) and snapshot is None:
        if not calling.may_arrive(row.provider, row.called_at, now):
            return snapshots.give_up_call(
                read=row, event=PaymentEvent.CANCELED, failure_code="", now=now, actor=actor
            )
        snapshot = _made_to_be_voided(row, now)
    if snapshot is None:
        return False
    return snapshots.believe(News(row.pk, snapshot), actor=actor)


def _made_to_be_voided(row: Payment, now: datetime) -> PaymentSnapshot | None:
    """What becomes of a payment whose call may still arrive; None: that is not known.

    A page that arrives late would be open to be paid: made now, under its own key, it is voided
    for good. A late charge takes money; only the provider's stated limit proves it dead.
    """
    page = row.mandate_id is None
    if not page or not snapshots.note_call(payment_id=row.pk, now=now):
        return None
    made = calling.open_page(row.provider, checkouts.request_of(row))
    if isinstance(made, calling.Unknown):
        return None
    outcome = calling.cancel_payment(row.provider, order_of(row))
    return outcome.answer if isinstance(outcome, Answered) else None

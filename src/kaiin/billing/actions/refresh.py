"""Asking providers about a member's open payments on the spot: a paid member whose notice was lost
gets in by this."""

import time
from uuid import UUID

from kaiin.billing.outcomes.recording import is_acted_on, record_payments, record_views
from kaiin.domain.payments import ENDED_STATES
from kaiin.payments import operations as payment_operations, queries as payments

_MIN_SECONDS = 0.05


def act_on_payment(*, payment_id: UUID, timeout_seconds: float = 2.0) -> None:
    """Act on what is known of a payment, if that was not done yet: a member who waits need not
    wait for the worker. One that had ended is asked about: a page that was void may have been paid
    all the same. Repeating it changes nothing."""
    if not is_acted_on(payment_id):
        payment = payments.payment(payment_id)
        if payment is not None and payment.state in ENDED_STATES:
            payment_operations.refresh_payment(
                payment_id=payment_id, timeout_seconds=timeout_seconds
            )
        record_payments(payment_ids=[payment_id])


def refresh_open_payments(*, member_pk: int, timeout_seconds: float = 2.0) -> None:
    """Ask about every open payment of a member and act on the answers, newest first.

    Never takes much longer than `timeout_seconds` in all; a provider that does not answer
    changes nothing.
    """
    # Real time, not the settable clock's: a member waits for the page.
    deadline = time.monotonic() + timeout_seconds
    changed = []
    for payment in payments.open_payments(member_pk):
        left = deadline - time.monotonic()
        if left < _MIN_SECONDS:
            break
        after = payment_operations.refresh_payment(payment_id=payment.id, timeout_seconds=left)
        if (after.state, after.references) != (payment.state, payment.references):
            changed.append(after)
    record_views(changed)

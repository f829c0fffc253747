"""The one table: which event reaches which operation, and in which lane."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from kaiin.billing import events as billing_events
from kaiin.billing.actions.decide_refund import record_refunds
from kaiin.billing.actions.renew import mandate_ended
from kaiin.billing.outcomes.recording import record_payment
from kaiin.diagnosis import events as diagnosis_events
from kaiin.domain.money import Money
from kaiin.identity import events as identity_events
from kaiin.infra import consumers
from kaiin.infra.consumers import Consumer, Handler, Lane
from kaiin.mail import operations as mail
from kaiin.payments import events as payment_events, operations as payments
from kaiin.payments.refunds import refund_payment
from kaiin.web.login.tasks import send_report


def _of_payment(operation: Callable[..., object]) -> Handler:
    """Hands an operation the payment that the event is about."""

    def handle(payload: dict[str, object]) -> None:
        operation(payment_id=UUID(str(payload["payment_id"])))

    return handle


def _mandate_ended(payload: dict[str, object]) -> None:
    mandate_ended(mandate_id=cast(int, payload["mandate_id"]), reason=str(payload["reason"]))


def _end_mandate(payload: dict[str, object]) -> None:
    payments.end_mandate(mandate_id=cast(int, payload["mandate_id"]))


def _pay_back(payload: dict[str, object]) -> None:
    refund_payment(
        payment_id=UUID(str(payload["payment_id"])),
        key=str(payload["key"]),
        amount=Money(cast(int, payload["amount"]), str(payload["currency"])),
        reason=str(payload["reason"]),
        actor=str(payload["actor"]),
    )


# By topic. What calls a provider is in the lane `outside`: one that answers slowly delays no
# payment's event.
CONSUMERS: dict[str, list[Consumer]] = {
    mail.TOPIC: [Consumer("mail.send", Lane.MAIL, mail.send)],
    payment_events.PAYMENT_CHANGED: [
        Consumer("billing.record_payment", Lane.MONEY, _of_payment(record_payment))
    ],
    payment_events.REFUND_CHANGED: [
        Consumer("billing.record_refunds", Lane.MONEY, _of_payment(record_refunds))
    ],
    payment_events.MANDATE_ENDED: [Consumer("billing.mandate_ended", Lane.MONEY, _mandate_ended)],
    billing_events.MANDATE_RELEASED: [Consumer("payments.end_mandate", Lane.OUTSIDE, _end_mandate)],
    billing_events.PAYMENT_SUPERSEDED: [
        Consumer("payments.cancel_payment", Lane.OUTSIDE, _of_payment(payments.cancel_payment))
    ],
    billing_events.REFUND_WANTED: [Consumer("payments.refund_payment", Lane.OUTSIDE, _pay_back)],
    diagnosis_events.REPORT_WANTED: [Consumer("entrance.send_report", Lane.OUTSIDE, send_report)],
    # What is asked of a stranger's account must cost what it costs of one's own: an event with one
    # delivery, as a mail.
    identity_events.NOTHING_SENT: [Consumer("nothing", Lane.MAIL, lambda _payload: None)],
}


def connect() -> None:
    """Register the consumers."""
    consumers.register(CONSUMERS, {Lane.MAIL: mail.one_connection})

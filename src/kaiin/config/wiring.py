"""The one table: which event reaches which operation."""

from typing import cast
from uuid import UUID

from kaiin.billing import events as billing_events, operations as billing
from kaiin.diagnosis import events as diagnosis_events
from kaiin.domain.money import Money
from kaiin.identity import events as identity_events
from kaiin.infra import mail, outbox
from kaiin.payments import events as payment_events, operations as payments
from kaiin.web.entrance import tasks as entrance


def _record_payment(payload: dict[str, object]) -> None:
    billing.record_payment(payment_id=UUID(str(payload["payment_id"])))


def _mandate_ended(payload: dict[str, object]) -> None:
    billing.mandate_ended(
        mandate_id=cast(int, payload["mandate_id"]), reason=str(payload["reason"])
    )


def _end_mandate(payload: dict[str, object]) -> None:
    payments.end_mandate(mandate_id=cast(int, payload["mandate_id"]))


def _void_payment(payload: dict[str, object]) -> None:
    payments.cancel_payment(payment_id=UUID(str(payload["payment_id"])))


def _pay_back(payload: dict[str, object]) -> None:
    payments.refund_payment(
        payment_id=UUID(str(payload["payment_id"])),
        key=str(payload["key"]),
        amount=Money(cast(int, payload["amount"]), str(payload["currency"])),
        reason=str(payload["reason"]),
        actor=str(payload["actor"]),
    )


def _record_refunds(payload: dict[str, object]) -> None:
    billing.record_refunds(payment_id=UUID(str(payload["payment_id"])))


HANDLERS: dict[str, list[outbox.Handler]] = {
    mail.TOPIC: [mail.send],
    payment_events.PAYMENT_CHANGED: [_record_payment],
    payment_events.REFUND_CHANGED: [_record_refunds],
    payment_events.MANDATE_ENDED: [_mandate_ended],
    billing_events.MANDATE_RELEASED: [_end_mandate],
    billing_events.PAYMENT_SUPERSEDED: [_void_payment],
    billing_events.REFUND_WANTED: [_pay_back],
    diagnosis_events.REPORT_WANTED: [entrance.send_report],
    # Heard by nobody yet and stored all the same: what is asked of a stranger's account must
    # cost what it costs of one's own.
    identity_events.NOTHING_SENT: [],
    identity_events.MEMBER_REGISTERED: [],
    identity_events.PASSWORD_CHANGED: [],
}


def connect() -> None:
    """Hand the table to the outbox, once, at start."""
    outbox.route(HANDLERS)

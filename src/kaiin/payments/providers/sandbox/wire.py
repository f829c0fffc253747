"""The sandbox's JSON as the protocol's values."""

import hashlib
import json
from datetime import datetime
from typing import Any

from kaiin.domain.money import Money
from kaiin.domain.payments import Dispute, Method
from kaiin.domain.references import ReferenceKind, canonical
from kaiin.infra.http import OutsideUnknown
from kaiin.payments.providers.protocol import (
    Checkout,
    EventPage,
    ListedEvent,
    MandateSnapshot,
    PaymentSnapshot,
    ProviderRefundState,
    ProviderState,
    Reference,
    RefundSnapshot,
    Scope,
    VerifiedNotice,
)

# Several products can share one account; we act on our own events only.
APPLICATION = "kaiin"

# What reading an answer or an event that is not what it should be can raise.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)

Json = dict[str, Any]


def payment(data: Json) -> PaymentSnapshot:
    """A payment of the API. Raises OutsideUnknown for one that can't be read."""
    try:
        return _payment(data)
    except UNREADABLE as error:
        raise OutsideUnknown(reason="unreadable") from error


def _payment(data: Json) -> PaymentSnapshot:
    received = data.get("received_amount")
    url = data.get("checkout_url")
    return PaymentSnapshot(
        order_id=data["order_id"],
        provider_payment_id=data["id"],
        state=ProviderState(data["status"]),
        amount=Money(data["amount"], data["currency"]),
        received=None if received is None else Money(received, data["currency"]),
        paid_at=_instant(data.get("paid_at")),
        expires_at=_instant(data.get("expires_at")),
        failure_code=data.get("failure_code") or "",
        checkout=Checkout("get", url) if url else None,
        references=_references(data["numbers"], Scope.CHARGE),
        mandate=mandate(data["mandate"]) if data.get("mandate") else None,
        refunds=tuple(_refund(each, data["currency"]) for each in data["refunds"]),
        dispute=Dispute(data["dispute"]),
        declines=data["declines"],
    )


def mandate(data: Json) -> MandateSnapshot:
    """A mandate of the API."""
    return MandateSnapshot(
        provider_mandate_id=data["id"],
        method=Method(data["method"]),
        active=data["status"] == "active",
        brand=data.get("brand") or "",
        last4=data.get("last4") or "",
        ended_at=_instant(data.get("ended_at")),
        end_reason=data.get("end_reason") or "",
        references=_references(data["numbers"], Scope.CONTRACT),
    )


def event(data: Json) -> VerifiedNotice:
    """An event, as notices and the list carry it. Raises one of UNREADABLE."""
    about = data["data"]
    return VerifiedNotice(
        event_id=_short(data["id"], 128),
        kind=_short(data["type"], 64),
        order_id=_short(about.get("order_id") or "", 64),
        provider_mandate_id=_short(about.get("mandate_id") or "", 128),
        foreign=data["application"] != APPLICATION,
    )


def event_page(data: Json) -> EventPage:
    """A page of the list of events. One that can't be read stands for itself, so that it keeps
    nobody from reading on."""
    return EventPage(
        events=tuple(map(_listed, data.get("events", ()))),
        cursor=data.get("cursor", ""),
        more=bool(data.get("more")),
    )


def _listed(data: Any) -> ListedEvent:
    body = json.dumps(data).encode()
    try:
        return ListedEvent(event(data), body)
    except UNREADABLE:
        digest = hashlib.sha256(body).hexdigest()
        return ListedEvent(VerifiedNotice(f"unreadable:{digest}", "unreadable"), body)


def _short(text: Any, most: int) -> str:
    if not isinstance(text, str) or len(text) > most:
        raise ValueError("not a text of this length")
    return text


def _refund(data: Json, currency: str) -> RefundSnapshot:
    return RefundSnapshot(
        refund_id=data["id"],
        key=data["key"],
        amount=Money(data["amount"], currency),
        state=ProviderRefundState(data["status"]),
        at=datetime.fromisoformat(data["done_at"] or data["created_at"]),
        failure_code=data["failure_code"],
    )


def _references(numbers: dict[str, str], scope: Scope) -> tuple[Reference, ...]:
    found = []
    for name, text in numbers.items():
        value = canonical(ReferenceKind(name), text)
        if value is not None:
            found.append(Reference(ReferenceKind(name), value, scope))
    return tuple(found)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""The sandbox's JSON as the protocol's values."""

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

Json = dict[str, Any]


def payment(data: Json) -> PaymentSnapshot:
    """A payment of the API. Raises OutsideUnknown for one that can't be read."""
    try:
        return _payment(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
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
    """An event, as notices and the list carry it."""
    about = data["data"]
    return VerifiedNotice(
        event_id=data["id"],
        kind=data["type"],
        order_id=about.get("order_id") or "",
        provider_mandate_id=about.get("mandate_id") or "",
        foreign=data["application"] != APPLICATION,
    )


def event_page(data: Json) -> EventPage:
    """A page of the list of events."""
    return EventPage(
        events=tuple(
            ListedEvent(event(each), json.dumps(each).encode()) for each in data.get("events", ())
        ),
        cursor=data.get("cursor", ""),
        more=bool(data.get("more")),
    )


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

"""The sandbox's JSON as the protocol's values."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from kaiin.domain.money import Money
from kaiin.domain.payments import Dispute, Method
from kaiin.domain.references import ReferenceKind, canonical
from kaiin.infra.http import OutsideUnreadable
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

_DEEPEST = 32
_LARGEST = 10**12
_LARGEST_COUNT = 1000
# Texts are passed over whole, also one that does not end.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def payment(data: Json) -> PaymentSnapshot:
    """A payment of the API. Raises OutsideUnreadable for one that can't be read."""
    try:
        return _payment(data)
    except UNREADABLE as error:
        raise OutsideUnreadable(reason="unreadable") from error


def _payment(data: Json) -> PaymentSnapshot:
    if data["application"] != APPLICATION:
        raise ValueError("of another product on the same account")
    received = data.get("received_amount")
    url = data.get("checkout_url")
    currency = _short(data["currency"], 3)
    return PaymentSnapshot(
        order_id=data["order_id"],
        provider_payment_id=_short(data["id"], 128),
        state=ProviderState(data["status"]),
        amount=Money(_sum(data["amount"]), currency),
        received=None if received is None else Money(_sum(received), currency),
        paid_at=_instant(data.get("paid_at")),
        expires_at=_instant(data.get("expires_at")),
        failure_code=_short(data.get("failure_code") or "", 64),
        checkout=Checkout("get", url) if url else None,
        references=_references(data["numbers"], Scope.CHARGE),
        mandate=mandate(data["mandate"]) if data.get("mandate") else None,
        refunds=tuple(_refund(each, currency) for each in data["refunds"]),
        dispute=Dispute(data["dispute"]),
        declines=_count(data["declines"]),
        store=_short(data.get("store") or "", 32),
    )


def mandate(data: Json) -> MandateSnapshot:
    """A mandate of the API."""
    return MandateSnapshot(
        provider_mandate_id=_short(data["id"], 128),
        method=Method(data["method"]),
        active=data["status"] == "active",
        brand=_short(data.get("brand") or "", 32),
        last4=_short(data.get("last4") or "", 4),
        ended_at=_instant(data.get("ended_at")),
        end_reason=_short(data.get("end_reason") or "", 64),
        references=_references(data["numbers"], Scope.CONTRACT),
    )


def loads(body: bytes) -> Any:
    """The value of JSON; what is nested too deeply to be read is left out. Raises ValueError."""
    return json.loads(_within_depth(body))


def notice(body: bytes) -> VerifiedNotice:
    """What a proven notice is about; one that can't be read is `unreadable`."""
    try:
        return event(loads(body))
    except UNREADABLE:
        return _unreadable(body)


def event(data: Json) -> VerifiedNotice:
    """An event, as notices and the list carry it. Raises one of UNREADABLE."""
    about = data["data"]
    subject, _, became = data["type"].partition(".")
    known = subject == "payment" and became in set(ProviderState)
    return VerifiedNotice(
        event_id=_short(data["id"], 128),
        kind=_short(data["type"], 64),
        order_id=_short(about.get("order_id") or "", 64),
        provider_mandate_id=_short(about.get("mandate_id") or "", 128),
        says=ProviderState(became) if known else None,
        foreign=data["application"] != APPLICATION,
    )


def event_page(data: Json) -> EventPage:
    """A page of the list of events. An event that can't be read is `unreadable`; the others
    are read all the same."""
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
        return ListedEvent(_unreadable(body), body)


def _unreadable(body: bytes) -> VerifiedNotice:
    digest = hashlib.sha256(body).hexdigest()
    return VerifiedNotice(f"unreadable:{digest}", "unreadable", unreadable=True)


def _within_depth(body: bytes) -> bytes:
    if body.count(b"{") + body.count(b"[") <= _DEEPEST:
        return body
    kept, start, depth = [], 0, 0
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(body[start : token.start()] + b"null")
        elif token[0] in b"]}":
            if depth == _DEEPEST + 1:
                start = token.end()
            depth -= 1
    return b"".join(kept) if depth > _DEEPEST else b"".join([*kept, body[start:]])


def _short(text: Any, most: int) -> str:
    """A text that the database can keep: databases know neither NUL nor half a surrogate pair."""
    if not isinstance(text, str) or len(text) > most or "\0" in text:
        raise ValueError("not a text of this length")
    text.encode()
    return text


def _sum(number: Any) -> int:
    if type(number) is not int or not 0 <= number <= _LARGEST:
        raise ValueError("not a sum of money")
    return number


def _count(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError("not a count")
    return min(number, _LARGEST_COUNT)


def _refund(data: Json, currency: str) -> RefundSnapshot:
    return RefundSnapshot(
        refund_id=_short(data["id"], 128),
        key=data["key"],
        amount=Money(_sum(data["amount"]), currency),
        state=ProviderRefundState(data["status"]),
        at=datetime.fromisoformat(data["done_at"] or data["created_at"]),
        failure_code=_short(data["failure_code"], 64),
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

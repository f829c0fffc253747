"""How providers know our payments and mandates.

A payment's id is its order number, in 26 letters and digits: GMO's `OrderID` takes 27, SBPS's
`order_id` 38. The number names the payment by itself, so no column keeps it. It follows from the
intent's key: an intent written anew in a restored database finds what was charged for it before.
"""

import base64
import binascii
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from kaiin.domain.payments import Method
from kaiin.payments.models import Installation, Mandate, Payment
from kaiin.payments.providers.protocol import MandateKey, Order


def installation() -> Installation:
    """This database's own row."""
    row, _ = Installation.objects.get_or_create(pk=1)
    return row


def id_of_intent(intent_key: str, of: Installation) -> UUID:
    """The payment of an intent: the same id however often it is written."""
    digest = blake2b(intent_key.encode(), key=of.order_secret.bytes, digest_size=16).digest()
    return UUID(bytes=digest, version=4)


def may_be_charged_before(of: Installation, since: datetime) -> bool:
    """Whether what existed `since` may have been charged for the intent at hand in the time that
    a restored database does not know."""
    return of.restored_at is not None and since < of.restored_at


def order_of(row: Payment) -> Order:
    """What providers find a payment by."""
    return Order(order_id(row.pk), Method(row.method), row.created_at, row.provider_payment_id)


def key_of(row: Mandate) -> MandateKey:
    """What providers find a mandate by."""
    return MandateKey(row.provider_mandate_id, Method(row.method))


def order_id(payment_id: UUID) -> str:
    """The order number of a payment."""
    return base64.b32encode(payment_id.bytes).decode().rstrip("=").lower()


def payment_id(order: str) -> UUID | None:
    """The payment of an order number; None where it can't be one of ours."""
    try:
        found = UUID(bytes=base64.b32decode(f"{order.upper()}======"))
    except (binascii.Error, ValueError):
        return None
    return found if order_id(found) == order else None

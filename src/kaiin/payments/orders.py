"""How providers know our payments and mandates.

A payment's id is its order number, in 26 letters and digits: GMO's `OrderID` takes 27, SBPS's
`order_id` 38. The number names the payment by itself, so no column keeps it.
"""

import base64
import binascii
from uuid import UUID

from kaiin.domain.payments import Method
from kaiin.payments.models import Mandate, Payment
from kaiin.payments.providers.protocol import MandateKey, Order


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

"""Our payment ids as order numbers that every provider can carry.

26 letters and digits: GMO's `OrderID` takes 27, SBPS's `order_id` 38, neither a whole UUID's
punctuation. The number names the payment by itself, so no column keeps it.
"""

import base64
import binascii
from uuid import UUID


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

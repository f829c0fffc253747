"""The rows of contracts."""

import json
from collections.abc import Mapping
from typing import Any

from kaiin.domain.payments import Method
from kaiin.lab.sandbox.cards import Card
from kaiin.lab.sandbox.store import Row, Transaction, written


def insert(
    tx: Transaction,
    asked: Mapping[str, Any],
    *,
    mandate_id: str,
    card: Card | None = None,
    expires_at: str | None = None,
) -> Row:
    """Add a contract over `asked`: application, customer, method, amount, currency."""
    last4 = card.last4 if card else ""
    mandate: Row = {
        "id": mandate_id,
        "application": asked["application"],
        "customer": asked["customer"],
        "method": asked["method"],
        "status": "active",
        "amount": asked["amount"],
        "currency": asked["currency"],
        "brand": card.brand if card else "",
        "last4": last4,
        "renewals_fail": card.renewals_fail if card else "",
        "numbers": json.dumps(tx.numbers.of_mandate(Method(asked["method"]), last4)),
        "created_at": written(tx.now),
        "expires_at": expires_at,
        "ended_at": None,
        "end_reason": "",
    }
    tx.insert("mandate", mandate)
    return mandate

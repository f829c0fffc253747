"""What one part has published and another may not have handled yet: an exact excuse, because
the event's delivery is written with the change, and marked as made only after the other's."""

import json
from datetime import datetime
from uuid import UUID

from kaiin.verification.reading import Reader

_TOPICS = {
    "billing.record_payment": "payments.payment_changed",
    "billing.mandate_ended": "payments.mandate_ended",
    "billing.record_refunds": "payments.refund_changed",
    "payments.refund_payment": "billing.refund_wanted",
    "payments.end_mandate": "billing.mandate_released",
}


class News:
    """Looks up, when something seems amiss, whether the news of it is still on its way; or what
    the trail says of it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of_payment(self, payment_id: str | None) -> bool:
        """Whether billing is yet to hear how a payment went."""
        if payment_id is None:
            return False
        return self._starts("billing.record_payment", str(UUID(payment_id)))

    def of_mandate(self, mandate_id: int) -> bool:
        """Whether billing is yet to hear that a mandate ended."""
        return self._waits("billing.mandate_ended", "e.key = %s", str(mandate_id))

    def of_refund(self, refund_id: str) -> bool:
        """Whether billing is yet to hear what became of a refund."""
        return self._starts("billing.record_refunds", str(UUID(refund_id)))

    def of_refund_wanted(self, key: str) -> bool:
        """Whether payments is yet to hear that money is to go back."""
        return self._waits("payments.refund_payment", "e.key = %s", key)

    def of_release(self, mandate_id: int) -> bool:
        """Whether payments is yet to hear that a mandate is not needed any more."""
        return self._waits("payments.end_mandate", "e.key = %s", str(mandate_id))

    def paused(self, subscription_id: int, member_id: int, until: datetime) -> bool:
        """Whether the trail says that a subscription was paused until then."""
        rows = self._reader.stream(
            "SELECT details FROM infra_auditrow WHERE subject = %s AND action = 'billing.paused'",
            (f"member:{member_id}",),
        )
        pauses = [json.loads(details) for (details,) in rows]
        return any(
            each["subscription"] == subscription_id
            and datetime.fromisoformat(each["until"]) == until
            for each in pauses
        )

    def _starts(self, consumer: str, key: str) -> bool:
        """Whether an event waits for a consumer whose key is `key:…`."""
        if self._reader.on_sqlite:
            return self._waits(consumer, "e.key > %s AND e.key < %s", key, f"{key};")
        return self._waits(consumer, "e.key LIKE %s", f"{key}:%")

    def _waits(self, consumer: str, which: str, *values: str) -> bool:
        found = self._reader.one(
            "SELECT 1 FROM infra_event e"  # noqa: S608 (the words are from above)
            " JOIN infra_delivery d ON d.event_id = e.id"
            f" WHERE e.topic = %s AND {which}"
            " AND d.consumer = %s AND d.due_at IS NOT NULL LIMIT 1",
            (_TOPICS[consumer], *values, consumer),
        )
        return found is not None

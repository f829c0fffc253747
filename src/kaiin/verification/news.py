"""What one part has told another and the other may not have heard yet: an exact excuse, because
the outbox row is written with the change, and marked delivered only after the other's change."""

import json
from datetime import datetime
from uuid import UUID

from kaiin.verification.reading import Reader


class News:
    """Looks up, when something seems amiss, whether the news of it is still on its way; or what
    the trail says of it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of_payment(self, payment_id: str | None) -> bool:
        """Whether billing is yet to hear how a payment went."""
        if payment_id is None:
            return False
        return self._starts("payments.payment_changed", str(UUID(payment_id)))

    def of_mandate(self, mandate_id: int) -> bool:
        """Whether billing is yet to hear that a mandate ended."""
        return self._waits("payments.mandate_ended", "key = %s", str(mandate_id))

    def of_refund(self, refund_id: str) -> bool:
        """Whether billing is yet to hear what became of a refund."""
        return self._starts("payments.refund_changed", str(UUID(refund_id)))

    def of_refund_wanted(self, key: str) -> bool:
        """Whether payments is yet to hear that money is to go back."""
        return self._waits("billing.refund_wanted", "key = %s", key)

    def of_release(self, mandate_id: int) -> bool:
        """Whether payments is yet to hear that a mandate is not needed any more."""
        return self._waits("billing.mandate_released", "key = %s", str(mandate_id))

    def paused(self, subscription_id: int, member_id: int, until: datetime) -> bool:
        """Whether the trail says that a subscription was paused until then."""
        rows = self._reader.stream(
            "SELECT details FROM infra_auditrow WHERE subject = %s AND action = 'billing.paused'",
            (f"member:{member_id}",),
        )
        told = [json.loads(details) for (details,) in rows]
        return any(
            each["subscription"] == subscription_id
            and datetime.fromisoformat(each["until"]) == until
            for each in told
        )

    def _starts(self, topic: str, key: str) -> bool:
        """Whether a message waits whose key is `key:…`."""
        if self._reader.on_sqlite:
            return self._waits(topic, "key > %s AND key < %s", key, f"{key};")
        return self._waits(topic, "key LIKE %s", f"{key}:%")

    def _waits(self, topic: str, which: str, *values: str) -> bool:
        found = self._reader.one(
            "SELECT 1 FROM infra_outboxmessage"  # noqa: S608 (the words are from above)
            f" WHERE topic = %s AND {which} AND due_at IS NOT NULL LIMIT 1",
            (topic, *values),
        )
        return found is not None

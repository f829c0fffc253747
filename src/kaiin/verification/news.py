"""What one part has told another and the other may not have heard yet: an exact excuse, because
the outbox row is written with the change, and marked delivered only after the other's change."""

from uuid import UUID

from kaiin.verification.reading import Reader


class Untold:
    """Looks up, when something seems amiss, whether the news of it is still on its way."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of_payment(self, payment_id: str | None) -> bool:
        """Whether billing is yet to hear how a payment went."""
        if payment_id is None:
            return False
        key = str(UUID(payment_id))
        if self._reader.on_sqlite:
            return self._waits("payments.payment_changed", "key > %s AND key < %s", key, f"{key};")
        return self._waits("payments.payment_changed", "key LIKE %s", f"{key}:%")

    def of_mandate(self, mandate_id: int) -> bool:
        """Whether billing is yet to hear that a mandate ended."""
        return self._waits("payments.mandate_ended", "key = %s", str(mandate_id))

    def of_release(self, mandate_id: int) -> bool:
        """Whether payments is yet to hear that a mandate is not needed any more."""
        return self._waits("billing.mandate_released", "key = %s", str(mandate_id))

    def _waits(self, topic: str, which: str, *values: str) -> bool:
        found = self._reader.one(
            "SELECT 1 FROM infra_outboxmessage"  # noqa: S608 (the words are from above)
            f" WHERE topic = %s AND {which} AND due_at IS NOT NULL LIMIT 1",
            (topic, *values),
        )
        return found is not None

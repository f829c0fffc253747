"""The part of `kaiin outbox` about rows that a job could not process."""

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaiin.infra.parking import Parked


def parked(limit: int) -> tuple["Parked", ...]:
    """Those that fail longest first."""
    from kaiin.infra import parking

    return parking.parked(limit=limit)


def as_json(row: "Parked") -> dict[str, object]:
    return asdict(row)


def line(row: "Parked") -> str:
    from kaiin.infra.texts import text

    return text(
        "outbox.parked",
        id=row.id,
        what=f"{row.kind} {row.key}",
        first=row.first_at,
        at=row.due_at,
        attempts=row.attempts,
        error=row.error,
    )


def retry(ids: list[int], *, everything: bool) -> int:
    """Have rows tried again now; how many."""
    from kaiin.infra import clock, parking

    now = clock.now()
    return parking.retry_all(now=now) if everything else parking.retry(ids, now=now)

"""The append-only record of who changed what, and the seals that chain its rows.

A row is written unsealed, in the transaction of the change: one INSERT and no lock, so that
writers never wait for each other. The worker seals rows afterwards, in sets: each gets the next
seal number and a digest that covers the row and the seal before. The database refuses to change
or delete a row; an unsealed one may only be sealed (`infra/constraints.append_only`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kaiin.infra import bulk, clock
from kaiin.infra.locks import transaction
from kaiin.infra.models import AuditHead, AuditRow

_START = "0" * 64
_CONTENT = ("at", "action", "subject", "actor", "details")
_SEAL = ("id", "seal_number", "digest", "sealed_at")
_gathered: ContextVar[list["Fact"] | None] = ContextVar("audit_gathered", default=None)


@dataclass(frozen=True)
class Fact:
    """One row to be: `action` is `context.what_happened`, `subject` and `actor` are `kind:key`.

    Details are JSON without passwords, tokens, codes and card numbers.
    """

    action: str
    subject: str
    actor: str
    details: Mapping[str, object]


@dataclass(frozen=True)
class Recorded:
    """One row of the record."""

    id: int
    at: datetime
    action: str
    actor: str
    details: dict[str, object]


def record(*, action: str, subject: str, actor: str, details: Mapping[str, object]) -> None:
    """Write one row (see `Fact`); call it inside the transaction of the change it describes."""
    record_all([Fact(action, subject, actor, details)])


def record_all(facts: Sequence[Fact]) -> None:
    """As `record`, many in their order: one statement, however many there are."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.extend(facts)
    elif facts:
        at = clock.now()
        rows = [(at, fact.action, fact.subject, fact.actor, fact.details, "") for fact in facts]
        bulk.insert_values(AuditRow, (*_CONTENT, "digest"), rows)


@contextmanager
def gathering() -> Iterator[None]:
    """Keep what is recorded meanwhile, and write it at the end at once."""
    facts: list[Fact] = []
    token = _gathered.set(facts)
    try:
        yield
    finally:
        _gathered.reset(token)
    record_all(facts)


def seal(*, limit: int) -> int:
    """Seal unsealed rows, oldest first, at most `limit`; returns how many. Idle it only reads.

    1. Read the head, then the rows: a sealer that comes in between moves the head.
    2. Compute the digests, outside of any transaction.
    3. In one transaction move the head, if it is still where it was read, and write the seals.

    Of two sealers at once one writes and the other returns 0. A row that commits late is sealed
    after those that were visible before it, even with a lower id.
    """
    head = AuditHead.objects.filter(id=1).values_list("seal_number", "digest").first()
    last, digest = head or (0, _START)
    rows = list(_unsealed().values_list("id", *_CONTENT)[:limit])
    if not rows:
        return 0
    sealed_at = clock.now()
    seals: list[bulk.Values] = []
    for number, (key, at, *content) in enumerate(rows, last + 1):
        covered = [number, sealed_at.isoformat(), key, at.isoformat(), *content]
        digest = _digest(digest, covered)
        seals.append((key, number, digest, sealed_at))
    with transaction():
        if head is None:
            first = AuditHead(id=1, seal_number=0, digest=_START)
            AuditHead.objects.bulk_create([first], ignore_conflicts=True)
        here = AuditHead.objects.filter(id=1, seal_number=last)
        if not here.update(seal_number=last + len(seals), digest=digest):
            return 0
        bulk.update_values(AuditRow, _SEAL, seals)
    return len(seals)


def oldest_unsealed() -> datetime | None:
    """When the oldest row that is not sealed yet was written; an index look-up."""
    return _unsealed().values_list("at", flat=True).first()


def history(subject: str) -> tuple[Recorded, ...]:
    """Every row about a subject (see `Fact`), oldest first."""
    rows = AuditRow.objects.filter(subject=subject).order_by("id")
    return tuple(Recorded(row.id, row.at, row.action, row.actor, row.details) for row in rows)


def _unsealed() -> QuerySet[AuditRow]:
    # In the order of the partial index, so that sealed rows are never read.
    return AuditRow.objects.filter(seal_number=None).order_by("at", "id")


def _digest(before: str, covered: Sequence[object]) -> str:
    text = json.dumps([before, *covered], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

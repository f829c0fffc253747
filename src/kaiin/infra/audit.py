"""The append-only, hash-chained record of who changed what."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from kaiin.infra import bulk, clock
from kaiin.infra.locks import locked
from kaiin.infra.models import AuditHead, AuditRow

_START = "0" * 64
_gathered: ContextVar[list["Fact"] | None] = ContextVar("audit_gathered", default=None)


@dataclass(frozen=True)
class Fact:
    """One row to be: `action` is `context.what_happened`, `subject` and `actor` are `kind:key`.

    Details are JSON and hold no password, token, code or card number.
    """

    action: str
    subject: str
    actor: str
    details: dict[str, object]


@dataclass(frozen=True)
class Told:
    """One row as it stands in the record."""

    id: int
    at: datetime
    action: str
    actor: str
    details: dict[str, object]


def record(*, action: str, subject: str, actor: str, details: dict[str, object]) -> None:
    """Write one row (see `Fact`); call it inside the transaction of the change it tells of."""
    record_all([Fact(action, subject, actor, details)])


def record_all(facts: Sequence[Fact]) -> None:
    """As `record`, many in their order: a few statements, however many there are."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.extend(facts)
    elif facts:
        _write(facts)


@contextmanager
def gathering(*, before: Callable[[], None]) -> Iterator[None]:
    """Keep what is recorded meanwhile until the end, so that the chain's head, which all writers
    share, is locked once and briefly. `before` is called just before it is."""
    facts: list[Fact] = []
    token = _gathered.set(facts)
    try:
        yield
    finally:
        _gathered.reset(token)
    if facts and _gathered.get() is None:
        before()
    record_all(facts)


def _write(facts: Sequence[Fact]) -> None:
    at = clock.now()
    digest = _locked_head()
    rows = []
    for fact in facts:
        content = [at.isoformat(), fact.action, fact.subject, fact.actor, fact.details]
        digest = _digest(digest, content)
        rows.append((at, fact.action, fact.subject, fact.actor, fact.details, digest))
    names = ("at", "action", "subject", "actor", "details", "digest")
    bulk.insert_values(AuditRow, names, rows)
    AuditHead.objects.filter(id=1).update(digest=digest)


def _locked_head() -> str:
    """The newest digest; from here to the transaction's end nobody else appends."""
    heads = AuditHead.objects.filter(id=1)
    head = locked(heads).first()
    if head is None:
        AuditHead.objects.get_or_create(id=1, defaults={"digest": _START})
        head = locked(heads).get()
    return head.digest


def history(subject: str) -> tuple[Told, ...]:
    """Every row about a subject (see `Fact`), oldest first."""
    rows = AuditRow.objects.filter(subject=subject).order_by("id")
    return tuple(Told(row.id, row.at, row.action, row.actor, row.details) for row in rows)


def broken_rows() -> Iterator[int]:
    """The ids of rows whose digest does not follow from the row before, oldest first."""
    before = _START
    for row in AuditRow.objects.order_by("id").iterator(chunk_size=2000):
        content = [row.at.isoformat(), row.action, row.subject, row.actor, row.details]
        if row.digest != _digest(before, content):
            yield row.id
        before = row.digest


def _digest(before: str, content: Sequence[object]) -> str:
    text = json.dumps([before, *content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

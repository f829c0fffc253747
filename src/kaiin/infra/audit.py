"""The append-only, hash-chained record of who changed what."""

import hashlib
import json
from collections.abc import Iterator

from kaiin.infra import clock
from kaiin.infra.locks import locked
from kaiin.infra.models import AuditHead, AuditRow

_START = "0" * 64


def record(*, action: str, subject: str, actor: str, details: dict[str, object]) -> None:
    """Write one row; call it inside the transaction of the change that it tells of.

    `action` is `context.what_happened`, `subject` and `actor` are `kind:key`. Details are
    JSON and hold no password, token, code or card number.
    """
    at = clock.now()
    AuditHead.objects.get_or_create(id=1, defaults={"digest": _START})
    head = locked(AuditHead.objects.filter(id=1)).get()
    digest = _digest(head.digest, [at.isoformat(), action, subject, actor, details])
    AuditRow.objects.create(
        at=at, action=action, subject=subject, actor=actor, details=details, digest=digest
    )
    AuditHead.objects.filter(id=1).update(digest=digest)


def broken_rows() -> Iterator[int]:
    """The ids of rows whose digest does not follow from the row before, oldest first."""
    before = _START
    for row in AuditRow.objects.order_by("id").iterator(chunk_size=2000):
        content = [row.at.isoformat(), row.action, row.subject, row.actor, row.details]
        if row.digest != _digest(before, content):
            yield row.id
        before = row.digest


def _digest(before: str, content: list[object]) -> str:
    text = json.dumps([before, *content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

"""Whether the database takes writes: asked by writing. A full disk and a lock let reads pass."""

import threading
import time

import structlog
from django.db import DatabaseError

from kaiin.infra import clock
from kaiin.infra.models import WriteProbe

_KEPT_SECONDS = 1.0

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_last: tuple[float, bool] | None = None


def takes_writes() -> bool:
    """Whether a row could be written a moment ago; asked often, so tried once a second.

    Committed, not rolled back: SQLite writes to the disk at the commit only.
    """
    global _last  # noqa: PLW0603
    with _lock:
        if _last is None or time.monotonic() - _last[0] > _KEPT_SECONDS:
            written = _write()
            _last = time.monotonic(), written
        return _last[1]


def forget() -> None:
    """Ask anew next time."""
    global _last  # noqa: PLW0603
    _last = None


def _write() -> bool:
    try:
        WriteProbe.objects.bulk_create(
            [WriteProbe(id=1, at=clock.now())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["at"],
        )
    except DatabaseError as error:
        _log.warning("readiness.not_writable", reason=type(error).__name__)
        return False
    return True

"""Which days matter: the next instant that Kaiin or the sandbox provider has stored."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaiin.lab.sandbox.store import Store

# What follows from no stored instant (a provider's silence) is looked at at least so often.
MAX_QUIET_DAYS = 31
_SANDBOX = {
    "mandate": ("expires_at",),
    "payment": ("card_expires_at", "expires_at", "closes_at", "report_at"),
    "refund": ("settles_at",),
    "delivery": ("due_at",),
}


def quiet_days(now: datetime, store: "Store") -> int:
    """How many whole days may pass before one in which something falls due."""
    due = [found for found in (_in_kaiin(now), _in_sandbox(now, store)) if found is not None]
    if not due:
        return MAX_QUIET_DAYS
    return min((min(due) - now - timedelta(microseconds=1)) // timedelta(days=1), MAX_QUIET_DAYS)


def _in_kaiin(now: datetime) -> datetime | None:
    from django.db import connection

    sql, count = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [connection.ops.adapt_datetimefield_value(now)] * count)
        (found,) = cursor.fetchone()
    if isinstance(found, str):
        # SQLite has text, in UTC without saying so.
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    return found  # type: ignore[no-any-return]


@cache
def _statement() -> tuple[str, int]:
    """The least instant after a given one in any column; and how often it is given."""
    from django.apps import apps
    from django.db.models import DateTimeField

    parts = [
        f'SELECT MIN("{field.column}") AS at FROM "{model._meta.db_table}"'
        f' WHERE "{field.column}" > %s'
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, DateTimeField)
    ]
    return f"SELECT MIN(at) FROM ({' UNION ALL '.join(parts)}) AS stored", len(parts)


def _in_sandbox(now: datetime, store: "Store") -> datetime | None:
    from kaiin.lab.sandbox.store import read, written

    parts = [
        f"SELECT MIN({column}) AS at FROM {table} WHERE {column} > ?"
        for table, columns in _SANDBOX.items()
        for column in columns
    ]
    with store.transaction() as tx:
        sql = f"SELECT MIN(at) AS at FROM ({' UNION ALL '.join(parts)})"
        row = tx.one(sql, [written(now)] * len(parts))
    return read(row["at"]) if row and row["at"] else None

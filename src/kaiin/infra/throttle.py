"""Tries counted atomically: the count is taken before the try, so parallel ones can't slip by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import connection

from kaiin.infra import clock
from kaiin.infra.models import ThrottleBucket

# One statement, so that nothing can come between counting and reading: a row that is cleared
# meanwhile is made anew.
_COUNT = """
    INSERT INTO infra_throttlebucket AS kept ("key", "count", window_ends_at) VALUES {rows}
    ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN kept.window_ends_at <= %s THEN 1 ELSE kept."count" + 1 END,
        window_ends_at = CASE
            WHEN kept.window_ends_at <= %s THEN excluded.window_ends_at ELSE kept.window_ends_at
        END
    RETURNING "key", "count", window_ends_at
"""

_ENDS_AT = ThrottleBucket._meta.get_field("window_ends_at")  # noqa: SLF001
_ENDS_AT_COLUMN = _ENDS_AT.get_col("kept")
_CLEAR = 'DELETE FROM infra_throttlebucket WHERE "key" IN ({keys})'


@dataclass(frozen=True)
class Reservation:
    """`allowed` says whether this try may go ahead; `retry_at` when the window ends."""

    allowed: bool
    count: int
    retry_at: datetime


@dataclass(frozen=True)
class Limit:
    """So many tries of a key within a window that begins with the first of them."""

    key: str
    tries: int
    window: timedelta


def reserve(*, key: str, limit: int, window_seconds: int) -> Reservation:
    """Count one try for `key`; the first `limit` tries of a window are allowed.

    Always the same statement, whether or not the key is known.
    """
    (reservation,) = reserve_all(Limit(key, limit, timedelta(seconds=window_seconds)))
    return reservation


def reserve_all(*limits: Limit) -> tuple[Reservation, ...]:
    """Count one try for each of several keys, by one statement. Callers give the same keys in the
    same order, or they may deadlock."""
    now = clock.now()
    rows = [value for each in limits for value in (each.key, _stored(now + each.window))]
    values = [*rows, _stored(now), _stored(now)]
    count = _COUNT.format(rows=", ".join(["(%s, 1, %s)"] * len(limits)))
    with connection.cursor() as cursor:
        cursor.execute(count, values)
        # Read to its end, SQLite's statement is over.
        counted = {key: (count, _read(ends_at)) for key, count, ends_at in cursor.fetchall()}
    return tuple(
        Reservation(counted[each.key][0] <= each.tries, *counted[each.key]) for each in limits
    )


def _stored(instant: datetime) -> Any:
    """As this database is given an instant."""
    return connection.ops.adapt_datetimefield_value(instant)


def _read(stored: Any) -> datetime:
    """An instant as this database answers it."""
    for convert in connection.ops.get_db_converters(_ENDS_AT_COLUMN):
        stored = convert(stored, _ENDS_AT_COLUMN, connection)
    return cast(datetime, stored)


def forget_ended() -> int:
    """Delete the counts of windows that have ended, which mean nothing any more; how many."""
    return ThrottleBucket.objects.filter(window_ends_at__lt=clock.now()).delete()[0]


def clear(*keys: str) -> None:
    """Forget the tries of keys, after these proved themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR.format(keys=", ".join(["%s"] * len(keys))), keys)

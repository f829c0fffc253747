"""Tries counted atomically: the count is taken before the try, so parallel ones can't slip by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiin.infra import clock
from kaiin.infra.models import ThrottleBucket

# One statement, so that nothing can come between counting and reading: a row that is cleared
# meanwhile is made anew.
_COUNT = """
    INSERT INTO infra_throttlebucket AS kept ("key", "count", window_ends_at) VALUES (%s, 1, %s)
    ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN kept.window_ends_at <= %s THEN 1 ELSE kept."count" + 1 END,
        window_ends_at = CASE
            WHEN kept.window_ends_at <= %s THEN excluded.window_ends_at ELSE kept.window_ends_at
        END
    RETURNING "key", "count", window_ends_at
"""


@dataclass(frozen=True)
class Reservation:
    """`allowed` says whether this try may go ahead; `retry_at` when the window ends."""

    allowed: bool
    count: int
    retry_at: datetime


def reserve(*, key: str, limit: int, window_seconds: int) -> Reservation:
    """Count one try for `key`; the first `limit` tries of a window are allowed.

    Always the same statement, whether or not the key is known.
    """
    now = clock.now()
    counted = ThrottleBucket.objects.raw(
        _COUNT, [key, now + timedelta(seconds=window_seconds), now, now]
    )
    bucket = list(counted)[0]  # noqa: RUF015 - read to its end, SQLite's statement is over
    return Reservation(
        allowed=bucket.count <= limit, count=bucket.count, retry_at=bucket.window_ends_at
    )


def forget_ended() -> int:
    """Delete the counts of windows that have ended, which mean nothing any more; how many."""
    return ThrottleBucket.objects.filter(window_ends_at__lt=clock.now()).delete()[0]


def clear(*keys: str) -> None:
    """Forget the tries of keys, after these proved themselves."""
    ThrottleBucket.objects.filter(key__in=keys).delete()

"""Tries counted atomically: the count is taken before the try, so parallel ones can't slip by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When

from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.infra.models import ThrottleBucket


@dataclass(frozen=True)
class Reservation:
    """`allowed` says whether this try may go ahead; `retry_at` when the window ends."""

    allowed: bool
    count: int
    retry_at: datetime


def reserve(*, key: str, limit: int, window_seconds: int) -> Reservation:
    """Count one try for `key`; the first `limit` tries of a window are allowed.

    Always the same statements, whether or not the key is known.
    """
    now = clock.now()
    fresh_end = now + timedelta(seconds=window_seconds)
    row = ThrottleBucket.objects.filter(key=key)
    over = Q(window_ends_at__lte=now)
    # One transaction: the update holds the row until its own count has been read.
    with transaction():
        ThrottleBucket.objects.bulk_create(
            [ThrottleBucket(key=key, count=0, window_ends_at=fresh_end)], ignore_conflicts=True
        )
        row.update(
            count=Case(When(over, then=Value(1)), default=F("count") + 1),
            window_ends_at=Case(When(over, then=Value(fresh_end)), default=F("window_ends_at")),
        )
        bucket = row.get()
    return Reservation(
        allowed=bucket.count <= limit, count=bucket.count, retry_at=bucket.window_ends_at
    )


def clear(*, key: str) -> None:
    """Forget the tries of a key, after it proved itself."""
    ThrottleBucket.objects.filter(key=key).delete()

"""When a provider is asked again about an open payment, should no notice come. Pure."""

from datetime import datetime, timedelta

# A call that nobody at the provider knows of after this long never got there.
LOST_CALL = timedelta(minutes=15)

# A call that was not made so long after its intent was written is left for the next run, which
# asks first: well before LOST_CALL, when others may conclude that there will be none.
CALL_WITHIN = timedelta(minutes=5)

# What one worker has taken on, another takes up again after this.
CLAIM = timedelta(minutes=5)

_STEPS = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
)
_SLOWEST = timedelta(hours=4)


def next_ask_at(*, created_at: datetime, now: datetime) -> datetime:
    """Soon while the payment is fresh, every four hours at last."""
    age = now - created_at
    for younger_than, pause in _STEPS:
        if age < younger_than:
            return now + pause
    return now + _SLOWEST


def next_try_at(*, attempts: int, now: datetime) -> datetime:
    """When a stored notice that could not be applied is tried again: 4 s, 8 s … one hour."""
    return now + timedelta(seconds=min(2 ** min(attempts + 1, 12), 3600))

"""When a provider is asked again about an open payment, should no notice come. Pure."""

from datetime import datetime, timedelta

# A call that was not made so long after it was written down is left for the next run.
CALL_WITHIN = timedelta(minutes=5)

# A charge of a mandate is made again every hour, under its own key, for as long as it is wanted:
# what was not repeated for this long is not wanted any more.
_REPEATED_WITHIN = timedelta(hours=2)

# What one worker has taken on, another takes up again after this, unless the first renews it.
LEASE = timedelta(minutes=1)

# What was not asked about because its provider is silent, is asked about after this.
LEFT_ALONE = timedelta(minutes=5)

_STEPS = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
)
_SLOWEST = timedelta(hours=4)


def may_arrive(*, called_at: datetime, now: datetime, calls_end_within: timedelta) -> bool:
    """Whether a call that the provider does not know of may still be carried out there.

    `called_at` is when it was written down that it is made; `calls_end_within` the provider's
    stated limit.
    """
    return now - called_at < CALL_WITHIN + calls_end_within


def is_lost(
    *, called_at: datetime, now: datetime, calls_end_within: timedelta, repeated: bool
) -> bool:
    """Whether a payment that the provider does not know of has failed: its call can't arrive any
    more, and it is not made again (`repeated`: a charge of a mandate, see above)."""
    if may_arrive(called_at=called_at, now=now, calls_end_within=calls_end_within):
        return False
    return not repeated or now - called_at >= _REPEATED_WITHIN


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

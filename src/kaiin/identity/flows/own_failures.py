"""What one browser has failed at itself, so that it can be shown the lock that it has caused.

Counted in the browser's own session, by what was typed, with the login's limits. It never depends
on an account or on other browsers: both the lock and its end are the same for an identifier that
no one has, and reveal nothing that the browser did not do itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kaiin.domain.identifiers.reading import Identified
from kaiin.identity import accounts
from kaiin.identity.flows.login import LIMITS, next_minute

_MAX_IDENTIFIERS = 5

# By the digest of what was typed, for each limit: how many, and when the count ends (Unix time).
Failures = Mapping[str, list[list[int]]]


@dataclass(frozen=True)
class OwnFailures:
    """`count` failures of late with one identifier; `locked_until`: no password is right until
    then. `kept` is to be passed again at the next failure."""

    count: int
    locked_until: datetime | None
    kept: Failures


def note_failure(*, before: Failures, identified: Identified, now: datetime) -> OwnFailures:
    """Count a failure. `before` is what was kept of this browser's earlier ones."""
    digest, at = accounts.value_digest(identified), int(now.timestamp())
    counts = [
        _count(counted, at, within)
        for counted, (_, within) in zip(before.get(digest) or _NONE, LIMITS, strict=True)
    ]
    ends = [
        next_minute(datetime.fromtimestamp(ends_at, UTC))
        for (count, ends_at), (limit, _) in zip(counts, LIMITS, strict=True)
        if count >= limit
    ]
    others = [(key, each) for key, each in before.items() if key != digest]
    kept = dict([*others[1 - _MAX_IDENTIFIERS :], (digest, counts)])
    return OwnFailures(counts[0][0], max(ends, default=None), kept)


_NONE = [[0, 0] for _ in LIMITS]


def _count(counted: list[int], now: int, within: timedelta) -> list[int]:
    count, ends_at = counted
    if ends_at <= now:
        return [1, now + int(within.total_seconds())]
    return [count + 1, ends_at]

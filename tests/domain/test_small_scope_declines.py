"""Every way to spread up to six declines over three days: when a member may try again."""

from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement

from kaiin.domain.payments import paused_until

START = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
HOURS = (0, 1, 12, 23, 24, 25, 47, 48, 60)


def closed_until(declines: tuple[int, ...], hour: int) -> int | None:
    """The oracle, hour by hour: a fourth decline within a day closes the door for a day."""
    until = None
    for last in declines:
        if last <= hour:
            within = [d for d in declines if d <= last and last - d < 24]
            if len(within) >= 4 and hour < last + 24:
                until = max(until or 0, last + 24)
    return until


def test_four_declines_within_a_day_pause_further_tries_for_a_day() -> None:
    for count in range(7):
        for declines in combinations_with_replacement(HOURS, count):
            for hour in HOURS:
                known = [d for d in declines if d <= hour]
                # One payment can be declined more than once: listed one by one, or counted.
                listed = [(START + HOUR * d, 1) for d in known]
                counted = [(START + HOUR * d, known.count(d)) for d in sorted(set(known))]
                expected = closed_until(tuple(known), hour)
                until = None if expected is None else START + HOUR * expected
                assert paused_until(listed, now=START + HOUR * hour) == until, (known, hour)
                assert paused_until(counted, now=START + HOUR * hour) == until, (known, hour)


def test_the_pause_ends_to_the_microsecond() -> None:
    declines = [(START + HOUR * hour, 1) for hour in (0, 1, 2, 3)]
    end = START + HOUR * 27
    assert paused_until(declines, now=end - TICK) == end
    assert paused_until(declines, now=end) is None


def test_a_day_ago_is_too_long_ago() -> None:
    day = 24 * HOUR
    first = [(START, 1), (START + HOUR, 2)]
    assert paused_until([*first, (START + day, 1)], now=START + day) is None
    at = START + day - TICK
    assert paused_until([*first, (at, 1)], now=at) == at + day

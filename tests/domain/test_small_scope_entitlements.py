"""Every small set of facts, against an oracle that asks each minute of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, product

import pytest

from kaiin.domain.entitlements import Fact, Window, WindowKind, open_until, windows

START = datetime(2026, 11, 30, 14, 58, tzinfo=UTC)  # two minutes before a midnight in Japan
MINUTE = timedelta(minutes=1)
MINUTES = 5
STRETCHES = [(first, last) for first in range(MINUTES) for last in range(first + 1, MINUTES + 1)]


def minute(number: int) -> datetime:
    return START + MINUTE * number


def fact(kind: WindowKind, stretch: tuple[int, int], number: int) -> Fact:
    return Fact(kind, minute(stretch[0]), minute(stretch[1]), f"{kind}:{number}")


# Every way to lay up to three facts of any kind over five minutes.
SHAPES = list(product(WindowKind, STRETCHES))


def small_worlds() -> Iterator[list[Fact]]:
    for count in range(4):
        for chosen in combinations_with_replacement(SHAPES, count):
            yield [fact(kind, stretch, n) for n, (kind, stretch) in enumerate(chosen)]


def strongest(facts: list[Fact], at: datetime) -> WindowKind | None:
    """The oracle: who covers this minute, and which of them weighs most."""
    covering = [f.kind for f in facts if f.starts_at <= at and not f.ends_at <= at]
    for kind in (WindowKind.PAID, WindowKind.GRANT, WindowKind.GRACE):
        if kind in covering:
            return kind
    return None


def by_the_minute(found: tuple[Window, ...]) -> list[WindowKind | None]:
    kinds: list[WindowKind | None] = []
    for number in range(-1, MINUTES + 1):
        at = minute(number)
        covering = [w.kind for w in found if w.starts_at <= at < w.ends_at]
        assert len(covering) <= 1, "windows never overlap"
        kinds.append(covering[0] if covering else None)
    return kinds


def test_every_minute_of_every_small_world() -> None:
    for facts in small_worlds():
        kinds = by_the_minute(windows(facts))
        assert kinds == [strongest(facts, minute(n)) for n in range(-1, MINUTES + 1)], facts


def test_evidence_is_what_covers_the_window_and_nothing_else() -> None:
    for facts in small_worlds():
        for window in windows(facts):
            own = {
                f.ref
                for f in facts
                if f.kind is window.kind
                and any(
                    f.starts_at <= minute(n) < f.ends_at
                    for n in range(MINUTES)
                    if minute(n) in window
                )
            }
            assert set(window.evidence) == own, facts


def test_open_until_is_the_first_closed_minute() -> None:
    for facts in small_worlds():
        found = windows(facts)
        for number in range(MINUTES):
            closed = number
            while strongest(facts, minute(closed)) is not None:
                closed += 1
            expected = minute(closed) if closed > number else None
            assert open_until(found, minute(number)) == expected, facts


@pytest.mark.parametrize("kind", WindowKind)
def test_a_microsecond_counts(kind: WindowKind) -> None:
    tick = timedelta(microseconds=1)
    first = Fact(kind, minute(0), minute(1), "a")
    touching = Fact(kind, minute(1), minute(2), "b")
    apart = Fact(kind, minute(1) + tick, minute(2), "c")
    assert len(windows([first, touching])) == 1
    assert len(windows([first, apart])) == 2
    assert open_until(windows([first, apart]), minute(0)) == minute(1)

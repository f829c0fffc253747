from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from kaiin.domain.entitlements import (
    Fact,
    Window,
    WindowKind,
    open_until,
    windows,
    windows_from,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
PAID, GRANT, GRACE = WindowKind.PAID, WindowKind.GRANT, WindowKind.GRACE


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def fact(kind: WindowKind, first: int, last: int, ref: str = "f") -> Fact:
    return Fact(kind, day(first), day(last), ref)


facts = st.lists(
    st.builds(
        fact,
        st.sampled_from(WindowKind),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(0, 99).map(str),
    ),
    max_size=12,
)


def kind_by_brute_force(found: list[Fact], at: datetime) -> WindowKind | None:
    covering = {f.kind for f in found if f.starts_at <= at < f.ends_at}
    return next((kind for kind in WindowKind if kind in covering), None)


@given(facts)
def test_windows_say_the_same_as_the_facts_at_every_instant(found: list[Fact]) -> None:
    result = windows(found)
    for number in range(42):
        for at in (day(number), day(number) - timedelta(microseconds=1)):
            matching = [window for window in result if at in window]
            assert len(matching) <= 1
            kind = matching[0].kind if matching else None
            assert kind == kind_by_brute_force(found, at)


@given(facts, st.randoms())
def test_windows_do_not_depend_on_the_order_of_facts(found: list[Fact], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(found)
    random.shuffle(shuffled)
    assert windows(shuffled) == windows(found)


@given(facts)
def test_windows_are_disjoint_ordered_and_merged(found: list[Fact]) -> None:
    result = windows(found)
    for one, following in pairwise(result):
        assert one.starts_at < one.ends_at <= following.starts_at
        # Touching windows of one kind would be one window.
        assert one.ends_at < following.starts_at or one.kind is not following.kind


@given(facts)
def test_evidence_covers_its_window(found: list[Fact]) -> None:
    for window in windows(found):
        assert window.evidence
        own = [f for f in found if f.kind is window.kind and f.ref in window.evidence]
        assert any(f.starts_at <= window.starts_at < f.ends_at for f in own)
        assert any(f.starts_at < window.ends_at <= f.ends_at for f in own)


@st.composite
def changes(draw: st.DrawFn) -> tuple[datetime, list[Fact], list[Fact], list[Fact]]:
    """An instant; facts as they were and as they are, which open the same before it; and those of
    records that end after it, in any order."""
    at = draw(st.integers(0, 40))
    before, after = [], []
    for number in range(draw(st.integers(0, 8))):
        kind, ref = draw(st.sampled_from(WindowKind)), str(number + 1)
        starts, ends = draw(st.integers(0, 40)), draw(st.integers(0, 40))
        if draw(st.booleans()) and starts < at:
            # Of the past: settled if it was over, else it may end later or sooner, not before.
            moved = ends if ends <= at else draw(st.integers(at, 45))
            before.append((fact(kind, starts, ends, ref), max(starts, ends)))
            after.append((fact(kind, starts, moved, ref), max(starts, ends, moved)))
            continue
        # Comes, goes or moves, from the instant on.
        starts = max(starts, at)
        last = max(starts, ends)
        before.append((fact(kind, starts, draw(st.integers(starts, 45)), ref), 45))
        after.append((fact(kind, starts, draw(st.integers(starts, last + 1)), ref), 45))
    later = draw(st.permutations([f for f, ends in after if ends > at]))
    return day(at), [f for f, _ in before], [f for f, _ in after], later


@given(changes())
def test_from_an_instant_on_the_same_as_from_everything(
    case: tuple[datetime, list[Fact], list[Fact], list[Fact]],
) -> None:
    at, before, after, later = case
    known = windows(before)
    settled = tuple(window for window in known if window.ends_at < at)
    rest = [window for window in known if window.ends_at >= at]
    assert settled + windows_from(at, rest, later) == windows(after)


def test_periods_that_touch_are_one_window() -> None:
    found = windows([fact(PAID, 0, 10, "a"), fact(PAID, 10, 20, "b")])
    assert found == (Window(day(0), day(20), PAID, ("a", "b")),)


def test_grace_fills_only_what_money_left_open() -> None:
    found = windows([fact(PAID, 0, 10, "a"), fact(GRACE, 10, 13, "g"), fact(PAID, 12, 20, "b")])
    assert found == (
        Window(day(0), day(10), PAID, ("a",)),
        Window(day(10), day(12), GRACE, ("g",)),
        Window(day(12), day(20), PAID, ("b",)),
    )


def test_half_open() -> None:
    (window,) = windows([fact(PAID, 0, 1)])
    assert day(0) in window
    assert day(1) not in window
    assert windows([fact(PAID, 3, 3)]) == ()


def test_open_until_runs_over_touching_windows_and_stops_at_a_gap() -> None:
    found = windows([fact(PAID, 0, 10), fact(GRACE, 10, 13), fact(PAID, 20, 30)])
    assert open_until(found, day(5)) == day(13)
    assert open_until(found, day(13)) is None
    assert open_until(found, day(29)) == day(30)

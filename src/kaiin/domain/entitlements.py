"""From facts (paid periods, dated grants) to windows of access, each with its evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# The longest that staff may give access without payment.
MAX_GRANT = timedelta(days=5 * 366)


class WindowKind(StrEnum):
    """Strongest first: where kinds overlap, the stronger one is why a member may enter."""

    PAID = "paid"
    GRANT = "grant"
    GRACE = "grace"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that opens a site during `[starts_at, ends_at)`; `ref` names its record."""

    kind: WindowKind
    starts_at: datetime
    ends_at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class Window:
    """Access during `[starts_at, ends_at)`; `evidence` are the refs of the facts behind it."""

    starts_at: datetime
    ends_at: datetime
    kind: WindowKind
    evidence: tuple[str, ...]

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def windows(facts: Iterable[Fact]) -> tuple[Window, ...]:
    """Disjoint windows in order of time, the same for any order of the facts.

    Facts of one kind that overlap or touch become one window; a weaker kind only fills what
    stronger ones leave open. Empty facts open nothing.
    """
    ordered = sorted(
        (fact for fact in facts if fact.starts_at < fact.ends_at),
        key=lambda fact: (fact.starts_at, fact.ends_at),
    )
    taken: list[Window] = []
    for kind in WindowKind:
        own = [fact for fact in ordered if fact.kind is kind]
        spans = [(window.starts_at, window.ends_at) for window in taken]
        for starts_at, ends_at in _outside(_merged(own), spans):
            refs = {
                fact.ref for fact in own if fact.starts_at < ends_at and fact.ends_at > starts_at
            }
            taken.append(Window(starts_at, ends_at, kind, _in_order(refs)))
        taken.sort(key=lambda window: window.starts_at)
    return tuple(taken)


def windows_from(
    at: datetime, known: Iterable[Window], facts: Iterable[Fact]
) -> tuple[Window, ...]:
    """The windows that end at `at` or later, where nothing before `at` has changed.

    `known` are those as they were; `facts` what is opened by every record that ends after `at`,
    with an empty fact for one that opens nothing (any more). The same as from all facts, however
    many there were before.
    """
    found = list(facts)
    later = windows(replace(fact, starts_at=max(fact.starts_at, at)) for fact in found)
    crossing = next((w for w in known if w.starts_at < at <= w.ends_at), None)
    if crossing is None:
        return later
    # A record that is not among the facts ended by `at`: what it opened is settled.
    given = {fact.ref: fact for fact in found}
    refs = {
        ref
        for ref in crossing.evidence
        if ref not in given
        or (
            crossing.starts_at < given[ref].ends_at
            and given[ref].starts_at < min(given[ref].ends_at, at)
        )
    }
    first = later[0] if later else None
    if first is None or first.starts_at > at or first.kind is not crossing.kind:
        return (replace(crossing, ends_at=at, evidence=_in_order(refs)), *later)
    whole = replace(
        first, starts_at=crossing.starts_at, evidence=_in_order(refs | {*first.evidence})
    )
    return (whole, *later[1:])


def open_until(found: Sequence[Window], at: datetime) -> datetime | None:
    """Until when access goes on without a gap from `at`; None when it is closed at `at`."""
    until: datetime | None = None
    for window in sorted(found, key=lambda window: window.starts_at):
        if until is None and at in window:
            until = window.ends_at
        elif until is not None and window.starts_at <= until:
            until = max(until, window.ends_at)
    return until


def _in_order(refs: Iterable[str]) -> tuple[str, ...]:
    """By the numbers of their records, which are of one kind."""
    return tuple(sorted(refs, key=lambda ref: (len(ref), ref)))


_Span = tuple[datetime, datetime]


def _merged(facts: Sequence[Fact]) -> list[_Span]:
    spans: list[_Span] = []
    for fact in facts:
        if spans and fact.starts_at <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], fact.ends_at))
        else:
            spans.append((fact.starts_at, fact.ends_at))
    return spans


def _outside(spans: Sequence[_Span], taken: Sequence[_Span]) -> list[_Span]:
    """What is left of `spans` without the (ordered, disjoint) `taken` ones."""
    left: list[_Span] = []
    for starts_at, ends_at in spans:
        cursor = starts_at
        for taken_from, taken_until in taken:
            if taken_until <= cursor or taken_from >= ends_at:
                continue
            if taken_from > cursor:
                left.append((cursor, taken_from))
            cursor = max(cursor, taken_until)
        if cursor < ends_at:
            left.append((cursor, ends_at))
    return left

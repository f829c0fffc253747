"""The windows of access, built a second time from the facts and compared with the stored ones.

Not the engine's way: every instant at which something begins or ends cuts time into slices, and
each slice is looked at alone.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from kaiin.verification.books import effective_entries
from kaiin.verification.dossier import Dossier
from kaiin.verification.violation import Violation

_STRONGEST_FIRST = ("paid", "grant", "grace")


class Fact(NamedTuple):
    kind: str
    starts_at: datetime
    ends_at: datetime
    ref: str


class Window(NamedTuple):
    kind: str
    starts_at: datetime
    ends_at: datetime
    evidence: tuple[str, ...]


def check(dossier: Dossier) -> Iterator[Violation]:
    """Those who paid, or were granted time, are in; no others are."""
    wanted = windows(facts(dossier))
    stored = [
        Window(row.kind, row.starts_at, row.ends_at, tuple(json.loads(row.evidence)))
        for row in dossier.entitlements
    ]
    if stored == wanted:
        return
    member = f"membership:{dossier.membership.id}"
    for window in _lacking(wanted, stored):
        yield Violation(
            "access.missing",
            (member, *window.evidence),
            f"open from {window.starts_at} to {window.ends_at} by the facts, but not as stored",
        )
    for window in _lacking(stored, wanted):
        yield Violation(
            "access.unfounded",
            (member, *window.evidence),
            f"open from {window.starts_at} to {window.ends_at} without a fact behind it",
        )
    if _span(stored) == _span(wanted):
        yield Violation(
            "access.reasons",
            (member, *(f"entitlement:{row.id}" for row in dossier.entitlements)),
            "the right time is open, but windows or reasons are not those of the facts",
        )


def facts(dossier: Dossier) -> list[Fact]:
    """Paid periods whose payment is in the books, or that were imported, up to an early end;
    grants, up to their revocation."""
    booked = {e.period_id for e in effective_entries(dossier) if e.kind == "payment"}
    found = [
        Fact("paid", period.starts_at, min(period.ends_at, period.over_at), f"period:{period.id}")
        for period in dossier.periods
        if period.id in booked or period.import_key is not None
    ]
    for grant in dossier.grants:
        ends_at = min(grant.ends_at, grant.revoked_at or grant.ends_at)
        found.append(Fact(grant.kind, grant.starts_at, ends_at, f"grant:{grant.id}"))
    return [fact for fact in found if fact.starts_at < fact.ends_at]


def windows(found: Sequence[Fact]) -> list[Window]:
    """In each slice of time the strongest kind counts; equal neighbours are one window."""
    cuts = sorted({at for fact in found for at in (fact.starts_at, fact.ends_at)})
    merged: list[Window] = []
    for starts_at, ends_at in pairwise(cuts):
        kinds = {f.kind for f in found if f.starts_at < ends_at and f.ends_at > starts_at}
        kind = next((kind for kind in _STRONGEST_FIRST if kind in kinds), None)
        if kind is None:
            continue
        last = merged[-1] if merged else None
        if last is not None and last.ends_at == starts_at and last.kind == kind:
            merged[-1] = last._replace(ends_at=ends_at)
        else:
            merged.append(Window(kind, starts_at, ends_at, ()))
    return [window._replace(evidence=_behind(window, found)) for window in merged]


def is_open(found: Sequence[Fact], at: datetime) -> bool:
    """Whether facts open the site at an instant."""
    return any(fact.starts_at <= at < fact.ends_at for fact in found)


def _behind(window: Window, found: Sequence[Fact]) -> tuple[str, ...]:
    own = [
        fact.ref
        for fact in found
        if fact.kind == window.kind
        and fact.starts_at < window.ends_at
        and fact.ends_at > window.starts_at
    ]
    return tuple(sorted(own, key=lambda ref: int(ref.partition(":")[2])))


def _lacking(some: Sequence[Window], others: Sequence[Window]) -> Iterator[Window]:
    """Those of `some` of whose time a part is open in none of `others`."""
    for window in some:
        cursor = window.starts_at
        for other in others:
            if other.starts_at <= cursor < other.ends_at:
                cursor = other.ends_at
        if cursor < window.ends_at:
            yield window


def _span(found: Sequence[Window]) -> list[tuple[datetime, datetime]]:
    """The open time alone, without its reasons."""
    spans: list[tuple[datetime, datetime]] = []
    for window in found:
        if spans and spans[-1][1] >= window.starts_at:
            spans[-1] = (spans[-1][0], max(spans[-1][1], window.ends_at))
        else:
            spans.append((window.starts_at, window.ends_at))
    return spans

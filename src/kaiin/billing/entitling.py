"""The projection: ledger facts and grants of memberships -> their windows of access."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from kaiin.billing.models import Entitlement, Grant, LedgerEntry
from kaiin.domain.entitlements import Fact, Window, WindowKind, windows
from kaiin.domain.ledger import EntryKind

_Row = tuple[object, ...]


def facts(membership_ids: Collection[int]) -> dict[int, list[Fact]]:
    """What opens each membership's site: paid periods that stand, and grants up to their end or
    their revocation. Two queries, whatever the number of memberships."""
    found: dict[int, list[Fact]] = defaultdict(list)
    paid = LedgerEntry.objects.filter(
        membership_id__in=membership_ids,
        kind=EntryKind.PAYMENT,
        period__isnull=False,
        reversed_by=None,
    ).values_list("membership_id", "period_id", "period__starts_at", "period__ends_at")
    for membership_id, period_id, starts_at, ends_at in paid:
        found[membership_id].append(
            Fact(WindowKind.PAID, starts_at, ends_at, f"period:{period_id}")
        )
    for grant in Grant.objects.filter(membership_id__in=membership_ids):
        ends_at = min(grant.ends_at, grant.revoked_at) if grant.revoked_at else grant.ends_at
        found[grant.membership_id].append(
            Fact(WindowKind(grant.kind), grant.starts_at, ends_at, f"grant:{grant.pk}")
        )
    return found


def rebuild(membership_ids: Collection[int]) -> set[int]:
    """Make the stored windows what the facts say; returns the memberships whose windows moved.

    Call it under the memberships' locks. Dropping every row first gives the same rows.
    """
    known = facts(membership_ids)
    stored: dict[int, list[Entitlement]] = defaultdict(list)
    for row in Entitlement.objects.filter(membership_id__in=membership_ids):
        stored[row.membership_id].append(row)
    stale: list[int] = []
    fresh: list[Entitlement] = []
    moved: set[int] = set()
    for membership_id in membership_ids:
        wanted = {_of_window(w): w for w in windows(known.get(membership_id, ()))}
        kept = {_of_row(row): row for row in stored[membership_id]}
        stale += [row.pk for content, row in kept.items() if content not in wanted]
        fresh += _rows(membership_id, (w for content, w in wanted.items() if content not in kept))
        if wanted.keys() != kept.keys():
            moved.add(membership_id)
    # First away, then anew: two windows of a membership never begin at one instant.
    if stale:
        Entitlement.objects.filter(pk__in=stale).delete()
    Entitlement.objects.bulk_create(fresh)
    return moved


def _of_window(window: Window) -> _Row:
    return (window.starts_at, window.ends_at, window.kind.value, window.evidence)


def _of_row(row: Entitlement) -> _Row:
    return (row.starts_at, row.ends_at, row.kind, tuple(row.evidence))


def _rows(membership_id: int, found: Iterable[Window]) -> list[Entitlement]:
    return [
        Entitlement(
            membership_id=membership_id,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            kind=window.kind.value,
            evidence=list(window.evidence),
        )
        for window in found
    ]

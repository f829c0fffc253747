"""The projection: ledger facts and grants of memberships -> their windows of access."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models.functions import Coalesce

from kaiin.billing.models import Entitlement, Grant, LedgerEntry
from kaiin.domain.entitlements import Fact, Window, WindowKind, windows
from kaiin.domain.ledger import EntryKind
from kaiin.infra import bulk

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
    ).values_list(
        "membership_id",
        "period_id",
        "period__starts_at",
        Coalesce("period__ended_early_at", "period__ends_at"),
    )
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
    changed: list[Entitlement] = []
    fresh: list[Entitlement] = []
    moved: set[int] = set()
    for membership_id in membership_ids:
        wanted = {window.starts_at: window for window in windows(known.get(membership_id, ()))}
        kept = {row.starts_at: row for row in stored[membership_id]}
        # A window that begins where one began before is that one; the other rows are used again.
        free = [row for starts_at, row in kept.items() if starts_at not in wanted]
        before = len(changed), len(fresh), len(stale)
        for starts_at, window in wanted.items():
            row = kept.get(starts_at) or (free.pop() if free else None)
            if row is None:
                fresh.append(_row(membership_id, window))
            elif _of_row(row) != _of_window(window):
                changed.append(_take_over(row, window))
        stale += [row.pk for row in free]
        if before != (len(changed), len(fresh), len(stale)):
            moved.add(membership_id)
    if stale:
        Entitlement.objects.filter(pk__in=stale).delete()
    bulk.update(changed, fields=("starts_at", "ends_at", "kind", "evidence"))
    bulk.insert(fresh)
    return moved


def _of_window(window: Window) -> _Row:
    return (window.starts_at, window.ends_at, window.kind.value, window.evidence)


def _of_row(row: Entitlement) -> _Row:
    return (row.starts_at, row.ends_at, row.kind, tuple(row.evidence))


def _row(membership_id: int, window: Window) -> Entitlement:
    return _take_over(Entitlement(membership_id=membership_id), window)


def _take_over(row: Entitlement, window: Window) -> Entitlement:
    row.starts_at, row.ends_at = window.starts_at, window.ends_at
    row.kind, row.evidence = window.kind.value, list(window.evidence)
    return row

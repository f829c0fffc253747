"""The projection: ledger facts and grants of memberships -> their windows of access."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cache

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from kaiin.billing.models import Entitlement, Grant, LedgerEntry, Period
from kaiin.domain.entitlements import Fact, WindowKind, windows
from kaiin.domain.ledger import EntryKind
from kaiin.infra import bulk

_Row = tuple[datetime, datetime, str, tuple[str, ...]]
_COLUMNS = ("starts_at", "ends_at", "kind", "evidence")


def facts(membership_ids: Collection[int]) -> dict[int, list[Fact]]:
    """What opens each membership's site: paid periods that stand, imported ones, and grants up
    to their end or their revocation. Two queries, whatever the number of memberships."""
    found: dict[int, list[Fact]] = defaultdict(list)
    paid = Period.objects.filter(
        Q(import_key__isnull=False) | _is_paid(),
        subscription__membership_id__in=membership_ids,
    ).values_list(
        "subscription__membership_id",
        "pk",
        "starts_at",
        Coalesce("ended_early_at", "ends_at"),
    )
    for membership_id, period_id, starts_at, ends_at in paid:
        found[membership_id].append(
            Fact(WindowKind.PAID, starts_at, ends_at, f"period:{period_id}")
        )
    grants = Grant.objects.filter(membership_id__in=membership_ids).values_list(
        "membership_id", "pk", "kind", "starts_at", "ends_at", "revoked_at"
    )
    for membership_id, key, kind, starts_at, granted_until, revoked_at in grants:
        ends_at = min(granted_until, revoked_at) if revoked_at else granted_until
        found[membership_id].append(Fact(WindowKind(kind), starts_at, ends_at, f"grant:{key}"))
    return found


@cache
def _is_paid() -> Exists:
    """Whether the books say of a period that it is paid, as a part of a query."""
    return Exists(
        LedgerEntry.objects.filter(period=OuterRef("pk"), kind=EntryKind.PAYMENT, reversed_by=None)
    )


def rebuild(membership_ids: Collection[int]) -> set[int]:
    """Make the stored windows what the facts say; returns the memberships whose windows moved.

    Call it under the memberships' locks. Dropping every row first gives the same rows.
    """
    known = facts(membership_ids)
    stored: dict[int, dict[datetime, tuple[int, _Row]]] = defaultdict(dict)
    rows = Entitlement.objects.filter(membership_id__in=membership_ids)
    for membership_id, key, *row in rows.values_list("membership_id", "pk", *_COLUMNS):
        starts_at, ends_at, kind, evidence = row
        stored[membership_id][starts_at] = key, (starts_at, ends_at, kind, tuple(evidence))
    stale: list[int] = []
    changed: list[tuple[object, ...]] = []
    fresh: list[tuple[object, ...]] = []
    moved: set[int] = set()
    for membership_id in membership_ids:
        wanted = {window.starts_at: window for window in windows(known.get(membership_id, ()))}
        kept = stored[membership_id]
        # A window that begins where one began before is that one; the other rows are used again.
        free = [key for starts_at, (key, _) in kept.items() if starts_at not in wanted]
        before = len(changed), len(fresh), len(stale)
        for starts_at, window in wanted.items():
            content = (starts_at, window.ends_at, window.kind.value, window.evidence)
            if starts_at in kept:
                key, present = kept[starts_at]
                if present != content:
                    changed.append((key, *content))
            elif free:
                changed.append((free.pop(), *content))
            else:
                fresh.append((membership_id, *content))
        stale += free
        if before != (len(changed), len(fresh), len(stale)):
            moved.add(membership_id)
    if stale:
        Entitlement.objects.filter(pk__in=stale).delete()
    bulk.update_values(Entitlement, ("id", *_COLUMNS), changed)
    bulk.insert_values(Entitlement, ("membership_id", *_COLUMNS), fresh)
    return moved

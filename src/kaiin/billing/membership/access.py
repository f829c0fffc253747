"""The projection: ledger facts and grants of memberships -> their windows of access."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache

from django.db.models import Exists, OuterRef

from kaiin.billing.ledger.models import LedgerEntry
from kaiin.billing.models import Entitlement, Grant, Period
from kaiin.domain.entitlements import Fact, Window, WindowKind, windows_from
from kaiin.domain.ledger import EntryKind
from kaiin.infra import bulk

EVER = datetime(1, 1, 2, tzinfo=UTC)
_COLUMNS = ("starts_at", "ends_at", "kind", "evidence")


def facts(membership_ids: Collection[int], after: datetime = EVER) -> dict[int, list[Fact]]:
    """What opens each membership's site, of the records that end after `after`: periods that are
    paid or imported, up to an early end, and grants, up to their revocation. Periods that are not
    paid any more are empty facts. Two queries for any number of memberships."""
    found: dict[int, list[Fact]] = defaultdict(list)
    periods = (
        Period.objects.filter(subscription__membership_id__in=membership_ids, ends_at__gt=after)
        .annotate(paid=_is_paid())
        .values_list(
            "subscription__membership_id", "pk", "starts_at", "ends_at", "ended_early_at",
            "import_key", "paid",
        )
    )  # fmt: skip
    for membership_id, key, starts_at, bought_until, ended_early_at, import_key, paid in periods:
        ends_at = ended_early_at or bought_until
        if not paid and import_key is None:
            ends_at = starts_at
        found[membership_id].append(Fact(WindowKind.PAID, starts_at, ends_at, f"period:{key}"))
    grants = Grant.objects.filter(membership_id__in=membership_ids, ends_at__gt=after).values_list(
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


def rebuild(membership_ids: Collection[int], since: datetime = EVER) -> set[int]:
    """Make the stored windows what the facts say; returns the memberships whose windows moved.

    Call it under the memberships' locks. `since`: nothing before it has changed, so that only
    windows that end at it or later and records that end after it are read, however old the
    memberships are. Dropping every row and rebuilding since ever gives the same rows.
    """
    found = facts(membership_ids, since)
    stored: dict[int, dict[datetime, tuple[int, Window]]] = defaultdict(dict)
    rows = Entitlement.objects.filter(membership_id__in=membership_ids, ends_at__gte=since)
    for membership_id, key, starts_at, ends_at, kind, evidence in rows.values_list(
        "membership_id", "pk", *_COLUMNS
    ):
        window = Window(starts_at, ends_at, WindowKind(kind), tuple(evidence))
        stored[membership_id][starts_at] = key, window
    stale: list[int] = []
    changed: list[tuple[object, ...]] = []
    fresh: list[tuple[object, ...]] = []
    moved: set[int] = set()
    for membership_id in membership_ids:
        kept = stored[membership_id]
        present = [window for _, window in kept.values()]
        wanted = {
            window.starts_at: window
            for window in windows_from(since, present, found.get(membership_id, ()))
        }
        # A window that begins where one began before is that one; the other rows are used again.
        free = [key for starts_at, (key, _) in kept.items() if starts_at not in wanted]
        before = len(changed), len(fresh), len(stale)
        for starts_at, window in wanted.items():
            content = (starts_at, window.ends_at, window.kind.value, window.evidence)
            if starts_at in kept:
                key, was = kept[starts_at]
                if was != window:
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

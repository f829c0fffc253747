"""Counts over whole tables: the worker reads the tables now and then, `/metrics` what it kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiin.infra.models import KeptCount

# Counting a million rows takes about a second of one core.
EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Kept:
    """`counts` by labels, as they were at `counted_at`."""

    counts: Mapping[tuple[str, ...], int]
    counted_at: datetime


def keep(name: str, count: Callable[[], Mapping[tuple[str, ...], int]], *, now: datetime) -> None:
    """Count anew, unless a worker did within the last minutes."""
    if KeptCount.objects.filter(name=name, counted_at__gt=now - EVERY).exists():
        return
    counts = [[*labels, number] for labels, number in sorted(count().items())]
    KeptCount.objects.bulk_create(
        [KeptCount(name=name, counts=counts, counted_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["counts", "counted_at"],
    )


def kept() -> Mapping[str, Kept]:
    """By name; one query over a few rows."""
    return {
        row.name: Kept({tuple(labels): number for *labels, number in row.counts}, row.counted_at)
        for row in KeptCount.objects.all()
    }

"""Lock, then read, then decide: the one place that knows how each database locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, models, transaction as django_transaction

from kaiin.infra.crash_points import CrashPoint, reach

M = TypeVar("M", bound=models.Model)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction for model, audit and outbox rows.

    SQLite begins it as a writer (settings: transaction_mode IMMEDIATE), so that reading
    before writing is safe there too; PostgreSQL relies on `locked`.
    """
    with django_transaction.atomic():
        yield
    if not connection.in_atomic_block:
        reach(CrashPoint.COMMITTED)


def locked(rows: "models.QuerySet[M]") -> "models.QuerySet[M]":
    """The rows, locked for this transaction in key order, so that two writers never deadlock."""
    return rows.select_for_update(of=("self",)).order_by("pk")


def claimed(rows: "models.QuerySet[M]") -> "models.QuerySet[M]":
    """As `locked`, but passing over rows that another worker holds."""
    return rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")

"""Lock, then read, then decide: the one place that knows how each database locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, models, transaction as django_transaction

from kaiin.infra.crash_points import CrashPoint, reach

M = TypeVar("M", bound=models.Model)


class OutsideCallInTransaction(Exception):
    """A call to an outside service would keep a transaction, and its locks, waiting for it."""


def refuse_in_transaction() -> None:
    """Called right before each call to an outside service. Raises OutsideCallInTransaction.

    The transaction that a test runs in, to be rolled back at its end, is none of the program's.
    """
    # Django's own mark, by which it lets a test use durable transactions.
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise OutsideCallInTransaction


def wait_at_most(seconds: float) -> None:
    """The longest that connections made from now on in this process wait for a lock.

    Past it the statement fails with OperationalError.
    """
    # Every thread's connection is made from this one dictionary.
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["timeout"] = seconds
    else:
        options["options"] = f"-c lock_timeout={round(seconds * 1000)}"


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction for model, audit rows and events.

    SQLite begins it as a writer (settings: transaction_mode IMMEDIATE), so that reading
    before writing is safe there too; PostgreSQL relies on `for_update`.
    """
    with django_transaction.atomic():
        yield
    if not connection.in_atomic_block:
        reach(CrashPoint.COMMITTED)


def for_update(rows: "models.QuerySet[M]") -> "models.QuerySet[M]":
    """The rows, locked for this transaction in key order, so that two writers never deadlock."""
    return rows.select_for_update(of=("self",)).order_by("pk")


def claimed(rows: "models.QuerySet[M]", *due: str) -> "models.QuerySet[M]":
    """The rows, locked for this transaction, passing over those that another worker has locked.
    What was `due` first comes first: an index of that column finds it without reading the rest."""
    return rows.select_for_update(of=("self",), skip_locked=True).order_by(*due, "pk")

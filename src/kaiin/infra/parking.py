"""Isolation: a row that a job can't process is parked with its error, and the others go on.

A row is what a job processes by itself: a membership, a period, a payment, a notice, a provider's
list. `kind` is `table.work`, `key` the row's key in that table. A parked row is left out until it
is tried again (back-off up to an hour), and is forgotten once it has succeeded. Errors that the
code expects (a refusal, a provider that does not answer) are handled before and park nothing; a
database that is away is no row's fault either, and fails the job.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property
from traceback import clear_frames
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, models
from django.db.models import Count, Exists, F, Min, OuterRef, Value
from django.db.models.functions import Cast, Replace

from kaiin.domain.errors import KaiinError
from kaiin.infra import clock
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.models import ParkedRow

K = TypeVar("K")
M = TypeVar("M", bound=models.Model)
T = TypeVar("T")
R = TypeVar("R")

_log = structlog.get_logger(__name__)

_OUTAGES = (OperationalError, InterfaceError)
_MAX_DOUBLINGS = 6
_MAX_PAUSE = timedelta(hours=1)
# A job takes up what is due within a minute: a row that it has not tried again by then is not due
# for it any more. A notice has done the work, or staff have.
_STALE = timedelta(minutes=5)


def let_go(error: BaseException | None) -> None:
    """Drop what the failed calls held. An error and the frame that handles it refer to each other,
    so that it stays until the collector comes by: with a cursor whose rows are still being read,
    for which SQLite's other writers wait."""
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


class StillDue(Exception):
    """A job found nothing to do for a row that is due: its state contradicts its time."""


@dataclass
class _Claim:
    rows: "models.QuerySet[Any]"
    due: str
    lease: timedelta
    until: datetime


class Parking(Generic[K]):
    """The parked rows of one kind, for one round of a job.

    `failed` are the keys of the rows that were parked in this round.
    """

    def __init__(self, kind: str, now: datetime) -> None:
        self.failed: list[K] = []
        self.now = now
        self._kind = kind
        self._rows = ParkedRow.objects.filter(kind=kind)
        self._claim: _Claim | None = None

    @cached_property
    def _any(self) -> bool:
        """Whether anything of this kind is parked: if not, a round's statements are plain ones."""
        return self._rows.exists()

    def due(self, rows: "models.QuerySet[M]", key: str = "pk") -> "models.QuerySet[M] | None":
        """The rows without those that are parked and whose next try is yet to come; None where
        none is left. `key` is the column with the parked key. Takes no lock."""
        if not rows.exists():
            return None
        if not self._any:
            return rows
        others = self._without_parked(rows, key)
        return others if others.exists() else None

    def keys(self, rows: "models.QuerySet[Any]", key: str, limit: int | None) -> list[K]:
        """The keys of the first rows that are `due`. Takes no lock."""
        found = list(rows.values_list(key, flat=True)[:limit])
        if found and self._any:
            found = list(self._without_parked(rows, key).values_list(key, flat=True)[:limit])
        return found

    def claim(
        self, rows: "models.QuerySet[M]", due: str, *, lease: timedelta, limit: int
    ) -> list[M]:
        """Rows whose time in column `due` has come, oldest first. Takes no lock where nothing is.

        Another worker sees them again after `lease`, should this one die; `keep` renews it.
        """
        waiting = self.due(rows.filter(**{f"{due}__lte": self.now}))
        if waiting is None:
            return []
        self._claim = _Claim(rows, due, lease, self.now + lease)
        with transaction():
            keys = list(claimed(waiting, due).values_list("pk", flat=True)[:limit])
            rows.filter(pk__in=keys).update(**{due: self._claim.until})
        self._claim.rows = rows.filter(pk__in=keys)
        read: dict[Any, M] = {}
        self.in_halves(keys, lambda some: read.update(rows.in_bulk(some)))
        return [read[key] for key in keys if key in read]

    def keep(self) -> None:
        """Renew the claim if half of it is over. Call it between steps that may take long."""
        claim, now = self._claim, clock.now()
        if claim is not None and claim.until - now < claim.lease / 2:
            until = now + claim.lease
            claim.rows.filter(**{claim.due: claim.until}).update(**{claim.due: until})
            claim.until = until

    def due_keys(self, keys: Sequence[K]) -> list[K]:
        """As `due`, of few rows that are known by their keys alone."""
        later = self._rows.filter(due_at__gt=self.now).values_list("key", flat=True)
        left_out = set(later) if self._any else set()
        return [key for key in keys if _text(key) not in left_out]

    def give_back(self) -> None:
        """End the claim of rows that failed: from here on the parked row says when to try again."""
        claim = self._claim
        if claim is not None and self.failed:
            failed = claim.rows.filter(**{"pk__in": self.failed, claim.due: claim.until})
            failed.update(**{claim.due: self.now})

    def in_halves(
        self,
        items: Sequence[T],
        work: Callable[[Sequence[T]], R],
        key: Callable[[T], Any] = lambda item: item,
    ) -> list[R]:
        """Do `work` on all items at once, in a transaction of its own; returns its results.

        Where it fails, halves are tried, down to the items that fail alone: these are parked. One
        bad item among n costs some 2 log n further calls, over 3 n items.
        """
        results = []
        waiting = [items] if items else []
        while waiting:
            some = waiting.pop()
            try:
                results.append(work(some))
                continue
            except _OUTAGES:
                raise
            except Exception as error:  # noqa: BLE001 - no code foresees what a bad row raises
                failure = error
            if len(some) == 1:
                self.park(key(some[0]), failure)
            else:
                middle = len(some) // 2
                waiting += [some[middle:], some[:middle]]
        return results

    @contextmanager
    def apart(self, *keys: K) -> Iterator[None]:
        """What fails inside parks these rows and ends there."""
        try:
            yield
            return
        except _OUTAGES:
            raise
        except Exception as error:  # noqa: BLE001 - no code foresees what a bad row raises
            failure = error
        for key in keys:
            self.park(key, failure)

    def park(self, key: K, error: Exception) -> None:
        """Note that a row failed, and when it is tried again."""
        let_go(error)
        self.failed.append(key)
        self._any = True
        row, _ = ParkedRow.objects.get_or_create(
            kind=self._kind,
            key=_text(key),
            defaults={"attempts": 0, "first_at": self.now, "due_at": self.now},
        )
        attempts = row.attempts + 1
        pause = min(timedelta(minutes=2 ** min(attempts - 1, _MAX_DOUBLINGS)), _MAX_PAUSE)
        ParkedRow.objects.filter(pk=row.pk).update(
            attempts=F("attempts") + 1, error=_shown(error), due_at=self.now + pause
        )
        _log.error(
            "worker.row_parked",
            kind=self._kind,
            key=_text(key),
            attempts=attempts,
            exc_info=error,
        )

    def settle(self, keys: Iterable[K]) -> int:
        """Forget of these rows that they were parked, unless they failed in this round. Returns
        how many rows the round took on, with the failed."""
        done = set(keys) - set(self.failed)
        if done and self._any:
            self._rows.filter(key__in=[_text(key) for key in done]).delete()
        return len(done) + len(set(self.failed))

    def _without_parked(self, rows: "models.QuerySet[M]", key: str) -> "models.QuerySet[M]":
        same = self._rows.filter(due_at__gt=self.now, key=_text_of(OuterRef(key)))
        return rows.filter(~Exists(same))


@dataclass(frozen=True)
class Parked:
    """A row that could not be processed since `first_at`; it is tried again at `due_at`."""

    id: int
    kind: str
    key: str
    error: str
    attempts: int
    first_at: datetime
    due_at: datetime


def parked(*, limit: int) -> tuple[Parked, ...]:
    """Parked rows, those that fail longest first."""
    rows = ParkedRow.objects.order_by("first_at", "pk").values(*(f.name for f in fields(Parked)))
    return tuple(Parked(**row) for row in rows[:limit])


def retry(ids: Sequence[int], *, now: datetime) -> int:
    """Have parked rows tried again now; how many."""
    return ParkedRow.objects.filter(pk__in=ids).update(due_at=now)


def retry_all(*, now: datetime) -> int:
    """As `retry`, every one."""
    return ParkedRow.objects.update(due_at=now)


@dataclass(frozen=True)
class ParkedFigures:
    count: int
    oldest_at: datetime


def figures() -> Mapping[str, ParkedFigures]:
    """How many rows are parked, and since when the first of them, by kind."""
    counted = ParkedRow.objects.values_list("kind").annotate(Count("pk"), Min("first_at"))
    return {kind: ParkedFigures(count, oldest_at) for kind, count, oldest_at in counted}


def forget_stale(*, now: datetime) -> int:
    """Drop parked rows that their job did not try again though their time has come: they are not
    due for it any more. Returns 0: nothing follows from it."""
    stale = ParkedRow.objects.filter(due_at__lt=now - _STALE)
    if stale.exists():
        stale.delete()
    return 0


def _text(key: object) -> str:
    return key.hex if isinstance(key, UUID) else str(key)


def _text_of(column: Any) -> Any:
    """`_text` in SQL; PostgreSQL writes a UUID with hyphens, SQLite without."""
    return Replace(Cast(column, models.CharField()), Value("-"), Value(""))


def _shown(error: Exception) -> str:
    """The error as text that every database can store: no NUL, no half of a surrogate pair."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, KaiinError) and error.params:
        text += f" {error.params}"
    if error.__cause__ is not None:
        text += f", from {error.__cause__!r}"
    return text[:2000].replace("\0", "\\0").encode(errors="backslashreplace").decode()

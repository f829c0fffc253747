"""Events on their way to their consumers: at least once, lane by lane, with back-off.

A claim moves a delivery's `due_at` on by some minutes, so that it comes back should its worker
die. While a batch is worked off its claims are renewed; one that another worker took meanwhile is
left to that one.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import structlog
from django.db.models import Count, F, Min, Q, QuerySet

from kaiin.infra import clock, consumers
from kaiin.infra.consumers import Lane
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.models import Delivery, Event
from kaiin.infra.parking import let_go

_log = structlog.get_logger(__name__)

_CLAIM = timedelta(minutes=2)
# An outage of some hours must not need people: what fails is given up after so many tries and
# so long a time.
_MIN_ATTEMPTS = 12
_GIVE_UP = timedelta(days=3)


def deliver_due(*, lane: Lane, limit: int = 100) -> int:
    """Hand a lane's due deliveries to their consumers; returns how many were claimed."""
    now = clock.now()
    # Looking takes no lock and writes nothing: most rounds end here.
    if not Delivery.objects.filter(lane=lane, due_at__lte=now).exists():
        return 0
    claim = now + _CLAIM
    rows = _claim(lane, claim, now, limit)
    with consumers.around(lane):
        _deliver_all(rows, claim)
    return len(rows)


def revive(ids: Sequence[int]) -> int:
    """Have deliveries that were given up tried again, from now on; returns how many."""
    given_up = Delivery.objects.filter(pk__in=ids, dead_at__isnull=False)
    # What kept them is believed to be over: they have a dozen tries again.
    return given_up.update(dead_at=None, due_at=clock.now(), attempts=0)


def abandon(ids: Sequence[int]) -> int:
    """Settle deliveries that were given up and shall never be made; returns how many. Their last
    error stays as the reason, a confidential payload is forgotten."""
    given_up = Delivery.objects.filter(pk__in=ids, dead_at__isnull=False)
    return given_up.update(dead_at=None, delivered_at=clock.now(), payload=None)


def dead_letters(lane: Lane | None = None) -> tuple[int, ...]:
    """The ids of deliveries that were given up, oldest first; of one lane, or of all."""
    found = _in(lane).filter(dead_at__isnull=False).order_by("pk")
    return tuple(found.values_list("pk", flat=True))


@dataclass(frozen=True)
class Undelivered:
    """A delivery that was not made yet: it is tried at `due_at`, or was given up at `dead_at`. The
    event's payload stays inside: mails contain what only their reader should see."""

    id: int
    lane: str
    consumer: str
    topic: str
    key: str
    occurred_at: datetime
    due_at: datetime | None
    dead_at: datetime | None
    attempts: int
    last_error: str


def undelivered(*, limit: int, lane: Lane | None = None) -> tuple[Undelivered, ...]:
    """Deliveries that were not made yet, those given up first, each in the order of the log."""
    of_event = {name: F(f"event__{name}") for name in ("topic", "key", "occurred_at")}
    own = [field.name for field in fields(Undelivered) if field.name not in of_event]
    rows = _in(lane).order_by("pk").values(*own, **of_event)
    dead = rows.filter(dead_at__isnull=False)[:limit]
    waiting = rows.filter(due_at__isnull=False)[: limit - len(dead)]
    return tuple(Undelivered(**row) for row in (*dead, *waiting))


@dataclass(frozen=True)
class Backlog:
    """What a lane is yet to deliver. `due` are overdue now, `waiting` includes those that are
    retried later; `oldest_at` is when the first of them happened; `dead` were given up."""

    waiting: int
    due: int
    oldest_at: datetime | None
    dead: int


def backlog(now: datetime) -> dict[Lane, Backlog]:
    """How far behind the worker is, by lane; a query over each of two partial indexes."""
    waiting = (
        Delivery.objects.filter(due_at__isnull=False)
        .values_list("lane")
        .annotate(
            waiting=Count("pk"),
            due=Count("pk", filter=Q(due_at__lte=now)),
            oldest=Min("event_id"),
        )
    )
    found = {lane: (count, due, oldest) for lane, count, due, oldest in waiting}
    # By their keys: a join might read the whole log.
    oldest = Event.objects.in_bulk([event_id for _, _, event_id in found.values()])
    dead = Delivery.objects.filter(dead_at__isnull=False).values_list("lane")
    given_up = dict(dead.annotate(dead=Count("pk")))
    backlogs = {}
    for lane in Lane:
        count, due, event_id = found.get(lane, (0, 0, None))
        oldest_at = None if event_id is None else oldest[event_id].occurred_at
        backlogs[lane] = Backlog(count, due, oldest_at, given_up.get(lane, 0))
    return backlogs


def forget_before(instant: datetime, *, limit: int) -> int:
    """Drop deliveries that were made before; returns how many."""
    made = Delivery.objects.filter(delivered_at__lt=instant).order_by("delivered_at")
    ids = list(made.values_list("pk", flat=True)[:limit])
    if ids:
        Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)


def _in(lane: Lane | None) -> "QuerySet[Delivery]":
    return Delivery.objects.all() if lane is None else Delivery.objects.filter(lane=lane)


def _claim(lane: Lane, until: datetime, now: datetime, limit: int) -> Sequence[Delivery]:
    due = Delivery.objects.filter(lane=lane, due_at__lte=now).select_related("event")
    with transaction():
        rows = list(claimed(due, "due_at")[:limit])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=until, attempts=F("attempts") + 1
        )
    return rows


def _renew(rows: Iterable[Delivery], claim: datetime, until: datetime) -> Sequence[Delivery]:
    """Claim the rows until later; those that another worker took meanwhile are left out."""
    with transaction():
        ours = Delivery.objects.filter(pk__in=[row.pk for row in rows], due_at=claim)
        kept = {row.pk for row in claimed(ours.only("pk"))}
        Delivery.objects.filter(pk__in=kept).update(due_at=until)
    return [row for row in rows if row.pk in kept]


def _deliver_all(rows: Sequence[Delivery], claim: datetime) -> None:
    waiting = deque(rows)
    while waiting:
        now = clock.now()
        if claim - now < _CLAIM / 2:
            waiting, claim = deque(_renew(waiting, claim, now + _CLAIM)), now + _CLAIM
        else:
            _deliver(waiting.popleft(), claim)


def _deliver(row: Delivery, claim: datetime) -> None:
    # Written only while the claim is ours: a handler may have taken longer than it lasts.
    ours = Delivery.objects.filter(pk=row.pk, due_at=claim)
    event = row.event
    try:
        handle = consumers.handler(event.topic, row.consumer)
        handle(event.payload if row.payload is None else row.payload)
    except Exception as error:  # noqa: BLE001
        # Any error leaves the delivery in place, and the others go on: it is tried again with
        # back-off and, at last, set aside where people see it.
        let_go(error)
        attempts = row.attempts + 1
        now = clock.now()
        dead = attempts >= _MIN_ATTEMPTS and now - event.occurred_at >= _GIVE_UP
        ours.update(
            last_error=f"{type(error).__name__}: {error}"[:2000],
            due_at=None if dead else now + timedelta(seconds=min(2**attempts, 3600)),
            dead_at=now if dead else None,
        )
        _log.exception(
            "events.failed", topic=event.topic, consumer=row.consumer, id=row.pk, dead=dead
        )
    else:
        ours.update(delivered_at=clock.now(), due_at=None, last_error="", payload=None)

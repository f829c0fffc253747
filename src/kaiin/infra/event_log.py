"""The event log: what happened, appended in the transaction that makes it true, never changed.

Each event gets one delivery for each of its consumers (`consumers.py`), stored with it and worked
off by `deliveries.py`. Events without a consumer are logged all the same: other processes read
the log by cursor.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef

from kaiin.infra import bulk, clock, consumers
from kaiin.infra.models import Delivery, Event

_EVENT = ("topic", "key", "payload", "occurred_at")
_DELIVERY = ("event_id", "consumer", "lane", "payload", "due_at", "attempts", "last_error")


@dataclass(frozen=True)
class Logged:
    """One event of the log; the payload of a confidential one is {}."""

    id: int
    topic: str
    key: str
    payload: dict[str, object]
    occurred_at: datetime


@dataclass(frozen=True)
class _New:
    topic: str
    key: str
    payload: dict[str, object]
    confidential: bool
    occurred_at: datetime


_gathered: ContextVar[list[_New] | None] = ContextVar("events_gathered", default=None)


def publish(
    *, topic: str, key: str, payload: dict[str, object], confidential: bool = False
) -> None:
    """Log one event within the caller's transaction; the same topic and key only once.

    A `confidential` payload (a mail with a code in it) stays out of the log: it is kept with the
    deliveries and forgotten with each that is done.
    """
    event = _New(topic, key, payload, confidential, clock.now())
    gathered = _gathered.get()
    if gathered is None:
        _store([event])
    else:
        gathered.append(event)


@contextmanager
def gathering() -> Iterator[None]:
    """Keep what is published meanwhile, and store it at the end at once."""
    events: list[_New] = []
    token = _gathered.set(events)
    try:
        yield
    finally:
        _gathered.reset(token)
    outer = _gathered.get()
    if outer is None:
        _store(events)
    else:
        outer += events


def after(cursor: int, *, limit: int) -> tuple[Logged, ...]:
    """Events in the order of their ids, from the first after `cursor`, which is the id of the last
    one that was read (0 at first). An event that commits late is not passed over (ADR 25).

    Call it outside of a transaction, or in one that keeps the cursor; not on a replica.
    """
    rows = Event.objects.filter(pk__gt=cursor)
    if connection.vendor == "postgresql":
        rows = rows.filter(pk__lte=_settled())
    names = [field.name for field in fields(Logged)]
    return tuple(Logged(**row) for row in rows.order_by("pk").values(*names)[:limit])


def forget_before(instant: datetime, *, limit: int) -> int:
    """Drop events that are older and whose deliveries are gone; returns how many."""
    deliveries = Delivery.objects.filter(event=OuterRef("pk"))
    old = Event.objects.filter(~Exists(deliveries), occurred_at__lt=instant)
    ids = list(old.order_by("occurred_at").values_list("pk", flat=True)[:limit])
    if ids:
        Event.objects.filter(pk__in=ids).delete()
    return len(ids)


def _settled() -> int:
    """No transaction under way will commit an event of this id or a lower one (migration 0003)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT infra_event_settled()")
        (settled,) = cursor.fetchone()
    return int(settled)


def _store(events: Sequence[_New]) -> None:
    first: dict[tuple[str, str], _New] = {}
    for event in events:
        first.setdefault((event.topic, event.key), event)
    logged = bulk.insert_new(
        Event,
        _EVENT,
        [(e.topic, e.key, {} if e.confidential else e.payload, e.occurred_at) for e in events],
        returning=("id", "topic", "key"),
    )
    bulk.insert_values(
        Delivery,
        _DELIVERY,
        [
            (
                event_id,
                consumer.name,
                consumer.lane.value,
                event.payload if event.confidential else None,
                event.occurred_at,
                0,
                "",
            )
            for event_id, event in ((key, first[topic, name]) for key, topic, name in logged)
            for consumer in consumers.of(event.topic)
        ],
    )

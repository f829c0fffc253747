"""The transactional outbox: what happened is stored with the change and told afterwards.

Delivery is at least once, so every handler is idempotent. `config/wiring.py` holds the one
table topic -> handlers and hands it over with `route`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import structlog
from django.db.models import Count, F, Min, Q

from kaiin.infra import bulk, clock
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.models import OutboxMessage

Handler = Callable[[dict[str, object]], None]

_log = structlog.get_logger(__name__)
_handlers: dict[str, Sequence[Handler]] = {}

# A claimed message comes back after this, should its worker die.
_CLAIM = timedelta(minutes=2)
# An outage of some hours must not need people: what fails is given up after so many tries and
# so long a time.
_FEWEST_ATTEMPTS = 12
_GIVE_UP = timedelta(days=3)
_NEW = (
    "topic", "key", "payload", "confidential", "created_at", "due_at", "attempts", "last_error",
)  # fmt: skip
_gathered: ContextVar[list[bulk.Values] | None] = ContextVar("outbox_gathered", default=None)


def route(table: Mapping[str, Sequence[Handler]]) -> None:
    """Set which handlers hear which topic."""
    _handlers.clear()
    _handlers.update(table)


def publish(
    *, topic: str, key: str, payload: dict[str, object], confidential: bool = False
) -> None:
    """Store one message within the caller's transaction; the same topic and key only once.

    A `confidential` payload (a mail with a code in it) is forgotten once it is delivered. A topic
    that the table does not name is not stored.
    """
    if _handlers and topic not in _handlers:
        return
    now = clock.now()
    message = (topic, key, payload, confidential, now, now, 0, "")
    gathered = _gathered.get()
    if gathered is None:
        _store([message])
    else:
        gathered.append(message)


@contextmanager
def gathering() -> Iterator[None]:
    """Keep what is published meanwhile, and store it at the end at once."""
    messages: list[bulk.Values] = []
    token = _gathered.set(messages)
    try:
        yield
    finally:
        _gathered.reset(token)
    outer = _gathered.get()
    if outer is None:
        _store(messages)
    else:
        outer += messages


def deliver_due(*, limit: int = 100) -> int:
    """Tell due messages to their handlers; returns how many were tried."""
    messages = _claim(limit)
    for message in messages:
        _deliver(message)
    return len(messages)


def revive(ids: Sequence[int]) -> int:
    """Have messages that were given up told again, from now on; returns how many."""
    given_up = OutboxMessage.objects.filter(pk__in=ids, dead_at__isnull=False)
    # Whatever kept them is believed to be over: they have a dozen tries again.
    return given_up.update(dead_at=None, due_at=clock.now(), attempts=0)


def abandon(ids: Sequence[int]) -> int:
    """Settle messages that were given up and shall never be told; returns how many. Their last
    error stays as the reason, a confidential payload is forgotten."""
    given_up = OutboxMessage.objects.filter(pk__in=ids, dead_at__isnull=False)
    given_up.filter(confidential=True).update(payload={})
    return given_up.update(dead_at=None, delivered_at=clock.now())


def dead_letters() -> tuple[int, ...]:
    """The ids of messages that were given up, oldest first."""
    found = OutboxMessage.objects.filter(dead_at__isnull=False).order_by("pk")
    return tuple(found.values_list("pk", flat=True))


@dataclass(frozen=True)
class Untold:
    """A message that was not told yet: it is tried at `due_at`, or was given up at `dead_at`. What
    it says stays inside: mails hold what only their reader should see."""

    id: int
    topic: str
    key: str
    created_at: datetime
    due_at: datetime | None
    dead_at: datetime | None
    attempts: int
    last_error: str


def untold(*, limit: int) -> tuple[Untold, ...]:
    """Messages that were not told yet, those given up first, each in the order of their making."""
    names = [field.name for field in fields(Untold)]
    rows = OutboxMessage.objects.filter(Q(due_at__isnull=False) | Q(dead_at__isnull=False))
    ordered = rows.order_by(F("dead_at").asc(nulls_last=True), "pk")
    return tuple(Untold(**row) for row in ordered.values(*names)[:limit])


def _store(messages: Sequence[bulk.Values]) -> None:
    bulk.insert_values(OutboxMessage, _NEW, messages, pass_over_known=True)


@dataclass(frozen=True)
class Backlog:
    """What is yet to be told. `due` are overdue now, `waiting` includes those that are retried
    later; `oldest_at` is when the first of them happened; `dead` were given up."""

    waiting: int
    due: int
    oldest_at: datetime | None
    dead: int


def backlog(now: datetime) -> Backlog:
    """How far behind the worker is; a query over each of two partial indexes: for both at once
    SQLite reads the whole table."""
    found = OutboxMessage.objects.filter(due_at__isnull=False).aggregate(
        waiting=Count("pk"),
        due=Count("pk", filter=Q(due_at__lte=now)),
        oldest_at=Min("created_at"),
    )
    dead = OutboxMessage.objects.filter(dead_at__isnull=False).count()
    return Backlog(**found, dead=dead)


def _claim(limit: int) -> list[OutboxMessage]:
    now = clock.now()
    with transaction():
        due = OutboxMessage.objects.filter(due_at__lte=now)
        messages = list(claimed(due, "due_at")[:limit])
        OutboxMessage.objects.filter(pk__in=[m.pk for m in messages]).update(
            due_at=now + _CLAIM, attempts=F("attempts") + 1
        )
    return messages


def _deliver(message: OutboxMessage) -> None:
    row = OutboxMessage.objects.filter(pk=message.pk)
    try:
        for handler in _handlers.get(message.topic, ()):
            handler(message.payload)
    except Exception as error:  # noqa: BLE001
        # Whatever a handler raises, the message stays and the loop goes on: it is tried again
        # with back-off and, at last, set aside where people see it.
        attempts = message.attempts + 1
        now = clock.now()
        dead = attempts >= _FEWEST_ATTEMPTS and now - message.created_at >= _GIVE_UP
        row.update(
            last_error=f"{type(error).__name__}: {error}"[:2000],
            due_at=None if dead else now + timedelta(seconds=min(2**attempts, 3600)),
            dead_at=now if dead else None,
        )
        _log.exception("outbox.failed", topic=message.topic, id=message.pk, dead=dead)
    else:
        told: dict[str, object] = {"payload": {}} if message.confidential else {}
        row.update(delivered_at=clock.now(), due_at=None, last_error="", **told)

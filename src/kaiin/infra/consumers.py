"""Which part acts on which event, and in which lane: `config/wiring.py` registers it, at start."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum

Handler = Callable[[dict[str, object]], None]


class Lane(StrEnum):
    """Deliveries of one lane wait for each other, never for those of another."""

    MONEY = "money"
    ACCESS = "access"
    MAIL = "mail"
    # Calls to other services, which may be slow: providers, webhooks.
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Consumer:
    """`handle` gets an event's payload, at least once: it is idempotent. `name` is stored with
    each delivery, so a renamed consumer leaves those that wait without a handler."""

    name: str
    lane: Lane
    handle: Handler


class UnknownConsumer(LookupError):
    """A delivery's consumer is not registered (any more)."""


_by_topic: dict[str, Sequence[Consumer]] = {}
_around: dict[Lane, Callable[[], AbstractContextManager[None]]] = {}


def register(
    table: Mapping[str, Sequence[Consumer]],
    around: Mapping[Lane, Callable[[], AbstractContextManager[None]]] | None = None,
) -> None:
    """Set the consumers of each topic, and what each batch of a lane is delivered inside of."""
    _by_topic.clear()
    _by_topic.update(table)
    _around.clear()
    _around.update(around or {})


def of(topic: str) -> Sequence[Consumer]:
    """The consumers of a topic."""
    return _by_topic.get(topic, ())


def handler(topic: str, name: str) -> Handler:
    """What a consumer does with a topic's events. Raises UnknownConsumer."""
    for consumer in of(topic):
        if consumer.name == name:
            return consumer.handle
    raise UnknownConsumer(f"{name} of {topic}")


def around(lane: Lane) -> AbstractContextManager[None]:
    """What a batch of a lane is delivered inside of."""
    return _around.get(lane, nullcontext)()

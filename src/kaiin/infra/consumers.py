"""Which part acts on which event, and in which lane: `config/wiring.py` registers it when the first
event is written or delivered. It imports every context, which most commands never need."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

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


@dataclass(frozen=True)
class _Wiring:
    by_topic: Mapping[str, Sequence[Consumer]]
    around: Mapping[Lane, Callable[[], AbstractContextManager[None]]]


# One, or none yet: replaced as a whole, since threads read it meanwhile.
_wiring: list[_Wiring] = []


def register(
    table: Mapping[str, Sequence[Consumer]],
    around: Mapping[Lane, Callable[[], AbstractContextManager[None]]] | None = None,
) -> None:
    """Set the consumers of each topic, and what each batch of a lane is delivered inside of."""
    _wiring[:] = [_Wiring(table, around or {})]


def _registered() -> _Wiring:
    if not _wiring:
        from django.conf import settings  # noqa: PLC0415 - commands without Django read the lanes

        import_module(settings.KAIIN_WIRING).connect()
    return _wiring[0]


def of(topic: str) -> Sequence[Consumer]:
    """The consumers of a topic."""
    return _registered().by_topic.get(topic, ())


def handler(topic: str, name: str) -> Handler:
    """What a consumer does with a topic's events. Raises UnknownConsumer."""
    for consumer in of(topic):
        if consumer.name == name:
            return consumer.handle
    raise UnknownConsumer(f"{name} of {topic}")


def around(lane: Lane) -> AbstractContextManager[None]:
    """What a batch of a lane is delivered inside of."""
    return _registered().around.get(lane, nullcontext)()

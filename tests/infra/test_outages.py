"""An outage outside: what could not be delivered is delivered when it is over, by itself."""

from collections.abc import Iterator

import pytest

from kaiin.infra import consumers, deliveries, event_log
from kaiin.infra.consumers import Consumer, Lane
from kaiin.infra.locks import transaction
from kaiin.infra.models import Delivery
from tests.fixtures.deliveries import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def outage() -> Iterator[list[bool]]:
    """The consumer of `test.said` fails as long as this is not empty."""
    from kaiin.config import wiring

    under_way = [True]

    def handler(_payload: dict[str, object]) -> None:
        if under_way:
            raise ConnectionError

    consumers.register({"test.said": [Consumer("test", Lane.OUTSIDE, handler)]})
    with transaction():
        event_log.publish(topic="test.said", key="a", payload={})
    yield under_way
    wiring.connect()


def test_two_days_of_outage_heal_by_themselves(clock, outage) -> None:  # type: ignore[no-untyped-def]
    for _ in range(2 * 24 * 4):
        deliver_all()
        clock.advance(minutes=15)
    row = Delivery.objects.get()
    assert (row.dead_at, row.delivered_at) == (None, None)
    assert row.attempts >= 12
    outage.clear()
    clock.advance(hours=1)
    deliver_all()
    assert Delivery.objects.get().delivered_at is not None


def test_what_was_given_up_can_be_tried_again(clock, outage) -> None:  # type: ignore[no-untyped-def]
    for _ in range(20):
        deliver_all()
        clock.advance(hours=6)
    (dead,) = deliveries.dead_letters()
    assert deliver_all() == 0
    outage.clear()
    assert deliveries.revive([dead]) == 1
    assert deliver_all() == 1
    assert deliveries.dead_letters() == ()
    assert Delivery.objects.get().delivered_at is not None
    assert deliveries.revive([dead]) == 0, "what was delivered is not delivered again"

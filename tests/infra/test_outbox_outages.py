"""An outage outside: what could not be told is told when it is over, without anybody's help."""

from collections.abc import Iterator

import pytest

from kaiin.infra import outbox
from kaiin.infra.locks import transaction
from kaiin.infra.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def outage() -> Iterator[list[bool]]:
    """The handler of `test.said` fails as long as this is not empty."""
    from kaiin.config import wiring

    under_way = [True]

    def handler(_payload: dict[str, object]) -> None:
        if under_way:
            raise ConnectionError

    outbox.route({"test.said": [handler]})
    with transaction():
        outbox.publish(topic="test.said", key="a", payload={})
    yield under_way
    wiring.connect()


def test_two_days_of_outage_heal_by_themselves(clock, outage) -> None:  # type: ignore[no-untyped-def]
    for _ in range(2 * 24 * 4):
        outbox.deliver_due()
        clock.advance(minutes=15)
    row = OutboxMessage.objects.get()
    assert (row.dead_at, row.delivered_at) == (None, None)
    assert row.attempts >= 12
    outage.clear()
    clock.advance(hours=1)
    outbox.deliver_due()
    assert OutboxMessage.objects.get().delivered_at is not None


def test_what_was_given_up_can_be_told_again(clock, outage) -> None:  # type: ignore[no-untyped-def]
    for _ in range(20):
        outbox.deliver_due()
        clock.advance(hours=6)
    (dead,) = outbox.dead_letters()
    assert outbox.deliver_due() == 0
    outage.clear()
    assert outbox.revive([dead]) == 1
    assert outbox.deliver_due() == 1
    assert outbox.dead_letters() == ()
    assert OutboxMessage.objects.get().delivered_at is not None
    assert outbox.revive([dead]) == 0, "what was told is not told again"

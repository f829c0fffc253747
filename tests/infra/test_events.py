"""The event log and the deliveries to consumers, lane by lane."""

import threading
import weakref
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from kaiin.infra import audit, consumers, deliveries, event_log
from kaiin.infra.consumers import Consumer, Handler, Lane
from kaiin.infra.gathering import gathering_transaction
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.models import AuditRow, Delivery, Event
from tests.fixtures.clock import Clock
from tests.fixtures.deliveries import deliver_all

Heard = list[dict[str, object]]


@pytest.fixture
def consume() -> Iterator[Callable[..., None]]:
    """Sets the only consumers there are: of `test.said`, one for each lane that is named."""
    from kaiin.config import wiring

    def register(**handlers: Handler) -> None:
        consumers.register(
            {"test.said": [Consumer(f"to.{lane}", Lane(lane), h) for lane, h in handlers.items()]}
        )

    yield register
    wiring.connect()


@pytest.fixture
def heard(consume: Callable[..., None]) -> Heard:
    """What the one consumer of `test.said` heard, in the lane `outside`."""
    messages: Heard = []
    consume(outside=messages.append)
    return messages


def say(key: str, **payload: object) -> None:
    with transaction():
        event_log.publish(topic="test.said", key=key, payload=payload)


def deliver(lane: Lane = Lane.OUTSIDE, limit: int = 100) -> int:
    return deliveries.deliver_due(lane=lane, limit=limit)


@pytest.mark.django_db
def test_the_same_key_is_delivered_once(clock: Clock, heard: Heard) -> None:
    say("a", n=1)
    say("a", n=1)
    assert deliver() == 1
    say("a", n=1)
    assert deliver() == 0
    assert heard == [{"n": 1}]


@pytest.mark.django_db
def test_what_a_failed_handler_had_opened_is_let_go_before_the_failure_is_noted(
    clock: Clock, consume: Callable[..., None]
) -> None:
    class Cursor:
        """Stands for one whose rows are still being read: SQLite's writers wait for it."""

    opened: list[weakref.ref[Cursor]] = []
    at_the_note: list[object] = []

    def fail(_: object) -> None:
        cursor = Cursor()
        opened.append(weakref.ref(cursor))
        raise ValueError("an instant that Python does not know")

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if opened and sql.startswith("UPDATE"):
            at_the_note.append(opened[0]())
        return execute(sql, *rest)

    consume(outside=fail)
    say("a")
    with connection.execute_wrapper(look):
        assert deliver() == 1
    assert at_the_note == [None]
    assert "ValueError" in Delivery.objects.get().last_error


@pytest.mark.django_db
def test_nothing_is_logged_of_a_change_that_did_not_happen(clock: Clock, heard: Heard) -> None:
    def change_and_fail() -> None:
        with transaction():
            event_log.publish(topic="test.said", key="a", payload={})
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert not Event.objects.exists()
    assert deliver() == 0


@pytest.mark.django_db
def test_an_event_without_a_consumer_is_logged_all_the_same(clock: Clock, heard: Heard) -> None:
    with transaction():
        event_log.publish(topic="test.unheard", key="a", payload={"n": 1})
    assert not Delivery.objects.exists()
    (event,) = event_log.after(0, limit=10)
    assert (event.topic, event.payload, event.occurred_at) == (
        "test.unheard", {"n": 1}, clock.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_the_database_refuses_to_change_an_event(clock: Clock) -> None:
    say("a")
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        Event.objects.update(payload={"n": 2})


@pytest.mark.django_db
def test_each_consumer_has_its_own_delivery(clock: Clock, consume: Callable[..., None]) -> None:
    def fail(_payload: dict[str, object]) -> None:
        raise ConnectionError

    money: Heard = []
    consume(money=money.append, mail=fail)
    say("a", n=1)
    assert deliver(Lane.MAIL) == deliver(Lane.MONEY) == 1
    assert money == [{"n": 1}]
    assert [each.consumer for each in deliveries.undelivered(limit=9)] == ["to.mail"]
    assert [each.consumer for each in deliveries.undelivered(limit=9, lane=Lane.MONEY)] == []


@pytest.mark.django_db
def test_a_delivery_to_an_unknown_consumer_is_an_error(clock: Clock, heard: Heard) -> None:
    say("a")
    consumers.register({})
    assert deliver() == 1
    (waiting,) = deliveries.undelivered(limit=9)
    assert "UnknownConsumer" in waiting.last_error


@pytest.mark.django_db
def test_a_failing_one_is_tried_again_later_and_the_others_go_on(
    clock: Clock, heard: Heard, consume: Callable[..., None]
) -> None:
    def stumble(payload: dict[str, object]) -> None:
        if payload["n"] == 1 and not tries:
            tries.append(1)
            raise ConnectionError("mail server is away")
        heard.append(payload)

    tries: list[int] = []
    consume(outside=stumble)
    say("a", n=1)
    say("b", n=2)
    deliver()
    assert heard == [{"n": 2}]
    assert deliver() == 0  # backing off
    clock.advance(minutes=1)
    deliver()
    assert heard == [{"n": 2}, {"n": 1}]


@pytest.mark.django_db
def test_what_never_succeeds_is_set_aside_and_kept(
    clock: Clock, consume: Callable[..., None]
) -> None:
    def refuse(payload: dict[str, object]) -> None:
        raise ConnectionError("never")

    consume(outside=refuse)
    say("a")
    for _ in range(20):
        deliver()
        clock.advance(hours=6)
    row = Delivery.objects.get()
    assert row.dead_at is not None
    assert (row.due_at, row.delivered_at) == (None, None)
    assert "never" in row.last_error


@pytest.mark.django_db
def test_a_confidential_payload_is_forgotten_once_delivered_and_never_logged(
    clock: Clock, heard: Heard
) -> None:
    with transaction():
        event_log.publish(topic="test.said", key="a", payload={"code": "123456"}, confidential=True)
    assert Event.objects.get().payload == {}
    assert Delivery.objects.get().payload == {"code": "123456"}
    deliver()
    assert heard == [{"code": "123456"}]
    assert Delivery.objects.get().payload is None


@pytest.mark.django_db
def test_a_confidential_payload_is_forgotten_when_it_is_abandoned(
    clock: Clock, consume: Callable[..., None]
) -> None:
    def refuse(payload: dict[str, object]) -> None:
        raise ConnectionError("never")

    consume(outside=refuse)
    with transaction():
        event_log.publish(topic="test.said", key="a", payload={"code": "123456"}, confidential=True)
    for _ in range(20):
        deliver()
        clock.advance(hours=6)
    assert deliveries.abandon(deliveries.dead_letters()) == 1
    assert Delivery.objects.get().payload is None


@pytest.mark.django_db
def test_one_whose_worker_died_comes_back(clock: Clock, heard: Heard) -> None:
    say("a", n=1)
    # A worker takes it, and is killed.
    deliveries._claim(Lane.OUTSIDE, clock.now() + deliveries._CLAIM, clock.now(), 10)
    assert deliver() == 0
    clock.advance(minutes=3)
    assert deliver() == 1
    assert heard == [{"n": 1}]


@pytest.mark.django_db
def test_claims_are_renewed_while_the_work_goes_on(
    clock: Clock, heard: Heard, consume: Callable[..., None]
) -> None:
    taken_by_another: list[int] = []

    def slow(payload: dict[str, object]) -> None:
        heard.append(payload)
        clock.advance(seconds=80)
        taken_by_another.append(deliver())

    consume(outside=slow)
    for number in range(4):
        say(str(number), n=number)
    deliver()
    assert [payload["n"] for payload in heard] == [0, 1, 2, 3]
    assert taken_by_another == [0, 0, 0, 0]


@pytest.mark.django_db
def test_what_another_worker_took_from_a_slow_one_is_not_repeated(
    clock: Clock, heard: Heard, consume: Callable[..., None]
) -> None:
    def slow(payload: dict[str, object]) -> None:
        heard.append(payload)
        if len(heard) == 1:
            clock.advance(minutes=5)
            assert deliver() == 4

    consume(outside=slow)
    for number in range(4):
        say(str(number), n=number)
    deliver()
    # The one that took so long is repeated, the rest is not.
    assert [payload["n"] for payload in heard] == [0, 0, 1, 2, 3]
    assert Delivery.objects.filter(delivered_at=None).count() == 0


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_parallel_workers_share_the_deliveries(clock: Clock, heard: Heard) -> None:
    for number in range(40):
        say(str(number), n=number)

    def work() -> None:
        while deliver(limit=5):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(str(message["n"])) for message in heard) == list(range(40))


@pytest.mark.django_db
def test_what_is_gathered_is_stored_at_the_end_once_or_not_at_all(
    clock: Clock, heard: Heard
) -> None:
    def change(key: str, *, fail: bool = False) -> None:
        with gathering_transaction():
            for number in range(20):
                say(f"{key}{number % 10}")
                audit.record(action="test.done", subject="member:1", actor="test", details={})
            assert not Event.objects.exists()
            assert not AuditRow.objects.exists()
            if fail:
                raise LookupError

    with pytest.raises(LookupError):
        change("a", fail=True)
    assert (Event.objects.count(), AuditRow.objects.count()) == (0, 0)
    change("b")
    assert (Event.objects.count(), Delivery.objects.count(), AuditRow.objects.count()) == (
        10, 10, 20,
    )  # fmt: skip


@pytest.mark.django_db
def test_an_idle_round_only_looks(clock: Clock, heard: Heard) -> None:
    say("a")
    deliver_all()
    with CaptureQueriesContext(connection) as seen:
        for lane in Lane:
            assert deliver(lane) == 0
    statements = [query["sql"] for query in seen]
    # No transaction begins: on SQLite each begins as the writer.
    assert len(statements) == len(Lane)
    assert [sql for sql in statements if not sql.startswith("SELECT") or "FOR UPDATE" in sql] == []


@pytest.mark.django_db
def test_publishing_costs_two_statements_however_much_is_gathered(
    clock: Clock, heard: Heard
) -> None:
    with CaptureQueriesContext(connection) as one:
        event_log.publish(topic="test.said", key="a", payload={})
    with CaptureQueriesContext(connection) as many, event_log.gathering():
        for number in range(50):
            event_log.publish(topic="test.said", key=str(number), payload={})
    assert Delivery.objects.count() == 51
    assert len(one) <= 2
    assert len(many) <= 2


@pytest.mark.django_db
def test_what_is_due_is_found_without_reading_what_was_delivered(clock: Clock) -> None:
    due = claimed(Delivery.objects.filter(lane=Lane.MONEY, due_at__lte=clock.now()), "due_at")
    made = Delivery.objects.filter(delivered_at__lt=clock.now()).order_by("delivered_at")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    with transaction():
        assert "delivery_due" in due[:100].explain()
        assert "delivery_made" in made[:100].explain()


@pytest.mark.django_db
def test_old_deliveries_and_events_are_dropped_what_waits_is_kept(
    clock: Clock, heard: Heard, consume: Callable[..., None]
) -> None:
    def refuse(payload: dict[str, object]) -> None:
        if payload["n"] == 1:
            raise ConnectionError

    consume(outside=refuse)
    for number in range(4):
        say(str(number), n=number)
    deliver()
    later = clock.advance(days=10)
    say("later", n=9)
    deliver()
    before = later - timedelta(days=1)
    # Events are kept as long as a delivery of theirs is.
    assert event_log.forget_before(before, limit=10) == 0
    assert [deliveries.forget_before(before, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [event_log.forget_before(before, limit=2) for _ in range(3)] == [2, 1, 0]
    assert list(Event.objects.order_by("id").values_list("key", flat=True)) == ["1", "later"]
    assert Delivery.objects.count() == 2

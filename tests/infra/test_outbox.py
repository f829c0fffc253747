import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from kaiin.infra import audit, outbox
from kaiin.infra.gathering import gathering_transaction
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.models import AuditRow, OutboxMessage


@pytest.fixture
def heard() -> Iterator[list[dict[str, object]]]:
    """What the handler of `test.said` heard; the real table comes back afterwards."""
    from kaiin.config import wiring

    messages: list[dict[str, object]] = []
    outbox.route({"test.said": [messages.append]})
    yield messages
    wiring.connect()


def _say(key: str, **payload: object) -> None:
    with transaction():
        outbox.publish(topic="test.said", key=key, payload=payload)


@pytest.mark.django_db
def test_the_same_key_is_told_once(clock, heard) -> None:
    _say("a", n=1)
    _say("a", n=1)
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    assert heard == [{"n": 1}]


@pytest.mark.django_db
def test_nothing_is_told_of_a_change_that_did_not_happen(clock, heard) -> None:
    def change_and_fail() -> None:
        with transaction():
            outbox.publish(topic="test.said", key="a", payload={})
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert outbox.deliver_due() == 0


@pytest.mark.django_db
def test_a_failing_handler_is_tried_again_later_and_the_others_go_on(clock, heard) -> None:
    def stumble(payload: dict[str, object]) -> None:
        if payload["n"] == 1 and not tries:
            tries.append(1)
            raise ConnectionError("mail server is away")
        heard.append(payload)

    tries: list[int] = []
    outbox.route({"test.said": [stumble]})
    _say("a", n=1)
    _say("b", n=2)
    outbox.deliver_due()
    assert heard == [{"n": 2}]
    assert outbox.deliver_due() == 0  # backing off
    clock.advance(minutes=1)
    outbox.deliver_due()
    assert heard == [{"n": 2}, {"n": 1}]


@pytest.mark.django_db
def test_what_never_succeeds_is_set_aside_and_kept(clock, heard) -> None:
    def refuse(payload: dict[str, object]) -> None:
        raise ConnectionError("never")

    outbox.route({"test.said": [refuse]})
    _say("a")
    for _ in range(20):
        outbox.deliver_due()
        clock.advance(hours=6)
    row = OutboxMessage.objects.get()
    assert row.dead_at is not None
    assert row.delivered_at is None
    assert "never" in row.last_error


@pytest.mark.django_db
def test_a_confidential_payload_is_forgotten_once_told_and_not_before(clock, heard) -> None:
    with transaction():
        outbox.publish(topic="test.said", key="a", payload={"code": "123456"}, confidential=True)
    assert OutboxMessage.objects.get().payload == {"code": "123456"}
    outbox.deliver_due()
    assert heard == [{"code": "123456"}]
    assert OutboxMessage.objects.get().payload == {}


@pytest.mark.django_db
def test_a_message_whose_worker_died_comes_back(clock, heard) -> None:
    _say("a", n=1)
    outbox._claim(10)  # a worker takes it, and is killed
    assert outbox.deliver_due() == 0
    clock.advance(minutes=3)
    assert outbox.deliver_due() == 1
    assert heard == [{"n": 1}]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_parallel_workers_share_the_messages(clock, heard) -> None:
    for number in range(40):
        _say(str(number), n=number)

    def work() -> None:
        while outbox.deliver_due(limit=5):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message["n"] for message in heard) == list(range(40))


@pytest.mark.django_db
def test_what_nobody_listens_to_is_not_stored(clock, heard) -> None:
    with transaction():
        outbox.publish(topic="test.unheard", key="a", payload={})
        outbox.publish(topic="test.said", key="a", payload={})
    assert list(OutboxMessage.objects.values_list("topic", flat=True)) == ["test.said"]


@pytest.mark.django_db
def test_what_is_gathered_is_stored_at_the_end_once_or_not_at_all(clock, heard) -> None:
    def change(key: str, *, fail: bool = False) -> None:
        with gathering_transaction():
            for number in range(20):
                _say(f"{key}{number % 10}")
                audit.record(action="test.done", subject="member:1", actor="test", details={})
            assert not OutboxMessage.objects.exists()
            assert not AuditRow.objects.exists()
            if fail:
                raise LookupError

    with pytest.raises(LookupError):
        change("a", fail=True)
    assert (OutboxMessage.objects.count(), AuditRow.objects.count()) == (0, 0)
    change("b")
    assert (OutboxMessage.objects.count(), AuditRow.objects.count()) == (10, 20)


@pytest.mark.django_db
def test_what_is_due_is_found_without_reading_what_was_told(clock) -> None:
    due = claimed(OutboxMessage.objects.filter(due_at__lte=clock.now()), "due_at")[:100]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    with transaction():
        assert "outbox_due" in due.explain()

"""Reading the event log by cursor passes over nothing, in any order of commits."""

import threading
from collections.abc import Callable
from random import Random

import pytest
from django.db import connection

from kaiin.infra import event_log
from kaiin.infra.locks import transaction

pytestmark = pytest.mark.django_db(transaction=True)


def publish(key: str) -> None:
    event_log.publish(topic="test.read", key=key, payload={})


def read_from(cursor: int) -> tuple[list[str], int]:
    """The keys of what comes after a cursor, and the next cursor."""
    keys = []
    while some := event_log.after(cursor, limit=7):
        keys += [event.key for event in some]
        cursor = some[-1].id
    return keys, cursor


class Writer(threading.Thread):
    """Does something with a database connection of its own."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.work = work
        self.start()

    def run(self) -> None:
        try:
            self.work()
        finally:
            connection.close()


@pytest.mark.races
def test_a_late_commit_is_not_passed_over() -> None:
    published, commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction():
            publish("late")
            published.set()
            assert commit.wait(20)

    publish("before")
    keys, cursor = read_from(0)
    assert keys == ["before"]
    first = Writer(late)
    assert published.wait(20)
    second = Writer(lambda: publish("early"))
    if connection.vendor == "postgresql":
        # It has a higher id than the other's, and is there at once. SQLite lets it wait.
        second.join()
    assert read_from(cursor)[0] == []
    commit.set()
    first.join()
    second.join()
    assert read_from(cursor)[0] == ["late", "early"]


@pytest.mark.races
def test_what_is_rolled_back_keeps_no_reader_waiting() -> None:
    published, give_up = threading.Event(), threading.Event()

    def publish_in_vain() -> None:
        with transaction():
            publish("doomed")
            published.set()
            assert give_up.wait(20)
            raise LookupError

    def doomed() -> None:
        with pytest.raises(LookupError):
            publish_in_vain()

    writer = Writer(doomed)
    assert published.wait(20)
    give_up.set()
    writer.join()
    publish("next")
    assert read_from(0)[0] == ["next"]


@pytest.mark.races
def test_each_event_is_read_once_while_many_write() -> None:
    def write(name: int) -> None:
        chance = Random(name)
        for number in range(15):
            try:
                with transaction():
                    for each in range(chance.randint(1, 3)):
                        publish(f"{name}:{number}:{each}")
                    if chance.random() < 0.2:
                        raise LookupError
            except LookupError:
                continue
            committed.add(f"{name}:{number}:0")

    committed: set[str] = set()
    writers = [Writer(lambda name=name: write(name)) for name in range(4)]
    keys: list[str] = []
    cursor = 0
    while any(writer.is_alive() for writer in writers):
        some, cursor = read_from(cursor)
        keys += some
    keys += read_from(cursor)[0]
    assert len(keys) == len(set(keys))
    assert {key for key in keys if key.endswith(":0")} == committed

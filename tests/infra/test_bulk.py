"""Rows written in sets are the same rows that Django writes one by one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from kaiin.infra import bulk
from kaiin.infra.locks import transaction
from kaiin.infra.models import Delivery, Event, ThrottleBucket
from tests.fixtures.clock import Clock

MANY = 20
AWKWARD = '\\N\t"quoted"\n\\x41 {a,b} NULL 会員 %s %% \'; --'


def delivery(number: int, now: datetime, **more: Any) -> Delivery:
    event, _ = Event.objects.get_or_create(topic="test.said", key="a", payload={}, occurred_at=now)
    values: dict[str, Any] = {
        "event": event,
        "consumer": str(number),
        "lane": "mail",
        "payload": {"n": number, "text": AWKWARD, "list": [None, True, 1.5]},
        "due_at": now + timedelta(microseconds=number) if number % 3 else None,
        "delivered_at": None if number % 3 else now,
        "last_error": AWKWARD,
    }
    return Delivery(**values | more)


def contents() -> list[Any]:
    columns = [field.name for field in Delivery._meta.concrete_fields]
    return list(Delivery.objects.order_by("id").values_list(*columns))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, MANY])
def test_what_is_inserted_comes_back(clock: Clock, count: int) -> None:
    now = clock.now()
    rows = [delivery(number, now) for number in range(count)]
    with transaction():
        bulk.insert(rows)
    stored = Delivery.objects.order_by("id").values_list("pk", flat=True)
    assert [row.pk for row in rows] == list(stored)
    written = contents()
    for row in Delivery.objects.order_by("id"):
        row.save()
    assert contents() == written
    assert Delivery.objects.get(consumer="0").payload["text"] == AWKWARD
    # The database's own numbers go on after those that were given.
    assert Delivery.objects.create(
        event=rows[0].event, consumer="next", lane="mail", due_at=now
    ).pk > max(row.pk for row in rows)


@pytest.mark.django_db
def test_known_rows_are_passed_over_or_refused(clock: Clock) -> None:
    now = clock.now()
    with transaction():
        bulk.insert([delivery(3, now, payload={})])
        bulk.insert([delivery(number, now) for number in range(MANY)], pass_over_known=True)
    assert Delivery.objects.count() == MANY
    assert Delivery.objects.get(consumer="3").payload == {}
    again = [delivery(number, now) for number in range(MANY)]
    with pytest.raises(IntegrityError), transaction():
        bulk.insert(again)


@pytest.mark.django_db
def test_only_what_changed_is_written(clock: Clock) -> None:
    now = clock.now()
    with transaction():
        bulk.insert([delivery(number, now) for number in range(MANY)])
    rows = [bulk.remember(row) for row in Delivery.objects.order_by("id")]
    Delivery.objects.update(last_error="another hand's")
    for row in rows[:10]:
        row.payload = {"by": row.consumer}
    rows[10].due_at, rows[10].dead_at = None, now
    with transaction():
        bulk.update(rows)
    found = list(Delivery.objects.order_by("id"))
    assert [row.payload for row in found[:10]] == [{"by": str(n)} for n in range(10)]
    assert found[10].due_at is None
    assert {row.last_error for row in found} == {"another hand's"}


@pytest.mark.django_db
def test_compare_and_set(clock: Clock) -> None:
    now = clock.now()
    with transaction():
        bulk.insert([delivery(number, now, attempts=0) for number in range(MANY)])
    rows = [bulk.remember(row) for row in Delivery.objects.order_by("id")]
    for row in rows:
        row.attempts = 5
    Delivery.objects.filter(pk=rows[7].pk).update(attempts=1)
    with pytest.raises(RuntimeError, match="changed under its lock"), transaction():
        bulk.update(rows, guard=("attempts", {row.pk: 0 for row in rows}))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0, 1}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 250])
def test_of_new_rows_the_keys_come_back_in_the_order_of_the_rows(clock: Clock, count: int) -> None:
    now = clock.now()
    Event.objects.create(topic="t", key="0", payload={}, occurred_at=now)
    values = [("t", str(number), {"text": AWKWARD}, now) for number in range(count + 1)]
    with transaction():
        names = ("topic", "key", "payload", "occurred_at")
        stored = bulk.insert_new(Event, names, [*values, values[1]], returning=("id", "key"))
    found = Event.objects.order_by("pk").values_list("pk", "key")
    assert list(found)[1:] == stored
    assert [key for _, key in stored] == [str(number) for number in range(1, count + 1)]
    assert Event.objects.get(key="1").payload == {"text": AWKWARD}
    assert bulk.insert_new(Event, names, values, returning=("id",)) == []


@pytest.mark.django_db
def test_values_without_objects(clock: Clock) -> None:
    now = clock.now()
    names = ("key", "count", "window_ends_at")
    with transaction():
        bulk.insert_values(ThrottleBucket, names, [(str(n), n, now) for n in range(MANY)])
        bulk.update_values(ThrottleBucket, ("key", "count"), [("3", 30), ("4", 40)])
    counts = dict(ThrottleBucket.objects.values_list("key", "count"))
    assert counts == {str(n): n for n in range(MANY)} | {"3": 30, "4": 40}
    with pytest.raises(RuntimeError), transaction():
        bulk.update_values(ThrottleBucket, ("key", "count"), [("5", 50), ("nobody", 1)])

"""Querysets whose SQL is written once bring what Django's own bring."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kaiin.infra.models import AuditRow, OutboxMessage
from kaiin.payments.models import Payment
from kaiin.simulation.remembering import Remembering

pytestmark = pytest.mark.django_db

_AT = datetime(2027, 1, 31, 15, tzinfo=UTC)
Make = Callable[[Any, Any], Any]


@pytest.fixture
def messages() -> list[OutboxMessage]:
    return [
        OutboxMessage.objects.create(
            topic=f"topic{number % 3}",
            key=str(number),
            payload={"number": number},
            created_at=_AT + timedelta(hours=number),
            due_at=None if number % 4 == 0 else _AT + timedelta(days=number),
            last_error="" if number % 2 else "away",
        )
        for number in range(12)
    ]


_READ: dict[str, Make] = {
    "all": lambda rows, _: rows.order_by("pk"),
    "one": lambda rows, n: rows.filter(key=str(n)),
    "none": lambda rows, n: rows.filter(due_at=None, topic=f"topic{n % 3}"),
    "is null": lambda rows, n: rows.filter(due_at__isnull=n % 2 == 0).order_by("-key"),
    "in": lambda rows, n: rows.filter(key__in={"1", "2", str(n)}).order_by("key"),
    "in nothing": lambda rows, _: rows.filter(key__in=[]),
    "range": lambda rows, n: rows.filter(
        due_at__gt=_AT, due_at__lte=_AT + timedelta(days=n)
    ).order_by("due_at"),
    "excluded": lambda rows, n: rows.exclude(topic=f"topic{n % 3}", last_error="").order_by("pk"),
    "either": lambda rows, n: rows.filter(
        Q(key=str(n)) | ~Q(last_error="away"), topic="topic1"
    ).order_by("pk"),
    "a name": lambda rows, _: rows.filter(due_at__gt=F("created_at")).order_by("pk"),
    "values": lambda rows, n: rows.filter(key=str(n)).values("key", "due_at", "payload"),
    "tuples": lambda rows, n: rows.filter(key=str(n)).values_list("due_at", "payload", "pk"),
    "flat": lambda rows, n: rows.order_by("-pk").values_list("created_at", flat=True)[:n],
    "some columns": lambda rows, n: rows.filter(key=str(n)).only("topic", "due_at"),
    "a slice": lambda rows, n: rows.order_by("pk")[n : n + 3],
}


@pytest.mark.parametrize("name", _READ)
def test_reading(name: str, messages: list[OutboxMessage]) -> None:
    for number in (1, 5, 2, 9):
        plain = _READ[name](models.QuerySet(OutboxMessage), number)
        remembering = _READ[name](Remembering(OutboxMessage), number)
        assert list(map(_content, remembering)) == list(map(_content, plain))


def test_kinds_of_values() -> None:
    payments = [
        Payment.objects.create(
            intent_key=f"key{number}",
            member_ref=number,
            method="card",
            provider="sandbox",
            amount=550,
            renews=number % 2 == 0,
            written_by=UUID(int=number),
            paid_at=None if number == 1 else _AT,
            request={"number": number},
            created_at=_AT,
            called_at=_AT,
            ask_at=None if number == 2 else _AT + timedelta(hours=number),
        )
        for number in range(3)
    ]
    for payment in payments:
        plain = models.QuerySet(Payment).get(pk=payment.pk)
        read = Remembering(Payment).get(pk=payment.pk)
        assert read.__dict__ | {"_state": None} == plain.__dict__ | {"_state": None}
        kinds = [type(value) for name, value in sorted(read.__dict__.items()) if name != "_state"]
        expected = [type(v) for name, v in sorted(plain.__dict__.items()) if name != "_state"]
        assert kinds == expected


def test_the_database_s_refusals_are_django_s() -> None:
    rows = Remembering(OutboxMessage)
    for key in ("1", "2"):
        OutboxMessage.objects.create(topic="topic", key=key, payload={}, created_at=_AT)
    for _ in range(2):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filter(key="2").update(key="1")
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            rows.filter(key="2").update(key="3")
    assert rows.filter(key="2").exists()


def test_what_is_asked_for_again_is_not_written_again(messages: list[OutboxMessage]) -> None:
    def read(number: int) -> str | None:
        rows = Remembering(OutboxMessage).filter(key=str(number)).only("topic")
        found = rows.first()
        return found and found.topic

    assert [read(number) for number in (3, 4, 99)] == ["topic0", "topic1", None]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        rows = Remembering(OutboxMessage).filter(key="5").only("topic")
        assert rows.first().topic == "topic2"
        assert rows._query is None
    assert len(seen) == 1


def test_one_of_many_and_of_none(messages: list[OutboxMessage]) -> None:
    rows = Remembering(OutboxMessage)
    assert rows.get(key="7").pk == messages[7].pk
    with pytest.raises(OutboxMessage.DoesNotExist):
        rows.get(key="none of these")
    with pytest.raises(OutboxMessage.MultipleObjectsReturned):
        rows.get(topic="topic1")
    assert rows.filter(key="3").exists()
    assert not rows.filter(key="99").exists()
    assert set(rows.in_bulk([messages[1].pk, messages[2].pk])) == {messages[1].pk, messages[2].pk}


def test_writing(messages: list[OutboxMessage]) -> None:
    rows = Remembering(OutboxMessage)
    for number in (1, 2):
        later = _AT + timedelta(days=100 + number)
        changed = rows.filter(key__in=[str(number)], due_at__lte=later).update(
            due_at=later, attempts=F("attempts") + number, payload={"again": number}
        )
        assert changed == 1
        row = OutboxMessage.objects.get(key=str(number))
        assert (row.due_at, row.attempts, row.payload) == (later, number, {"again": number})
    assert rows.filter(key="3").update(due_at=None, last_error="x") == 1
    assert rows.filter(key="5").update(due_at=_AT, last_error="y") == 1
    assert OutboxMessage.objects.get(key="3").due_at is None
    assert OutboxMessage.objects.get(key="5").due_at == _AT


def test_what_is_unknown_is_django_s(messages: list[OutboxMessage]) -> None:
    rows = Remembering(OutboxMessage)
    assert rows.filter(key__startswith="1").count() == 3
    assert rows.filter(pk__in=rows.filter(topic="topic2").values("pk")).count() == 4
    counted = rows.values("topic").annotate(count=models.Count("pk")).order_by("topic")
    assert [row["count"] for row in counted] == [4, 4, 4]
    assert rows.filter(key="2").delete()[0] == 1
    assert not Remembering(AuditRow).filter(subject="member:1").exists()


def _content(row: Any) -> Any:
    return row.__dict__ | {"_state": None} if isinstance(row, OutboxMessage) else row

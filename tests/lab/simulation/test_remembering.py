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

from kaiin.infra.constraints import IsAppendOnly
from kaiin.infra.consumers import Lane
from kaiin.infra.models import AuditRow, Delivery, Event
from kaiin.lab.simulation.remembering import Remembering, _remembering
from kaiin.payments.models import Payment

pytestmark = pytest.mark.django_db

_AT = datetime(2027, 1, 31, 15, tzinfo=UTC)
Make = Callable[[Any, Any], Any]
_LANES = ("money", "mail", "outside")


@pytest.fixture
def event() -> Event:
    return Event.objects.create(topic="topic", key="key", payload={}, occurred_at=_AT)


@pytest.fixture
def made(event: Event) -> list[Delivery]:
    return [
        Delivery.objects.create(
            event=event,
            lane=_LANES[number % 3],
            consumer=str(number),
            payload={"number": number},
            due_at=None if number % 4 == 0 else _AT + timedelta(days=number),
            delivered_at=_AT if number % 4 == 0 else None,
            last_error="" if number % 2 else "away",
        )
        for number in range(12)
    ]


_READ: dict[str, Make] = {
    "all": lambda rows, _: rows.order_by("pk"),
    "one": lambda rows, n: rows.filter(consumer=str(n)),
    "a member of an enumeration": lambda rows, n: rows.filter(
        ~Q(lane=Lane.MAIL), lane=list(Lane)[n % 4]
    ).order_by("pk"),
    "none": lambda rows, n: rows.filter(due_at=None, lane=_LANES[n % 3]),
    "is null": lambda rows, n: rows.filter(due_at__isnull=n % 2 == 0).order_by("-consumer"),
    "in": lambda rows, n: rows.filter(consumer__in={"1", "2", str(n)}).order_by("consumer"),
    "in nothing": lambda rows, _: rows.filter(consumer__in=[]),
    "range": lambda rows, n: rows.filter(
        due_at__gt=_AT, due_at__lte=_AT + timedelta(days=n)
    ).order_by("due_at"),
    "excluded": lambda rows, n: rows.exclude(lane=_LANES[n % 3], last_error="").order_by("pk"),
    "either": lambda rows, n: rows.filter(
        Q(consumer=str(n)) | ~Q(last_error="away"), lane="mail"
    ).order_by("pk"),
    "a name": lambda rows, _: rows.filter(attempts__lt=F("pk")).order_by("pk"),
    "values": lambda rows, n: rows.filter(consumer=str(n)).values("consumer", "due_at", "payload"),
    "tuples": lambda rows, n: rows.filter(consumer=str(n)).values_list("due_at", "payload", "pk"),
    "flat": lambda rows, n: rows.order_by("-pk").values_list("due_at", flat=True)[:n],
    "some columns": lambda rows, n: rows.filter(consumer=str(n)).only("lane", "due_at"),
    "counted": lambda rows, n: (
        rows.filter(last_error=("" if n % 2 else "away"))
        .values_list("consumer")
        .annotate(models.Count("pk"), newest=models.Max("due_at"))
        .order_by("consumer")
    ),
    "a slice": lambda rows, n: rows.order_by("pk")[n : n + 3],
}


@pytest.mark.parametrize("name", _READ)
def test_reading(name: str, made: list[Delivery]) -> None:
    for number in (1, 5, 2, 9):
        plain = _READ[name](models.QuerySet(Delivery), number)
        remembering = _READ[name](Remembering(Delivery), number)
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


def test_the_database_s_refusals_are_django_s(event: Event) -> None:
    rows = Remembering(Delivery)
    for key in ("1", "2"):
        Delivery.objects.create(event=event, consumer=key, lane="mail", due_at=_AT)
    for _ in range(2):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filter(consumer="2").update(consumer="1")
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            rows.filter(consumer="2").update(consumer="3")
    assert rows.filter(consumer="2").exists()


def test_what_is_asked_for_again_is_not_written_again(made: list[Delivery]) -> None:
    def read(number: int) -> str | None:
        rows = Remembering(Delivery).filter(consumer=str(number)).only("lane")
        found = rows.first()
        return found and found.lane

    assert [read(number) for number in (3, 4, 99)] == ["money", "mail", None]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        rows = Remembering(Delivery).filter(consumer="5").only("lane")
        assert rows.first().lane == "outside"
        assert rows._query is None
    assert len(seen) == 1


def test_one_of_many_and_of_none(made: list[Delivery]) -> None:
    rows = Remembering(Delivery)
    assert rows.get(consumer="7").pk == made[7].pk
    with pytest.raises(Delivery.DoesNotExist):
        rows.get(consumer="none of these")
    with pytest.raises(Delivery.MultipleObjectsReturned):
        rows.get(lane="mail")
    assert rows.filter(consumer="3").exists()
    assert not rows.filter(consumer="99").exists()
    assert set(rows.in_bulk([made[1].pk, made[2].pk])) == {made[1].pk, made[2].pk}


def test_writing(made: list[Delivery]) -> None:
    rows = Remembering(Delivery)
    for number in (1, 2):
        later = _AT + timedelta(days=100 + number)
        changed = rows.filter(consumer__in=[str(number)], due_at__lte=later).update(
            due_at=later, attempts=F("attempts") + number, payload={"again": number}
        )
        assert changed == 1
        row = Delivery.objects.get(consumer=str(number))
        assert (row.due_at, row.attempts, row.payload) == (later, number, {"again": number})
    assert rows.filter(consumer="3").update(due_at=None, dead_at=_AT, last_error="x") == 1
    assert rows.filter(consumer="5").update(due_at=_AT, last_error="y") == 1
    assert Delivery.objects.get(consumer="3").due_at is None
    assert Delivery.objects.get(consumer="5").due_at == _AT


def test_what_is_unknown_is_django_s(made: list[Delivery]) -> None:
    rows = Remembering(Delivery)
    assert rows.filter(consumer__startswith="1").count() == 3
    assert rows.filter(pk__in=rows.filter(lane="outside").values("pk")).count() == 4
    counted = rows.values("lane").annotate(count=models.Count("pk")).order_by("lane")
    assert [row["count"] for row in counted] == [4, 4, 4]
    assert rows.filter(consumer="2").delete()[0] == 1
    assert not Remembering(AuditRow).filter(subject="member:1").exists()


def _content(row: Any) -> Any:
    return row.__dict__ | {"_state": None} if isinstance(row, Delivery) else row


def test_saving(event: Event) -> None:
    """As Django saves: new rows and their keys, changed columns of stored ones, JSON and empty
    values."""
    for number in range(3):
        row = Delivery(
            event=event, consumer=f"c{number}", lane="mail", payload={"n": [number]}, due_at=_AT
        )
        Remembering(Delivery)._insert(
            [row],
            fields=Delivery._meta.local_concrete_fields[1:],
            returning_fields=Delivery._meta.db_returning_fields,
            using="default",
            raw=False,
        )
    later = _AT + timedelta(days=1)
    stored = list(models.QuerySet(Delivery).order_by("pk"))
    assert [(row.consumer, row.payload, row.due_at) for row in stored] == [
        (f"c{number}", {"n": [number]}, _AT) for number in range(3)
    ]
    for row in stored:
        written = (
            Remembering(Delivery)
            .using("default")
            .filter(pk=row.pk)
            ._update(
                [
                    (Delivery._meta.get_field("due_at"), None, later),
                    (Delivery._meta.get_field("payload"), None, {"n": row.pk}),
                ]
            )
        )
        assert written == 1
    changed = list(models.QuerySet(Delivery).order_by("pk"))
    assert [(row.payload, row.due_at) for row in changed] == [
        ({"n": row.pk}, later) for row in stored
    ]
    assert (
        Remembering(Delivery)
        .filter(pk=0)
        ._update([(Delivery._meta.get_field("due_at"), None, _AT)])
        == 0
    )


def test_deleting(made: list[Delivery]) -> None:
    rows = Remembering(Delivery)
    assert rows.filter(lane="nothing's").delete()[0] == 0
    assert rows.filter(lane="mail").delete()[0] == 4
    assert models.QuerySet(Delivery).filter(lane="mail").count() == 0


def test_an_append_only_table_still_refuses() -> None:
    rows: Any = _remembering(type(AuditRow.objects.all()))(AuditRow)
    with pytest.raises(IsAppendOnly):
        rows.filter(subject="no one").delete()
    with pytest.raises(IsAppendOnly):
        rows.filter(subject="no one").update(actor="someone else")


def test_a_relation_under_conditions(made: list[Delivery]) -> None:
    def read(rows: Any, number: int) -> list[Any]:
        due = models.FilteredRelation(
            "delivery", condition=Q(delivery__due_at__lte=_AT + timedelta(days=number))
        )
        found = rows.annotate(due=due).filter(topic="topic").order_by("due__pk")
        return list(found.values_list("pk", "due__consumer"))

    for number in (2, 7, 3):
        plain = read(models.QuerySet(Event), number)
        assert read(Remembering(Event), number) == plain
        assert len(plain) > 1

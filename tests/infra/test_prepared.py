"""Statements that Django writes once: the same rows as its own querysets give."""

from datetime import UTC, datetime

import pytest
from django.db.models import CharField, DateTimeField

from kaiin.identity.models import LoginAttempt, LoginIdentifier
from kaiin.infra.prepared import Insert, Place, Select
from tests.identity.members import make_member, statements

pytestmark = pytest.mark.usefixtures("plusmember")

AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
COLUMNS = (
    "pk",
    "at",
    "outcome",
    "member",
    "member__member_id",
    "hints",
    "known_device",
    "site_key",
)


def test_a_row_is_written_and_read_as_by_django() -> None:
    member = make_member()
    attempt = {"at": AT, "outcome": "wrong", "kind": "email", "value_digest": "é%s", "hints": ["a"]}
    insert = Insert(LoginAttempt)
    for member_id in (member, None):
        pk = insert.run(member_id=member_id, **attempt)
        written = LoginAttempt.objects.filter(pk=pk).values().get()
        theirs = LoginAttempt.objects.create(member_id=member_id, **attempt)
        assert written == LoginAttempt.objects.filter(pk=theirs.pk).values().get() | {"id": pk}

    def made(outcome: object, before: object) -> object:
        rows = LoginAttempt.objects.filter(outcome=outcome, at__lt=before)
        return rows.order_by("pk").values_list(*COLUMNS)

    select = Select(
        lambda: made(Place("outcome", CharField()), Place("before", DateTimeField()))  # type: ignore[arg-type,return-value]
    )
    later = AT.replace(year=2027)
    for outcome, before in (("wrong", later), ("wrong", AT), ("passed", later)):
        rows = list(select.rows(outcome=outcome, before=before))
        assert rows == list(made(outcome, before))  # type: ignore[call-overload]
        assert select.first(outcome=outcome, before=before) == (rows[0] if rows else None)
    assert len(list(select.rows(outcome="wrong", before=later))) == 4


def test_the_statement_is_the_same_for_all_values() -> None:
    make_member("hanako@example.jp")
    select = Select(
        lambda: LoginIdentifier.objects.filter(value=Place("value", CharField())).values_list("pk")
    )
    with statements() as seen:
        assert select.first(value="hanako@example.jp")
        assert select.first(value="' OR 1=1 --") is None
    assert len(seen) == 2
    assert len(set(seen)) == 1

"""Rows are written without waiting for others and sealed afterwards, each once, in one chain."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction as atomic

from kaiin.infra import audit, clock as instants
from kaiin.infra.locks import transaction
from kaiin.infra.models import AuditHead, AuditRow
from kaiin.verification import trail
from kaiin.verification.reading import Reader


def _record(number: int) -> None:
    with transaction():
        audit.record(
            action="test.done",
            subject=f"member:{number}",
            actor="system:test",
            details={"n": number},
        )


def _seal_all() -> int:
    count = 0
    while sealed := audit.seal(limit=3):
        count += sealed
    return count


def _found() -> list[str]:
    """What `kaiin verify` says of the chain and of its unsealed tail."""
    reader, late = Reader(connection), instants.now() - timedelta(hours=2)
    found = [*trail.check_chain(reader), *trail.check_unsealed(reader, late)]
    return [each.check for each in found]


def _numbers() -> list[int | None]:
    return list(AuditRow.objects.order_by("id").values_list("seal_number", flat=True))


def _run(*work: Callable[[], None]) -> None:
    """Each in a thread with a connection of its own."""

    def run(each: Callable[[], None]) -> None:
        try:
            each()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db
def test_rows_are_written_by_one_insert_and_lock_nothing(clock, django_assert_num_queries) -> None:
    facts = [audit.Fact("test.done", f"member:{n}", "system:test", {"n": n}) for n in range(20)]
    # The savepoint around it, and the rows.
    with django_assert_num_queries(3), transaction():
        audit.record_all(facts)
    audit.record_all([])
    rows = AuditRow.objects.order_by("id").values_list("subject", flat=True)
    assert list(rows) == [fact.subject for fact in facts]
    assert not AuditHead.objects.exists()


@pytest.mark.django_db
def test_the_sealer_chains_the_oldest_rows_and_rests_when_all_are_sealed(
    clock, django_assert_num_queries
) -> None:
    for number in range(5):
        _record(number)
        clock.advance(seconds=1)
    assert audit.seal(limit=3) == 3
    assert _numbers() == [1, 2, 3, None, None]
    assert audit.oldest_unsealed() == clock.now() - timedelta(seconds=2)
    assert audit.seal(limit=3) == 2
    with django_assert_num_queries(2) as asked:
        assert audit.seal(limit=3) == 0
    assert all(each["sql"].startswith("SELECT") for each in asked)
    assert (_numbers(), audit.oldest_unsealed()) == ([1, 2, 3, 4, 5], None)
    assert _found() == []


@pytest.mark.django_db
def test_what_waits_too_long_for_its_seal_is_found(clock) -> None:
    _record(1)
    clock.advance(hours=2)
    assert _found() == []
    clock.advance(seconds=1)
    assert _found() == ["audit.unsealed"]
    _seal_all()
    assert _found() == []


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_no_row(clock) -> None:
    def change_and_fail() -> None:
        with transaction():
            audit.record(action="test.done", subject="member:1", actor="system:test", details={})
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert not AuditRow.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE infra_auditrow SET {column} = {value} WHERE subject = 'member:1'",
        "UPDATE infra_auditrow SET {column} = {value} WHERE subject = 'member:2'",
        (
            "UPDATE infra_auditrow SET seal_number = 2, digest = 'x', sealed_at = at,"
            " {column} = {value} WHERE subject = 'member:2'"
        ),
    ],
    ids=["a sealed row", "an unsealed row", "while sealing"],
)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "id + 10"),
        ("at", "'2001-01-01 00:00:00+00:00'"),
        ("action", "'other'"),
        ("subject", "'member:3'"),
        ("actor", "'staff:1'"),
        ("details", "'{}'"),
    ],
)
def test_the_database_refuses_to_change_what_a_row_says(
    clock, change: str, column: str, value: str
) -> None:
    _sealed_and_unsealed()
    _refused(change.format(column=column, value=value))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE infra_auditrow SET seal_number = 2 WHERE subject = 'member:1'",
        "UPDATE infra_auditrow SET digest = 'x' WHERE subject = 'member:1'",
        "UPDATE infra_auditrow SET sealed_at = at WHERE subject = 'member:1'",
        (
            "UPDATE infra_auditrow SET seal_number = NULL, digest = '', sealed_at = NULL"
            " WHERE subject = 'member:1'"
        ),
        "UPDATE infra_auditrow SET seal_number = 2 WHERE subject = 'member:2'",
        (
            "UPDATE infra_auditrow SET seal_number = 1, digest = 'x', sealed_at = at"
            " WHERE subject = 'member:2'"
        ),
        "DELETE FROM infra_auditrow WHERE subject = 'member:1'",
        "DELETE FROM infra_auditrow WHERE subject = 'member:2'",
    ],
)
def test_the_database_refuses_to_delete_rows_and_to_move_seals(clock, change: str) -> None:
    _sealed_and_unsealed()
    _refused(change)


def _sealed_and_unsealed() -> None:
    _record(1)
    assert audit.seal(limit=9) == 1
    _record(2)


def _refused(statement: str) -> None:
    before = list(AuditRow.objects.order_by("id").values())
    with (
        pytest.raises((IntegrityError, DatabaseError)),
        atomic.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(AuditRow.objects.order_by("id").values()) == before


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_make_one_chain(clock) -> None:
    written = threading.Event()
    sealed = []

    def write(worker: int) -> None:
        for number in range(10):
            _record(worker * 100 + number)

    def keep_sealing() -> None:
        while True:
            last = written.is_set()
            sealed.append(audit.seal(limit=4))
            if last and not sealed[-1] and audit.oldest_unsealed() is None:
                return

    def write_all() -> None:
        _run(*(lambda worker=worker: write(worker) for worker in range(3)))
        written.set()

    _run(write_all, keep_sealing, keep_sealing)
    assert sorted(number or 0 for number in _numbers()) == list(range(1, 31))
    assert sum(sealed) == 30
    assert _found() == []


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_sealed_after_those_before_it(clock) -> None:
    _record(0)
    begun, sealed = threading.Event(), threading.Event()

    def commit_late() -> None:
        with transaction():
            audit.record(action="test.late", subject="member:1", actor="test", details={})
            begun.set()
            assert sealed.wait(10)

    def seal_meanwhile() -> None:
        assert begun.wait(10)
        if connection.vendor == "postgresql":
            # SQLite has one writer: there a row of a higher id can't be committed before.
            _record(2)
            audit.seal(limit=9)
        sealed.set()

    _run(commit_late, seal_meanwhile)
    _seal_all()
    expected = [1, 3, 2] if connection.vendor == "postgresql" else [1, 2]
    assert _numbers() == expected
    assert _found() == []

import threading

import pytest
from django.db import connection

from kaiin.infra import audit
from kaiin.infra.locks import transaction
from kaiin.infra.models import AuditRow


def _record(number: int) -> None:
    with transaction():
        audit.record(
            action="test.done",
            subject=f"member:{number}",
            actor="system:test",
            details={"n": number},
        )


@pytest.mark.django_db
def test_rows_follow_from_each_other(clock) -> None:
    for number in range(5):
        _record(number)
        clock.advance(seconds=1)
    assert list(audit.broken_rows()) == []


@pytest.mark.django_db
def test_many_rows_are_chained_in_their_order_by_a_few_statements(
    clock, django_assert_max_num_queries
) -> None:
    _record(0)
    facts = [audit.Fact("test.done", f"member:{n}", "system:test", {"n": n}) for n in range(20)]
    # The head, keys, the rows, the head; and the savepoint around them.
    with django_assert_max_num_queries(6), transaction():
        audit.record_all(facts)
    audit.record_all([])
    _record(99)
    rows = AuditRow.objects.order_by("id").values_list("subject", flat=True)
    assert list(rows) == ["member:0", *(fact.subject for fact in facts), "member:99"]
    assert list(audit.broken_rows()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["changed", "removed", "swapped"])
def test_damage_is_found(clock, damage: str) -> None:
    for number in range(5):
        _record(number)
    ids = list(AuditRow.objects.order_by("id").values_list("id", flat=True))
    match damage:
        case "changed":
            AuditRow.objects.filter(id=ids[2]).update(details={"n": 99})
        case "removed":
            AuditRow.objects.filter(id=ids[2]).delete()
        case "swapped":
            AuditRow.objects.filter(id=ids[2]).update(subject="member:3")
            AuditRow.objects.filter(id=ids[3]).update(subject="member:2")
    assert list(audit.broken_rows()) != []


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_no_row(clock) -> None:
    def change_and_fail() -> None:
        with transaction():
            audit.record(action="test.done", subject="member:1", actor="system:test", details={})
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert not AuditRow.objects.exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_parallel_writers_make_one_chain(clock) -> None:
    def work(worker: int) -> None:
        for number in range(10):
            _record(worker * 100 + number)
        connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditRow.objects.count() == 40
    assert list(audit.broken_rows()) == []

"""A fact that was reversed and came again is found by its own key, by exact look-ups only."""

from collections.abc import Callable

from django.db import connection
from django.db.models import QuerySet

from kaiin.domain import ledger
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from tests.billing.conftest import World, balances


def test_a_fact_comes_again_after_its_reversal_and_is_found(world: World) -> None:
    from kaiin.billing.ledger import posting
    from kaiin.billing.membership.locking import lock_memberships
    from kaiin.billing.membership.unit_of_work import UnitOfWork
    from kaiin.billing.models import Charge, Membership
    from kaiin.infra.locks import transaction

    world.joined()
    charge, before = Charge.objects.get(), balances()

    def write(collect: Callable[[UnitOfWork], None]) -> None:
        with transaction():
            locked = list(lock_memberships([Membership.objects.get().pk]).values())
            batch = UnitOfWork(now=world.clock.now(), actor="test", memberships=locked)
            collect(batch)
            batch.write()

    def post(key: str) -> None:
        entry = ledger.chargeback(key, world.clock.now(), [(Account.CHARGEBACKS, Money(550))])
        write(lambda batch: batch.post(posting.again_if_reversed(entry), charge=charge))

    def undo(key: str) -> None:
        entry = posting.in_force(key)
        assert entry is not None

        def collect(batch: UnitOfWork) -> None:
            batch.reverse(entry, charge=charge)

        write(collect)

    def found(key: str) -> str | None:
        entry = posting.in_force(key)
        return entry.key if entry else None

    post("chargeback:a")
    post("chargeback:a:2")
    assert (found("chargeback:a"), found("chargeback:")) == ("chargeback:a", None)
    undo("chargeback:a")
    assert (found("chargeback:a"), found("chargeback:a:2")) == (None, "chargeback:a:2")
    post("chargeback:a")
    assert found("chargeback:a") == "chargeback:a#2"
    undo("chargeback:a")
    post("chargeback:a")
    assert found("chargeback:a") == "chargeback:a#3"
    for key in ("chargeback:a", "chargeback:a:2"):
        undo(key)
    assert balances() == before


def test_no_look_up_by_key_reads_the_whole_ledger(world: World) -> None:
    from kaiin.billing.ledger import posting

    found: QuerySet[object] = posting.of_key("chargeback:a")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = found.explain()
    assert "ledger_entry_repeats" in plan
    assert "SCAN billing_ledgerentry" not in plan
    assert "Seq Scan" not in plan

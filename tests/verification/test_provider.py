"""The provider's own store against the database: what only one of both knows is found."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from kaiin.domain.periods import JST
from kaiin.verification import provider
from kaiin.verification.provider import provider_checks
from kaiin.verification.violation import Violation
from tests.billing.conftest import World
from tests.verification import club


def found(world: World, **options: object) -> list[Violation]:
    store = world.sandbox.app.service.store._path
    return list(provider_checks(connection, store, now=world.clock.now(), **options))  # type: ignore[arg-type]


def test_a_club_agrees_with_its_provider(world: World) -> None:
    club.play(world)
    assert found(world) == []
    assert found(world, since=world.clock.now() - timedelta(days=3)) == []


_DAMAGES = {
    "provider.unnoticed": "UPDATE payments_payment SET state = 'expired' WHERE state = 'paid'",
    "provider.no_money": "UPDATE payments_payment SET state = 'paid' WHERE state = 'canceled'",
    "provider.amount": "UPDATE payments_payment SET received_amount = 549",
    "provider.refunds": "UPDATE payments_refund SET state = 'failed'",
    "provider.unknown": "DELETE FROM payments_payment",
    "provider.charged_after_end": (
        "UPDATE billing_subscription SET ended_at = '2026-11-22 04:00:00+00:00',"
        " state = 'ended', end_reason = 'left'"
    ),
    "provider.charged_twice": "UPDATE billing_charge SET period_index = 2, attempt = 100 + id",
}


@pytest.mark.damages
def test_what_differs_is_found(world: World) -> None:
    refunded = world.join(world.member())
    world.pay(refunded.payment)
    world.sandbox.refund_at_provider(refunded.payment, 100)
    world.joined()
    world.sandbox.give_up(world.join(world.member()).payment)
    world.go_to(datetime(2027, 1, 2, tzinfo=JST))
    assert found(world) == []
    for check, damage in _DAMAGES.items():
        assert check in _after(damage, world), check
    text = Path(provider.__file__).read_text("utf-8")
    assert set(re.findall(r'"(provider\.[a-z_]+)"', text)) == _DAMAGES.keys()
    manual = (Path(__file__).parents[2] / "docs" / "verify.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(provider\.[a-z_]+)` \|", manual, re.MULTILINE)) == _DAMAGES.keys()


def _after(damage: str, world: World) -> set[str]:
    """The checks that find something after a damage, which is then undone."""
    mark = transaction.savepoint()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP INDEX charge_live_once")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DROP INDEX charge_live_once")
        cursor.execute(damage)
    checks = {violation.check for violation in found(world)}
    transaction.savepoint_rollback(mark)
    return checks

"""What no code writes, raw SQL can't write either: the database refuses it."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from kaiin.domain.payments import Method
from tests.billing.conftest import World, world  # noqa: F401 - a fixture

CONTEXTS = ("identity", "payments", "billing")
OUT_OF_BOUNDS = {
    "billing_charge": [("attempt", "0"), ("period_index", "0")],
    "billing_period": [("early_end", "'left'"), ('"index"', "0")],
    "billing_entitlement": [("ends_at", "starts_at")],
    "billing_subscription": [
        ("anchor_day", "0"),
        ("ended_at", "created_at"),
        ("paused_until", "created_at"),
    ],
    "payments_mandate": [("ended_at", "created_at"), ("state", "'ended'")],
    "payments_payment": [("received_amount", "-1")],
    "identity_onetimecode": [("expires_at", "'2001-01-01 00:00:00+00:00'")],
}


def _enumerated() -> Iterator[models.Field]:
    for label in CONTEXTS:
        for model in apps.get_app_config(label).get_models():
            yield from (field for field in model._meta.local_fields if field.choices)


def _refused(table: str, column: str, value: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this file
        assert cursor.fetchone()[0], f"no row in {table} to spoil"
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE {table} SET {column} = {value}")  # noqa: S608
        except DatabaseError:
            return True
    return False


@pytest.fixture
def club(world: World) -> World:  # noqa: F811
    """A row in each table that has an enumerated column."""
    from kaiin.billing.actions.grants import grant_access
    from kaiin.billing.models import Charge, Membership, RefundCase
    from kaiin.identity.models import AttemptOutcome, GivenRight, LoginAttempt, OneTimeCode
    from kaiin.payments.models import Refund

    member = world.joined(method=Method.AU)
    now = world.clock.now()
    grant_access(
        member_pk=member, site_key="official", until=now.replace(year=2027), reason_text="",
        actor="staff:1",
    )  # fmt: skip
    charge = Charge.objects.get()
    RefundCase.objects.create(
        membership=Membership.objects.get(), charge=charge, payment=charge.payment, key="k",
        amount=1, reason="staff", opened_at=now,
    )  # fmt: skip
    Refund.objects.create(payment=charge.payment, key="k", amount=1, created_at=now)
    GivenRight.objects.create(member_id=member, name="money")
    LoginAttempt.objects.create(at=now, outcome=AttemptOutcome.WRONG, kind="email", value_digest="")
    OneTimeCode.objects.create(
        id="x", purpose="join", digest="", bound_to="", created_at=now, expires_at=now
    )
    return world


@pytest.mark.damages
def test_the_database_refuses_what_no_code_writes(club: World) -> None:
    # The ledger's rows can't be changed at all (`billing/migrations/0002_*`).
    spoilt = [(field.model._meta.db_table, field.column, "'bitcoin'") for field in _enumerated()]
    spoilt += [(table, *each) for table, columns in OUT_OF_BOUNDS.items() for each in columns]
    taken = [
        f"{table}.{column} = {value}"
        for table, column, value in spoilt
        if not _refused(table, column, value)
    ]
    assert not taken, taken

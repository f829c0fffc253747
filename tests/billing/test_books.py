"""What the database itself refuses, what a question costs, and that every change leaves a trace."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kaiin.domain.periods import JST
from kaiin.infra.constraints import IsAppendOnly
from tests.billing.conftest import World

DECEMBER = datetime(2026, 12, 1, tzinfo=JST)


def test_the_ledger_cannot_be_changed(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting

    world.joined()
    for table in (LedgerEntry, LedgerPosting):
        with pytest.raises(IsAppendOnly):
            table.objects.all().delete()
        with pytest.raises(IsAppendOnly):
            table.objects.update(id=1)
    entry, posting = LedgerEntry.objects.first(), LedgerPosting.objects.first()
    assert entry is not None
    assert posting is not None
    entry.occurred_at = DECEMBER
    posting.amount = 1
    for row in (entry, posting):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            row.save()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute("DELETE FROM billing_ledgerposting")


def test_the_database_refuses_a_second_row_of_what_is_unique(world: World) -> None:
    from kaiin.billing.models import Charge, Membership, Period, Subscription

    world.joined()
    for table, changes in (
        (Membership, {}),
        (Subscription, {}),
        (Charge, {"attempt": 9, "intent_key": "other", "payment_id": None}),
        (Charge, {"attempt": 9, "intent_key": "other", "payment_id": None, "state": "open"}),
        (Period, {"payment_id": None}),
    ):
        row = table.objects.get()
        row.pk = None
        row._state.adding = True
        for name, value in changes.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_entry_is_one_query(world: World, django_assert_num_queries: object) -> None:
    member = world.joined()
    world.entry(member)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert world.entry(member).allowed


def test_memberships_cost_the_same_however_many(
    world: World, django_assert_max_num_queries: object
) -> None:
    from kaiin.billing.views.memberships import list_memberships
    from kaiin.billing.views.receipts import list_receipts

    member = world.joined()
    world.pay(world.join(member, site="mail").payment)
    world.clock.freeze(DECEMBER)
    world.work()
    # One of these may be the look, once a second, whether the tenant has changed.
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(list_memberships(member, at=DECEMBER)) == 2
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(list_receipts(member)) == 4
    newcomer = world.member()
    for site in ("official", "mail"):
        world.join(newcomer, site=site)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert all(view.open_payment for view in list_memberships(newcomer, at=DECEMBER))


def test_the_worker_writes_in_sets(world: World) -> None:
    """Recording N payments costs a fixed part and a little more for each."""
    from django.test.utils import CaptureQueriesContext

    from kaiin.billing.outcomes.recording import record_payments

    def record(count: int) -> int:
        members = [world.member() for _ in range(count)]
        payments = [world.join(member).payment for member in members]
        for payment in payments:
            world.sandbox.pay(payment)
        world.sandbox.deliver_notices()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            record_payments(payment_ids=[payment.id for payment in payments])
        return len(captured)

    one, six = record(1), record(6)
    assert six < one * 4


def test_every_change_leaves_its_trace(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.infra.models import AuditRow, Delivery, Event

    member = world.joined()
    world.clock.freeze(DECEMBER)
    world.work()
    leave_site(member_pk=member, site_key="official")
    world.clock.freeze(datetime(2027, 1, 1, tzinfo=JST))
    world.work()
    mine = AuditRow.objects.filter(subject=f"member:{member}", action__startswith="billing.")
    noted = mine.order_by("pk")
    assert list(noted.values_list("action", flat=True)) == [
        "billing.charge_intended",
        "billing.period_paid",
        "billing.membership_started",
        "billing.period_paid",
        "billing.left",
        "billing.subscription_ended",
        "billing.membership_withdrawn",
    ]
    topics = Event.objects.filter(topic__startswith="billing.").order_by("pk")
    assert list(topics.values_list("topic", flat=True)) == [
        "billing.membership_started",
        "billing.access_changed",
        "billing.access_changed",
        "billing.access_changed",
        "billing.mandate_released",
        "billing.membership_withdrawn",
    ]
    assert not Delivery.objects.filter(delivered_at=None).exists()


def test_a_member_without_an_address_joins_all_the_same(world: World) -> None:
    member = world.member(email=None)
    world.pay(world.join(member).payment)
    assert world.entry(member).allowed

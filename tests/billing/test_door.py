"""Access begins and ends to the microsecond."""

from datetime import timedelta

import pytest

from kaiin.domain.entitlements import WindowKind
from tests.billing.conftest import World

TICK = timedelta(microseconds=1)


def test_it_opens_with_the_money_and_closes_with_the_end(world: World) -> None:
    member = world.joined("yearly")
    view = world.view(member)
    assert view.period is not None
    for at, allowed in (
        (view.period.starts_at - TICK, False),
        (view.period.starts_at, True),
        (view.period.ends_at - TICK, True),
        (view.period.ends_at, False),
    ):
        world.clock.freeze(at)
        assert world.entry(member).allowed is allowed, at


def test_grace_takes_over_at_the_end_and_ends_with_its_last_day(world: World) -> None:
    member = world.joined("monthly")
    end = world.view(member).paid_until
    assert end is not None
    for at, kind in (
        (end - TICK, WindowKind.PAID),
        (end, WindowKind.GRACE),
        (end + timedelta(days=3) - TICK, WindowKind.GRACE),
        (end + timedelta(days=3), None),
    ):
        world.clock.freeze(at)
        assert world.entry(member).kind is kind, at


@pytest.mark.damages
def test_money_that_is_reversed_in_the_books_opens_nothing(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry
    from kaiin.billing.membership import access

    member = world.joined("yearly")
    paid = LedgerEntry.objects.get(kind="payment")
    now = world.clock.now()
    LedgerEntry.objects.create(
        key="reversal:by-hand",
        kind="reversal",
        occurred_at=now,
        recorded_at=now,
        membership=paid.membership,
        subscription=paid.subscription,
        period=paid.period,
        payment=paid.payment,
        reverses=paid,
    )
    membership = paid.membership_id
    assert access.rebuild([membership]) == {membership}
    assert not world.entry(member).allowed


def test_what_is_over_is_not_read_again(world: World) -> None:
    from kaiin.billing.membership import access
    from kaiin.billing.models import Entitlement, Grant, Membership, Period

    world.joined("monthly")
    world.go_to(world.clock.now() + timedelta(days=110))
    membership, now = Membership.objects.get().pk, world.clock.now()
    assert (Period.objects.count(), Grant.objects.count()) == (5, 5)
    coming = access.facts([membership], now)[membership]
    assert [fact.kind for fact in coming] == [WindowKind.PAID, WindowKind.GRACE]
    # One window of all that was paid and one of the grace after it, as from everything.
    assert len(Entitlement.objects.get(kind="paid").evidence) == 5
    assert access.rebuild([membership], now) == access.rebuild([membership]) == set()

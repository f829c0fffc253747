"""Real threads on real transactions: the second finds what the first has done."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import Standing
from tests.billing.conftest import World, balances, windows_survive_a_rebuild

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

DECEMBER = datetime(2026, 12, 1, tzinfo=JST)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run actions in threads that start together; their results, or the errors they raised."""
    from django.db import connection

    results: list[object] = [None] * len(actions)
    barrier = threading.Barrier(len(actions))

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = actions[index]()
        except Exception as error:  # noqa: BLE001 - what went wrong is the result
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def test_four_clicks_at_once_are_one_membership_and_one_charge(world: World) -> None:
    from kaiin.billing.actions.join import JoinStarted
    from kaiin.billing.models import Charge, Membership, Subscription

    member = world.member()
    results = at_once(*[lambda: world.join(member)] * 4)
    assert all(isinstance(result, JoinStarted) for result in results), results
    assert len({result.payment.id for result in results}) == 1  # type: ignore[attr-defined]
    counts = (Membership.objects.count(), Subscription.objects.count(), Charge.objects.count())
    assert counts == (1, 1, 1)
    world.pay(results[0].payment)  # type: ignore[attr-defined]
    assert balances()["provider_cash"] == 550


def test_two_tabs_with_two_ways_leave_one_that_can_be_paid(world: World) -> None:
    from kaiin.billing.actions.join import JoinStarted
    from kaiin.billing.errors import PaymentUnderWay
    from kaiin.billing.models import Charge
    from kaiin.payments import queries as payments

    member = world.member()
    results = at_once(
        lambda: world.join(member),
        lambda: world.join(member, method=Method.DOCOMO),
    )
    assert all(isinstance(result, JoinStarted | PaymentUnderWay) for result in results), results
    world.work()
    (charge,) = Charge.objects.filter(state="open")
    (payment,) = payments.open_payments(member)
    assert charge.payment_id == payment.id
    world.pay(payment)
    assert world.view(member).standing is Standing.ACTIVE
    assert balances()["provider_cash"] == 550


def test_return_and_notice_at_once_are_one_period(world: World) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments
    from kaiin.billing.ledger.models import LedgerEntry, Receipt
    from kaiin.billing.models import Period
    from kaiin.billing.outcomes.recording import record_payment

    member = world.member()
    payment = world.join(member).payment
    world.sandbox.pay(payment)
    results = at_once(
        lambda: refresh_open_payments(member_pk=member),
        lambda: refresh_open_payments(member_pk=member),
        lambda: record_payment(payment_id=payment.id),
    )
    assert results == [None, None, None]
    world.work()
    assert (Period.objects.count(), Receipt.objects.count()) == (1, 1)
    assert LedgerEntry.objects.count() == 2
    assert world.mails(member) == ["receipt", "welcome"]


def test_first_payments_at_once_get_different_numbers(world: World) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments

    members = [world.member() for _ in range(4)]
    started = [world.join(member) for member in members]
    for each in started:
        world.sandbox.pay(each.payment)
    results = at_once(
        *[lambda member=member: refresh_open_payments(member_pk=member) for member in members]
    )
    assert results == [None] * 4
    assert sorted(world.view(member).member_number or 0 for member in members) == [1, 2, 3, 4]


def test_two_workers_charge_each_renewal_once(world: World) -> None:
    from kaiin.billing.actions.renew import renew_due
    from kaiin.billing.models import Charge, Period

    members = [world.joined() for _ in range(6)]
    world.clock.freeze(DECEMBER)

    def renew() -> int:
        return renew_due(now=world.clock.now(), limit=100)

    results = at_once(renew, renew, renew)
    assert sum(result for result in results if isinstance(result, int)) == 6, results
    world.work()
    assert (Charge.objects.count(), Period.objects.count()) == (12, 12)
    assert balances()["provider_cash"] == 12 * 550
    assert _charged_at_the_provider(world) == 12
    assert all(world.entry(member).allowed for member in members)
    windows_survive_a_rebuild()


def test_leaving_while_the_renewal_is_charged(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.actions.renew import renew_due

    member = world.joined()
    world.clock.freeze(DECEMBER)
    results = at_once(
        lambda: renew_due(now=world.clock.now(), limit=100),
        lambda: leave_site(member_pk=member, site_key="official"),
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    world.work()
    view = world.view(member)
    assert view.next_charge_at is None
    # Either it was charged, and December is theirs, or it was not, and they are out; or the
    # money came after they had left, and waits to be given back.
    booked = balances()
    charged = _charged_at_the_provider(world) * 550
    assert booked["provider_cash"] == charged
    if world.entry(member).allowed:
        assert charged == 1100
    else:
        assert booked.get("unapplied", 0) == -(charged - 550)


def _charged_at_the_provider(world: World) -> int:
    with world.sandbox.app.service.store.transaction() as tx:
        return len(tx.all("SELECT id FROM payment WHERE status = 'paid'"))

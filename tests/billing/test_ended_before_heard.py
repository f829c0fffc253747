"""A contract that ended before we heard of its payment, or while a renewal was under way."""

from datetime import datetime, timedelta

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason
from tests.billing.conftest import World


def end_at_the_carrier(world: World) -> None:
    with world.sandbox.app.service.store.transaction() as tx:
        (mandate,) = tx.all("SELECT id FROM mandate")
    world.sandbox.pages.post(f"/mandates/{mandate['id']}/end", data={"by": "carrier"})


def test_ended_before_the_first_payment_was_known(world: World) -> None:
    member = world.member()
    payment = world.join(member, method=Method.SOFTBANK).payment
    world.work()
    world.sandbox.pay(payment)
    end_at_the_carrier(world)
    world.clock.advance(minutes=5)
    world.work()
    view = world.view(member)
    assert world.entry(member).allowed, "what was paid stays"
    assert (view.next_charge_at, view.payable) == (None, True)
    assert view.paid_until is not None
    world.go_to(view.paid_until + timedelta(hours=1))
    assert world.view(member).end_reason is EndReason.MANDATE_ENDED


def test_ended_while_the_renewal_was_under_way(world: World) -> None:
    member = world.joined(method=Method.AU)
    world.sandbox.switch("answer_lost", "0")
    world.clock.freeze(datetime(2026, 12, 1, tzinfo=JST))
    world.work()
    end_at_the_carrier(world)
    world.sandbox.switch("answer_lost", "")
    world.clock.advance(hours=2)
    world.work()
    view = world.view(member)
    assert view.paid_until == datetime(2027, 1, 1, tzinfo=JST)
    assert (view.next_charge_at, view.payable) == (None, True)
    world.go_to(datetime(2027, 1, 1, 1, tzinfo=JST))
    assert world.view(member).end_reason is EndReason.MANDATE_ENDED

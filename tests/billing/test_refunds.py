"""Money that buys nothing: late, paid twice, too much. Staff give it back or keep it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import Standing
from tests.billing.conftest import World, nothing_is_amiss
from tests.billing.money import books
from tests.fixtures.tenant import amend

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def decide(case_id: int, *, refund: bool) -> None:
    from kaiin.billing.actions.decide_refund import decide_refund

    decide_refund(case_id=case_id, refund=refund, actor="staff:7")


def paid_twice(world: World) -> int:
    """Two slips for one period: the second was issued while the first was at the store."""
    member = world.member()
    first = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(first.payment)
    world.sandbox.pay_at_store(first.payment, report_after=timedelta(hours=2))
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    world.clock.advance(hours=3)
    world.work()
    world.clock.advance(hours=24)
    world.work()
    return member


def test_paid_twice_waits_for_staff_and_goes_back(world: World) -> None:
    from kaiin.billing.views.charges import list_charges
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member = paid_twice(world)
    [case] = refund_cases(member)
    assert (case.reason, case.state, case.amount.amount) == ("paid_twice", "open", 6820)
    assert refund_figures().open == 1
    assert books(world)["unapplied"] == -6820
    assert "second_payment_account" in world.mails(member)
    [parked] = [each for each in list_charges(member) if each.outcome == "parked"]
    assert parked.returns == "account"
    decide(case.id, refund=True)
    decide(case.id, refund=True)
    world.work()
    [case] = refund_cases(member)
    assert case.state == "done"
    assert world.mails(member)[-2:] == ["refund_requested", "refund_done"]
    assert books(world) == {"provider_cash": 6600, "deferred_income": -6600}
    assert world.entry(member).allowed


def card_paid_twice(world: World) -> int:
    from kaiin.payments import operations as payments

    member = world.member()
    card = pay_void_card(world, member)
    payments.refresh_payment(payment_id=card.id, timeout_seconds=2.0)
    return member


def pay_void_card(world: World, member: int) -> "PaymentView":
    """A card page that was void is paid all the same, after the slip."""
    from kaiin.payments.orders import order_id

    card = world.join(member, "yearly", Method.CARD).payment
    slip = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.pay(slip)
    world.work()
    with world.sandbox.app.service.store.transaction() as tx:
        tx.run("UPDATE payment SET status = 'open' WHERE order_id = ?", (order_id(card.id),))
    world.sandbox.pay(card)
    return card


def test_a_second_payment_by_card_goes_back_by_itself(world: World) -> None:
    from kaiin.billing.actions.refresh import act_on_payment
    from kaiin.billing.views.charges import list_charges, returns_of_payment
    from kaiin.billing.views.refunds import refund_cases, refund_figures
    from kaiin.payments.models import Payment

    member = card_paid_twice(world)
    card = Payment.objects.get(method="card")
    act_on_payment(payment_id=card.pk)
    [parked] = [each for each in list_charges(member) if each.outcome == "parked"]
    assert parked.returns == returns_of_payment(card.pk) == "refund"
    world.work()
    [case] = refund_cases(member)
    assert (case.reason, case.state, case.amount.amount) == ("paid_twice", "done", 6600)
    assert world.mails(member)[-2:] == ["second_payment_refunded", "refund_done"]
    assert books(world)["provider_cash"] == 6820
    assert "unapplied" not in books(world)
    assert world.entry(member).allowed
    assert refund_figures().open == 0


def test_a_tenant_that_wants_to_decide_itself(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases
    from kaiin.sites.models import Tenant

    Tenant.objects.update(refund_second_payments=False)
    amend()
    member = card_paid_twice(world)
    world.work()
    [case] = refund_cases(member)
    assert (case.reason, case.state) == ("paid_twice", "open")
    assert "refund_opened" in world.mails(member)
    assert books(world)["unapplied"] == -6600


def test_what_is_kept_is_income(world: World) -> None:
    from kaiin.billing.errors import RefundDecided
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member = paid_twice(world)
    [case] = refund_cases(member)
    decide(case.id, refund=False)
    decide(case.id, refund=False)
    with pytest.raises(RefundDecided):
        decide(case.id, refund=True)
    world.work()
    assert books(world) == {"provider_cash": 13420, "deferred_income": -6600, "income": -6820}
    assert refund_figures().open == 0


def test_a_case_that_was_refunded_can_not_be_kept(world: World) -> None:
    from kaiin.billing.errors import NoRefundCase, RefundDecided
    from kaiin.billing.views.refunds import refund_cases

    member = paid_twice(world)
    [case] = refund_cases(member)
    decide(case.id, refund=True)
    with pytest.raises(RefundDecided):
        decide(case.id, refund=False)
    with pytest.raises(NoRefundCase):
        decide(case.id + 1, refund=True)
    world.work()
    assert "unapplied" not in books(world)


def test_more_than_was_asked_for(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.sandbox.pay_at_store(started.payment, amount=7000)
    world.work()
    assert world.entry(member).allowed
    [case] = refund_cases(member)
    assert (case.reason, case.amount.amount) == ("too_much", 180)
    assert books(world)["unapplied"] == -180
    decide(case.id, refund=True)
    world.work()
    assert books(world) == {
        "provider_cash": 6820, "deferred_income": -6600, "handling_income": -220,
    }  # fmt: skip
    assert world.entry(member).allowed


def test_late_money_within_the_period_reinstates(world: World) -> None:
    """An expired slip that was paid in time: nothing waits for staff."""
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    deadline = started.payment.expires_at or world.payment(started.payment.id).expires_at
    assert deadline is not None
    world.clock.freeze(deadline - timedelta(minutes=10))
    world.sandbox.pay_at_store(started.payment, report_after=timedelta(hours=3))
    world.clock.advance(hours=2)
    world.work()
    world.clock.advance(hours=2)
    world.work()
    assert world.entry(member).allowed
    assert refund_cases(member) == ()
    books(world)


@pytest.mark.parametrize("event", ["expired", "canceled", "never_heard_of"])
def test_a_payment_that_vanished_is_mailed_once_with_the_way_back(world: World, event: str) -> None:
    from django.core import mail

    # A member who lapsed, and comes back with their number.
    member = world.joined("yearly", Method.CARD)
    world.clock.freeze(jst(2027, 11, 2))
    world.work()
    assert world.view(member).standing is Standing.DORMANT
    if event == "never_heard_of":
        world.sandbox.switch("time_out", "0")
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.switch("time_out", "")
    if event == "expired":
        world.sandbox.get_slip(started.payment)
        world.work()
    elif event == "canceled":
        world.sandbox.give_up(started.payment)
    world.go_to(jst(2027, 11, 20))
    assert world.mails(member).count("vanished") == 1
    [vanished] = [m for m in mail.outbox if m.extra_headers["X-Kaiin-Key"].startswith("vanished:")]
    assert "http://id.localhost" in vanished.body
    assert "/join/official/" in vanished.body
    assert "入会日と会員番号はそのまま" in vanished.body
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    assert world.entry(member).allowed
    books(world)


def test_a_part_that_went_back_outside_is_not_given_back_again(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member = paid_twice(world)
    [case] = refund_cases(member)
    world.sandbox.refund_at_provider(world.payment(case.payment_id), 1000)
    world.work()
    [case] = [each for each in refund_cases(member) if each.state == "open"]
    assert case.amount.amount == 5820
    assert books(world)["unapplied"] == -5820
    decide(case.id, refund=True)
    world.work()
    assert books(world) == {"provider_cash": 6600, "deferred_income": -6600}


def test_a_refund_that_can_not_be_made_may_be_kept_at_last(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member = world.joined("yearly", Method.CARD)
    world.sandbox.switch("refund_fail", "account_closed")
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:7")
    world.work()
    [case] = refund_cases(member)
    decide(case.id, refund=False)
    world.work()
    assert refund_figures().failed == 0
    assert books(world) == {"provider_cash": 6600, "income": -6600}


def test_too_little_that_went_back_at_the_provider_is_over(world: World) -> None:
    member = world.member()
    slip = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(slip)
    world.sandbox.pay_at_store(slip, amount=500)
    world.work()
    world.sandbox.refund_at_provider(slip, 500)
    world.work()
    assert not world.entry(member).allowed
    assert books(world) == {}
    nothing_is_amiss(world.clock.now())
    world.pay(world.join(member, "monthly", Method.CARD).payment)
    assert world.entry(member).allowed

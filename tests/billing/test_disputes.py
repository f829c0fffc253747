"""Money that goes back from outside: refunds on the provider's pages, disputes, chargebacks."""

from datetime import datetime, timedelta

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.payments.queries import PaymentView
from tests.billing.conftest import World
from tests.billing.money import books


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def joined(
    world: World, course: str = "monthly", method: Method = Method.CARD
) -> tuple[int, PaymentView]:
    member = world.member()
    payment = world.join(member, course, method).payment
    world.pay(payment)
    return member, world.payment(payment.id)


def sent(world: World, template: str) -> int:
    from django.core import mail

    keys = [message.extra_headers["X-Kaiin-Key"] for message in mail.outbox]
    return sum(key.startswith(f"{template}:") for key in keys)


def test_a_full_refund_from_outside_ends_what_it_bought(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member, payment = joined(world, "yearly", Method.KONBINI)
    world.clock.freeze(jst(2026, 12, 1, 9))
    world.sandbox.refund_at_provider(payment, 6820)
    world.work()
    assert not world.entry(member).allowed
    view = world.view(member)
    assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.REFUNDED)
    [case] = refund_cases(member)
    assert (case.reason, case.state) == ("outside", "done")
    assert books(world) == {}
    assert world.mails(member)[-2:] == ["refund_done", "dormant"]
    world.work()
    world.go_to(jst(2026, 12, 20))
    assert books(world) == {}


def test_a_monthly_course_refunded_from_outside_is_not_charged_again(world: World) -> None:
    member, payment = joined(world)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.sandbox.refund_at_provider(payment, 550)
    world.go_to(jst(2027, 1, 3))
    assert not world.entry(member).allowed
    assert world.mails(member).count("receipt") == 1
    assert books(world) == {}
    from kaiin.payments import queries

    ended = queries.mandate(mandate.id)
    assert ended is not None
    assert not ended.active


def test_a_part_refunded_from_outside_is_booked_and_nothing_else(world: World) -> None:
    member, payment = joined(world, "yearly")
    world.sandbox.refund_at_provider(payment, 1000)
    world.work()
    assert world.entry(member).allowed
    assert world.view(member).state is SubscriptionState.ACTIVE
    assert books(world) == {"provider_cash": 5600, "deferred_income": -5600}
    world.sandbox.refund_at_provider(payment, 600)
    world.work()
    assert books(world) == {"provider_cash": 5000, "deferred_income": -5000}
    world.clock.freeze(jst(2027, 11, 1))
    world.work()
    assert books(world) == {"provider_cash": 5000, "income": -5000}


def test_the_rest_refunded_later_ends_it(world: World) -> None:
    member, payment = joined(world, "yearly")
    world.sandbox.refund_at_provider(payment, 1000)
    world.work()
    world.clock.advance(days=3)
    world.sandbox.refund_at_provider(payment, 5600)
    world.work()
    assert not world.entry(member).allowed
    assert books(world) == {}


def test_a_refund_of_a_past_period_changes_the_books_only(world: World) -> None:
    member, payment = joined(world)
    world.clock.freeze(jst(2026, 12, 5))
    world.work()
    assert books(world) == {"provider_cash": 1100, "income": -550, "deferred_income": -550}
    world.sandbox.refund_at_provider(payment, 550)
    world.work()
    assert world.entry(member).allowed
    assert world.view(member).next_charge_at == jst(2027, 1, 1)
    assert books(world) == {"provider_cash": 550, "deferred_income": -550}
    world.clock.freeze(jst(2027, 1, 1))
    world.work()
    assert books(world)["provider_cash"] == 1100


def test_a_refund_of_the_period_paid_ahead_leaves_the_running_one(world: World) -> None:
    member, _ = joined(world, "yearly", Method.KONBINI)
    world.clock.freeze(jst(2027, 9, 1, 12))
    world.work()
    ahead = world.join(member, "yearly", Method.KONBINI).payment
    world.pay(ahead)
    world.sandbox.refund_at_provider(ahead, 6820)
    world.work()
    assert world.entry(member).allowed
    view = world.view(member)
    assert view.paid_until == jst(2027, 11, 1)
    assert view.payable
    # A member who pays again goes on without a gap.
    world.pay(world.join(member, "yearly", Method.KONBINI).payment)
    assert world.view(member).paid_until == jst(2028, 11, 1)
    assert books(world)["provider_cash"] == 2 * 6820


def test_a_period_paid_ahead_and_charged_back_is_no_new_beginning(world: World) -> None:
    """At a site whose joining month is free: it is free once."""
    member = world.member()
    world.pay(world.join(member, "yearly", Method.KONBINI, "mail").payment)
    end = world.view(member, "mail").paid_until
    assert end is not None
    world.go_to(end - timedelta(days=40))
    ahead = world.join(member, "yearly", Method.CARD, "mail").payment
    world.pay(ahead)
    world.sandbox.dispute(ahead)
    world.work()
    world.sandbox.dispute(ahead, won=False)
    world.work()
    world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
    assert world.view(member, "mail").paid_until == end.replace(year=end.year + 1)


def test_who_leaves_before_a_period_paid_ahead_was_paid_until_the_one_charged_back(
    world: World,
) -> None:
    """Simulator seed 107 on PostgreSQL: between the two nothing is paid for."""
    from kaiin.billing.actions.leave import leave_site

    member, payment = joined(world, "yearly")
    end = world.view(member).paid_until
    assert end is not None
    world.go_to(end - timedelta(days=40))
    world.pay(world.join(member, "yearly", Method.KONBINI).payment)
    world.sandbox.dispute(payment)
    world.work()
    world.sandbox.dispute(payment, won=False)
    world.work()
    charged_back_at = world.clock.now()
    assert not world.entry(member).allowed
    assert world.view(member).paid_until == end.replace(year=end.year + 1)
    world.clock.advance(hours=3)
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()
    view = world.view(member)
    assert view.paid_until == charged_back_at
    # The number is kept from the leaving on, as the mail about it says.
    assert view.withdrawn_at == world.clock.now()
    assert (view.standing, view.end_reason) == (Standing.WITHDRAWN, EndReason.LEFT)


def test_money_that_came_and_went_before_we_looked(world: World) -> None:
    member = world.member()
    payment = world.join(member, "yearly").payment
    world.sandbox.pay(payment)
    world.sandbox.refund_at_provider(payment, 6600)
    world.work()
    assert not world.entry(member).allowed
    assert books(world) == {}


def test_outside_comes_what_waited_for_staff(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member = world.member()
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.sandbox.pay_at_store(started.payment, amount=7000)
    world.work()
    world.sandbox.refund_at_provider(started.payment, 180)
    world.work()
    assert world.entry(member).allowed
    [case] = refund_cases(member)
    assert (case.reason, case.amount.amount) == ("outside", 180)
    assert refund_figures().open == 0
    assert "unapplied" not in books(world)


def test_a_failed_refund_made_good_outside_is_not_due_any_more(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member, payment = joined(world, "yearly")
    world.sandbox.switch("refund_fail", "account_closed")
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()
    [failed] = refund_cases(member)
    assert failed.state == "failed"
    world.sandbox.switch("refund_fail", "")
    world.sandbox.refund_at_provider(payment, failed.amount.amount)
    world.work()
    [case] = refund_cases(member)
    assert (case.reason, case.state) == ("outside", "done")
    assert "refunds_due" not in books(world)
    assert refund_figures().failed == 0


def test_a_dispute_takes_nothing_away(world: World) -> None:
    member, payment = joined(world)
    before = books(world)
    world.sandbox.dispute(payment)
    world.work()
    world.work()
    assert world.entry(member).allowed
    assert sent(world, "staff_disputed") == 1
    assert books(world) == before
    world.sandbox.dispute(payment, won=True)
    world.work()
    assert world.entry(member).allowed
    assert books(world) == before
    world.clock.freeze(jst(2026, 12, 2))
    world.work()
    assert books(world)["provider_cash"] == 1100


def test_a_chargeback_ends_what_it_had_paid_for(world: World) -> None:
    member, payment = joined(world)
    world.sandbox.dispute(payment)
    world.work()
    world.clock.advance(days=2)
    world.sandbox.dispute(payment, won=False)
    world.work()
    assert not world.entry(member).allowed
    view = world.view(member)
    assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.CHARGED_BACK)
    assert books(world) == {"income": -550, "chargebacks": 550}
    assert sent(world, "staff_charged_back") == 1
    assert world.mails(member)[-1] == "dormant"
    world.go_to(jst(2027, 2, 3))
    assert books(world) == {"income": -550, "chargebacks": 550}
    assert world.mails(member).count("receipt") == 1


def test_a_chargeback_of_the_past_ends_renewals_but_not_what_is_paid(world: World) -> None:
    member, payment = joined(world)
    world.clock.freeze(jst(2026, 12, 5))
    world.work()
    world.sandbox.dispute(payment)
    world.work()
    world.sandbox.dispute(payment, won=False)
    world.work()
    assert world.entry(member).allowed
    assert books(world)["chargebacks"] == 550
    assert world.view(member).next_charge_at is None
    world.go_to(jst(2027, 1, 10))
    assert not world.entry(member).allowed
    assert books(world) == {"provider_cash": 550, "income": -1100, "chargebacks": 550}


def test_a_chargeback_of_parked_money_closes_its_case(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    first = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(first.payment)
    world.sandbox.pay_at_store(first.payment, report_after=timedelta(hours=2))
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    world.clock.advance(hours=3)
    world.work()
    world.clock.advance(days=1)
    world.work()
    assert books(world)["unapplied"] == -6820
    world.sandbox.dispute(first.payment)
    world.work()
    world.sandbox.dispute(first.payment, won=False)
    world.work()
    assert "unapplied" not in books(world)
    assert refund_cases(member) == ()
    assert world.entry(member).allowed


def test_foreign_money_stays_foreign(world: World) -> None:
    """A payment that no charge knows: payments has it, billing passes it over."""
    from uuid import uuid4

    from kaiin.billing.actions.decide_refund import record_refunds
    from kaiin.billing.outcomes.recording import record_payment

    record_refunds(payment_id=uuid4())
    record_payment(payment_id=uuid4())
    assert books(world) == {}


@pytest.mark.parametrize("amount", [550, 200])
def test_who_left_is_not_asked_again(world: World, amount: int) -> None:
    from kaiin.billing.actions.leave import leave_site

    member, payment = joined(world)
    leave_site(member_pk=member, site_key="official")
    world.sandbox.refund_at_provider(payment, amount)
    world.work()
    assert world.entry(member).allowed == (amount == 200)
    world.go_to(jst(2026, 12, 3))
    assert not world.entry(member).allowed
    assert books(world).get("provider_cash", 0) == 550 - amount


def upgraded(world: World) -> tuple[int, "PaymentView"]:
    """A month, and three days later a year that takes the place of what is left of it."""
    from tests.billing.test_changes import change

    member = world.joined()
    world.clock.advance(days=3)
    payment = change(member, "yearly", Method.CARD).payment
    assert payment is not None
    world.work()
    return member, payment


@pytest.mark.usefixtures("year_by_days")
def test_an_upgrade_that_is_refunded_gives_the_moved_days_back(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member, payment = upgraded(world)
    world.sandbox.refund_at_provider(payment, payment.amount.amount)
    world.work()
    cases = {case.reason.value: case for case in refund_cases(member)}
    assert cases["outside"].amount.amount == payment.amount.amount == 6600 - 366
    assert (cases["staff"].amount.amount, cases["staff"].state) == (366, "done")
    assert books(world) == {"provider_cash": 550 - 366, "income": -(550 - 366)}
    assert not world.entry(member).allowed
    assert world.mails(member).count("refund_requested") == 1
    world.clock.advance(days=400)
    world.work()
    assert books(world) == {"provider_cash": 550 - 366, "income": -(550 - 366)}


@pytest.mark.usefixtures("year_by_days")
def test_in_two_parts_too_and_only_once_it_is_whole(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member, payment = upgraded(world)
    world.sandbox.refund_at_provider(payment, 1000)
    world.work()
    assert [case.reason for case in refund_cases(member)] == ["outside"]
    assert world.entry(member).allowed
    world.sandbox.refund_at_provider(payment, payment.amount.amount - 1000)
    world.work()
    world.work()
    assert [case.reason for case in refund_cases(member)].count("staff") == 1
    assert books(world) == {"provider_cash": 550 - 366, "income": -(550 - 366)}


@pytest.mark.usefixtures("year_by_days")
def test_what_went_back_of_the_first_month_already_goes_back_once(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases
    from kaiin.payments.models import Payment
    from kaiin.payments.queries import payment as view_of

    member, payment = upgraded(world)
    first = view_of(Payment.objects.exclude(pk=payment.id).get().pk)
    assert first is not None
    world.sandbox.refund_at_provider(first, 550)
    world.work()
    world.sandbox.refund_at_provider(payment, payment.amount.amount)
    world.work()
    assert [case.reason for case in refund_cases(member)] == ["outside", "outside"]
    assert books(world).get("provider_cash", 0) == 0

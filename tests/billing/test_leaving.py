"""Leaving at once: access ends now, unused days go back once, the number is kept for a while."""

import threading
from datetime import datetime, timedelta

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from tests.billing.conftest import World
from tests.billing.money import books
from tests.fixtures.tenant import amend


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


@pytest.fixture
def world(world: World) -> World:
    """A club whose courses may be left at once."""
    amend(leave_at_once=True)
    return world


def leave(member: int, **options: object) -> None:
    from kaiin.billing.actions.leave import leave_site

    leave_site(member_pk=member, site_key="official", at_once=True, **options)  # type: ignore[arg-type]


def preview(world: World, member: int) -> Money:
    from kaiin.billing.views.refunds import refund_on_leaving

    return refund_on_leaving(member_pk=member, site_key="official", at=world.clock.now())


def test_unused_days_go_back_to_the_yen(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    # 22 November 2026, paid through 31 October 2027: 344 days.
    member = world.joined("yearly", Method.CARD)
    world.clock.freeze(jst(2026, 12, 1, 9))
    number = world.view(member).member_number
    expected = 6600 * 334 // 344
    assert preview(world, member) == Money(expected)
    leave(member, agreed=Money(expected))
    assert not world.entry(member).allowed
    view = world.view(member)
    assert (view.standing, view.end_reason) == (Standing.WITHDRAWN, EndReason.LEFT)
    assert view.withdrawn_at == world.clock.now()
    assert view.next_charge_at is None
    [case] = refund_cases(member)
    assert (case.state, case.amount.amount, case.reason) == ("requested", expected, "left")
    world.work()
    assert books(world) == {"provider_cash": 6600 - expected, "income": expected - 6600}
    [case] = refund_cases(member)
    assert case.state == "done"
    assert world.mails(member)[-3:] == ["welcome", "left_at_once", "refund_done"]
    # Back within the rejoin days: the same number.
    world.clock.advance(days=20)
    world.pay(world.join(member).payment)
    assert world.view(member).member_number == number
    books(world)


def test_a_contract_is_given_back(world: World) -> None:
    member = world.joined("monthly", Method.AU)
    mandate = world.view(member).mandate
    assert mandate is not None
    leave(member)
    world.work()
    from kaiin.payments import queries

    ended = queries.mandate(mandate.id)
    assert ended is not None
    assert not ended.active
    world.go_to(jst(2027, 1, 5))
    books(world)
    assert world.mails(member).count("receipt") == 1


def test_a_double_click_is_one_refund(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry
    from kaiin.billing.models import RefundCase
    from kaiin.payments.models import Refund

    member = world.joined("yearly", Method.CARD)
    leave(member)
    leave(member)
    world.work()
    leave(member)
    world.work()
    assert RefundCase.objects.count() == Refund.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="refund").count() == 1
    books(world)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_instant_are_one_refund(world: World) -> None:
    from django.db import connection

    from kaiin.payments.models import Refund

    member = world.joined("yearly", Method.CARD)
    barrier = threading.Barrier(3)

    def click() -> None:
        barrier.wait()
        try:
            leave(member)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    world.work()
    assert Refund.objects.count() == 1
    books(world)


def test_what_was_agreed_to_is_what_happens(world: World) -> None:
    from kaiin.billing.errors import RefundDiffers

    member = world.joined("yearly", Method.CARD)
    shown = preview(world, member)
    world.clock.advance(days=1)
    with pytest.raises(RefundDiffers):
        leave(member, agreed=shown)
    assert world.entry(member).allowed
    books(world)


def test_only_staff_where_the_course_does_not_offer_it(world: World) -> None:
    from kaiin.billing.errors import LeaveAtOnceNotOffered

    amend(leave_at_once=False)
    member = world.joined("yearly", Method.CARD)
    with pytest.raises(LeaveAtOnceNotOffered):
        leave(member)
    assert world.entry(member).allowed
    leave(member, actor="staff:1")
    assert not world.entry(member).allowed
    world.work()
    books(world)


def test_after_leaving_at_the_end_one_may_still_leave_at_once(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined("yearly", Method.CARD)
    leave_site(member_pk=member, site_key="official")
    assert world.entry(member).allowed
    leave(member)
    world.work()
    assert not world.entry(member).allowed
    assert "refund_done" in world.mails(member)
    books(world)


def test_a_period_paid_ahead_goes_back_whole_without_its_handling(world: World) -> None:
    member = world.joined("yearly", Method.CARD)
    world.clock.freeze(jst(2027, 9, 1, 12))
    world.work()
    world.pay(world.join(member, "yearly", Method.KONBINI).payment)
    running = 6600 * 60 // 344
    assert preview(world, member) == Money(running + 6600)
    leave(member)
    world.work()
    assert books(world) == {
        "provider_cash": 220 + 6600 - running,
        "handling_income": -220,
        "income": running - 6600,
    }


def test_on_the_last_day_nothing_goes_back(world: World) -> None:
    member = world.joined("monthly", Method.CARD)
    world.clock.freeze(jst(2026, 11, 30, 20))
    assert preview(world, member) == Money(0)
    leave(member)
    world.work()
    assert not world.entry(member).allowed
    assert "refund_done" not in world.mails(member)
    assert books(world) == {"provider_cash": 550, "income": -550}


def test_an_open_slip_is_void_and_its_late_money_waits_for_staff(world: World) -> None:
    from kaiin.billing.views.refunds import refund_cases

    member = world.joined("yearly", Method.CARD)
    world.clock.freeze(jst(2027, 9, 1, 12))
    world.work()
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    # Paid at the store before the leaving, reported after it.
    world.sandbox.pay_at_store(started.payment, report_after=timedelta(hours=2))
    leave(member)
    world.clock.advance(hours=3)
    world.work()
    world.clock.advance(hours=3)
    world.work()
    late = [case for case in refund_cases(member) if case.reason == "late"]
    assert [case.state for case in late] == ["open"]
    assert not world.entry(member).allowed
    assert books(world)["unapplied"] == -6820


def test_a_refund_that_fails_is_seen_and_tried_again(world: World) -> None:
    from django.core import mail

    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.views.refunds import refund_cases, refund_figures

    member = world.joined("yearly", Method.CARD)
    world.sandbox.switch("refund_fail", "account_closed")
    leave(member)
    world.work()
    [case] = refund_cases(member)
    assert case.state == "failed"
    assert refund_figures().failed == 1
    assert books(world)["refunds_due"] == -case.amount.amount
    staff = [m for m in mail.outbox if "staff_refund_failed" in m.extra_headers["X-Kaiin-Key"]]
    assert len(staff) == 1
    world.sandbox.switch("refund_fail", "")
    decide_refund(case_id=case.id, refund=True, actor="staff:1")
    decide_refund(case_id=case.id, refund=True, actor="staff:1")
    world.work()
    [case] = refund_cases(member)
    assert case.state == "done"
    assert "refunds_due" not in books(world)


def test_a_refund_that_failed_was_kept_and_went_back_after_all(world: World) -> None:
    """The provider's last word counts: what staff kept is not income any more."""
    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.views.refunds import refund_cases

    member = world.joined("yearly", Method.CARD)
    world.sandbox.switch("refund_fail", "account_closed")
    leave(member)
    world.work()
    [case] = refund_cases(member)
    decide_refund(case_id=case.id, refund=False, actor="staff:1")
    kept = books(world)
    world.sandbox.pay_out_after_all()
    world.work()
    [case] = refund_cases(member)
    assert case.state == "done"
    now = books(world)
    assert now["provider_cash"] == kept["provider_cash"] - case.amount.amount
    assert "refunds_due" not in now


def test_a_refund_without_an_answer_is_polled_not_repeated(world: World) -> None:
    from kaiin.billing.views.refunds import refund_figures

    member = world.joined("yearly", Method.CARD)
    world.sandbox.switch("refund_pending", "90")
    leave(member)
    world.work()
    assert refund_figures().under_way == 1
    assert books(world)["refunds_due"] < 0
    for _ in range(4):
        world.clock.advance(hours=1)
        world.work()
    assert refund_figures().under_way == 0
    assert "refunds_due" not in books(world)


def test_who_never_paid_just_leaves(world: World) -> None:
    member = world.member()
    world.join(member)
    leave(member)
    world.work()
    assert not world.entry(member).allowed
    assert books(world) == {}


@pytest.mark.usefixtures("year_by_days")
def test_days_that_an_earlier_payment_paid_go_back_to_that_payment(world: World) -> None:
    """A monthly course changed to a yearly one, and left: both payments paid for the year."""
    from kaiin.billing.actions.change import change_course
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    first = world.join(member).payment
    world.pay(first)
    world.clock.advance(days=1)
    started = change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda _: "http://id.localhost/",
        language="ja",
    )
    assert started.payment is not None
    world.work()
    credited = 550 * 8 // 9
    assert books(world)["provider_cash"] == 6600 - credited + 550
    world.clock.advance(days=1)
    unused = 6600 * 363 // 365
    assert preview(world, member) == Money(unused)
    leave(member, agreed=Money(unused))
    world.work()
    shares = {case.payment_id: case.amount.amount for case in refund_cases(member)}
    assert shares == {
        started.payment.id: min(unused, 6600 - credited),
        first.id: unused - min(unused, 6600 - credited),
    }
    assert books(world) == {
        "provider_cash": 7150 - credited - unused,
        "income": unused + credited - 7150,
    }


def test_who_left_at_once_is_not_charged_by_a_renewal_under_way(world: World) -> None:
    """The renewal was intended, its answer was lost, then the member left."""
    from kaiin.billing.actions.renew import renew_due
    from kaiin.billing.views.refunds import refund_cases

    member = world.joined("monthly", Method.CARD)
    world.clock.freeze(jst(2026, 12, 1))
    world.sandbox.switch("answer_lost", "0")
    renew_due(now=world.clock.now(), limit=10)
    leave(member)
    world.sandbox.switch("answer_lost", "")
    for _ in range(3):
        world.clock.advance(hours=1)
        world.work()
    assert not world.entry(member).allowed
    [case] = refund_cases(member)
    assert (case.reason, case.state) == ("late", "open")
    assert books(world)["unapplied"] == -550
    world.go_to(jst(2027, 1, 3))
    assert books(world)["provider_cash"] == 1100


def test_what_was_given_back_of_a_period_is_not_paid_back_with_its_unused_days(
    world: World,
) -> None:
    """500 of 550 went back at the provider: what is left of the fee is all that unused days are
    worth."""
    from kaiin.billing.views.refunds import refund_cases

    member = world.member()
    payment = world.join(member).payment
    world.pay(payment)
    world.sandbox.refund_at_provider(payment, 500)
    world.work()
    assert preview(world, member) == Money(50)
    leave(member, agreed=Money(50))
    world.work()
    assert sum(case.amount.amount for case in refund_cases(member)) == 550
    assert books(world) == {}


def test_who_leaves_in_the_grace_keeps_their_number_as_long_as_the_mail_says(
    world: World,
) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined(number="4000 0000 0000 0341")
    world.go_to(datetime(2026, 12, 3, 12, tzinfo=JST))
    assert world.view(member).state is SubscriptionState.PAST_DUE
    leave_site(member_pk=member, site_key="official")
    world.work()
    view = world.view(member)
    assert view.withdrawn_at == world.clock.now()
    # Thirty days, counted from the leaving.
    assert view.rejoin_until == datetime(2027, 1, 2, 12, tzinfo=JST)

"""Orders of events that `kaiin simulate` found, each with the fault that it led to."""

from datetime import datetime, timedelta

import pytest

from kaiin.billing.actions.change import change_course
from kaiin.billing.actions.leave import leave_site, undo_leave
from kaiin.billing.errors import AlreadyMember
from kaiin.billing.views.changes import preview_change
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import Standing
from kaiin.payments import queries as payments
from tests.billing.conftest import World
from tests.billing.test_changes import change


class TestLeavingWhileMoneyIsOnItsWay:
    def test_what_was_paid_is_given_and_nothing_is_charged_after(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "monthly", Method.CARD)
        world.sandbox.pay(started.payment)
        # The notice has not come yet: to us, nothing is paid.
        leave_site(member_pk=member, site_key="official")
        world.work()

        view = world.view(member)
        assert world.entry(member).allowed
        assert view.cancel_at_period_end
        assert view.next_charge_at is None

    def test_they_may_still_stay(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "monthly", Method.CARD)
        world.sandbox.pay(started.payment)
        leave_site(member_pk=member, site_key="official")
        world.work()

        undo_leave(member_pk=member, site_key="official")

        assert world.view(member).next_charge_at is not None


class TestChangingAfterMoneyWasGivenBack:
    @pytest.mark.usefixtures("year_by_days")
    def test_the_same_money_is_not_credited_a_second_time(self, world: World) -> None:
        member = world.member()
        payment = world.join(member, "monthly", Method.CARD).payment
        world.pay(payment)
        world.sandbox.refund_at_provider(payment, 461)
        world.work()

        shown = preview_change(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            at=world.clock.now(),
        )
        change_course(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            return_url_for=lambda found: f"http://id.localhost/pay/return/{found}",
            language="ja",
        )
        world.work()

        assert shown.credited.amount <= 550 - 461
        assert world.view(member).course_key == "yearly"
        assert world.entry(member).allowed


class TestMoneyThatBuysNothing:
    def test_the_contract_that_it_opened_is_ended(self, world: World) -> None:
        """Seed 99991: a change was paid for after its member had left at once."""
        member = world.joined("monthly", Method.CARD)
        started = change(member, "monthly", Method.DOCOMO)
        assert started.payment is not None
        world.sandbox.pay(started.payment)
        leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:tests")
        world.work()

        payment = world.payment(started.payment.id)
        assert payment.state is PaymentState.PAID
        assert payment.mandate_id is not None
        mandate = payments.mandate(payment.mandate_id)
        assert mandate is not None
        assert not mandate.active
        assert world.view(member).standing is Standing.WITHDRAWN

    def test_a_card_that_is_still_charged_is_kept(self, world: World) -> None:
        """The renewal is paid twice, by the card of a running subscription."""
        member = world.joined("monthly", Method.CARD)
        world.go_to(datetime(2026, 12, 1, 1, tzinfo=JST))
        mandate = world.view(member).mandate
        assert mandate is not None
        assert mandate.active
        assert world.view(member).next_charge_at is not None


class TestALumpSumWhoseContractEnds:
    """The next year was sold eleven months early."""

    def test_it_is_renewed_in_its_window_and_until_then_a_card_is_registered(
        self, world: World
    ) -> None:
        member = world.member()
        world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
        mandate = world.view(member, "mail").mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()

        view = world.view(member, "mail")
        assert view.mandate_lost
        assert not view.payable
        # Through 30 November 2027; the window opens three months before the month of the expiry.
        assert view.renewal_opens_at == datetime(2027, 8, 1, tzinfo=JST)
        with pytest.raises(AlreadyMember):
            world.join(member, "yearly", Method.CARD, "mail")

        started = change(member, "yearly", Method.CARD, site="mail")
        assert started.payment is not None
        assert started.payment.amount.amount == 0
        world.pay(started.payment)
        view = world.view(member, "mail")
        assert not view.mandate_lost
        assert view.next_charge_at is not None

    def test_inside_the_window_it_can_be_paid(self, world: World) -> None:
        member = world.member()
        world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
        mandate = world.view(member, "mail").mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()
        world.clock.freeze(datetime(2027, 8, 1, 12, tzinfo=JST))
        world.work()

        assert world.view(member, "mail").payable
        world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
        assert world.view(member, "mail").paid_until == datetime(2028, 12, 1, tzinfo=JST)

    def test_a_month_can_be_paid_ahead_at_once(self, world: World) -> None:
        member = world.joined("monthly", Method.CARD)
        mandate = world.view(member).mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()
        assert world.view(member).payable


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=7)])
def test_months_after_a_lump_sum_begin_at_its_end_however_late_they_are_charged(
    world: World, late: timedelta
) -> None:
    """Seed 8675309: they began with the charge, and the anchor moved to its day."""
    world.clock.freeze(datetime(2026, 11, 14, 12, tzinfo=JST))
    member = world.member()
    world.pay(world.join(member, "yearly", Method.KONBINI).payment)
    ends_at = world.view(member).paid_until
    assert ends_at is not None
    started = change(member, "monthly", Method.CARD)
    assert started.payment is not None
    world.pay(started.payment)
    world.clock.freeze(ends_at + late)
    world.work()

    view = world.view(member)
    assert view.course_key == "monthly"
    assert view.period is not None
    assert view.period.starts_at == ends_at


def test_a_month_is_bought_ahead_once_however_often_contracts_end(world: World) -> None:
    member = world.joined("monthly", Method.DOCOMO)
    for _ in range(2):
        mandate = world.view(member).mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()
        if world.view(member).payable:
            world.pay(world.join(member, "monthly", Method.DOCOMO).payment)
    assert world.view(member).paid_until == datetime(2027, 1, 1, tzinfo=JST)
    assert not world.view(member).payable

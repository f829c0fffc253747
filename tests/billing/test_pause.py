"""A pause: no charge and no access, and the same membership afterwards."""

from datetime import datetime

import pytest

from kaiin.domain.changes import ChangeWhilePaused
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.billing.test_changes import change


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def pause(member: int, periods: int = 2) -> None:
    from kaiin.billing.actions.pause import pause_membership

    pause_membership(member_pk=member, site_key="official", periods=periods)


def resume(member: int) -> None:
    from kaiin.billing.actions.pause import resume_membership

    resume_membership(member_pk=member, site_key="official")


def test_two_months_are_passed_over_and_then_it_goes_on(world: World) -> None:
    from kaiin.billing.views.changes import pauses_offered

    member = world.joined()
    before = world.view(member)
    shown = pauses_offered(member, "official", at=world.clock.now())[1]
    assert shown.periods == 2
    assert (shown.starts_at, shown.ends_at) == (jst(2026, 12, 1), jst(2027, 2, 1))
    pause(member)
    pause(member)
    world.work()
    assert world.mails(member).count("paused") == 1
    world.clock.freeze(jst(2026, 11, 30, 23, 59))
    assert world.entry(member).allowed
    world.go_to(jst(2026, 12, 1))
    # No grace: the pause was agreed to.
    assert not world.entry(member).allowed
    world.go_to(jst(2027, 1, 31, 23))
    view = world.view(member)
    assert (view.standing, view.state) == (Standing.ACTIVE, SubscriptionState.ACTIVE)
    assert view.next_charge_at == shown.next_charge_at == jst(2027, 2, 1)
    assert view.next_amount == shown.next_amount
    assert balances()["provider_cash"] == 550
    world.clock.freeze(jst(2027, 2, 1))
    # The door opens with the money.
    assert not world.entry(member).allowed
    world.work()
    assert world.entry(member).allowed
    view = world.view(member)
    assert view.paid_until == jst(2027, 3, 1)
    assert view.paused_until is None
    assert (view.joined_date, view.member_number) == (before.joined_date, before.member_number)
    assert balances()["provider_cash"] == 1100
    windows_survive_a_rebuild()


def test_the_anchor_survives_a_pause(world: World) -> None:
    world.clock.freeze(jst(2027, 1, 31, 18))
    member = world.joined("monthly", Method.SOFTBANK)
    assert world.view(member).paid_until == jst(2027, 2, 28)
    pause(member, 1)
    assert world.view(member).paused_until == jst(2027, 3, 31)
    world.go_to(jst(2027, 3, 31))
    assert world.view(member).paid_until == jst(2027, 4, 30)


class TestComingBack:
    def test_before_it_begins_nothing_is_charged(self, world: World) -> None:
        from kaiin.billing.views.changes import preview_resume

        member = world.joined()
        before = world.view(member)
        pause(member)
        shown = preview_resume(member_pk=member, site_key="official", at=world.clock.now())
        assert (shown.total.amount, shown.next_charge_at) == (0, jst(2026, 12, 1))
        resume(member)
        after = world.view(member)
        assert (after.paused_until, after.next_charge_at) == (None, before.next_charge_at)
        world.go_to(jst(2026, 12, 2))
        assert balances()["provider_cash"] == 1100

    def test_within_it_a_first_period_begins_and_says_where_the_anchor_moves(
        self, world: World
    ) -> None:
        from kaiin.billing.views.changes import preview_resume

        member = world.joined("monthly", Method.SOFTBANK)
        pause(member)
        world.go_to(jst(2027, 1, 10, 12))
        shown = preview_resume(member_pk=member, site_key="official", at=world.clock.now())
        assert (shown.total.amount, shown.moves_anchor) == (550, True)
        resume(member)
        world.work()
        view = world.view(member)
        assert view.paid_until == shown.period.ends_at == jst(2027, 2, 10)
        assert view.next_charge_at == shown.next_charge_at
        assert world.entry(member).allowed
        assert view.member_number == 1
        assert world.mails(member)[-2:] == ["receipt", "resumed"]
        assert balances()["provider_cash"] == 1100

    def test_a_card_that_is_declined_leaves_the_pause_as_it_was(self, world: World) -> None:
        member = world.joined(number="4000 0000 0000 0341")
        pause(member)
        world.go_to(jst(2026, 12, 10, 12))
        resume(member)
        world.work()
        view = world.view(member)
        assert (view.state, view.paused_until) == (SubscriptionState.ACTIVE, jst(2027, 2, 1))
        assert not world.entry(member).allowed


class TestRefused:
    def test_longer_than_the_course_allows_or_not_at_all(self, world: World) -> None:
        from kaiin.billing.errors import NoPause

        member = world.joined()
        for periods in (0, 4):
            with pytest.raises(NoPause):
                pause(member, periods)
        lump_sum = world.joined("yearly")
        with pytest.raises(NoPause):
            pause(lump_sum, 1)

    def test_joining_and_changing_wait_for_its_end(self, world: World) -> None:
        from kaiin.billing.errors import Paused

        member = world.joined()
        pause(member)
        with pytest.raises(Paused):
            world.join(member)
        with pytest.raises(ChangeWhilePaused):
            change(member, "monthly", Method.AU)


def test_a_contract_that_ends_in_the_pause_lapses_with_it(world: World) -> None:
    member = world.joined("monthly", Method.DOCOMO)
    pause(member)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.go_to(jst(2026, 12, 10, 12))
    world.sandbox.end_contract(mandate)
    world.go_to(jst(2027, 1, 31, 23))
    assert world.view(member).standing is Standing.ACTIVE
    world.go_to(jst(2027, 2, 1, 1))
    view = world.view(member)
    assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.MANDATE_ENDED)
    assert view.dormant_until == jst(2027, 3, 1)


def test_leaving_in_the_pause_ends_it_and_the_number_is_kept_from_now(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    pause(member)
    world.go_to(jst(2027, 1, 20, 12))
    leave_site(member_pk=member, site_key="official")
    world.work()
    view = world.view(member)
    assert (view.standing, view.withdrawn_at) == (Standing.WITHDRAWN, jst(2027, 1, 20, 12))
    world.clock.advance(days=20)
    world.pay(world.join(member).payment)
    assert world.view(member).member_number == 1


def test_a_contract_lost_in_the_pause_is_paid_by_hand_from_now(world: World) -> None:
    member = world.joined("monthly", Method.DOCOMO)
    pause(member)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.go_to(jst(2026, 12, 10, 12))
    world.sandbox.end_contract(mandate)
    world.work()
    assert world.view(member).payable
    world.pay(world.join(member, "monthly", Method.CARD).payment)
    view = world.view(member)
    assert (view.paused_until, view.paid_until) == (None, jst(2027, 1, 1))
    assert world.entry(member).allowed


def test_a_card_page_left_open_is_no_obstacle_to_coming_back(world: World) -> None:
    member = world.joined()
    pause(member)
    world.go_to(jst(2026, 12, 10, 12))
    change(member, "monthly", Method.CARD)
    resume(member)
    world.work()
    assert world.entry(member).allowed


class TestTheFirstChargeAfterABreak:
    """Nothing was paid for the time before it: the door opens with the money, without grace."""

    def test_a_refusal_leaves_the_door_closed(self, world: World) -> None:
        member = world.joined(number="4000 0000 0000 0341")
        pause(member, 1)
        world.go_to(jst(2027, 1, 1, 0, 1))
        view = world.view(member)
        assert view.state is SubscriptionState.PAST_DUE
        assert not world.entry(member).allowed
        assert not view.windows[-1].ends_at > jst(2026, 12, 1)
        assert view.next_try_at == jst(2027, 1, 4)

    def test_it_stays_open_for_a_week_while_the_outcome_is_unknown(self, world: World) -> None:
        from django.core import mail

        member = world.joined()
        pause(member, 1)
        world.go_to(jst(2026, 12, 31, 23))
        world.sandbox.switch("time_out", "0")
        world.clock.freeze(jst(2027, 1, 1))
        assert not world.entry(member).allowed
        world.work()
        assert world.entry(member).allowed
        world.go_to(jst(2027, 1, 7, 23))
        assert world.entry(member).allowed
        world.go_to(jst(2027, 1, 9, 12))
        assert not world.entry(member).allowed
        bodies = [
            sent.body
            for sent in mail.outbox
            if sent.extra_headers["X-Kaiin-Key"].startswith("staff_renewal_unknown:")
        ]
        assert len(bodies) == 1
        assert "お休み明けのため、会員ページは閉じました。" in bodies[0]
        assert "550円" in bodies[0]
        world.sandbox.switch("time_out", "")
        world.go_to(jst(2027, 1, 10, 12))
        assert world.entry(member).allowed
        assert world.view(member).paid_until == jst(2027, 2, 1)

    def test_a_refusal_after_days_without_an_answer_closes_at_once(self, world: World) -> None:
        member = world.joined(number="4000 0000 0000 0341")
        pause(member, 1)
        world.go_to(jst(2026, 12, 31, 23))
        world.sandbox.switch("time_out", "0")
        world.clock.freeze(jst(2027, 1, 1))
        world.work()
        assert world.entry(member).allowed
        world.sandbox.switch("time_out", "")
        for _ in range(24):
            world.clock.advance(hours=1)
            world.work()
            if world.view(member).state is SubscriptionState.PAST_DUE:
                break
        assert world.view(member).state is SubscriptionState.PAST_DUE
        assert not world.entry(member).allowed

    def test_a_try_after_a_refusal_opens_nothing_while_its_outcome_is_unknown(
        self, world: World
    ) -> None:
        member = world.joined(number="4000 0000 0000 0341")
        pause(member, 1)
        world.go_to(jst(2027, 1, 3, 23))
        assert not world.entry(member).allowed
        world.sandbox.switch("time_out", "0")
        world.go_to(jst(2027, 1, 4, 12))
        assert world.view(member).open_payment is not None
        assert not world.entry(member).allowed
        assert not world.view(member).windows[-1].ends_at > jst(2026, 12, 1)

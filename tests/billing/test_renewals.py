"""Months pass: renewals, refusals, unknown outcomes, contracts that end outside."""

from datetime import date, datetime, timedelta

import pytest

from kaiin.domain.entitlements import WindowKind
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild

RENEWS_BADLY = "4000 0000 0000 0341"  # pays at first, is declined at renewals


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def kinds(world: World, member: int) -> list[WindowKind]:
    return [window.kind for window in world.view(member).windows]


def test_a_year_of_renewals(world: World) -> None:
    from kaiin.billing.models import Charge, Period

    member = world.joined()
    world.go_to(jst(2027, 11, 5, 12))
    view = world.view(member)
    assert Period.objects.count() == Charge.objects.count() == 13
    assert (view.standing, view.state) == (Standing.ACTIVE, SubscriptionState.ACTIVE)
    assert view.next_charge_at == jst(2027, 12, 1)
    assert balances() == {
        "provider_cash": 13 * 550,
        "income": -12 * 550,
        "deferred_income": -550,
    }
    # Paid periods without a gap are one window; the grace after the last waits behind it.
    assert kinds(world, member) == [WindowKind.PAID, WindowKind.GRACE]
    assert len(view.windows[0].evidence) == 13
    assert view.member_number == 1
    windows_survive_a_rebuild()


def test_access_never_flickers_at_the_turn_of_the_month(world: World) -> None:
    member = world.joined()
    for moment in (
        jst(2026, 11, 30, 23, 59, 59),
        jst(2026, 12, 1),
        jst(2026, 12, 1, 0, 0, 1),
    ):
        world.clock.freeze(moment)
        assert world.entry(member).allowed
    assert world.entry(member).kind is WindowKind.GRACE
    world.work()
    assert world.entry(member).kind is WindowKind.PAID


@pytest.mark.parametrize("method", [Method.DOCOMO, Method.AU, Method.SOFTBANK])
def test_carriers_renew(world: World, method: Method) -> None:
    member = world.joined("monthly", method)
    first = world.view(member).paid_until
    world.go_to(jst(2027, 1, 5, 12))
    view = world.view(member)
    expected = date(2027, 1, 31) if method is not Method.SOFTBANK else date(2027, 1, 21)
    assert view.last_day == expected
    assert first is not None
    assert world.entry(member).allowed


def test_the_anchor_of_an_anniversary_stays_where_it_is(world: World) -> None:
    world.clock.freeze(jst(2027, 1, 31, 18))
    member = world.joined("monthly", Method.SOFTBANK)
    ends = []
    for _ in range(4):
        until = world.view(member).paid_until
        assert until is not None
        ends.append(until)
        world.clock.freeze(until)
        world.work()
    assert ends == [jst(2027, 2, 28), jst(2027, 3, 31), jst(2027, 4, 30), jst(2027, 5, 31)]


class TestRefused:
    """A renewal that the provider refuses goes through the course's dunning."""

    def test_to_the_end(self, world: World) -> None:
        member = world.joined(number=RENEWS_BADLY)
        world.go_to(jst(2026, 12, 1, 1))
        view = world.view(member)
        assert (view.standing, view.state) == (Standing.ACTIVE, SubscriptionState.PAST_DUE)
        assert view.next_try_at == jst(2026, 12, 4)
        assert view.last_failure is not None
        assert view.payable
        assert world.entry(member).kind is WindowKind.GRACE
        assert world.mails(member)[-1] == "renewal_failed"

        world.go_to(jst(2026, 12, 4, 1))
        assert not world.entry(member).allowed
        assert world.view(member).next_try_at == jst(2026, 12, 8)

        world.go_to(jst(2026, 12, 8, 1))
        view = world.view(member)
        assert (view.standing, view.state) == (Standing.DORMANT, SubscriptionState.ENDED)
        assert (view.end_reason, view.next_charge_at) == (EndReason.RENEWAL_FAILED, None)
        assert view.dormant_until == jst(2027, 1, 1)
        assert view.member_number == 1

        world.go_to(jst(2027, 1, 2))
        view = world.view(member)
        assert view.standing is Standing.WITHDRAWN
        assert view.withdrawn_at == jst(2027, 1, 1)
        assert view.rejoin_until == jst(2027, 1, 31)
        assert world.mails(member) == [
            "receipt",
            "welcome",
            "renewal_failed",
            "renewal_failed",
            "dormant",
            "withdrawing",
            "withdrawn",
        ]
        assert balances() == {"provider_cash": 550, "income": -550}
        windows_survive_a_rebuild()

    def test_paying_by_hand_with_another_card_goes_on_without_a_gap(self, world: World) -> None:
        from kaiin.billing.views.courses import preview_join

        member = world.joined(number=RENEWS_BADLY)
        world.go_to(jst(2026, 12, 2, 12))
        shown = preview_join(
            site_key="official",
            course_key="monthly",
            method=Method.DOCOMO,
            at=world.clock.now(),
            member_pk=member,
        )
        assert shown.continues
        world.pay(world.join(member, method=Method.DOCOMO).payment)
        view = world.view(member)
        assert (view.state, view.method) == (SubscriptionState.ACTIVE, Method.DOCOMO)
        assert view.paid_until == shown.period.ends_at == jst(2027, 1, 1)
        assert (view.joined_date, view.member_number) == (date(2026, 11, 22), 1)
        assert kinds(world, member) == [WindowKind.PAID, WindowKind.GRACE]
        # The old card is given back, the new contract renews.
        world.go_to(jst(2027, 1, 3, 12))
        assert world.view(member).last_day == date(2027, 1, 31)

    def test_another_course_has_to_wait(self, world: World) -> None:
        from kaiin.billing.errors import OtherCourseRunning

        member = world.joined(number=RENEWS_BADLY)
        world.go_to(jst(2026, 12, 2, 12))
        with pytest.raises(OtherCourseRunning):
            world.join(member, "yearly")

    def test_dormant_pays_and_keeps_the_number(self, world: World) -> None:
        world.joined()
        member = world.joined(number=RENEWS_BADLY)
        world.go_to(jst(2026, 12, 20, 12))
        assert world.view(member).standing is Standing.DORMANT
        world.pay(world.join(member, "yearly").payment)
        view = world.view(member)
        assert view.standing is Standing.ACTIVE
        assert (view.joined_date, view.member_number) == (date(2026, 11, 22), 2)
        assert view.period is not None
        assert view.period.starts_at == world.clock.now()
        assert "welcome" not in world.mails(member)[3:]


@pytest.mark.parametrize(("days", "number"), [(29, 2), (31, 3)])
def test_rejoining_keeps_the_number_for_thirty_days(world: World, days: int, number: int) -> None:
    from kaiin.billing.actions.leave import leave_site

    world.joined()
    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.go_to(jst(2026, 12, 1, 12))
    view = world.view(member)
    assert view.standing is Standing.WITHDRAWN
    assert view.withdrawn_at == jst(2026, 12, 1)
    world.go_to(jst(2026, 12, 1) + timedelta(days=days))
    world.pay(world.join(member).payment)
    view = world.view(member)
    assert view.member_number == number
    kept = number == 2
    assert view.joined_date == (date(2026, 11, 22) if kept else date(2027, 1, 1))
    assert world.mails(member)[-1] == "welcome"


class TestUnknown:
    """The call timed out: ask, never charge again first, never close the door."""

    def test_executed(self, world: World) -> None:
        from kaiin.billing.models import Charge

        member = world.joined()
        world.sandbox.switch("answer_lost", "0")
        world.clock.freeze(jst(2026, 12, 1))
        world.work()
        world.sandbox.switch("answer_lost", "")
        world.clock.advance(hours=2)
        world.work()
        assert Charge.objects.count() == 2
        assert world.view(member).last_day == date(2026, 12, 31)
        assert balances()["provider_cash"] == 1100

    def test_for_days_keeps_the_door_open(self, world: World) -> None:
        from kaiin.billing.models import Charge

        member = world.joined()
        world.clock.freeze(jst(2026, 11, 30, 23))
        world.sandbox.switch("down", "0")
        for _ in range(24 * 5):
            world.clock.advance(hours=1)
            world.work()
            assert world.entry(member).allowed
        assert world.view(member).state is SubscriptionState.ACTIVE
        assert "renewal_failed" not in world.mails(member)
        world.sandbox.switch("down", "")
        for _ in range(6):
            world.clock.advance(hours=1)
            world.work()
        assert world.view(member).last_day == date(2026, 12, 31)
        assert balances()["provider_cash"] == 1100
        assert Charge.objects.filter(state="paid").count() == 2
        windows_survive_a_rebuild()

    def test_not_executed_is_no_refusal(self, world: World) -> None:
        """The call was not made, nor repeated for hours: it is given up, and made anew."""
        from kaiin.billing.actions.renew import renew_due
        from kaiin.payments.operations import poll_open

        member = world.joined()
        world.clock.freeze(jst(2026, 12, 1))
        world.sandbox.switch("down", "0")
        renew_due(now=world.clock.now(), limit=10)
        world.sandbox.switch("down", "")
        world.clock.advance(hours=12)
        assert poll_open(now=world.clock.now(), limit=10) == 1
        world.work()
        assert world.view(member).state is SubscriptionState.ACTIVE
        assert world.entry(member).allowed
        world.clock.advance(hours=1)
        world.work()
        assert world.view(member).last_day == date(2026, 12, 31)
        assert balances()["provider_cash"] == 1100
        assert "renewal_failed" not in world.mails(member)


class TestContractEndedOutside:
    """The carrier, or the member at the carrier, ends the contract."""

    def test_the_paid_period_stays_then_lapses_with_the_reason(self, world: World) -> None:
        member = world.joined("monthly", Method.AU)
        mandate = world.view(member).mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()
        view = world.view(member)
        assert world.entry(member).allowed
        assert (view.next_charge_at, view.payable) == (None, True)
        assert kinds(world, member) == [WindowKind.PAID]
        assert world.mails(member)[-1] == "mandate_ended"
        world.go_to(jst(2026, 12, 1, 1))
        view = world.view(member)
        assert not world.entry(member).allowed
        assert view.standing is Standing.DORMANT
        assert view.end_reason is EndReason.MANDATE_ENDED
        assert view.ending is not None
        assert view.ending.detail == "carrier"
        assert balances() == {"provider_cash": 550, "income": -550}

    def test_paying_another_way_meanwhile_leaves_no_gap(self, world: World) -> None:
        member = world.joined("monthly", Method.AU)
        mandate = world.view(member).mandate
        assert mandate is not None
        world.sandbox.end_contract(mandate)
        world.work()
        world.pay(world.join(member).payment)
        view = world.view(member)
        assert (view.method, view.next_charge_at) == (Method.CARD, jst(2027, 1, 1))
        assert kinds(world, member) == [WindowKind.PAID, WindowKind.GRACE]
        world.go_to(jst(2027, 1, 2))
        assert world.view(member).last_day == date(2027, 1, 31)

    def test_noticed_only_when_charging(self, world: World) -> None:
        member = world.joined("monthly", Method.AU)
        mandate = world.view(member).mandate
        assert mandate is not None
        world.sandbox.switch("drop", "1")
        world.sandbox.end_contract(mandate)
        world.work()
        world.go_to(jst(2026, 12, 1, 1))
        view = world.view(member)
        assert view.standing is Standing.DORMANT
        assert view.end_reason is EndReason.MANDATE_ENDED
        assert not world.entry(member).allowed


class TestLeaving:
    """Leaving takes one step, and the paid period stays."""

    def test_to_the_end_of_the_period(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site
        from kaiin.payments import queries as payments

        member = world.joined()
        mandate = world.view(member).mandate
        assert mandate is not None
        leave_site(member_pk=member, site_key="official")
        leave_site(member_pk=member, site_key="official")
        view = world.view(member)
        assert view.cancel_at_period_end
        assert (view.next_charge_at, view.state) == (None, SubscriptionState.ACTIVE)
        assert world.entry(member).allowed
        world.go_to(jst(2026, 12, 1, 1))
        view = world.view(member)
        assert not world.entry(member).allowed
        assert (view.standing, view.end_reason) == (Standing.WITHDRAWN, EndReason.LEFT)
        found = payments.mandate(mandate.id)
        assert found is not None
        assert not found.active
        assert world.mails(member) == ["receipt", "welcome", "left", "withdrawn"]
        assert balances() == {"provider_cash": 550, "income": -550}

    def test_undone(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site, undo_leave

        member = world.joined()
        before = world.view(member)
        leave_site(member_pk=member, site_key="official")
        undo_leave(member_pk=member, site_key="official")
        after = world.view(member)
        assert (after.next_charge_at, after.cancel_at_period_end) == (before.next_charge_at, False)
        assert [w.ends_at for w in after.windows] == [w.ends_at for w in before.windows]
        world.go_to(jst(2026, 12, 2))
        assert world.view(member).last_day == date(2026, 12, 31)

    def test_in_dunning_at_once(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site

        member = world.joined(number=RENEWS_BADLY)
        world.go_to(jst(2026, 12, 2, 12))
        leave_site(member_pk=member, site_key="official")
        assert world.view(member).standing is Standing.WITHDRAWN
        assert not world.entry(member).allowed
        world.go_to(jst(2026, 12, 10))
        assert balances()["provider_cash"] == 550

    def test_before_the_first_payment(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site

        member = world.member()
        started = world.join(member)
        leave_site(member_pk=member, site_key="official")
        world.work()
        assert world.payment(started.payment.id).state is PaymentState.CANCELED
        assert world.mails(member) == []

    def test_of_nothing(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site, undo_leave
        from kaiin.billing.errors import NoMembership

        member = world.member()
        with pytest.raises(NoMembership):
            leave_site(member_pk=member, site_key="official")
        with pytest.raises(NoMembership):
            undo_leave(member_pk=world.joined(), site_key="official")

"""Mails that come before something happens by itself: which, when, and with which words."""

from datetime import datetime

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World

RENEWS_BADLY = "4000 0000 0000 0341"


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def mailed_on(world: World, member: int, *days: tuple[int, int, int]) -> list[list[str]]:
    """The mails that each of the mornings brings; nothing comes in the minute before nine."""
    found = []
    for day in days:
        world.clock.freeze(jst(*day, 8, 59))
        world.work()
        before = len(world.mails(member))
        world.clock.freeze(jst(*day, 9))
        world.work()
        found.append(world.mails(member)[before:])
    return found


def last_mail() -> str:
    from django.core import mail

    return str(mail.outbox[-1].subject) + "\n" + str(mail.outbox[-1].body)


@pytest.fixture
def year(world: World) -> int:
    """Renews by card on 30 November 2027, which can be stopped until the 20th."""
    member = world.member()
    world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
    return member


class TestAnAutomaticRenewal:
    def test_is_announced_a_month_and_a_week_before_it_can_last_be_stopped(
        self, world: World, year: int
    ) -> None:
        mornings = (2027, 10, 20), (2027, 10, 21), (2027, 11, 12), (2027, 11, 13), (2027, 11, 20)
        coming = ["renewal_coming"]
        assert mailed_on(world, year, *mornings) == [[], coming, [], coming, []]
        text = last_mail()
        assert "2027年11月30日(火)に3,960円（12か月分・税込）" in text
        assert "2027年11月20日(土)までに、マイページで退会またはコース変更" in text
        assert "クレジットカード" in text

    def test_which_was_left_is_not(self, world: World, year: int) -> None:
        from kaiin.billing.actions.leave import leave_site

        leave_site(member_pk=year, site_key="mail")
        assert mailed_on(world, year, (2027, 10, 21), (2027, 11, 13)) == [[], []]

    def test_on_the_days_that_the_tenant_says(self, world: World, year: int) -> None:
        from kaiin.billing.actions.leave import leave_site, undo_leave
        from kaiin.sites import queries as sites
        from kaiin.sites.models import Tenant

        Tenant.objects.update(renewal_reminder_days=[14])
        sites.forget()
        leave_site(member_pk=year, site_key="mail")
        undo_leave(member_pk=year, site_key="mail")
        mornings = (2027, 10, 21), (2027, 11, 6), (2027, 11, 13)
        assert mailed_on(world, year, *mornings) == [[], ["renewal_coming"], []]

    def test_a_worker_that_was_away_does_not_make_up_for_each(
        self, world: World, year: int
    ) -> None:
        world.clock.freeze(jst(2027, 11, 18, 12))
        world.work()
        assert world.mails(year).count("renewal_coming") == 1


def test_a_lump_sum_is_announced_from_its_window_to_its_withdrawal(world: World) -> None:
    member = world.joined("yearly", Method.KONBINI)
    mornings = (2027, 7, 1), (2027, 9, 30), (2027, 10, 24), (2027, 10, 30)
    assert mailed_on(world, member, *mornings) == [["expiring"]] * 4
    assert "このコースは自動では更新されません" in last_mail()
    assert "【JO1 OFFICIAL SITE】ご利用期間は2027年10月31日(日)までです" in last_mail()
    world.clock.freeze(jst(2027, 11, 1))
    world.work()
    assert mailed_on(world, member, (2028, 1, 23), (2028, 1, 24)) == [[], ["withdrawing"]]
    assert "2028年1月31日(月)までに更新されない場合は、退会となります" in last_mail()
    assert mailed_on(world, member, (2028, 1, 30)) == [[]]


def test_who_renews_is_not_reminded_of_the_end(world: World) -> None:
    member = world.joined("yearly", Method.KONBINI)
    world.clock.freeze(jst(2027, 11, 2))
    world.work()
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    assert mailed_on(world, member, (2028, 1, 24)) == [[]]


def test_a_contract_that_ended_is_announced_before_the_paid_time_is_over(world: World) -> None:
    member = world.joined("monthly", Method.AU)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    world.work()
    assert mailed_on(world, member, (2026, 11, 23), (2026, 11, 29)) == [["expiring"]] * 2
    assert "有効な継続払いの契約がない" in last_mail()


def test_the_end_of_a_break_is_announced_before_the_charge(world: World) -> None:
    from kaiin.billing.actions.pause import pause_membership

    member = world.joined()
    pause_membership(member_pk=member, site_key="official", periods=1)
    assert mailed_on(world, member, (2026, 12, 23), (2026, 12, 24)) == [[], ["renewal_coming"]]
    text = last_mail()
    assert "【JO1 OFFICIAL SITE】まもなくお休みが終わります" in text
    assert "2027年1月1日(金)に550円（月額・税込）" in text
    assert "2026年12月31日(木)までに" in text


def test_months_renew_without_a_word(world: World) -> None:
    member = world.joined()
    assert mailed_on(world, member, (2026, 11, 23), (2026, 11, 30)) == [[], []]

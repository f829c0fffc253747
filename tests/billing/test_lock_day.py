"""A year that renews by card: charged on the last business day, fixed after the 20th."""

from datetime import date, datetime

import pytest
from django.core import mail

from kaiin.domain.business_days import is_business_day
from kaiin.domain.changes import ChangeKind, RenewalFixed
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.billing.test_changes import change, payment_of
from tests.fixtures.tenant import amend

RENEWS_BADLY = "4000 0000 0000 0341"


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def joined(world: World, method: Method = Method.CARD, **card: str) -> int:
    """Joined in November 2026, a free month: through 30 November 2027, a Tuesday."""
    member = world.member()
    world.pay(world.join(member, "yearly", method, "mail").payment, **card)
    return member


def test_what_banks_do() -> None:
    closed = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3), date(2027, 5, 3)]
    assert not any(is_business_day(day) for day in closed)
    # 22 March 2027: the equinox fell on a Sunday.
    assert not is_business_day(date(2027, 3, 22))
    assert is_business_day(date(2026, 12, 30))


def test_charged_before_the_end_for_the_year_after_it(world: World) -> None:
    world.clock.freeze(jst(2026, 12, 5, 12))
    member = joined(world)
    view = world.view(member, "mail")
    assert view.paid_until == jst(2028, 1, 1)
    # 31 December is no business day, the 30th is.
    assert view.next_charge_at == jst(2027, 12, 30)
    world.clock.freeze(jst(2027, 12, 29, 23, 59))
    world.work()
    assert balances()["provider_cash"] == 3960
    world.clock.freeze(jst(2027, 12, 30))
    world.work()
    view = world.view(member, "mail")
    assert balances()["provider_cash"] == 2 * 3960
    assert view.paid_until == jst(2029, 1, 1)
    assert view.period is not None
    assert view.period.ends_at == jst(2028, 1, 1)
    assert len([w for w in view.windows if w.kind == "paid"]) == 1
    windows_survive_a_rebuild()


class TestFailedEarly:
    def test_it_is_dunned_from_the_end_of_the_period(self, world: World) -> None:
        member = joined(world, number=RENEWS_BADLY)
        world.clock.freeze(jst(2027, 11, 30, 1))
        world.work()
        view = world.view(member, "mail")
        assert view.state is SubscriptionState.PAST_DUE
        assert view.next_try_at == jst(2027, 12, 4)
        assert world.entry(member, "mail").allowed
        world.go_to(jst(2027, 12, 7, 12))
        # Grace is counted from the end of the year, too.
        assert world.entry(member, "mail").allowed
        world.go_to(jst(2027, 12, 8, 12))
        view = world.view(member, "mail")
        assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.RENEWAL_FAILED)
        assert view.dormant_until == jst(2028, 3, 1)

    def test_a_contract_that_is_gone_keeps_what_is_paid(self, world: World) -> None:
        amend(dunning=DunningPolicy(retry_days=()))
        member = joined(world, number=RENEWS_BADLY)
        world.clock.freeze(jst(2027, 11, 30, 1))
        world.work()
        assert world.view(member, "mail").standing is Standing.ACTIVE
        assert world.entry(member, "mail").allowed
        world.clock.freeze(jst(2027, 12, 1))
        world.work()
        view = world.view(member, "mail")
        assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.RENEWAL_FAILED)


class TestFixed:
    def test_leaving_until_the_twentieth_avoids_the_renewal(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site

        member = joined(world)
        world.clock.freeze(jst(2027, 11, 20, 23, 59))
        world.work()
        view = world.view(member, "mail")
        assert (view.fixed, view.fixed_at) == (False, jst(2027, 11, 21))
        leave_site(member_pk=member, site_key="mail")
        world.go_to(jst(2027, 12, 2, 12))
        assert balances()["provider_cash"] == 3960
        assert world.view(member, "mail").standing is Standing.WITHDRAWN

    def test_leaving_after_it_takes_effect_a_year_later(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site

        member = joined(world)
        world.clock.freeze(jst(2027, 11, 21))
        world.work()
        view = world.view(member, "mail")
        assert (view.fixed, view.leaves_at) == (True, jst(2028, 12, 1))
        leave_site(member_pk=member, site_key="mail")
        view = world.view(member, "mail")
        assert (view.cancel_at_period_end, view.next_charge_at) == (True, jst(2027, 11, 30))
        world.work()
        body = str(mail.outbox[-1].body)
        assert (
            "次回の更新（2027年11月30日(火)に3,960円（12か月分・税込））はお支払いいただき" in body
        )
        assert "2028年11月30日(木)までは" in body
        assert "会費の請求はありません" not in body
        assert view.leaves_at == jst(2028, 12, 1)
        world.go_to(jst(2027, 12, 1, 12))
        view = world.view(member, "mail")
        assert balances()["provider_cash"] == 2 * 3960
        assert (view.cancel_at_period_end, view.next_charge_at) == (True, None)
        world.clock.freeze(jst(2028, 12, 1))
        world.work()
        assert world.view(member, "mail").standing is Standing.WITHDRAWN
        assert balances()["provider_cash"] == 2 * 3960

    def test_who_leaves_is_not_dunned_for_it(self, world: World) -> None:
        from kaiin.billing.actions.leave import leave_site

        member = joined(world, number=RENEWS_BADLY)
        world.clock.freeze(jst(2027, 11, 25))
        leave_site(member_pk=member, site_key="mail")
        world.go_to(jst(2027, 11, 30, 12))
        assert world.entry(member, "mail").allowed
        world.go_to(jst(2027, 12, 1, 12))
        assert world.view(member, "mail").standing is Standing.WITHDRAWN

    def test_changes_wait_but_a_card_can_be_swapped(self, world: World) -> None:
        from kaiin.billing.views.changes import changes_offered

        member = joined(world)
        world.clock.freeze(jst(2027, 11, 22))
        with pytest.raises(RenewalFixed) as refused:
            change(member, "monthly", Method.CARD, site="mail")
        assert refused.value.code == "billing.renewal_fixed"
        assert refused.value.params["free_from"] == date(2027, 12, 1)
        offers = changes_offered(member, "mail", at=world.clock.now())
        assert [(each.course_key, each.kind) for each in offers] == [
            ("yearly", ChangeKind.REGISTER)
        ]


def test_who_paid_with_a_slip_renews_in_the_window(world: World) -> None:
    member = joined(world, Method.KONBINI)
    view = world.view(member, "mail")
    assert (view.next_charge_at, view.renews) == (None, False)
    assert view.renewal_opens_at == jst(2027, 8, 1)
    world.clock.freeze(jst(2027, 8, 1, 9))
    world.work()
    assert world.mails(member)[-1] == "expiring"
    world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
    view = world.view(member, "mail")
    assert (view.paid_until, view.next_charge_at) == (jst(2028, 12, 1), jst(2028, 11, 30))


def test_a_card_for_the_last_renewal_does_not_take_the_leaving_back(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = joined(world, number=RENEWS_BADLY)
    world.clock.freeze(jst(2027, 11, 25))
    leave_site(member_pk=member, site_key="mail")
    world.pay(payment_of(change(member, "yearly", Method.CARD, site="mail")))
    assert world.view(member, "mail").cancel_at_period_end
    world.go_to(jst(2027, 12, 1, 12))
    assert balances()["provider_cash"] == 2 * 3960
    assert world.view(member, "mail").next_charge_at is None


def test_a_year_by_another_way_is_paid_in_the_window_only(world: World) -> None:
    from kaiin.billing.views.changes import changes_offered

    member = joined(world)

    def ways() -> set[Method]:
        offers = changes_offered(member, "mail", at=world.clock.now())
        return {offer.method for offer in offers if offer.course_key == "yearly"}

    assert ways() == {Method.CARD}
    world.clock.freeze(jst(2027, 8, 1))
    assert ways() == {Method.CARD, Method.KONBINI}

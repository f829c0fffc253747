"""A year paid at once: the renewal window, expiry, and money that comes late."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from kaiin.billing.errors import SlipTooLate
from kaiin.billing.models import Period
from kaiin.billing.views.courses import JoinPreview, preview_join
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.domain.previews import LateRenewal
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.verification.checking import checks
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.fixtures.tenant import amend


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


@pytest.fixture
def member(world: World) -> int:
    """Joined in November 2026: through 31 October 2027."""
    return world.joined("yearly", Method.KONBINI)


def slip(world: World, member: int) -> "object":
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.work()
    return started.payment


def test_the_window_opens_and_a_renewal_loses_no_day(world: World, member: int) -> None:
    from kaiin.billing.errors import AlreadyMember

    world.clock.freeze(jst(2027, 6, 30, 23, 59))
    world.work()
    assert world.view(member).renewal_opens_at == jst(2027, 7, 1)
    with pytest.raises(AlreadyMember):
        world.join(member, "yearly", Method.CARD)
    world.clock.freeze(jst(2027, 7, 1, 9))
    world.work()
    assert world.mails(member)[-1] == "expiring"
    assert world.view(member).payable
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    view = world.view(member)
    assert view.period is not None
    assert view.period.ends_at == jst(2027, 11, 1)
    assert view.last_day == date(2028, 10, 31)
    assert view.renewal_opens_at == jst(2028, 7, 1)
    assert not view.payable
    with pytest.raises(AlreadyMember):
        world.join(member, "yearly", Method.CARD)
    world.clock.freeze(jst(2027, 11, 1))
    world.work()
    assert world.entry(member).allowed
    assert world.mails(member).count("expiring") == 1
    assert balances()["provider_cash"] == 6820 + 6600
    windows_survive_a_rebuild()


def test_not_renewed_it_expires_sleeps_and_is_withdrawn(world: World, member: int) -> None:
    world.clock.freeze(jst(2027, 10, 31, 23, 59, 59))
    world.work()
    assert world.entry(member).allowed
    world.clock.freeze(jst(2027, 11, 1))
    assert not world.entry(member).allowed
    world.work()
    view = world.view(member)
    assert (view.standing, view.end_reason) == (Standing.DORMANT, EndReason.EXPIRED)
    assert view.dormant_until == jst(2028, 2, 1)
    assert view.payable
    world.clock.freeze(jst(2028, 2, 1))
    world.work()
    assert world.view(member).standing is Standing.WITHDRAWN
    assert world.mails(member)[-3:] == ["expiring", "expired", "withdrawn"]
    assert balances() == {
        "provider_cash": 6820,
        "income": -6600,
        "handling_income": -220,
    }


def test_paid_before_the_end_and_reported_after_it(world: World, member: int) -> None:
    world.clock.freeze(jst(2027, 10, 28, 12))
    world.work()
    payment = slip(world, member)
    world.clock.freeze(jst(2027, 10, 31, 23, 30))
    world.sandbox.pay_at_store(payment, report_after=timedelta(hours=3))  # type: ignore[arg-type]
    world.clock.freeze(jst(2027, 11, 1, 1))
    world.work()
    assert world.view(member).standing is Standing.DORMANT
    world.clock.freeze(jst(2027, 11, 1, 2, 31))
    world.work()
    view = world.view(member)
    assert (view.standing, view.state) == (Standing.ACTIVE, SubscriptionState.ACTIVE)
    assert view.end_reason is None
    # The time at the store counts: the year after the old one, without a gap.
    assert view.paid_until == jst(2028, 11, 1)
    assert len(view.windows) == 1
    assert (view.joined_date, view.member_number) == (date(2026, 11, 22), 1)


def test_who_left_and_asked_for_a_slip_again_is_in_though_it_is_paid_after_the_end(
    world: World, member: int
) -> None:
    from kaiin.billing.actions.leave import leave_site

    world.clock.freeze(jst(2027, 10, 20, 12))
    leave_site(member_pk=member, site_key="official", at_once=False, actor=f"member:{member}")
    world.clock.freeze(jst(2027, 10, 30, 12))
    world.work()
    payment = slip(world, member)
    world.go_to(jst(2027, 11, 2, 12))
    assert world.view(member).standing is Standing.DORMANT
    world.sandbox.pay_at_store(payment)  # type: ignore[arg-type]
    world.work()
    assert world.entry(member).allowed
    view = world.view(member)
    assert view.paid_until == jst(2028, 11, 1)
    assert (view.joined_date, view.member_number) == (date(2026, 11, 22), 1)


def test_a_slip_of_the_window_paid_when_dormant_counts_from_the_old_end(
    world: World, member: int
) -> None:
    """It buys what its page said: the year after the one that is over."""
    world.clock.freeze(jst(2027, 10, 30, 12))
    world.work()
    payment = slip(world, member)
    world.clock.freeze(jst(2027, 11, 3, 12))
    world.work()
    again = world.join(member, "yearly", Method.KONBINI)
    assert again.payment.id == payment.id  # type: ignore[attr-defined]
    world.sandbox.pay_at_store(again.payment)
    world.work()
    view = world.view(member)
    assert view.standing is Standing.ACTIVE
    assert view.period is not None
    assert view.period.starts_at == jst(2027, 11, 1)
    assert view.paid_until == jst(2028, 11, 1)
    assert view.member_number == 1


class TestRenewedLate:
    """In dormant time: from the old end, as the course says by default."""

    def shown(self, world: World, member: int, method: Method = Method.CARD) -> JoinPreview:
        return preview_join(
            site_key="official",
            course_key="yearly",
            method=method,
            at=world.clock.now(),
            member_pk=member,
        )

    def test_it_counts_from_the_old_end_and_the_preview_says_so(
        self, world: World, member: int
    ) -> None:
        world.go_to(jst(2027, 11, 20, 12))
        shown = self.shown(world, member)
        assert (shown.late_after, shown.last_day) == (date(2027, 10, 31), date(2028, 10, 31))
        assert not shown.continues
        assert not world.entry(member).allowed
        world.pay(world.join(member, "yearly", Method.CARD).payment)
        view = world.view(member)
        assert view.period is not None
        assert (view.period.starts_at, view.paid_until) == (
            shown.period.starts_at,
            shown.period.ends_at,
        )
        assert (view.standing, view.member_number) == (Standing.ACTIVE, 1)
        assert world.entry(member).allowed
        windows_survive_a_rebuild()
        # The year after follows it, and nothing is left over.
        world.go_to(jst(2028, 11, 1))
        assert world.view(member).standing is Standing.DORMANT
        assert balances()["income"] == -2 * 6600

    def test_by_a_course_that_says_so_it_counts_from_the_payment(
        self, world: World, member: int
    ) -> None:
        amend({"key": "yearly"}, late_renewal=LateRenewal.FROM_PAYMENT)
        world.go_to(jst(2027, 11, 20, 12))
        assert self.shown(world, member).late_after is None
        world.pay(world.join(member, "yearly", Method.CARD).payment)
        assert world.view(member).paid_until == jst(2028, 11, 1)
        period = world.view(member).period
        assert period is not None
        assert period.starts_at > jst(2027, 11, 20)

    def test_paid_in_dormant_time_and_reported_after_it(self, world: World, member: int) -> None:
        world.go_to(jst(2028, 1, 20, 12))
        payment = slip(world, member)
        world.go_to(jst(2028, 1, 27, 12))
        world.sandbox.pay_at_store(payment, report_after=timedelta(days=6))  # type: ignore[arg-type]
        world.go_to(jst(2028, 2, 1, 12))
        assert world.view(member).standing is Standing.WITHDRAWN
        world.go_to(jst(2028, 2, 3))
        view = world.view(member)
        assert (view.standing, view.paid_until) == (Standing.ACTIVE, jst(2028, 11, 1))

    def test_no_slip_that_could_be_paid_after_the_dormant_time(
        self, world: World, member: int
    ) -> None:
        world.go_to(jst(2028, 1, 24, 23, 59))
        assert self.shown(world, member, Method.KONBINI).late_after == date(2027, 10, 31)
        world.go_to(jst(2028, 1, 25))
        with pytest.raises(SlipTooLate):
            self.shown(world, member, Method.KONBINI)
        with pytest.raises(SlipTooLate):
            world.join(member, "yearly", Method.KONBINI)
        assert self.shown(world, member).late_after is not None

    def test_a_rejoin_after_it_begins_anew(self, world: World, member: int) -> None:
        world.go_to(jst(2028, 2, 1, 12))
        shown = self.shown(world, member, Method.KONBINI)
        assert (shown.late_after, shown.last_day) == (None, date(2029, 1, 31))
        world.pay(world.join(member, "yearly", Method.CARD).payment)
        assert world.view(member).paid_until == jst(2029, 2, 1)

    def test_the_checks_find_one_that_does_not_count_so(self, world: World, member: int) -> None:
        world.go_to(jst(2027, 11, 20, 12))
        world.pay(world.join(member, "yearly", Method.CARD).payment)
        period = Period.objects.order_by("pk").last()
        assert period is not None
        Period.objects.filter(pk=period.pk).update(starts_at=jst(2027, 11, 20, 12))
        found = {
            each.check
            for each in checks(connection, now=world.clock.now(), patience=timedelta(days=3650))
        }
        assert "period.gap" in found
        Period.objects.filter(pk=period.pk).update(starts_at=period.starts_at)


class TestLateMoney:
    """A slip was given up, or ran out, and is paid all the same."""

    def test_it_revives_what_nothing_has_replaced(self, world: World) -> None:
        member = world.member()
        payment = slip(world, member)
        world.sandbox.pay_at_store(payment, report_after=timedelta(days=9))  # type: ignore[arg-type]
        world.clock.advance(days=8)
        world.work()
        assert world.view(member).standing is Standing.PENDING
        world.clock.advance(days=2)
        world.work()
        view = world.view(member)
        assert view.standing is Standing.ACTIVE
        assert view.joined_date == date(2026, 11, 22)
        assert world.entry(member).allowed

    def test_it_voids_what_is_under_way(self, world: World) -> None:
        from kaiin.payments import operations as payments

        member = world.member()
        first = slip(world, member)
        second = world.join(member, "monthly", Method.CARD)
        assert world.payment(first.id).state is PaymentState.CANCELED  # type: ignore[attr-defined]
        _pay_all_the_same(world, first)
        payments.refresh_payment(payment_id=first.id, timeout_seconds=2.0)  # type: ignore[attr-defined]
        world.work()
        view = world.view(member)
        assert (view.standing, view.course_key) == (Standing.ACTIVE, "yearly")
        assert world.payment(second.payment.id).state is PaymentState.CANCELED
        assert balances()["provider_cash"] == 6820

    def test_paid_twice_is_parked(self, world: World) -> None:
        from kaiin.billing.models import Charge
        from kaiin.infra.models import AuditRow
        from kaiin.payments import operations as payments

        member = world.member()
        first = slip(world, member)
        world.pay(world.join(member, "monthly", Method.CARD).payment)
        before = world.view(member)
        _pay_all_the_same(world, first)
        payments.refresh_payment(payment_id=first.id, timeout_seconds=2.0)  # type: ignore[attr-defined]
        world.work()
        assert world.view(member) == before
        assert Charge.objects.filter(state="parked").count() == 1
        assert balances() == {
            "provider_cash": 550 + 6820,
            "deferred_income": -550,
            "unapplied": -6820,
        }
        assert AuditRow.objects.filter(action="billing.payment_parked").count() == 1


def _pay_all_the_same(world: World, payment: object) -> None:
    """A store that takes money for a slip that was voided a moment ago."""
    from kaiin.payments.orders import order_id

    order = order_id(payment.id)  # type: ignore[attr-defined]
    with world.sandbox.app.service.store.transaction() as tx:
        row = world.sandbox.app.service.payment_of_order(tx, order)
        tx.run("UPDATE payment SET status = 'open' WHERE id = ?", (row["id"],))
    world.sandbox.pay_at_store(payment)  # type: ignore[arg-type]

"""Joining, in every order of pages, notices and clicks: one membership, one charge."""

from datetime import date, datetime, timedelta

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import Standing, SubscriptionState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def test_a_card_joins_pays_and_is_in(world: World) -> None:
    from kaiin.billing.models import Charge, Membership
    from kaiin.billing.views.receipts import find_receipt, list_receipts

    member = world.member()
    started = world.join(member)
    assert started.payment.state is PaymentState.PENDING
    assert started.payment.checkout is not None
    assert not world.entry(member).allowed
    world.pay(started.payment)

    entry = world.entry(member)
    assert entry.allowed
    assert entry.until == jst(2026, 12, 1)
    assert entry.membership is not None
    assert entry.membership.course_name["ja"] == "月会費コース"
    view = world.view(member)
    assert (view.standing, view.state) == (Standing.ACTIVE, SubscriptionState.ACTIVE)
    assert (view.joined_date, view.member_number) == (date(2026, 11, 22), 1)
    assert view.period is not None
    assert view.period.ends_at == jst(2026, 12, 1)
    assert (view.next_charge_at, view.next_amount) == (jst(2026, 12, 1), Money(550))
    assert view.mandate is not None
    assert (view.mandate.brand, view.mandate.last4) == ("Visa", "4242")
    assert view.open_payment is None
    assert world.mails(member) == ["receipt", "welcome"]
    assert balances() == {"provider_cash": 550, "deferred_income": -550}
    assert (Membership.objects.count(), Charge.objects.count()) == (1, 1)
    (receipt,) = list_receipts(member)
    assert receipt.total == Money(550)
    assert set(receipt.references) == set(world.payment(started.payment.id).references)
    assert find_receipt(number=receipt.number, member_pk=member) == receipt
    assert find_receipt(number=receipt.number, member_pk=member + 1) is None
    windows_survive_a_rebuild()


@pytest.mark.parametrize("method", [Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK])
def test_what_the_preview_says_is_what_is_posted(world: World, method: Method) -> None:
    from kaiin.billing.views.courses import preview_join
    from kaiin.billing.views.receipts import list_receipts

    member = world.member()
    shown = preview_join(
        site_key="official", course_key="monthly", method=method, at=world.clock.now()
    )
    world.pay(world.join(member, "monthly", method).payment)
    view = world.view(member)
    assert view.period is not None
    assert (view.period.starts_at, view.period.ends_at) == (
        shown.period.starts_at,
        shown.period.ends_at,
    )
    assert (view.next_charge_at, view.next_amount) == (shown.next_charge_at, shown.next_amount)
    (receipt,) = list_receipts(member)
    assert (receipt.lines, receipt.total) == (shown.lines, shown.total)


def test_a_second_click_finds_the_same_payment(world: World) -> None:
    from kaiin.billing.models import Charge, Subscription

    member = world.member()
    first = world.join(member)
    assert world.join(member) == first
    assert (Charge.objects.count(), Subscription.objects.count()) == (1, 1)


def test_another_way_voids_the_first(world: World) -> None:
    member = world.member()
    first = world.join(member)
    second = world.join(member, method=Method.DOCOMO)
    assert world.payment(first.payment.id).state is PaymentState.CANCELED
    world.pay(second.payment)
    assert world.view(member).method is Method.DOCOMO
    assert balances()["provider_cash"] == 550


def test_another_course_voids_the_first(world: World) -> None:
    member = world.member()
    first = world.join(member)
    second = world.join(member, "yearly")
    assert world.payment(first.payment.id).state is PaymentState.CANCELED
    world.pay(second.payment)
    view = world.view(member)
    assert (view.course_key, view.renews, view.next_charge_at) == ("yearly", False, None)
    assert view.paid_until == jst(2027, 11, 1)


def test_the_first_was_paid_when_another_way_is_chosen(world: World) -> None:
    from kaiin.billing.errors import AlreadyMember

    member = world.member()
    first = world.join(member)
    world.sandbox.pay(first.payment)
    with pytest.raises(AlreadyMember):
        world.join(member, method=Method.DOCOMO)
    assert world.entry(member).allowed
    world.work()
    assert balances()["provider_cash"] == 550


def test_who_has_paid_pays_nothing_more(world: World) -> None:
    from kaiin.billing.errors import AlreadyMember
    from kaiin.billing.models import Charge
    from kaiin.billing.views.courses import preview_join

    member = world.joined()
    for course in ("monthly", "yearly"):
        with pytest.raises(AlreadyMember):
            world.join(member, course)
        with pytest.raises(AlreadyMember):
            preview_join(
                site_key="official",
                course_key=course,
                method=Method.CARD,
                at=world.clock.now(),
                member_pk=member,
            )
    assert Charge.objects.count() == 1


def test_the_notice_is_lost_and_the_login_asks(world: World) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments

    member = world.member()
    started = world.join(member)
    world.sandbox.switch("drop", "1")
    world.sandbox.pay(started.payment)
    assert not world.entry(member).allowed
    refresh_open_payments(member_pk=member)
    assert world.entry(member).allowed
    world.work()
    assert world.mails(member) == ["receipt", "welcome"]


def test_coming_back_without_paying_changes_nothing(world: World) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments
    from kaiin.billing.outcomes.recording import record_payment

    member = world.member()
    started = world.join(member)
    refresh_open_payments(member_pk=member)
    record_payment(payment_id=started.payment.id)
    assert not world.entry(member).allowed
    assert world.view(member).standing is Standing.PENDING
    assert balances() == {}
    assert world.mails(member) == []


def test_a_page_of_a_charge_that_another_tab_gave_up_meanwhile_is_voided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaiin.billing.errors import PaymentUnderWay
    from kaiin.billing.events import PAYMENT_SUPERSEDED
    from kaiin.billing.membership.locking import lock_alone
    from kaiin.billing.models import Charge
    from kaiin.infra import clock
    from kaiin.infra.models import Event
    from kaiin.payments import queries as payments

    def another_tab_first(membership_id: int) -> None:
        # It saw no payment yet, so it had none to void.
        given_up = {"state": "closed", "failure_code": "superseded", "closed_at": clock.now()}
        Charge.objects.filter(membership=membership_id, payment=None).update(**given_up)
        lock_alone(membership_id)

    monkeypatch.setattr("kaiin.billing.outcomes.recording.lock_alone", another_tab_first)
    member = world.member()
    with pytest.raises(PaymentUnderWay):
        world.join(member)
    charge = Charge.objects.get()
    assert Event.objects.get(topic=PAYMENT_SUPERSEDED).key == str(charge.payment_id)
    world.work()
    assert payments.open_payments(member) == ()


def test_recording_twice_changes_nothing(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry
    from kaiin.billing.outcomes.recording import record_payment
    from kaiin.infra.models import AuditRow

    member = world.member()
    started = world.join(member)
    world.pay(started.payment)
    before = (LedgerEntry.objects.count(), AuditRow.objects.count(), world.view(member))
    record_payment(payment_id=started.payment.id)
    assert (LedgerEntry.objects.count(), AuditRow.objects.count(), world.view(member)) == before


def test_a_declined_card_may_try_again(world: World) -> None:
    member = world.member()
    first = world.join(member)
    world.sandbox.decline(first.payment)
    world.work()
    view = world.view(member)
    assert view.last_failure is not None
    assert view.last_failure.code == "card_declined"
    assert view.payable
    second = world.join(member)
    assert second.payment.id != first.payment.id
    assert second.subscription_id == first.subscription_id
    world.pay(second.payment)
    assert world.view(member).last_failure is None
    assert balances()["provider_cash"] == 550


def test_member_numbers_follow_the_first_payments(world: World) -> None:
    early, late = world.member(), world.member()
    first, second = world.join(early), world.join(late)
    world.pay(second.payment)
    world.pay(first.payment)
    assert (world.view(late).member_number, world.view(early).member_number) == (1, 2)


def test_each_site_counts_for_itself(world: World) -> None:
    member = world.joined()
    world.pay(world.join(member, site="mail").payment)
    assert [world.view(member, site).member_number for site in ("official", "mail")] == [1, 1]
    assert world.view(member, "mail").next_amount == Money(330)


def test_things_that_are_not_offered(world: World) -> None:
    from kaiin.billing.errors import CourseNotOffered, WayNotOffered
    from kaiin.billing.models import Membership

    member = world.member()
    with pytest.raises(CourseNotOffered):
        world.join(member, "weekly")
    with pytest.raises(WayNotOffered):
        world.join(member, "monthly", Method.KONBINI)
    assert Membership.objects.count() == 0


def test_the_provider_is_down_while_joining(world: World) -> None:
    from kaiin.payments.errors import ProviderUnavailable

    member = world.member()
    world.sandbox.switch("down", "0")
    try:
        started = world.join(member)
        assert started.payment.checkout is None
    except ProviderUnavailable:
        pass
    world.sandbox.switch("down", "")
    world.clock.advance(minutes=1)
    again = world.join(member)
    assert again.payment.checkout is not None
    world.pay(again.payment)
    assert world.entry(member).allowed
    assert balances()["provider_cash"] == 550


class TestSlips:
    """Convenience-store slips: the time at the store counts."""

    def test_the_notice_alone_brings_the_mail(self, world: World) -> None:
        """Many close the provider's page and never come back to ours."""
        member = world.member()
        started = world.join(member, "yearly", Method.KONBINI)
        world.work()
        world.sandbox.get_slip(started.payment)
        world.work()
        assert world.mails(member) == ["slip"]

    def test_a_slip_is_mailed_and_paid(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "yearly", Method.KONBINI)
        world.sandbox.get_slip(started.payment)
        world.work()
        view = world.view(member)
        assert view.standing is Standing.PENDING
        assert view.open_payment is not None
        assert world.mails(member) == ["slip"]
        world.sandbox.pay_at_store(started.payment)
        world.work()
        assert world.entry(member).allowed
        assert balances() == {
            "provider_cash": 6820,
            "deferred_income": -6600,
            "handling_income": -220,
        }

    def test_paid_before_the_deadline_and_reported_three_hours_later(self, world: World) -> None:
        member = world.member()
        world.clock.freeze(jst(2026, 11, 24, 12))
        started = world.join(member, "yearly", Method.KONBINI)
        world.sandbox.get_slip(started.payment)
        world.work()
        expires_at = world.payment(started.payment.id).expires_at
        assert expires_at is not None
        # Just before the deadline, which is also the last minute of a month in Japan …
        paid_at = world.clock.freeze(jst(2026, 11, 30, 23, 58))
        world.sandbox.pay_at_store(started.payment, report_after=timedelta(hours=3))
        world.clock.advance(hours=3, minutes=1)
        world.work()
        view = world.view(member)
        assert view.standing is Standing.ACTIVE
        assert view.joined_date == date(2026, 11, 30)
        assert view.period is not None
        assert view.period.starts_at == paid_at
        # … so November is the month of joining: through 31 October.
        assert view.paid_until == jst(2027, 11, 1)

    def test_an_expired_slip_leaves_nothing_and_a_new_one_can_be_had(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "yearly", Method.KONBINI)
        world.sandbox.get_slip(started.payment)
        world.clock.advance(days=9)
        world.work()
        view = world.view(member)
        assert world.payment(started.payment.id).state is PaymentState.EXPIRED
        assert view.standing is Standing.PENDING
        assert view.open_payment is None
        assert view.last_failure is not None
        assert view.last_failure.code == "expired"
        again = world.join(member, "yearly", Method.KONBINI)
        assert again.payment.id != started.payment.id
        world.pay(again.payment)
        assert world.entry(member).allowed
        assert balances()["provider_cash"] == 6820

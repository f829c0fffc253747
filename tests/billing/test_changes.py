"""Changing course, way to pay or card in one step: what is shown is what is posted."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kaiin.domain.changes import ChangeKind, ChangeNotYet, NothingToChange
from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import SubscriptionState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild

if TYPE_CHECKING:
    from kaiin.billing.actions.change import Agreed, ChangeStarted
    from kaiin.billing.membership.change_plans import ChangePreview
    from kaiin.payments.queries import PaymentView

OTHER_CARD = "5555 5555 5555 4444"
RENEWS_BADLY = "4000 0000 0000 0341"


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def preview(
    world: World, member: int, course: str, method: Method, site: str = "official"
) -> "ChangePreview":
    from kaiin.billing.views.changes import preview_change

    return preview_change(
        member_pk=member, site_key=site, course_key=course, method=method, at=world.clock.now()
    )


def change(
    member: int,
    course: str,
    method: Method,
    *,
    agreed: "Agreed | None" = None,
    site: str = "official",
) -> "ChangeStarted":
    from kaiin.billing.actions.change import change_course

    return change_course(
        member_pk=member,
        site_key=site,
        course_key=course,
        method=method,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
        agreed=agreed,
    )


def payment_of(started: "ChangeStarted") -> "PaymentView":
    assert started.payment is not None
    return started.payment


def collected(world: World) -> int:
    """What the provider has really taken, by its own store."""
    with world.sandbox.app.service.store.transaction() as tx:
        rows = tx.all("SELECT amount FROM payment WHERE status = 'paid'")
    return sum(row["amount"] for row in rows)


def posted(member: int) -> dict[str, Any]:
    """The last period, receipt and postings of a member."""
    from kaiin.billing.ledger.models import LedgerPosting, Receipt
    from kaiin.billing.models import Period

    period = Period.objects.filter(subscription__membership__member=member).latest("index")
    receipt = Receipt.objects.get(period=period)
    cash = LedgerPosting.objects.get(
        entry__payment=period.payment_id, entry__kind="payment", account="provider_cash"
    )
    return {
        "lines": tuple((code, amount) for code, amount, *_ in receipt.lines),
        "total": receipt.total,
        "cash": cash.amount,
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
    }


def as_shown(shown: "ChangePreview") -> dict[str, Any]:
    return {
        "lines": tuple((code, amount.amount) for code, amount in shown.lines),
        "total": shown.total.amount,
        "cash": shown.total.amount,
        "starts_at": shown.period.starts_at,
        "ends_at": shown.period.ends_at,
    }


# Each pair that members can change between, and what they have at first.
CHANGED_FROM = [
    ("monthly", Method.CARD, "official"),
    ("monthly", Method.DOCOMO, "official"),
    ("monthly", Method.SOFTBANK, "official"),
    ("yearly", Method.CARD, "official"),
    ("yearly", Method.KONBINI, "official"),
    ("yearly", Method.CARD, "mail"),
]


@pytest.mark.few_on_postgres(2)
@pytest.mark.parametrize("days", [0, 5, 8])
@pytest.mark.parametrize(("course", "method", "site"), CHANGED_FROM)
def test_what_is_shown_is_posted(
    world: World, course: str, method: Method, site: str, days: int
) -> None:
    from kaiin.billing.views.changes import changes_offered

    made = set()
    for wanted_course, wanted in _offers(site):
        member = world.member()
        world.pay(world.join(member, course, method, site).payment)
        world.clock.advance(days=days)
        found = changes_offered(member, site, at=world.clock.now())
        offered = {(offer.course_key, offer.method): offer for offer in found}
        if (wanted_course, wanted) in offered:
            _change_as_shown(world, member, wanted_course, wanted, site)
            made.add((wanted_course, wanted))
        else:
            with pytest.raises(KaiinError):
                change(member, wanted_course, wanted, site=site)
        world.clock.freeze(world.clock.now() - timedelta(days=days))
    assert made, "nothing was offered"
    balances()


def _change_as_shown(
    world: World, member: int, wanted_course: str, wanted: Method, site: str
) -> None:
    before, taken = world.view(member, site), collected(world)
    shown = preview(world, member, wanted_course, wanted, site)
    started = change(member, wanted_course, wanted, site=site)
    assert started.preview == shown
    if started.payment is not None and shown.needs_page:
        world.pay(started.payment)
    world.work()
    after = world.view(member, site)
    assert collected(world) - taken == shown.total.amount
    assert (after.joined_date, after.member_number) == (
        before.joined_date,
        before.member_number,
    )
    assert world.entry(member, site).allowed
    assert (after.next_charge_at, after.next_amount) == (
        shown.next_charge_at,
        shown.next_amount,
    )
    if shown.total:
        assert posted(member) == as_shown(shown)
        assert (after.course_key, after.method) == (wanted_course, wanted)
    else:
        assert after.paid_until == before.paid_until


def _offers(site: str) -> list[tuple[str, Method]]:
    ways = [Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK]
    return [("monthly", way) for way in ways] + [
        ("yearly", Method.CARD),
        ("yearly", Method.KONBINI),
    ]


@pytest.mark.usefixtures("year_by_days")
def test_a_dearer_course_begins_now_and_unused_days_are_taken_off(world: World) -> None:
    member = world.joined()
    before = world.view(member)
    world.clock.advance(days=3)
    shown = preview(world, member, "yearly", Method.CARD)
    # 22 November to 30 November are 9 days; on the 25th with the 25th six of them are given up.
    assert (shown.kind, shown.credited.amount) == (ChangeKind.NOW_WITH_CREDIT, 550 * 6 // 9)
    change(member, "yearly", Method.CARD)
    world.work()
    view = world.view(member)
    assert (view.course_key, view.method) == ("yearly", Method.CARD)
    assert (view.joined_date, view.member_number) == (before.joined_date, before.member_number)
    assert view.paid_until == shown.period.ends_at
    assert len(view.windows) == 1
    assert before.mandate is not None
    assert view.mandate is None
    assert world.mails(member)[-2:] == ["receipt", "changed"]
    assert balances() == {
        "provider_cash": 550 + 6600 - 366,
        "deferred_income": -6600,
        "income": -(550 - 366),
    }
    windows_survive_a_rebuild()


def test_a_cheaper_course_comes_with_the_renewal_and_can_be_undone(world: World) -> None:
    member = world.member()
    world.pay(world.join(member, "yearly", Method.CARD, "mail").payment)
    ends_at = world.view(member, "mail").paid_until
    for _ in range(2):
        started = change(member, "monthly", Method.CARD, site="mail")
        assert started.payment is None
    world.work()
    view = world.view(member, "mail")
    assert view.next_course_name is not None
    assert started.preview is not None
    assert (view.next_amount, view.paid_until) == (started.preview.next_amount, ends_at)
    assert view.next_amount == Money(330)
    assert world.mails(member).count("change_agreed") == 1
    back = preview(world, member, "yearly", Method.CARD, "mail")
    assert back.undoes
    change(member, "yearly", Method.CARD, site="mail")
    assert world.view(member, "mail").next_course_name is None
    change(member, "monthly", Method.CARD, site="mail")
    assert ends_at is not None
    world.clock.freeze(ends_at)
    world.work()
    view = world.view(member, "mail")
    assert (view.course_key, view.next_course_name) == ("monthly", None)
    assert collected(world) == 3960 + 330
    assert world.entry(member, "mail").allowed


def test_a_carrier_contract_is_ended_and_made_anew_without_a_gap(world: World) -> None:
    from kaiin.payments.models import Mandate

    member = world.joined("monthly", Method.DOCOMO)
    first_until = world.view(member).paid_until
    world.clock.advance(days=4)
    started = change(member, "monthly", Method.AU)
    # Until the new contract is active, the old one stays.
    assert Mandate.objects.filter(state="active").count() == 1
    world.pay(payment_of(started))
    assert list(Mandate.objects.filter(state="active").values_list("method", flat=True)) == ["au"]
    view = world.view(member)
    assert view.period is not None
    assert view.period.ends_at == first_until
    world.go_to(jst(2027, 1, 3, 12))
    assert collected(world) == 3 * 550
    windows = world.view(member).windows
    assert windows[0].ends_at == jst(2027, 2, 1)


def test_another_card_is_registered_without_a_charge(world: World) -> None:
    member = world.joined()
    old = world.view(member).mandate
    started = change(member, "monthly", Method.CARD)
    assert payment_of(started).amount.amount == 0
    world.pay(payment_of(started), number=OTHER_CARD)
    view = world.view(member)
    assert view.mandate is not None
    assert old is not None
    assert (view.mandate.last4, view.mandate.id != old.id) == ("4444", True)
    assert world.mails(member)[-1] == "card_registered"
    assert collected(world) == 550
    world.go_to(jst(2026, 12, 2, 12))
    assert collected(world) == 1100
    assert world.view(member).state is SubscriptionState.ACTIVE


class TestOneChange:
    """However often the member clicks, there is one."""

    def test_two_clicks_find_the_same_payment(self, world: World) -> None:
        member = world.joined()
        first = payment_of(change(member, "yearly", Method.KONBINI))
        assert payment_of(change(member, "yearly", Method.KONBINI)).id == first.id

    @pytest.mark.usefixtures("year_by_days")
    def test_a_click_after_the_money_came_makes_no_second_one(self, world: World) -> None:
        from kaiin.billing.actions.change import Agreed
        from kaiin.billing.errors import ChangeDiffers

        member = world.joined()
        shown = preview(world, member, "yearly", Method.CARD)
        agreed = Agreed(shown.kind, shown.total)
        first = change(member, "yearly", Method.CARD, agreed=agreed)
        second = change(member, "yearly", Method.CARD, agreed=agreed)
        assert payment_of(second).id == payment_of(first).id
        assert collected(world) == 550 + shown.total.amount
        with pytest.raises(ChangeDiffers):
            change(member, "monthly", Method.CARD, agreed=agreed)

    def test_another_choice_voids_the_first(self, world: World) -> None:
        member = world.joined()
        first = payment_of(change(member, "yearly", Method.KONBINI))
        second = payment_of(change(member, "monthly", Method.AU))
        assert world.payment(first.id).state is PaymentState.CANCELED
        world.pay(second)
        assert world.view(member).method is Method.AU

    @pytest.mark.usefixtures("year_by_days")
    def test_the_price_of_tomorrow_is_another(self, world: World) -> None:
        member = world.joined("monthly", Method.DOCOMO)
        first = payment_of(change(member, "yearly", Method.CARD))
        world.clock.advance(days=1)
        second = payment_of(change(member, "yearly", Method.CARD))
        assert first.amount < second.amount
        assert not world.payment(first.id).is_open


class TestNotMade:
    """Turned back, declined, left lying: everything is as it was."""

    @pytest.mark.usefixtures("year_by_days")
    def test_declined(self, world: World) -> None:
        member = world.joined(number=RENEWS_BADLY)
        before = world.view(member)
        started = change(member, "yearly", Method.CARD)
        assert payment_of(started).state is PaymentState.FAILED
        world.work()
        after = world.view(member)
        assert (after.course_key, after.paid_until) == ("monthly", before.paid_until)
        assert after.mandate == before.mandate
        assert after.windows == before.windows

    def test_turned_back(self, world: World) -> None:
        member = world.joined()
        before = world.view(member)
        started = change(member, "monthly", Method.AU)
        world.sandbox.give_up(payment_of(started))
        world.work()
        after = world.view(member)
        assert (after.method, after.mandate, after.windows) == (
            Method.CARD,
            before.mandate,
            before.windows,
        )
        world.go_to(jst(2026, 12, 2, 12))
        assert collected(world) == 1100

    def test_left_lying_at_the_end_of_the_period_the_renewal_goes_on(self, world: World) -> None:
        member = world.joined()
        world.clock.freeze(jst(2026, 11, 30, 23, 55))
        started = change(member, "monthly", Method.AU)
        world.clock.freeze(jst(2026, 12, 1))
        world.work()
        # The member may still be typing the PIN: one charge, and the door stays open.
        assert collected(world) == 550
        assert world.entry(member).allowed
        for _ in range(10):
            world.clock.advance(minutes=15)
            world.work()
        assert world.payment(payment_of(started).id).state is not PaymentState.PENDING
        assert collected(world) == 1100
        assert world.view(member).method is Method.CARD

    def test_too_little_paid_for_it_delays_no_renewal(self, world: World) -> None:
        member = world.joined(method=Method.AU)
        started = payment_of(change(member, "yearly", Method.KONBINI))
        world.sandbox.get_slip(started)
        world.sandbox.pay_at_store(started, amount=started.amount.amount - 100)
        world.work()
        short = world.payment(started.id)
        assert (short.state, short.failure_code) == (PaymentState.PENDING, "amount_mismatch")
        world.go_to(jst(2026, 12, 10, 12))
        view = world.view(member)
        assert (view.paid_until, view.course_key) == (jst(2027, 1, 1), "monthly")
        world.go_to(jst(2027, 1, 1, 12))
        assert world.view(member).paid_until == jst(2027, 2, 1)
        assert collected(world) == 3 * 550 + started.amount.amount

    def test_paid_just_after_the_end_there_is_no_gap_and_one_charge(self, world: World) -> None:
        member = world.joined()
        world.clock.freeze(jst(2026, 11, 30, 23, 55))
        started = change(member, "monthly", Method.AU)
        world.clock.freeze(jst(2026, 12, 1, 0, 5))
        world.work()
        world.pay(payment_of(started))
        world.clock.advance(hours=3)
        world.work()
        view = world.view(member)
        assert (view.method, view.paid_until) == (Method.AU, jst(2027, 1, 1))
        assert view.windows[0].ends_at == jst(2027, 1, 1)
        assert collected(world) == 1100

    @pytest.mark.usefixtures("year_by_days")
    def test_a_credit_of_a_period_that_is_over_buys_nothing(self, world: World) -> None:
        member = world.joined("monthly", Method.DOCOMO)
        world.clock.freeze(jst(2026, 11, 30, 10))
        started = change(member, "yearly", Method.CARD)
        world.clock.freeze(jst(2026, 12, 1, 0, 1))
        world.pay(payment_of(started))
        world.clock.advance(hours=2)
        world.work()
        view = world.view(member)
        assert (view.course_key, view.paid_until) == ("monthly", jst(2027, 1, 1))


def test_an_abandoned_page_does_not_delay_the_retries(world: World) -> None:
    member = world.joined(number=RENEWS_BADLY)
    world.go_to(jst(2026, 12, 3, 23))
    assert world.view(member).state is SubscriptionState.PAST_DUE
    world.join(member, "monthly", Method.CARD)
    world.go_to(jst(2026, 12, 9, 12))
    assert not world.view(member).state.is_open


def test_too_early_for_a_lump_sum_by_another_way(world: World) -> None:
    member = world.joined("yearly", Method.KONBINI)
    with pytest.raises(ChangeNotYet) as refused:
        change(member, "monthly", Method.AU)
    assert refused.value.params["opens_on"] == date(2027, 7, 1)
    with pytest.raises(NothingToChange):
        change(member, "yearly", Method.KONBINI)


def test_paying_what_failed_is_not_mixed_up_with_registering_a_card(world: World) -> None:
    member = world.joined()
    registering = payment_of(change(member, "monthly", Method.CARD))
    mandate = world.view(member).mandate
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    world.work()
    paying = world.join(member, "monthly", Method.CARD).payment
    assert (paying.id != registering.id, paying.amount.amount) == (True, 550)
    assert not world.payment(registering.id).is_open


def test_a_registered_card_leaves_one_grace(world: World) -> None:
    """The grace of the card before it ends with its registration: a new one counts."""
    from kaiin.billing.models import Grant

    member = world.joined()
    world.pay(payment_of(change(member, "monthly", Method.CARD)), number=OTHER_CARD)
    in_force = Grant.objects.filter(membership__member=member, kind="grace", revoked_at=None)
    assert in_force.count() == 1
    assert Grant.objects.filter(membership__member=member, kind="grace").count() == 2

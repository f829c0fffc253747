"""A card is registered without a charge, ends with its month, and too many errors pause tries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.infra.models import AuditRow, Event
from kaiin.infra.texts import error_text
from kaiin.payments import events, queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.errors import MethodUnavailable, TooManyErrors
from kaiin.payments.models import Payment
from kaiin.payments.queries import MandateView, PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def mandate_of(payment: PaymentView) -> MandateView:
    found = queries.mandate(now_of(payment).mandate_id or 0)
    assert found is not None
    return found


def register(start: Start, sandbox: Sandbox, key: str = "card:1") -> PaymentView:
    payment = start(key=key, amount=Money(0))
    sandbox.pay(payment)
    sandbox.deliver_notices()
    return now_of(payment)


def test_a_card_is_registered_and_nothing_charged(start: Start, sandbox: Sandbox) -> None:
    payment = register(start, sandbox)
    assert payment.state is PaymentState.REGISTERED
    assert (payment.paid_at, payment.received, payment.is_open) == (None, None, False)
    assert not payment.state.took_money
    assert mandate_of(payment).last4 == "4242"
    published = Event.objects.filter(topic=events.PAYMENT_CHANGED).order_by("id")
    assert [message.payload["state"] for message in published] == ["pending", "registered"]


def test_a_registered_card_can_be_charged(start: Start, sandbox: Sandbox) -> None:
    payment = register(start, sandbox)
    charged = charge_mandate(
        member_ref=7,
        mandate_id=payment.mandate_id or 0,
        intent_key="renewal:1:2",
        amount=Money(550),
        description="月会費",
    )
    assert charged.state is PaymentState.PAID


@pytest.mark.parametrize("method", ["konbini", "docomo"])
def test_only_cards_are_registered(method: str, start: Start) -> None:
    with pytest.raises(MethodUnavailable):
        start(method, amount=Money(0))
    with pytest.raises(MethodUnavailable):
        start(amount=Money(0), renews=False)
    assert Payment.objects.count() == 0


def test_the_database_knows_it_too(start: Start) -> None:
    start("docomo")
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(amount=0)


def test_turning_back_from_registering(start: Start, sandbox: Sandbox) -> None:
    payment = start(amount=Money(0))
    sandbox.give_up(payment)
    sandbox.deliver_notices()
    assert now_of(payment).state is PaymentState.CANCELED


def test_a_page_that_says_registered_is_no_money(start: Start, sandbox: Sandbox) -> None:
    """A provider's "registered" for something that costs is enrolment, not payment."""
    from dataclasses import replace

    from kaiin.payments import snapshots
    from kaiin.payments.orders import order_of
    from kaiin.payments.providers.protocol import ProviderState

    payment = start()
    seen = sandbox.provider.fetch_payment(order_of(Payment.objects.get()), timeout_seconds=2)
    assert seen is not None
    enrolled = replace(seen, state=ProviderState.REGISTERED)
    at = payment.created_at
    snapshots.apply_all([snapshots.News(payment.id, enrolled)], now=at, actor="x:1")
    assert now_of(payment).state is PaymentState.PENDING


def test_a_contract_ends_by_itself_when_its_card_expires(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    sandbox.pay_by_card(payment, expires_at=datetime(2026, 12, 31, 15, tzinfo=UTC))
    sandbox.deliver_notices()
    assert mandate_of(payment).active
    clock.advance(days=45)
    sandbox.deliver_notices()
    mandate = mandate_of(payment)
    assert (mandate.active, mandate.end_reason) == (False, "expired")
    assert Event.objects.filter(topic=events.MANDATE_ENDED).count() == 1


# Errors


def fail(start: Start, sandbox: Sandbox, key: str) -> PaymentView:
    """A page on which everything is declined: three errors, and the payment has failed."""
    payment = start(key=key)
    sandbox.decline(payment)
    sandbox.deliver_notices()
    assert now_of(payment).state is PaymentState.FAILED
    return payment


def test_four_errors_pause_further_tries_for_a_day(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    fail(start, sandbox, "join:1:1")
    clock.advance(hours=23)
    second = start(key="join:1:2")
    sandbox.pay_by_card(second, number="4000 0000 0000 0002")
    sandbox.deliver_notices()
    until = clock.now() + timedelta(hours=24)
    before = AuditRow.objects.count()
    with pytest.raises(TooManyErrors) as raised:
        start(key="join:1:3")
    assert raised.value.params == {"until": until}
    assert queries.paused_until(7, now=clock.now()) == until
    assert (Payment.objects.count(), AuditRow.objects.count()) == (2, before)
    # What was begun goes on, others may try, and so may this member a day later.
    assert start(key="join:1:2").state is PaymentState.PENDING
    assert start(key="join:2:1", member_ref=8).state is PaymentState.PENDING
    clock.advance(hours=24)
    assert start(key="join:1:3").state is PaymentState.PENDING


def test_errors_that_lie_apart_pause_nothing(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    fail(start, sandbox, "join:1:1")
    clock.advance(hours=25)
    fail(start, sandbox, "join:1:2")
    assert start(key="join:1:3").state is PaymentState.PENDING


def test_renewals_neither_count_nor_are_stopped(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    sandbox.pay_by_card(payment, number="4000 0000 0000 0341")  # renewals are declined
    sandbox.deliver_notices()

    def renew(attempt: int) -> PaymentView:
        return charge_mandate(
            member_ref=7,
            mandate_id=now_of(payment).mandate_id or 0,
            intent_key=f"renewal:1:{attempt}",
            amount=Money(550),
            description="月会費",
        )

    for attempt in range(5):
        assert renew(attempt).state is PaymentState.FAILED
    assert queries.paused_until(7, now=clock.now()) is None
    fail(start, sandbox, "join:2:1")
    fail(start, sandbox, "join:2:2")
    with pytest.raises(TooManyErrors):
        start(key="join:2:3", method=Method.DOCOMO)
    assert renew(6).state is PaymentState.FAILED  # tried, and declined by the card


def test_the_words_say_until_when(start: Start, clock: Clock) -> None:
    error = TooManyErrors(until=clock.now())
    with override("en"):
        assert "22 November 2026, 12:00 JST" in error_text(error)
    with override("ja"):
        assert "2026年11月22日(日) 12:00を過ぎてから" in error_text(error)

"""Notices that need no question: what they say is known, or the charge's own answer is to come."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState
from kaiin.infra import clock as clocks
from kaiin.infra.locks import transaction
from kaiin.payments import inbox, queries
from kaiin.payments.charging import Call, ChargeIntent, charge_mandate, open_intents
from kaiin.payments.models import EventState, Payment, ProviderEvent
from kaiin.payments.queries import PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

WANTED = ChargeIntent(
    member_ref=7, mandate_id=0, intent_key="renewal:1:2", amount=Money(550), description="月会費"
)


@pytest.fixture
def asked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The orders that the provider was asked about."""
    orders: list[str] = []
    fetch = sandbox.provider.fetch_payment

    def fetched(order: Any, *, timeout_seconds: float) -> Any:
        orders.append(order.order_id)
        return fetch(order, timeout_seconds=timeout_seconds)

    monkeypatch.setattr(sandbox.provider, "fetch_payment", fetched)
    return orders


@pytest.fixture
def wanted(start: Start, sandbox: Sandbox, asked: list[str]) -> ChargeIntent:
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    found = queries.payment(payment.id)
    assert found is not None
    asked.clear()
    return replace(WANTED, mandate_id=found.mandate_id or 0)


def charge(intent: ChargeIntent) -> PaymentView:
    return charge_mandate(
        member_ref=intent.member_ref,
        mandate_id=intent.mandate_id,
        intent_key=intent.intent_key,
        amount=intent.amount,
        description=intent.description,
    )


def newest() -> ProviderEvent:
    found = ProviderEvent.objects.order_by("-pk").first()
    assert found is not None
    return found


def test_what_is_known_is_not_asked_about(
    wanted: ChargeIntent, sandbox: Sandbox, asked: list[str]
) -> None:
    assert charge(wanted).state is PaymentState.PAID
    sandbox.deliver_notices()
    assert not asked
    assert (newest().says, newest().state, newest().due_at) == ("paid", EventState.APPLIED, None)


def test_news_of_what_was_known_is(
    wanted: ChargeIntent, sandbox: Sandbox, asked: list[str]
) -> None:
    """A refund has a notice of its own, and a notice that comes late finds another state."""
    payment = charge(wanted)
    sandbox.deliver_notices(apply=False)
    sandbox.refund_at_provider(payment, 550)
    sandbox.deliver_notices()
    assert len(asked) == 1
    assert Payment.objects.get(pk=payment.id).state == PaymentState.REFUNDED
    ProviderEvent.objects.filter(says="paid").update(state="received", due_at=clocks.now())
    inbox.apply_due(limit=100)
    assert len(asked) == 2
    assert Payment.objects.get(pk=payment.id).state == PaymentState.REFUNDED


def test_the_notice_of_a_charge_under_way_waits_for_its_answer(
    wanted: ChargeIntent, sandbox: Sandbox, asked: list[str], clock: Clock
) -> None:
    """The worker that made the call dies; half a minute later the notice brings the money."""
    with transaction():
        call = open_intents([wanted], now=clock.now())[wanted.intent_key]
    assert isinstance(call, Call)
    sandbox.provider.charge(call.request, timeout_seconds=2)
    sandbox.deliver_notices()
    row = Payment.objects.get(intent_key=wanted.intent_key)
    assert (row.state, asked) == (PaymentState.INTENT, [])
    assert newest().due_at == clock.now() + timedelta(seconds=30)
    clock.advance(seconds=30)
    inbox.apply_due(limit=100)
    row.refresh_from_db()
    assert (row.state, len(asked)) == (PaymentState.PAID, 1)

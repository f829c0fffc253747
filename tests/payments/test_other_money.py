"""Money of another sum, currency, order or product is not the money that was asked for, in every
way in which it can be reported."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kaiin.domain.payments import PaymentState
from kaiin.infra.models import AuditRow
from kaiin.payments import backfill, inbox, operations, queries
from kaiin.payments.errors import ProviderUnavailable
from kaiin.payments.models import Payment
from kaiin.payments.queries import PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

Hear = Callable[[PaymentView, Sandbox, Clock], object]


def notice(_payment: PaymentView, sandbox: Sandbox, _clock: Clock) -> None:
    sandbox.deliver_notices()


def poll(_payment: PaymentView, _sandbox: Sandbox, clock: Clock) -> None:
    operations.poll_open(now=clock.advance(minutes=3), limit=10)


def listed(_payment: PaymentView, _sandbox: Sandbox, clock: Clock) -> None:
    backfill.sweep(now=clock.now(), limit=10)
    inbox.apply_due(limit=10)


def at_once(payment: PaymentView, _sandbox: Sandbox, _clock: Clock) -> None:
    operations.refresh_payment(payment_id=payment.id, timeout_seconds=2)


def voided(payment: PaymentView, _sandbox: Sandbox, _clock: Clock) -> None:
    try:
        operations.cancel_payment(payment_id=payment.id)
    except ProviderUnavailable:
        return


def refunded(payment: PaymentView, sandbox: Sandbox, _clock: Clock) -> None:
    sandbox.refund_at_provider(payment, 1)
    sandbox.deliver_notices()


def disputed(payment: PaymentView, sandbox: Sandbox, _clock: Clock) -> None:
    sandbox.dispute(payment)
    sandbox.deliver_notices()


def lost(payment: PaymentView, sandbox: Sandbox, _clock: Clock) -> None:
    sandbox.dispute(payment)
    sandbox.dispute(payment, won=False)
    sandbox.deliver_notices()


WAYS = [notice, poll, listed, at_once, voided, refunded, disputed, lost]


def alter(sandbox: Sandbox, column: str, value: object) -> None:
    with sandbox.app.service.store.transaction() as tx:
        tx.run(f"UPDATE payment SET {column} = ?", (value,))  # noqa: S608 (names are ours)


def bought(payment: PaymentView) -> bool:
    found = queries.payment(payment.id)
    assert found is not None
    audited = AuditRow.objects.filter(action__in=["payments.paid", "payments.disputed"])
    return found.state.took_money or audited.exists()


@pytest.mark.parametrize("hear", WAYS)
@pytest.mark.parametrize(
    "altered",
    [("received_amount", 549), ("currency", "USD"), ("application", "another-shop")],
)
def test_it_is_not_what_was_asked_for(
    start: Start, sandbox: Sandbox, clock: Clock, hear: Hear, altered: tuple[str, object]
) -> None:
    payment = start()
    sandbox.pay(payment)
    alter(sandbox, *altered)
    hear(payment, sandbox, clock)
    assert not bought(payment)


@pytest.mark.parametrize("hear", [notice, poll, at_once, voided])
def test_an_answer_about_another_order(
    start: Start, sandbox: Sandbox, clock: Clock, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = start()
    sandbox.pay(payment)
    for name in ("fetch_payment", "cancel_payment"):
        really: Any = getattr(sandbox.provider, name)

        def other(*args: Any, really: Any = really, **more: Any) -> Any:
            return replace(really(*args, **more), order_id="another")

        monkeypatch.setattr(sandbox.provider, name, other)
    hear(payment, sandbox, clock)
    assert not bought(payment)
    monkeypatch.undo()
    clock.advance(hours=1)
    at_once(payment, sandbox, clock)
    assert bought(payment)


def test_another_currency_is_noted_with_its_name(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay(payment)
    alter(sandbox, "currency", "USD")
    for _ in range(2):
        sandbox.deliver_notices()
        operations.refresh_payment(payment_id=payment.id, timeout_seconds=2)
    row = Payment.objects.get()
    assert (row.state, row.failure_code) == (PaymentState.PENDING, "amount_mismatch")
    assert row.received_amount == 0, "550 dollars are not 550 yen"
    noted = AuditRow.objects.get(action="payments.amount_mismatch").details
    assert (noted["received"], noted["received_currency"]) == (550, "USD")


def test_too_little_that_has_gone_back_is_over(start: Start, sandbox: Sandbox) -> None:
    payment = start("konbini", renews=False)
    sandbox.get_slip(payment)
    sandbox.pay_at_store(payment, amount=500)
    sandbox.deliver_notices()
    sandbox.refund_at_provider(payment, 500)
    sandbox.deliver_notices()
    found = queries.payment(payment.id)
    assert found is not None
    assert (found.state, found.failure_code) == (PaymentState.FAILED, "amount_mismatch")


@pytest.mark.parametrize("amount", [551, 10_000])
def test_more_than_was_asked_for_is_enough(
    start: Start, sandbox: Sandbox, clock: Clock, amount: int
) -> None:
    payment = start("konbini", renews=False)
    sandbox.get_slip(payment)
    sandbox.pay_at_store(payment, amount=amount)
    notice(payment, sandbox, clock)
    assert bought(payment)

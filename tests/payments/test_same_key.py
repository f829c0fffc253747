"""A call that got no answer is made again under the same key: a provider that had heard it after
all does not do it twice."""

from collections.abc import Iterator

import httpx
import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState
from kaiin.payments import queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

Calls = list[tuple[str, str]]


@pytest.fixture
def calls(sandbox: Sandbox) -> Iterator[Calls]:
    """Path and idempotency key of each call that does something."""
    made: Calls = []

    def note(request: httpx.Request) -> None:
        if request.method == "POST":
            made.append((request.url.path, request.headers.get("Idempotency-Key", "")))

    hooks = sandbox.provider._client._client.event_hooks
    sandbox.provider._client._client.event_hooks = hooks | {"request": [note]}
    yield made
    sandbox.provider._client._client.event_hooks = hooks


def test_a_page(start: Start, sandbox: Sandbox, clock: Clock, calls: Calls) -> None:
    sandbox.switch("time_out", "0")
    assert start().state is PaymentState.UNKNOWN
    sandbox.switch("time_out", "")
    clock.advance(minutes=1)
    assert start().state is PaymentState.PENDING
    assert [path for path, _ in calls] == ["/v1/checkouts"] * 2
    assert len({key for _, key in calls}) == 1


def test_a_charge(start: Start, sandbox: Sandbox, clock: Clock, calls: Calls) -> None:
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    paid = queries.payment(payment.id)
    assert paid is not None
    assert paid.mandate_id is not None
    calls.clear()

    def charge() -> PaymentState:
        assert paid is not None
        assert paid.mandate_id is not None
        return charge_mandate(
            member_ref=paid.member_ref,
            mandate_id=paid.mandate_id,
            intent_key="renewal:1",
            amount=Money(550),
            description="12月分",
        ).state

    sandbox.switch("time_out", "0")
    assert charge() is PaymentState.UNKNOWN
    sandbox.switch("time_out", "")
    clock.advance(minutes=1)
    assert charge() is PaymentState.PAID
    assert [path for path, _ in calls] == ["/v1/charges"] * 2
    assert len({key for _, key in calls}) == 1


def test_a_refund(start: Start, sandbox: Sandbox, clock: Clock, calls: Calls) -> None:
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    calls.clear()
    sandbox.switch("time_out", "0")
    for _ in range(2):
        refund_payment(
            payment_id=payment.id, key="case:1", amount=Money(100), reason="left", actor="staff:1"
        )
        sandbox.switch("time_out", "")
        clock.advance(minutes=1)
    assert len(calls) == 2
    assert len(set(calls)) == 1

"""Polling: no notice comes, and the provider does not answer; it is asked until it does."""

from kaiin.domain.payments import PaymentState
from kaiin.payments import operations, queries
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start


def test_a_payment_is_polled_again_after_silence(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    # More than a provider is asked about in one round while it is silent.
    payments = [start(key=f"join:{number}:1", member_ref=number) for number in range(6)]
    for payment in payments:
        sandbox.pay(payment)
    # All notices are lost, and no question is answered for a while.
    sandbox.switch("down", "0")
    for _ in range(4):
        clock.advance(hours=5)
        assert operations.poll_open(now=clock.now(), limit=100) == 6
    sandbox.switch("down", "")
    clock.advance(hours=5)
    operations.poll_open(now=clock.now(), limit=100)
    for payment in payments:
        found = queries.payment(payment.id)
        assert found is not None
        assert found.state is PaymentState.PAID

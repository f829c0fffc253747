"""The provider is asked for a refund once, after any answer, however late."""

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import RefundState
from kaiin.payments import operations, queries
from kaiin.payments.models import Refund
from kaiin.payments.queries import PaymentView
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start


@pytest.fixture
def paid(start: Start, sandbox: Sandbox) -> PaymentView:
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    found = queries.payment(payment.id)
    assert found is not None
    return found


def at_provider(sandbox: Sandbox, payment: PaymentView) -> list[tuple[int, str]]:
    refunds = sandbox.app.service.refunds(sandbox.row(payment))
    return [(each["amount"], each["status"]) for each in refunds]


def poll_for_days(sandbox: Sandbox, clock: Clock) -> None:
    for _ in range(12):
        clock.advance(hours=6)
        operations.poll_open(now=clock.now(), limit=100)
        sandbox.deliver_notices()


def test_one_that_began_at_the_provider_is_only_asked_about(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("refund_pending", "2880")
    sandbox.refund_at_provider(paid, 100)
    sandbox.deliver_notices()
    assert Refund.objects.get().state == RefundState.REQUESTED
    poll_for_days(sandbox, clock)
    assert at_provider(sandbox, paid) == [(100, "done")]
    assert Refund.objects.get().state == RefundState.DONE


def test_one_whose_answer_was_lost_is_asked_for_once(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("answer_lost", "0")
    refund = refund_payment(
        payment_id=paid.id, key="case:1", amount=Money(200), reason="left", actor="staff:1"
    )
    assert refund.state is RefundState.UNKNOWN
    sandbox.switch("answer_lost", "")
    poll_for_days(sandbox, clock)
    assert at_provider(sandbox, paid) == [(200, "done")]


def test_a_question_that_is_refused_says_nothing_about_the_refund(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("answer_lost", "0")
    refund_payment(
        payment_id=paid.id, key="case:1", amount=Money(200), reason="left", actor="staff:1"
    )
    sandbox.switch("answer_lost", "")
    # Our key to the provider is turned down for a while: the money is gone all the same.
    client = sandbox.provider._client._client
    key, client.headers["Authorization"] = client.headers["Authorization"], "Bearer wrong"
    clock.advance(hours=1)
    operations.poll_open(now=clock.now(), limit=100)
    assert Refund.objects.get().state == RefundState.UNKNOWN
    client.headers["Authorization"] = key
    poll_for_days(sandbox, clock)
    assert Refund.objects.get().state == RefundState.DONE

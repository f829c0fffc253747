"""Money that goes back: asked for here or begun at the provider, refunds and disputes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState, RefundState
from kaiin.infra.models import AuditRow, Event
from kaiin.payments import backfill, events, inbox, operations, queries
from kaiin.payments.errors import IntentConflict, NoSuchPayment
from kaiin.payments.models import ProviderEvent, Refund
from kaiin.payments.providers.protocol import ProviderRefundState
from kaiin.payments.queries import PaymentView, RefundView
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start
from tests.payments.test_notices import together


@pytest.fixture
def paid(start: Start, sandbox: Sandbox) -> PaymentView:
    """550 yen by card."""
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    return now_of(payment)


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def refund(payment: PaymentView, amount: int = 550, key: str = "case:1") -> RefundView:
    return refund_payment(
        payment_id=payment.id, key=key, amount=Money(amount), reason="left", actor="staff:1"
    )


def published(topic: str, what: str) -> list[str]:
    found = Event.objects.filter(topic=topic).order_by("id")
    return [str(message.payload[what]) for message in found]


def at_provider(sandbox: Sandbox, payment: PaymentView) -> list[tuple[int, str]]:
    refunds = sandbox.app.service.refunds(sandbox.row(payment))
    return [(each["amount"], each["status"]) for each in refunds]


def test_all_of_it(paid: PaymentView, sandbox: Sandbox, clock: Clock) -> None:
    done = refund(paid)
    assert (done.state, done.amount, done.done_at) == (RefundState.DONE, Money(550), clock.now())
    assert now_of(paid).state is PaymentState.REFUNDED
    assert not now_of(paid).state.has_money
    assert published(events.PAYMENT_CHANGED, "state")[-1] == "refunded"
    assert published(events.REFUND_CHANGED, "state") == ["requested", "done"]
    assert published(events.REFUND_CHANGED, "key") == ["case:1", "case:1"]
    assert AuditRow.objects.filter(action="payments.refund_requested", actor="staff:1").exists()
    sandbox.deliver_notices()
    assert queries.refunds(paid.id) == (done,)


def test_a_part_and_then_the_rest(paid: PaymentView) -> None:
    refund(paid, 200)
    assert now_of(paid).state is PaymentState.PARTLY_REFUNDED
    assert now_of(paid).state.has_money
    refund(paid, 350, key="case:2")
    assert now_of(paid).state is PaymentState.REFUNDED


def test_a_key_gives_back_once(paid: PaymentView, sandbox: Sandbox) -> None:
    assert refund(paid, 200).id == refund(paid, 200).id
    assert at_provider(sandbox, paid) == [(200, "done")]
    with pytest.raises(IntentConflict):
        refund(paid, 201)


def test_never_more_than_came(paid: PaymentView, sandbox: Sandbox) -> None:
    refund(paid, 200)
    failed = refund(paid, 351, key="case:2")
    assert (failed.state, failed.failure_code) == (RefundState.FAILED, "refund_exceeds")
    assert at_provider(sandbox, paid) == [(200, "done")]
    assert published(events.REFUND_CHANGED, "state")[-1] == "failed"


def test_nothing_that_never_came(start: Start) -> None:
    assert refund(start()).failure_code == "refund_exceeds"
    with pytest.raises(NoSuchPayment):
        refund_payment(payment_id=uuid4(), key="x", amount=Money(1), reason="", actor="staff:1")
    with pytest.raises(ValueError, match="gives something back"):
        refund(start(), 0)


def test_one_that_takes_days(paid: PaymentView, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.switch("refund_pending", str(3 * 24 * 60), paid)
    waiting = refund(paid)
    assert waiting.state is RefundState.REQUESTED
    assert now_of(paid).state is PaymentState.PAID
    clock.advance(days=3)
    sandbox.deliver_notices()
    assert queries.refunds(paid.id)[0].state is RefundState.DONE
    assert now_of(paid).state is PaymentState.REFUNDED


def test_one_that_fails_days_later_without_a_notice(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("refund_pending", "60", paid)
    refund(paid)
    sandbox.switch("drop", "1")
    sandbox.switch("refund_fail", "account_closed", paid)
    operations.poll_open(now=clock.advance(hours=2), limit=10)
    (failed,) = queries.refunds(paid.id)
    assert (failed.state, failed.failure_code) == (RefundState.FAILED, "account_closed")
    assert now_of(paid).state is PaymentState.PAID
    assert operations.poll_open(now=clock.advance(days=1), limit=10) == 0
    sandbox.switch("refund_fail", "", paid)
    sandbox.switch("refund_pending", "", paid)
    assert refund(paid, key="case:2").state is RefundState.DONE


@pytest.mark.parametrize("fault", ["time_out", "answer_lost"])
def test_no_answer_is_asked_about_and_never_given_twice(
    fault: str, paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch(fault, "0", paid)
    assert refund(paid).state is RefundState.UNKNOWN
    assert refund(paid, 1, key="case:2").failure_code == "refund_exceeds"
    sandbox.switch(fault, "", paid)
    assert operations.poll_open(now=clock.advance(minutes=3), limit=10) == 1
    assert refund(paid).state is RefundState.DONE
    assert at_provider(sandbox, paid) == [(550, "done")]


def test_a_provider_that_is_away_is_asked_later(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("down", "0")
    assert refund(paid).state in (RefundState.REQUESTED, RefundState.UNKNOWN)
    operations.poll_open(now=clock.advance(minutes=3), limit=10)
    sandbox.switch("down", "")
    operations.poll_open(now=clock.advance(minutes=30), limit=10)
    assert at_provider(sandbox, paid) == [(550, "done")]
    assert now_of(paid).state is PaymentState.REFUNDED


def test_what_the_provider_refuses_stays_with_us(paid: PaymentView, sandbox: Sandbox) -> None:
    sandbox.dispute(paid)
    failed = refund(paid)
    assert (failed.state, failed.failure_code) == (RefundState.FAILED, "refund_refused")


def test_a_refund_on_the_dashboard(paid: PaymentView, sandbox: Sandbox) -> None:
    sandbox.refund_at_provider(paid, 200)
    sandbox.deliver_notices()
    (theirs,) = queries.refunds(paid.id)
    assert (theirs.amount, theirs.state) == (Money(200), RefundState.DONE)
    assert theirs.key.startswith("provider:sandbox:ref_")
    assert now_of(paid).state is PaymentState.PARTLY_REFUNDED
    assert published(events.REFUND_CHANGED, "state") == ["done"]
    sandbox.refund_at_provider(paid, 350)
    sandbox.deliver_notices()
    assert now_of(paid).state is PaymentState.REFUNDED


def test_a_dispute_won(paid: PaymentView, sandbox: Sandbox) -> None:
    sandbox.dispute(paid)
    sandbox.deliver_notices()
    assert now_of(paid).state is PaymentState.DISPUTED
    assert now_of(paid).state.has_money
    sandbox.dispute(paid, won=True)
    sandbox.deliver_notices()
    assert now_of(paid).state is PaymentState.PAID
    # Each of the three is published, the second "paid" too.
    assert published(events.PAYMENT_CHANGED, "state")[-3:] == ["paid", "disputed", "paid"]


def test_a_dispute_lost(paid: PaymentView, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.switch("drop", "1")
    sandbox.dispute(paid)
    clock.advance(days=20)
    sandbox.dispute(paid, won=False)
    assert sandbox.deliver_notices() == 0
    while backfill.sweep(now=clock.now(), limit=100):
        inbox.apply_due(limit=100)
    assert now_of(paid).state is PaymentState.CHARGED_BACK
    assert not now_of(paid).state.has_money


def test_what_the_bank_took_is_not_given_back_too(paid: PaymentView, sandbox: Sandbox) -> None:
    sandbox.dispute(paid)
    sandbox.dispute(paid, won=False)
    sandbox.deliver_notices()
    assert refund(paid).failure_code == "refund_exceeds"
    assert at_provider(sandbox, paid) == []


def test_stale_answers_bring_nothing_back(paid: PaymentView, sandbox: Sandbox) -> None:
    """Two workers ask; the one that heard first writes last."""
    from kaiin.payments import snapshots
    from kaiin.payments.models import Payment
    from kaiin.payments.orders import order_of

    row = Payment.objects.get()
    before = sandbox.provider.fetch_payment(order_of(row), timeout_seconds=2)
    assert before is not None
    refund(paid)
    snapshots.apply_all([snapshots.News(paid.id, before)], now=paid.created_at, actor="x:1")
    assert now_of(paid).state is PaymentState.REFUNDED


def test_a_refund_that_bounces_after_it_was_done(paid: PaymentView, sandbox: Sandbox) -> None:
    from dataclasses import replace

    from kaiin.payments import snapshots
    from kaiin.payments.models import Payment
    from kaiin.payments.orders import order_of

    refund(paid)
    now = sandbox.provider.fetch_payment(order_of(Payment.objects.get()), timeout_seconds=2)
    assert now is not None
    bounced = replace(
        now.refunds[0], state=ProviderRefundState.FAILED, failure_code="account_closed"
    )
    later = paid.created_at + timedelta(days=5)
    again = replace(now, refunds=(bounced,))
    snapshots.apply_all([snapshots.News(paid.id, again)], now=later, actor="x:1")
    assert now_of(paid).state is PaymentState.PAID
    assert published(events.REFUND_CHANGED, "state") == ["requested", "done", "failed"]


def test_what_fell_short_can_be_given_back(start: Start, sandbox: Sandbox) -> None:
    payment = start("konbini", renews=False)
    sandbox.get_slip(payment)
    sandbox.pay_at_store(payment, amount=300)
    sandbox.deliver_notices()
    short = now_of(payment)
    assert (short.state, short.failure_code) == (PaymentState.PENDING, "amount_mismatch")
    assert refund(payment, 300).state is RefundState.DONE
    after = now_of(payment)
    assert (after.state, after.failure_code) == (PaymentState.FAILED, "amount_mismatch")
    assert Refund.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_double_click_gives_back_once(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay(payment)
    operations.refresh_payment(payment_id=payment.id, timeout_seconds=5)
    together(*[lambda: refund(payment, 300)] * 4)
    assert at_provider(sandbox, payment) == [(300, "done")]
    assert Refund.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_who_give_back_all_of_it_give_it_once(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay(payment)
    operations.refresh_payment(payment_id=payment.id, timeout_seconds=5)
    together(lambda: refund(payment, key="case:1"), lambda: refund(payment, key="case:2"))
    assert at_provider(sandbox, payment) == [(550, "done")]
    states = sorted(each.state for each in queries.refunds(payment.id))
    assert states == [RefundState.DONE, RefundState.FAILED]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_workers_sweep_and_apply_at_once(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.switch("drop", "1")
    payments = [start(key=f"join:{member}", member_ref=member) for member in range(3)]
    for payment in payments:
        sandbox.pay(payment)

    def work() -> None:
        backfill.sweep(now=clock.now(), limit=100)
        inbox.apply_due(limit=100)

    together(work, work, work)
    work()
    assert {now_of(payment).state for payment in payments} == {PaymentState.PAID}
    assert ProviderEvent.objects.count() == 6
    assert AuditRow.objects.filter(action="payments.paid").count() == 3

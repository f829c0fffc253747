"""Calls that get no answer and are carried out later: after we asked, after others were made."""

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState, RefundState
from kaiin.payments import operations, queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.errors import ProviderUnavailable
from kaiin.payments.queries import MandateView, PaymentView
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start


@pytest.fixture
def paid(start: Start, sandbox: Sandbox) -> PaymentView:
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    return now_of(payment)


@pytest.fixture
def mandate(paid: PaymentView) -> MandateView:
    found = queries.mandate(paid.mandate_id or 0)
    assert found is not None
    return found


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def charge(mandate: MandateView) -> PaymentView:
    return charge_mandate(
        member_ref=7,
        mandate_id=mandate.id,
        intent_key="renewal:1",
        amount=Money(550),
        description="12月分",
    )


def poll(clock: Clock, **later: int) -> None:
    operations.poll_open(now=clock.advance(**later), limit=10)


def charged(sandbox: Sandbox) -> int:
    with sandbox.app.service.store.transaction() as tx:
        return len(tx.all("SELECT id FROM payment WHERE kind = 'charge' AND status = 'paid'"))


@pytest.mark.parametrize("keyless", ["", "1"])
@pytest.mark.parametrize("late", [4, 9, 70, 300])
def test_a_charge_that_is_made_again_is_made_once(
    mandate: MandateView, sandbox: Sandbox, clock: Clock, late: int, keyless: str
) -> None:
    """However late the first call is, even later than the provider promises."""
    sandbox.switch("keyless", keyless)
    sandbox.switch("late", str(late))
    payment = charge(mandate)
    assert payment.state is PaymentState.UNKNOWN
    poll(clock, minutes=3)
    assert now_of(payment).state is PaymentState.UNKNOWN
    sandbox.switch("late", "")
    for minutes in (5, 60, 60, 60, 120, 600):
        charge(mandate)
        poll(clock, minutes=minutes)
    assert now_of(payment).state is PaymentState.PAID
    assert charged(sandbox) == 1


@pytest.mark.parametrize("how", [("", 3), ("1", 3), ("", 70), ("1", 70)])
def test_one_that_arrives_between_the_question_and_the_second_call(
    mandate: MandateView,
    sandbox: Sandbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    how: tuple[str, int],
) -> None:
    keyless, late = how
    sandbox.switch("keyless", keyless)
    sandbox.switch("late", str(late))
    payment = charge(mandate)
    sandbox.switch("late", "")
    fetch = sandbox.provider.fetch_payment

    def and_then_it_arrives(*args: object, **more: object) -> object:
        snapshot = fetch(*args, **more)  # type: ignore[arg-type]
        monkeypatch.undo()
        clock.advance(minutes=3)
        return snapshot

    monkeypatch.setattr(sandbox.provider, "fetch_payment", and_then_it_arrives)
    clock.advance(minutes=late - 2)
    charge(mandate)
    poll(clock, hours=1)
    assert now_of(payment).state is PaymentState.PAID
    assert charged(sandbox) == 1


def test_a_charge_made_again_is_not_given_up_for_the_age_of_the_first(
    mandate: MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    """The second call is on its way when the first is long proven lost."""
    sandbox.switch("time_out", "0")
    payment = charge(mandate)
    clock.advance(hours=3)
    sandbox.switch("time_out", "")
    sandbox.switch("late", "9")
    charge(mandate)
    sandbox.switch("late", "")
    poll(clock, minutes=3)
    assert now_of(payment).state is PaymentState.UNKNOWN
    poll(clock, hours=1)
    assert now_of(payment).state is PaymentState.PAID


def test_a_charge_that_is_not_repeated_is_given_up_in_the_end(
    mandate: MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("time_out", "0")
    payment = charge(mandate)
    poll(clock, minutes=30)
    assert now_of(payment).state is PaymentState.UNKNOWN
    poll(clock, minutes=100)
    assert now_of(payment).failure_code == "not_executed"


def test_a_charge_that_may_arrive_is_not_void(
    mandate: MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    """A member who stops it and pays in another way would be charged twice."""
    sandbox.switch("late", "9")
    payment = charge(mandate)
    sandbox.switch("late", "")
    with pytest.raises(ProviderUnavailable):
        operations.cancel_payment(payment_id=payment.id)
    clock.advance(minutes=10)
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.PAID


def test_a_charge_that_never_arrived_is_void_after_the_limit(
    mandate: MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("time_out", "0")
    payment = charge(mandate)
    sandbox.switch("time_out", "")
    clock.advance(minutes=16)
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.CANCELED


def test_a_refusal_says_nothing_of_the_call_before(
    mandate: MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("late", "9")
    payment = charge(mandate)
    sandbox.switch("late", "")
    with sandbox.app.service.store.transaction() as tx:
        tx.run("UPDATE mandate SET method = 'docomo', amount = 1")
    clock.advance(minutes=2)
    assert charge(mandate).state is PaymentState.UNKNOWN
    with sandbox.app.service.store.transaction() as tx:
        tx.run("UPDATE mandate SET method = 'card', amount = 550")
    poll(clock, minutes=10)
    assert now_of(payment).state is PaymentState.PAID


@pytest.mark.parametrize("keyless", ["", "1"])
def test_a_page_that_may_arrive_is_made_and_voided(
    start: Start, sandbox: Sandbox, clock: Clock, keyless: str
) -> None:
    """So that another way can be chosen at once, and the late page can't be paid."""
    sandbox.switch("keyless", keyless)
    sandbox.switch("late", "9")
    payment = start("konbini", renews=False)
    assert payment.state is PaymentState.UNKNOWN
    sandbox.switch("late", "")
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.CANCELED
    poll(clock, minutes=10)
    assert sandbox.row(payment)["status"] == "canceled"


@pytest.mark.parametrize("keyless", ["", "1"])
def test_a_page_is_opened_once(start: Start, sandbox: Sandbox, clock: Clock, keyless: str) -> None:
    sandbox.switch("keyless", keyless)
    sandbox.switch("late", "9")
    start()
    sandbox.switch("late", "")
    clock.advance(minutes=1)
    payment = start()
    assert payment.checkout is not None
    clock.advance(minutes=10)
    assert start().checkout == payment.checkout
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment")) == 1


def test_a_page_that_was_asked_for_again_is_not_given_up_for_the_age_of_the_first(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("time_out", "0")
    payment = start()
    clock.advance(minutes=14)
    start()
    poll(clock, minutes=4)
    assert now_of(payment).state is PaymentState.UNKNOWN
    poll(clock, minutes=12)
    assert now_of(payment).failure_code == "not_executed"


def refund(paid: PaymentView) -> RefundState:
    return refund_payment(
        payment_id=paid.id, key="case:1", amount=Money(200), reason="left", actor="staff:1"
    ).state


@pytest.mark.parametrize("late", [4, 9, 70])
def test_a_refund_is_given_once(
    paid: PaymentView, sandbox: Sandbox, clock: Clock, late: int
) -> None:
    sandbox.switch("late", str(late))
    assert refund(paid) is RefundState.UNKNOWN
    poll(clock, minutes=3)
    sandbox.switch("late", "")
    for _ in range(4):
        poll(clock, minutes=40)
    assert [row["status"] for row in sandbox.app.service.refunds(sandbox.row(paid))] == ["done"]
    assert refund(paid) is RefundState.DONE


def test_a_refund_that_is_refused_has_not_failed_while_the_first_call_may_arrive(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    """Else staff would ask for it anew, and it would be given twice."""
    sandbox.switch("late", "9")
    refund(paid)
    sandbox.switch("late", "")
    sandbox.dispute(paid)
    poll(clock, minutes=3)
    assert refund(paid) is RefundState.UNKNOWN
    sandbox.dispute(paid, won=True)
    with sandbox.app.service.store.transaction() as tx:
        tx.run("UPDATE payment SET dispute = 'none'")
    poll(clock, minutes=10)
    assert refund(paid) is RefundState.DONE


def test_a_refund_that_is_refused_for_good_fails(
    paid: PaymentView, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("time_out", "0")
    refund(paid)
    sandbox.switch("time_out", "")
    sandbox.dispute(paid)
    for _ in range(6):
        poll(clock, minutes=10)
    assert refund(paid) is RefundState.FAILED


@pytest.mark.parametrize("status", [401, 403, 408, 429])
def test_an_account_that_is_turned_down_says_nothing_of_the_charge(
    mandate: MandateView, sandbox: Sandbox, clock: Clock, status: int
) -> None:
    """A wrong secret, or too many calls, is no refusal of the member's card."""
    from flask import Flask, jsonify

    app = sandbox.app
    app.before_request_funcs[None].insert(0, lambda: (jsonify(error="later"), status))
    with pytest.raises(ProviderUnavailable):
        charge(mandate)
    app.before_request_funcs[None].pop(0)
    assert isinstance(app, Flask)
    clock.advance(minutes=1)
    assert charge(mandate).state is PaymentState.PAID

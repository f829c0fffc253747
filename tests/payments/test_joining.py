"""Payments that members make on the provider's page, in every order of return and notice."""

from datetime import timedelta
from uuid import uuid4

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.references import FORMATS, ReferenceKind
from kaiin.infra.models import AuditRow, Event
from kaiin.payments import operations, queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.errors import IntentConflict, MandateEnded, NoSuchPayment, ProviderUnavailable
from kaiin.payments.models import Mandate, Payment
from kaiin.payments.providers.protocol import Scope
from kaiin.payments.queries import PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

RENEWING = ["card", "docomo", "au", "softbank"]


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def ask(payment: PaymentView) -> PaymentView:
    return operations.refresh_payment(payment_id=payment.id, timeout_seconds=2)


def published(payment: PaymentView) -> list[str]:
    """The states that the outbox published, in order."""
    found = Event.objects.filter(key__startswith=f"{payment.id}:").order_by("id")
    return [str(message.payload["state"]) for message in found]


def test_a_started_payment_waits_with_a_page_to_go_to(start: Start) -> None:
    payment = start()
    assert payment.state is PaymentState.PENDING
    assert payment.checkout is not None
    assert payment.checkout.method == "get"
    assert payment.checkout.url.startswith("http://pay.localhost/pay/")
    assert payment.is_open


def test_starting_again_brings_the_same_payment(start: Start, sandbox: Sandbox) -> None:
    first, second = start(), start()
    assert first == second
    assert Payment.objects.count() == 1


def test_a_key_is_for_one_sum_and_one_member(start: Start) -> None:
    start()
    with pytest.raises(IntentConflict):
        start(amount=Money(660))
    with pytest.raises(IntentConflict):
        start(member_ref=8)


@pytest.mark.parametrize("method", [*RENEWING, "konbini"])
def test_return_first(method: str, start: Start, sandbox: Sandbox) -> None:
    """The browser comes back before any notice: asking the provider settles it."""
    payment = start(method)
    sandbox.pay(payment)
    assert ask(payment).state is PaymentState.PAID
    sandbox.deliver_notices()
    assert now_of(payment).state is PaymentState.PAID
    assert published(payment).count("paid") == 1


@pytest.mark.parametrize("method", [*RENEWING, "konbini"])
def test_notice_first(method: str, start: Start, sandbox: Sandbox) -> None:
    payment = start(method)
    sandbox.pay(payment)
    assert sandbox.deliver_notices() >= 1
    assert now_of(payment).state is PaymentState.PAID
    ask(payment)
    assert published(payment).count("paid") == 1


def test_notice_twice(start: Start, sandbox: Sandbox) -> None:
    sandbox.switch("duplicate", "3")
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    sandbox.deliver_notices()
    assert published(payment) == ["pending", "paid"]
    assert AuditRow.objects.filter(action="payments.paid").count() == 1


def test_notices_in_reverse(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.switch("reorder", "1")
    payment = start("docomo")
    sandbox.pay(payment)
    clock.advance(minutes=2)
    sandbox.deliver_notices()
    assert now_of(payment).state is PaymentState.PAID


def test_notice_lost_is_made_up_for_by_the_poll(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("drop", "1")
    payment = start()
    sandbox.pay(payment)
    assert sandbox.deliver_notices() == 0
    assert now_of(payment).state is PaymentState.PENDING
    assert operations.poll_open(now=clock.now(), limit=10) == 0
    clock.advance(minutes=3)
    assert operations.poll_open(now=clock.now(), limit=10) == 1
    assert now_of(payment).state is PaymentState.PAID
    assert operations.poll_open(now=clock.advance(days=1), limit=10) == 0


def test_the_poll_is_bounded_and_slows_down(start: Start, clock: Clock, sandbox: Sandbox) -> None:
    for member in range(3):
        start("konbini", key=f"join:{member}", member_ref=member, slip_days=10)
    assert operations.poll_open(now=clock.advance(minutes=3), limit=2) == 2
    assert operations.poll_open(now=clock.now(), limit=2) == 1
    assert operations.poll_open(now=clock.now(), limit=2) == 0
    for payment in map(now_of, map(queries.payment, Payment.objects.values_list("pk", flat=True))):  # type: ignore[arg-type]
        sandbox.get_slip(payment)
    clock.advance(days=2)
    operations.poll_open(now=clock.now(), limit=10)
    assert operations.poll_open(now=clock.advance(hours=3), limit=10) == 0
    assert operations.poll_open(now=clock.advance(hours=2), limit=10) == 3


def test_return_without_payment(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    assert ask(payment).state is PaymentState.PENDING
    assert published(payment) == ["pending"]


def test_turning_back_cancels(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.give_up(payment)
    assert ask(payment).state is PaymentState.CANCELED


def test_enrolment_is_not_money(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    """The carrier page was opened and the PIN was right: nothing is paid yet."""
    payment = start("au")
    sandbox.app.service.enter_pin(sandbox.row(payment)["token"])
    sandbox.deliver_notices()
    assert ask(payment).state is PaymentState.PENDING


@pytest.mark.parametrize("method", RENEWING)
def test_paying_leaves_a_mandate_and_numbers(method: str, start: Start, sandbox: Sandbox) -> None:
    payment = start(method)
    sandbox.pay(payment)
    payment = ask(payment)
    assert payment.mandate_id is not None
    mandate = queries.mandate(payment.mandate_id)
    assert mandate is not None
    assert mandate.active
    for reference in payment.references:
        assert FORMATS[reference.kind].accepts.fullmatch(reference.value)
    assert payment.references
    contract = {r.kind for r in payment.references if r.scope is Scope.CONTRACT}
    assert contract == {
        "card": {ReferenceKind.CARD_LAST4},
        "au": {ReferenceKind.AU_CONTRACT},
    }.get(method, set())


def test_a_lump_sum_leaves_no_mandate(start: Start, sandbox: Sandbox) -> None:
    payment = start("docomo", renews=False, amount=Money(6600))
    sandbox.pay(payment)
    assert ask(payment).mandate_id is None
    assert Mandate.objects.count() == 0


def test_declines_on_the_page_can_be_tried_again(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay_by_card(payment, number="4000 0000 0000 0002")
    payment = ask(payment)
    assert (payment.state, payment.failure_code) == (PaymentState.PENDING, "card_declined")
    sandbox.pay(payment)
    payment = ask(payment)
    assert (payment.state, payment.failure_code) == (PaymentState.PAID, "")


def test_three_declines_fail(start: Start, sandbox: Sandbox) -> None:
    payment = start("softbank")
    sandbox.decline(payment)
    sandbox.deliver_notices()
    payment = now_of(payment)
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "card_declined")
    assert payment.checkout is None


def test_three_ds_failing_is_a_decline(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay_by_card(payment, proven=False)
    assert ask(payment).failure_code == "authentication_failed"
    sandbox.pay_by_card(payment, number="4000 0084 0000 1629")
    assert ask(payment).state is PaymentState.PENDING


# Konbini


def test_slip_paid_before_the_deadline_reported_three_hours_later(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    """The time at the store counts, not the time of the notice."""
    payment = start("konbini", slip_days=3, renews=False)
    sandbox.get_slip(payment)
    payment = ask(payment)
    assert payment.expires_at is not None
    assert payment.expires_at.isoformat() == "2026-11-25T14:59:59+00:00"
    at_store = payment.expires_at - timedelta(minutes=1)
    clock.freeze(at_store)
    sandbox.pay_at_store(payment, report_after=timedelta(hours=2, minutes=59))
    assert ask(payment).state is PaymentState.PENDING
    clock.advance(hours=2, minutes=59)
    sandbox.deliver_notices()
    payment = now_of(payment)
    assert (payment.state, payment.paid_at) == (PaymentState.PAID, at_store)
    assert payment.received == Money(550)


def test_slip_expired(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    payment = start("konbini", slip_days=3, renews=False)
    sandbox.get_slip(payment)
    clock.advance(days=4, hours=6)
    sandbox.deliver_notices()
    assert now_of(payment).state is PaymentState.EXPIRED


def test_money_that_comes_after_the_slip_expired_is_paid_and_flagged(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start("konbini", slip_days=3, renews=False)
    sandbox.get_slip(payment)
    clock.advance(days=3)
    at_store = clock.now()
    sandbox.pay_at_store(payment, report_after=timedelta(days=1))
    clock.advance(hours=20)
    assert ask(payment).state is PaymentState.EXPIRED
    clock.advance(hours=5)
    sandbox.deliver_notices()
    payment = now_of(payment)
    assert (payment.state, payment.paid_at) == (PaymentState.PAID, at_store)
    assert AuditRow.objects.get(action="payments.paid").details["late"] is True


def test_too_little_cash_is_not_paid(start: Start, sandbox: Sandbox) -> None:
    payment = start("konbini", renews=False)
    sandbox.get_slip(payment)
    sandbox.pay_at_store(payment, amount=500)
    payment = ask(payment)
    ask(payment)
    assert (payment.state, payment.failure_code) == (PaymentState.PENDING, "amount_mismatch")
    assert payment.received == Money(500)
    assert AuditRow.objects.filter(action="payments.amount_mismatch").count() == 1


def test_a_slip_is_voided(start: Start, sandbox: Sandbox) -> None:
    payment = start("konbini", renews=False)
    sandbox.get_slip(payment)
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.CANCELED
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.CANCELED


def test_voiding_too_late_finds_the_money(start: Start, sandbox: Sandbox) -> None:
    payment = start("konbini", renews=False)
    sandbox.pay(payment)
    assert operations.cancel_payment(payment_id=payment.id).state is PaymentState.PAID


# Calls that fail


def test_a_start_without_answer_is_unknown_then_found(start: Start, sandbox: Sandbox) -> None:
    """The page was made, the answer lost: asking finds it, and none is made twice."""
    sandbox.switch("answer_lost", "0")
    payment = start()
    assert (payment.state, payment.checkout) == (PaymentState.UNKNOWN, None)
    sandbox.switch("answer_lost", "")
    payment = start()
    assert payment.state is PaymentState.PENDING
    assert payment.checkout is not None
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment")) == 1


def test_a_start_that_never_arrived_is_made_again(start: Start, sandbox: Sandbox) -> None:
    sandbox.switch("time_out", "0")
    assert start().state is PaymentState.UNKNOWN
    sandbox.switch("time_out", "")
    assert start().state is PaymentState.PENDING


def test_a_start_that_is_not_repeated_fails_after_a_while(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("time_out", "0")
    payment = start()
    operations.poll_open(now=clock.advance(minutes=3), limit=10)
    assert now_of(payment).state is PaymentState.UNKNOWN
    operations.poll_open(now=clock.advance(minutes=20), limit=10)
    payment = now_of(payment)
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "not_executed")


def test_a_provider_that_is_down_changes_nothing(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    sandbox.switch("down", "0")
    assert ask(payment) == payment
    with pytest.raises(ProviderUnavailable):
        operations.cancel_payment(payment_id=payment.id)
    operations.poll_open(now=clock.advance(minutes=3), limit=10)
    assert now_of(payment).state is PaymentState.PENDING


# Charges on a mandate


@pytest.fixture
def mandate(start: Start, sandbox: Sandbox) -> queries.MandateView:
    payment = start("docomo")
    sandbox.pay(payment)
    found = queries.mandate(ask(payment).mandate_id or 0)
    assert found is not None
    return found


def charge(mandate: queries.MandateView, key: str = "renewal:1:2") -> PaymentView:
    return charge_mandate(
        member_ref=7,
        mandate_id=mandate.id,
        intent_key=key,
        amount=Money(550),
        description="月会費",
    )


def test_a_renewal_is_charged_once(mandate: queries.MandateView, sandbox: Sandbox) -> None:
    first, second = charge(mandate), charge(mandate)
    assert first == second
    assert first.state is PaymentState.PAID
    assert first.mandate_id == mandate.id
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment WHERE kind = 'charge'")) == 1


def test_each_charge_has_a_docomo_number_of_its_own(mandate: queries.MandateView) -> None:
    numbers = {charge(mandate, f"renewal:{n}").references[0].value for n in range(3)}
    assert len(numbers) == 3


def test_a_declined_renewal_says_why(mandate: queries.MandateView, sandbox: Sandbox) -> None:
    sandbox.switch("decline", "limit_exceeded")
    payment = charge(mandate)
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "limit_exceeded")


def test_time_out_then_answer(mandate: queries.MandateView, sandbox: Sandbox) -> None:
    """UNKNOWN is asked about; the charge that did happen is found and not made again."""
    sandbox.switch("answer_lost", "0")
    assert charge(mandate).state is PaymentState.UNKNOWN
    assert charge(mandate).state is PaymentState.PAID  # asked, so the switch doesn't matter
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment WHERE kind = 'charge'")) == 1


def test_unknown_stays_unknown_while_the_provider_is_down(
    mandate: queries.MandateView, sandbox: Sandbox
) -> None:
    """What may have been charged is never said to be surely not charged."""
    sandbox.switch("answer_lost", "0")
    charge(mandate)
    sandbox.switch("down", "0")
    assert charge(mandate).state is PaymentState.UNKNOWN
    sandbox.switch("down", "")
    assert charge(mandate).state is PaymentState.PAID


def test_a_process_that_died_between_intent_and_answer(
    mandate: queries.MandateView, sandbox: Sandbox, clock: Clock
) -> None:
    """The charge happened, the row says intent: the poll finds the money."""
    payment = charge(mandate)
    Payment.objects.filter(pk=payment.id).update(
        state="intent", paid_at=None, ask_at=clock.now(), received_amount=None
    )
    operations.poll_open(now=clock.now(), limit=10)
    assert now_of(payment).state is PaymentState.PAID
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment WHERE kind = 'charge'")) == 1


def test_an_order_that_the_provider_forgot_stays_open(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    with sandbox.app.service.store.transaction() as tx:
        tx.run("DELETE FROM payment")
    assert operations.poll_open(now=clock.advance(hours=3), limit=10) == 1
    assert now_of(payment).state is PaymentState.PENDING
    assert operations.poll_open(now=clock.advance(minutes=50), limit=10) == 0


def test_a_carrier_that_ended_the_contract(mandate: queries.MandateView, sandbox: Sandbox) -> None:
    sandbox.end_contract(mandate)
    payment = charge(mandate)
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "mandate_ended")
    ended = queries.mandate(mandate.id)
    assert ended is not None
    assert (ended.active, ended.end_reason) == (False, "carrier")
    with pytest.raises(MandateEnded):
        charge(mandate, "renewal:1:3")
    sandbox.deliver_notices()
    assert Event.objects.filter(topic="payments.mandate_ended").count() == 1


def test_a_notice_of_the_end_of_a_contract_is_applied(
    mandate: queries.MandateView, sandbox: Sandbox
) -> None:
    sandbox.end_contract(mandate, by="member")
    sandbox.deliver_notices()
    ended = queries.mandate(mandate.id)
    assert ended is not None
    assert not ended.active


def test_we_end_a_mandate(mandate: queries.MandateView) -> None:
    ended = operations.end_mandate(mandate_id=mandate.id)
    assert (ended.active, ended.end_reason) == (False, "merchant")
    assert operations.end_mandate(mandate_id=mandate.id) == ended


def test_a_mandate_serves_its_member_only(mandate: queries.MandateView) -> None:
    with pytest.raises(NoSuchPayment):
        charge_mandate(
            member_ref=8,
            mandate_id=mandate.id,
            intent_key="renewal:stolen",
            amount=Money(550),
            description="月会費",
        )
    assert not Payment.objects.filter(intent_key="renewal:stolen").exists()


# Finding


def test_any_number_finds_its_member(start: Start, sandbox: Sandbox) -> None:
    payment = start("au")
    sandbox.pay(payment)
    payment = ask(payment)
    for reference in payment.references:
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in reference.value)
        found = queries.find_by_reference(f" {wide[:4]}-{wide[4:]}\u200b")
        assert [match.member_ref for match in found] == [7]
        by_contract = reference.scope is Scope.CONTRACT
        assert (found[0].mandate_id is not None) == by_contract
    assert queries.find_by_reference("999999999999") == ()
    assert queries.find_by_reference("くじら") == ()


def test_views(start: Start, django_assert_max_num_queries: object) -> None:
    payment = start()
    assert queries.open_payments(7) == (payment,)
    assert queries.payments([payment.id]) == {payment.id: payment}
    assert queries.payment_by_intent("join:1:1") == payment
    assert queries.payment(uuid4()) is None
    assert queries.checkout_origins() == ("http://pay.localhost",)
    assert queries.renewals(provider="sandbox", method=Method.KONBINI) == "none"

"""What came in no notice: lists of events read on, silence noticed, nonsense, foreign events."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from kaiin.domain.payments import PaymentState
from kaiin.infra.http import OutsideUnavailable
from kaiin.payments import backfill, inbox, operations, queries, watching
from kaiin.payments.models import EventState, Payment, ProviderCursor, ProviderEvent
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import EventPage, Order, PaymentSnapshot
from kaiin.payments.providers.sandbox.provider import SandboxProvider
from kaiin.payments.queries import PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

pytestmark = pytest.mark.usefixtures("sandbox")


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def sweep(clock: Clock, limit: int = 100) -> int:
    return backfill.sweep(now=clock.now(), limit=limit)


def work() -> int:
    return inbox.apply_due(limit=100)


def states() -> dict[str, int]:
    found = ProviderEvent.objects.values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


# The list of events


def test_days_of_silence_heal_in_one_sweep(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    """A payment that ended here long ago is not polled any more: only the list has its events."""
    paid = start()
    sandbox.pay(paid)
    sandbox.deliver_notices()
    sandbox.switch("drop", "1")
    unheard = start("docomo", key="join:2:1")
    sandbox.pay(unheard)
    sandbox.dispute(paid)
    clock.advance(days=5)
    assert sandbox.deliver_notices() == 0
    sweep(clock)
    work()
    assert now_of(paid).state is PaymentState.DISPUTED
    assert now_of(unheard).state is PaymentState.PAID
    listed = ProviderEvent.objects.filter(listed=True)
    assert {event.kind for event in listed} == {
        "mandate.registered",
        "payment.paid",
        "dispute.opened",
    }


def test_the_cursor_moves_on_and_what_was_heard_is_stored_once(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.pay(start())
    sandbox.deliver_notices()
    assert sweep(clock) == 2
    assert sweep(clock) == 0
    assert ProviderEvent.objects.filter(listed=True).count() == 0
    cursor = ProviderCursor.objects.get()
    assert (cursor.cursor, cursor.swept_at) == ("2", clock.now())
    # A notice that comes after its sweep adds nothing.
    sandbox.switch("delay", "60")
    sandbox.pay(start("docomo", key="join:2:1"))
    assert sweep(clock) == 2
    clock.advance(hours=2)
    sandbox.deliver_notices()
    assert ProviderEvent.objects.count() == 4


def test_a_long_list_is_read_in_parts(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.switch("drop", "1")
    for member in range(4):
        sandbox.pay(start(key=f"join:{member}", member_ref=member))
    assert [sweep(clock, limit=3) for _ in range(4)] == [3, 3, 2, 0]
    work()
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.PAID}


def test_a_sweep_that_another_worker_made_first_stores_nothing(
    start: Start, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.switch("drop", "1")
    sandbox.pay(start())
    sweep(clock, limit=1)
    fetch = sandbox.provider.list_events

    def overtaken(*, cursor: str, limit: int, timeout_seconds: float) -> EventPage | None:
        page = fetch(cursor=cursor, limit=limit, timeout_seconds=timeout_seconds)
        ProviderCursor.objects.update(cursor="7")
        return page

    monkeypatch.setattr(sandbox.provider, "list_events", overtaken)
    sweep(clock)
    assert ProviderEvent.objects.count() == 1
    assert ProviderCursor.objects.get().cursor == "7"


def test_a_provider_that_does_not_answer_is_read_next_time(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.pay(start())
    sandbox.switch("down", "0")
    assert sweep(clock) == 0
    sandbox.switch("down", "")
    assert sweep(clock) == 2


def test_an_event_that_can_not_be_read_does_not_stop_the_reading(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("drop", "1")
    payment = start()
    with sandbox.app.service.store.transaction() as tx:
        for number, body in enumerate(('{"id": 7}', "[]", '{"id": "' + "x" * 200 + '"}')):
            values = {"type": "x", "application": "kaiin", "order_id": "", "created_at": "x"}
            tx.insert("event", values | {"id": f"evt_{number}", "body": body})
    sandbox.pay(payment)
    sweep(clock)
    work()
    assert now_of(payment).state is PaymentState.PAID
    assert states() == {EventState.UNREADABLE: 3, EventState.APPLIED: 2}


def test_a_provider_that_is_not_configured_is_passed_over(clock: Clock) -> None:
    unconfigured = SandboxProvider(base_url="", public_url="", secret="")
    registry.use("sandbox", unconfigured)
    assert sweep(clock) == 0
    assert unconfigured.list_events(cursor="", limit=1, timeout_seconds=1) is None


# Silence


def silence(clock: Clock) -> queries.Silence:
    (found,) = queries.silence(clock.now())
    return found


def alarms() -> list[tuple[str, int]]:
    with capture_logs() as logs:
        watching.alarm()
    return [(log["event"], log["open_payments"]) for log in logs if log["log_level"] == "error"]


def test_silence_is_logged_once(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    sweep(clock)
    sandbox.pay(start())
    sandbox.deliver_notices()
    heard_at = clock.now()
    clock.advance(days=3)
    assert silence(clock).silent_since is None  # nothing is open: nothing need be heard
    sandbox.switch("drop", "1")
    start(key="join:2:1")
    opened_at = clock.now()
    clock.advance(minutes=119)
    assert (silence(clock).open_payments, silence(clock).silent_since) == (1, None)
    assert alarms() == []
    clock.advance(minutes=1)
    assert silence(clock).heard_at == heard_at
    assert silence(clock).silent_since == opened_at
    assert alarms() == [("payments.provider_silent_for", 1)]
    assert alarms() == []
    # Heard again, and silent once more: logged again.
    sandbox.switch("drop", "")
    sandbox.pay(start("docomo", key="join:3:1"))
    sandbox.deliver_notices()
    assert silence(clock).silent_since is None
    clock.advance(hours=3)
    assert alarms() == [("payments.provider_silent_for", 1)]


def test_a_provider_that_was_never_heard(start: Start, clock: Clock) -> None:
    start()
    clock.advance(hours=2)
    assert silence(clock).heard_at is None
    assert alarms() == [("payments.provider_silent_for", 1)]


def test_a_slip_waits_for_its_member_not_for_the_provider(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.get_slip(start("konbini", renews=False))
    sandbox.deliver_notices()
    clock.advance(days=2)
    assert (silence(clock).open_payments, silence(clock).silent_since) == (0, None)


# What comes in beside the truth


def test_nonsense_is_refused_or_put_aside(start: Start, sandbox: Sandbox) -> None:
    sandbox.switch("garbage", "3")
    payment = start()
    sandbox.pay(payment)
    assert sandbox.deliver_notices() == 8
    assert now_of(payment).state is PaymentState.PAID
    assert states() == {
        EventState.APPLIED: 2,
        EventState.IGNORED: 2,
        EventState.UNREADABLE: 2,
    }
    with sandbox.app.service.store.transaction() as tx:
        answers = tx.all("SELECT garbage, status FROM delivery WHERE garbage != ''")
    assert {(row["garbage"], row["status"]) for row in answers} == {
        ("forged", "dead"),
        ("unreadable", "delivered"),
        ("unknown_kind", "delivered"),
    }


def test_another_applications_twins_are_recorded_only(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.switch("foreign", "1")
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices(apply=False)
    sweep(clock)
    assert states() == {EventState.RECEIVED: 2, EventState.FOREIGN: 2}
    work()
    assert states() == {EventState.APPLIED: 2, EventState.FOREIGN: 2}


# One question for all that is due


class Counting:
    """Counts questions, then asks the real provider, or fails for the orders in `broken`."""

    def __init__(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self._fetch = sandbox.provider.fetch_payment
        monkeypatch.setattr(sandbox.provider, "fetch_payment", self.fetch)

    def fetch(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        self.asked.append(order.order_id)
        if order.order_id in self.broken:
            raise KeyError("an unexpected answer")
        return self._fetch(order, timeout_seconds=timeout_seconds)


def test_events_of_one_order_ask_once(
    start: Start, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.switch("duplicate", "2")
    for member in range(2):
        sandbox.pay(start("au", key=f"join:{member}", member_ref=member))
    sandbox.deliver_notices(apply=False)
    counting = Counting(sandbox, monkeypatch)
    work()
    assert len(counting.asked) == len(set(counting.asked)) == 2
    assert states() == {EventState.APPLIED: 4}


def test_one_that_fails_keeps_no_other_waiting(
    start: Start, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    broken, sound = start(), start(key="join:2:1", member_ref=8)
    for payment in (broken, sound):
        sandbox.pay(payment)
    counting = Counting(sandbox, monkeypatch)
    counting.broken = {str(sandbox.row(broken)["order_id"])}
    sandbox.deliver_notices()
    assert now_of(sound).state is PaymentState.PAID
    assert now_of(broken).state is PaymentState.PENDING
    assert states() == {EventState.APPLIED: 2, EventState.RECEIVED: 2}
    counting.broken.clear()
    clock.advance(minutes=1)
    work()
    assert now_of(broken).state is PaymentState.PAID


def test_one_that_is_asked_in_vain_keeps_no_other_from_being_polled(
    start: Start, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    payments = [start(key=f"join:{member}", member_ref=member) for member in range(6)]
    sandbox.switch("drop", "1")
    for payment in payments:
        sandbox.pay(payment)
    counting = Counting(sandbox, monkeypatch)
    counting.broken = {str(sandbox.row(payment)["order_id"]) for payment in payments[:2]}
    for _ in range(2):
        operations.poll_open(now=clock.advance(minutes=6), limit=10)
    assert {now_of(payment).state for payment in payments[2:]} == {PaymentState.PAID}
    assert {now_of(payment).state for payment in payments[:2]} == {PaymentState.PENDING}


def test_an_answer_that_can_t_be_written_down_keeps_no_other_from_it(
    start: Start, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    payments = [start(key=f"join:{member}", member_ref=member) for member in range(4)]
    sandbox.switch("drop", "1")
    for payment in payments:
        sandbox.pay(payment)
    fetch = sandbox.provider.fetch_payment
    broken = str(sandbox.row(payments[1])["order_id"])

    def fetched(order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        snapshot = fetch(order, timeout_seconds=timeout_seconds)
        if snapshot is not None and order.order_id == broken:
            return replace(snapshot, provider_payment_id=None)  # type: ignore[arg-type]
        return snapshot

    with monkeypatch.context() as patch:
        patch.setattr(sandbox.provider, "fetch_payment", fetched)
        operations.poll_open(now=clock.advance(minutes=6), limit=10)
    polled = [now_of(payment).state for payment in payments]
    assert polled == [PaymentState.PAID, PaymentState.PENDING, *[PaymentState.PAID] * 2]
    operations.poll_open(now=clock.advance(minutes=30), limit=10)
    assert now_of(payments[1]).state is PaymentState.PAID


def test_a_stuck_event_takes_no_money_away(
    start: Start, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put aside is put aside; who paid stays paid, and people can have it tried again."""
    payment = start()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    sandbox.refund_at_provider(payment, 550)

    def away(*_: object, **__: object) -> PaymentSnapshot | None:
        raise OutsideUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(sandbox.provider, "fetch_payment", away)
        sandbox.deliver_notices()
        for _ in range(12):
            clock.advance(hours=7)
            work()
    (stuck,) = queries.stuck_events(limit=5)
    assert (stuck.kind, stuck.state, stuck.last_error) == (
        "refund.done",
        EventState.FAILED,
        "outside.unavailable",
    )
    assert now_of(payment).state is PaymentState.PAID
    assert queries.inbox_figures().failed == 1
    assert inbox.retry([stuck.id]) == 1
    work()
    assert now_of(payment).state is PaymentState.REFUNDED
    assert inbox.retry([stuck.id]) == 0
    assert timedelta(days=3) < clock.now() - stuck.received_at

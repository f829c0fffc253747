"""One notice, payment, refund or provider in an unforeseen state stops no other."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState
from kaiin.infra import parking
from kaiin.infra.parking import Parked
from kaiin.payments import backfill, inbox, operations, queries
from kaiin.payments.models import EventState, Payment, ProviderEvent, Refund
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import ProviderState
from kaiin.payments.queries import PaymentView
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start


class Spoilt:
    """The sandbox's adapter, which stumbles over one order or over the list of events, or says of
    an order what can't be: `answer`, or of new ones `created`."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self.order = ""
        self.answer: dict[str, object] = {}
        self.created: dict[str, object] = {}
        self.first: Callable[[], object] = lambda: None
        self.lists = False

    def fetch_payment(self, order: Any, *, timeout_seconds: float) -> Any:
        self.first()
        if order.order_id == self.order and not self.answer:
            raise KeyError("status")
        found = self._provider.fetch_payment(order, timeout_seconds=timeout_seconds)
        return replace(found, **self.answer) if order.order_id == self.order else found

    def create_checkout(self, request: Any, *, timeout_seconds: float) -> Any:
        found = self._provider.create_checkout(request, timeout_seconds=timeout_seconds)
        return replace(found, **self.created)

    def list_events(self, **asked: Any) -> Any:
        if self.lists:
            raise KeyError("events")
        return self._provider.list_events(**asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


@pytest.fixture
def spoilt(sandbox: Sandbox) -> Iterator[Spoilt]:
    provider = Spoilt(sandbox.provider)
    registry.use("sandbox", provider)  # type: ignore[arg-type]
    yield provider
    registry.use("sandbox", sandbox.provider)


def only_parked() -> Parked:
    (row,) = parking.parked(limit=10)
    return row


def order_of(payment: PaymentView) -> str:
    from kaiin.payments.orders import order_id

    return order_id(payment.id)


@pytest.fixture
def paid(start: Start, sandbox: Sandbox, clock: Clock) -> list[PaymentView]:
    """Four payments by card of which Kaiin has not heard; the first is the oldest."""
    found = []
    for number in range(4):
        payment = start(key=f"join:{number}:1")
        sandbox.pay(payment)
        found.append(payment)
        clock.advance(seconds=1)
    return found


def states(payments: list[PaymentView]) -> list[str]:
    found = [queries.payment(each.id) for each in payments]
    return [each.state.value for each in found if each is not None]


def test_notices(paid: list[PaymentView], sandbox: Sandbox, spoilt: Spoilt, clock: Clock) -> None:
    spoilt.order = order_of(paid[0])
    sandbox.deliver_notices()
    assert states(paid) == ["pending", "paid", "paid", "paid"]
    assert {row.kind for row in parking.parked(limit=10)} == {"event.apply"}
    bad = ProviderEvent.objects.filter(order_id=spoilt.order)
    assert {row.key for row in parking.parked(limit=10)} == {str(event.pk) for event in bad}
    assert inbox.apply_due(limit=100) == 0
    clock.advance(minutes=1)
    assert inbox.apply_due(limit=100) == len(bad)
    assert {row.attempts for row in parking.parked(limit=10)} == {2}
    spoilt.order = ""
    assert parking.retry_all(now=clock.now()) == len(bad)
    assert inbox.apply_due(limit=100) == len(bad)
    assert states(paid) == ["paid"] * 4
    assert parking.parked(limit=10) == ()
    assert set(bad.values_list("state", flat=True)) == {EventState.APPLIED}


@pytest.mark.parametrize("silent_before", [0, 3], ids=["one", "more than a silence"])
def test_polling(
    silent_before: int, start: Start, paid: list[PaymentView], sandbox: Sandbox, clock: Clock
) -> None:
    """Rows of an unknown provider, however many, do not count as silence of one that answers."""
    bad = [paid[0], *(start(key=f"bad:{number}") for number in range(silent_before))]
    rows = Payment.objects.filter(pk__in=[each.id for each in bad])
    rows.update(provider="gone")
    Payment.objects.filter(pk=paid[0].id).update(ask_at=clock.now())
    now = clock.advance(minutes=5)
    assert operations.poll_open(now=now, limit=len(bad)) == len(bad)
    operations.poll_open(now=now, limit=100)
    assert states(paid) == ["pending", "paid", "paid", "paid"]
    found = parking.parked(limit=10)
    assert {(row.kind, row.key) for row in found} == {("payment.poll", b.id.hex) for b in bad}
    assert operations.poll_open(now=now, limit=100) == 0
    now = clock.advance(minutes=1)
    assert operations.poll_open(now=now, limit=100) == len(bad)
    assert {row.attempts for row in parking.parked(limit=10)} == {2}
    rows.update(provider="sandbox")
    assert operations.poll_open(now=clock.advance(minutes=2), limit=100) == len(bad)
    assert states(paid) == ["paid"] * 4
    assert parking.parked(limit=10) == ()


@pytest.mark.parametrize("job", ["notices", "payments"])
def test_an_answer_that_cant_be_read(
    job: str, paid: list[PaymentView], sandbox: Sandbox, clock: Clock
) -> None:
    """It is the row's fault, not the provider's silence: it is parked, not just asked later."""
    clock.advance(minutes=5)
    row = sandbox.row(paid[0])["id"]

    def say_currency(currency: str) -> None:
        with sandbox.app.service.store.transaction() as tx:
            tx.run("UPDATE payment SET currency = ? WHERE id = ?", [currency, row])

    say_currency("YENYEN")
    if job == "notices":
        sandbox.deliver_notices()
    else:
        ask(clock)
    assert states(paid) == ["pending", "paid", "paid", "paid"]
    found = parking.parked(limit=10)
    assert {each.kind for each in found} == {"event.apply" if job == "notices" else "payment.poll"}
    assert "unreadable" in found[0].error
    assert "not a text of this length" in found[0].error
    say_currency("JPY")
    clock.advance(minutes=1)
    assert (apply_notices() if job == "notices" else ask(clock)) == len(found)
    assert states(paid) == ["paid"] * 4
    assert not parking.parked(limit=1)


def test_an_answer_that_cant_be_recorded(
    paid: list[PaymentView], spoilt: Spoilt, clock: Clock
) -> None:
    """The answers of a round are recorded together; the one that can't be is found."""
    spoilt.order, spoilt.answer = order_of(paid[0]), {"received": Money(-1)}
    now = clock.advance(minutes=5)
    assert operations.poll_open(now=now, limit=100) == 4
    assert states(paid) == ["pending", "paid", "paid", "paid"]
    assert (only_parked().kind, only_parked().key) == ("payment.poll", paid[0].id.hex)
    spoilt.order = ""
    assert operations.poll_open(now=clock.advance(minutes=1), limit=100) == 1
    assert states(paid) == ["paid"] * 4
    assert parking.parked(limit=10) == ()


@pytest.mark.parametrize("job", ["notices", "payments"])
def test_an_answer_that_cant_be_true(
    job: str, start: Start, sandbox: Sandbox, spoilt: Spoilt, clock: Clock
) -> None:
    """Money is said to have come where only a card was to be registered: neither is believed."""
    card, *others = (start(key=f"join:{n}:1", amount=Money(550 if n else 0)) for n in range(4))
    for payment in (card, *others):
        sandbox.pay(payment)
    spoilt.order = order_of(card)
    spoilt.answer = {"state": ProviderState.PAID, "received": Money(550)}
    clock.advance(minutes=5)
    if job == "notices":
        sandbox.deliver_notices()
    else:
        ask(clock)
    assert states([card, *others]) == ["pending", "paid", "paid", "paid"]
    found = parking.parked(limit=10)
    assert {row.kind for row in found} == {"event.apply" if job == "notices" else "payment.poll"}
    assert "money_for_a_registration" in found[0].error
    seen = operations.refresh_payment(payment_id=card.id, timeout_seconds=2)
    assert seen.state is PaymentState.PENDING
    spoilt.order = ""
    clock.advance(minutes=1)
    assert (apply_notices() if job == "notices" else ask(clock)) == len(found)
    assert states([card]) == ["registered"]
    assert not parking.parked(limit=1)


@pytest.mark.parametrize("shrunk", [Money(1), Money(550, "USD")])
def test_money_that_is_said_to_have_shrunk(
    shrunk: Money, paid: list[PaymentView], sandbox: Sandbox, spoilt: Spoilt, clock: Clock
) -> None:
    sandbox.deliver_notices()
    spoilt.order, spoilt.answer = order_of(paid[0]), {"received": shrunk}
    for payment in paid:
        sandbox.dispute(payment)
    sandbox.deliver_notices()
    assert states(paid) == ["paid", *["disputed"] * 3]
    assert Payment.objects.get(pk=paid[0].id).received_amount == 550
    assert "less_than_before" in only_parked().error
    spoilt.order = ""
    clock.advance(minutes=1)
    assert apply_notices() == 1
    assert states(paid) == ["disputed"] * 4
    assert not parking.parked(limit=1)


def test_a_page_that_opens_with_an_answer_that_cant_be_true(
    start: Start, spoilt: Spoilt, clock: Clock
) -> None:
    """The member gets no page, and no error either; it is asked about, and parked by the worker."""
    spoilt.created = {"state": ProviderState.PAID, "received": Money(550)}
    payment = start(key="card:1", amount=Money(0))
    assert (payment.state, payment.checkout) == (PaymentState.UNKNOWN, None)
    spoilt.order, spoilt.answer = order_of(payment), spoilt.created
    clock.advance(minutes=5)
    ask(clock)
    assert only_parked().kind == "payment.poll"
    assert states([payment]) == ["unknown"]


def test_refunds(paid: list[PaymentView], sandbox: Sandbox, clock: Clock) -> None:
    sandbox.deliver_notices()
    sandbox.switch("down", "0")
    for payment in paid:
        refund_payment(
            payment_id=payment.id, key=f"case:{payment.id}", amount=Money(550), reason="staff",
            actor="staff:1",
        )  # fmt: skip
        clock.advance(seconds=1)
    sandbox.switch("down", "")
    Payment.objects.filter(pk=paid[0].id).update(provider="gone")
    now = clock.advance(minutes=5)
    assert operations.poll_open(now=now, limit=100) == 4
    bad = Refund.objects.get(payment=paid[0].id)
    assert (only_parked().kind, only_parked().key) == ("refund.poll", bad.pk.hex)
    assert states(paid) == ["paid", "refunded", "refunded", "refunded"]
    assert operations.poll_open(now=now, limit=100) == 0
    Payment.objects.filter(pk=paid[0].id).update(provider="sandbox")
    assert operations.poll_open(now=clock.advance(minutes=1), limit=100) == 1
    assert states(paid) == ["refunded"] * 4
    assert parking.parked(limit=10) == ()
    assert len(sandbox.rows("SELECT * FROM refund")) == 4


def test_a_list_that_cant_be_read(
    paid: list[PaymentView],
    spoilt: Spoilt,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
) -> None:
    """The next provider's is read in the same sweep."""
    other: Any = Spoilt(sandbox.provider)
    other.name = "other"
    monkeypatch.setitem(registry._TABLE, "other", lambda: other)
    spoilt.lists = True
    now = clock.now()
    read = backfill.sweep(now=now, limit=100)
    assert read > 0
    assert (only_parked().kind, only_parked().key) == ("provider.list", "sandbox")
    assert backfill.sweep(now=now, limit=100) == 0
    assert only_parked().attempts == 1
    spoilt.lists = False
    assert backfill.sweep(now=clock.advance(minutes=1), limit=100) == read
    assert parking.parked(limit=10) == ()


def test_a_row_that_cant_even_be_read(
    paid: list[PaymentView], sandbox: Sandbox, clock: Clock
) -> None:
    """An instant that no code wrote, and that Python does not know."""
    bad, on_sqlite = paid[0].id, connection.vendor == "sqlite"
    now = clock.advance(minutes=5)
    instant = "2026-13-45 00:00:00" if on_sqlite else "20000-01-01 00:00:00+00"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE payments_payment SET created_at = '{instant}' WHERE id = %s",  # noqa: S608
            [bad.hex if on_sqlite else bad],
        )
    assert operations.poll_open(now=now, limit=100) == 4
    assert only_parked().key == bad.hex
    assert states(paid[1:]) == ["paid"] * 3
    assert operations.poll_open(now=now, limit=100) == 0


class Killed(BaseException):
    """The worker's process ends here."""


def apply_notices() -> int:
    return inbox.apply_due(limit=100)


def ask(clock: Clock) -> int:
    return operations.poll_open(now=clock.now(), limit=100)


@pytest.mark.parametrize("job", ["notices", "payments"])
def test_what_a_killed_worker_had_taken_on_is_taken_up_within_a_minute(
    job: str, paid: list[PaymentView], sandbox: Sandbox, spoilt: Spoilt, clock: Clock
) -> None:
    clock.advance(minutes=5)
    if job == "notices":
        sandbox.deliver_notices(apply=False)

    def die() -> None:
        raise Killed

    run = apply_notices if job == "notices" else lambda: ask(clock)
    spoilt.first = die
    with pytest.raises(Killed):
        run()
    spoilt.first = lambda: None
    clock.advance(seconds=59)
    assert run() == 0
    clock.advance(seconds=1)
    assert run() >= 4
    assert states(paid) == ["paid"] * 4
    assert not parking.parked(limit=1)


@pytest.mark.parametrize("job", ["notices", "payments"])
def test_a_slow_round_keeps_what_it_has_taken_on(
    job: str, paid: list[PaymentView], sandbox: Sandbox, spoilt: Spoilt, clock: Clock
) -> None:
    """The provider takes longer for all of them than a claim lasts; a second worker finds none."""
    clock.advance(minutes=5)
    if job == "notices":
        sandbox.deliver_notices(apply=False)
    found: list[int] = []
    run = apply_notices if job == "notices" else lambda: ask(clock)

    def second_worker() -> None:
        clock.advance(seconds=25)
        spoilt.first = lambda: None
        found.append(run())
        spoilt.first = second_worker

    spoilt.first = second_worker
    assert run() >= 4
    assert found == [0] * 4
    assert states(paid) == ["paid"] * 4

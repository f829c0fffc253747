"""All orders of up to six messages of one payment: what is known at the end is always the same, and
at no point on the way is money lost or found that is not there.

Orders are walked as a tree: each is a path, the database goes back to the fork by a savepoint.
Where paths over the same messages left the same rows, what follows is walked once for all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState
from kaiin.infra.models import AuditRow, Event
from kaiin.payments import inbox, queries, snapshots
from kaiin.payments.models import EventState, Payment, ProviderEvent, Refund
from kaiin.payments.orders import order_id, order_of
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import (
    MandateKey,
    MandateSnapshot,
    Notice,
    Order,
    PaymentSnapshot,
    ProviderState,
    VerifiedNotice,
)
from kaiin.payments.providers.sandbox.provider import SandboxProvider
from kaiin.payments.queries import PaymentView
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import PUBLIC_URL, SECRET, Sandbox
from tests.payments.conftest import Start

Act = Callable[[Sandbox, PaymentView, Clock], object]


def _pay(sandbox: Sandbox, payment: PaymentView, _clock: Clock) -> None:
    sandbox.pay(payment)


def _nothing(*_: object) -> None:
    """The same message comes twice."""


def _refund(amount: int) -> Act:
    def act(sandbox: Sandbox, payment: PaymentView, _clock: Clock) -> None:
        sandbox.refund_at_provider(payment, amount)

    return act


def _dispute(*, won: bool | None) -> Act:
    def act(sandbox: Sandbox, payment: PaymentView, _clock: Clock) -> None:
        sandbox.dispute(payment, won=won)

    return act


def _end_contract(sandbox: Sandbox, payment: PaymentView, clock: Clock) -> None:
    mandate = str(sandbox.row(payment)["mandate_id"])
    sandbox.app.service.end_mandate(mandate, "carrier")


def _slip_paid_but_not_reported(sandbox: Sandbox, payment: PaymentView, clock: Clock) -> None:
    clock.advance(days=6, hours=23)
    sandbox.pay_at_store(payment, report_after=timedelta(hours=9))


def _later(**units: float) -> Act:
    def act(_sandbox: Sandbox, _payment: PaymentView, clock: Clock) -> None:
        clock.advance(**units)

    return act


def _slip(sandbox: Sandbox, payment: PaymentView, _clock: Clock) -> None:
    sandbox.get_slip(payment)


@dataclass(frozen=True)
class History:
    """What happens at the provider, one fact after the other; each makes one message."""

    method: str
    amount: int
    facts: tuple[Act, ...]
    end: PaymentState


HISTORIES = {
    "refunded": History(
        "card",
        550,
        (_nothing, _pay, _nothing, _refund(200), _end_contract, _refund(350)),
        PaymentState.REFUNDED,
    ),
    "dispute won": History(
        "card",
        550,
        (_pay, _refund(100), _dispute(won=None), _end_contract, _dispute(won=True), _nothing),
        PaymentState.PARTLY_REFUNDED,
    ),
    "charged back": History(
        "docomo",
        550,
        (_nothing, _pay, _dispute(won=None), _nothing, _dispute(won=False), _end_contract),
        PaymentState.CHARGED_BACK,
    ),
    "reported late": History(
        "konbini",
        770,
        (
            _slip,
            _slip_paid_but_not_reported,
            _later(hours=6),
            _later(hours=6),
            _refund(300),
            _refund(470),
        ),
        PaymentState.REFUNDED,
    ),
    "registered": History(
        "card",
        0,
        (_nothing, _pay, _nothing, _end_contract, _nothing, _nothing),
        PaymentState.REGISTERED,
    ),
}


@dataclass(frozen=True)
class Answers:
    """What the provider says after each fact."""

    payment: PaymentView
    states: tuple[PaymentSnapshot, ...]
    mandates: tuple[MandateSnapshot | None, ...]


@contextmanager
def forgotten() -> Iterator[None]:
    """Do something, then have the database go back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


Known = tuple[tuple[object, ...], ...]


def known() -> Known:
    """Everything that the next message is met by; the times of asking are not."""
    payment = Payment.objects.values_list(
        "state", "dispute", "received_amount", "failure_code", "paid_at", "expires_at",
        "checkout__isnull", "mandate__state", "mandate__end_reason", "declines",
    )  # fmt: skip
    refunds = Refund.objects.order_by("provider_refund_id")
    events = ProviderEvent.objects.order_by("event_id")
    return (
        *payment,
        *refunds.values_list("provider_refund_id", "amount", "state", "done_at"),
        *events.values_list("event_id", "state"),
    )


class Walk:
    """Every order of six messages: `take` one, then `check` what was taken so far."""

    def __init__(self, take: Callable[[int], None], check: Callable[[Sequence[int]], None]) -> None:
        self._take, self._check = take, check
        self._orders: dict[tuple[frozenset[int], Known], int] = {}
        self.ends: set[Known] = set()

    def orders(self, rest: frozenset[int] = frozenset(range(6)), taken: Sequence[int] = ()) -> int:
        """How many orders of `rest` there are, all checked."""
        now = known()
        if not rest:
            self.ends.add(now)
            return 1
        if (rest, now) not in self._orders:
            self._orders[rest, now] = sum(self._after(each, rest, taken) for each in sorted(rest))
        return self._orders[rest, now]

    def _after(self, each: int, rest: frozenset[int], taken: Sequence[int]) -> int:
        with forgotten():
            self._take(each)
            self._check((*taken, each))
            return self.orders(rest - {each}, (*taken, each))


def all_end_the_same(take: Callable[[int], None], check: Callable[[Sequence[int]], None]) -> bool:
    walk = Walk(take, check)
    return walk.orders() == 720 and len(walk.ends) == 1


# Through the inbox takes longer: the histories in which something turns back.
THROUGH_THE_INBOX = ("dispute won", "refunded", "reported late")


@pytest.fixture(params=sorted(HISTORIES))
def history(request: pytest.FixtureRequest) -> History:
    return HISTORIES[request.param]


@pytest.fixture
def answers(history: History, start: Start, sandbox: Sandbox, clock: Clock) -> Answers:
    """The history, played on the real sandbox."""
    payment = start(
        history.method, amount=Money(history.amount), renews=history.method != "konbini"
    )
    order = order_of(Payment.objects.get())
    states, mandates = [], []
    for act in history.facts:
        act(sandbox, payment, clock)
        state = sandbox.provider.fetch_payment(order, timeout_seconds=2)
        assert state is not None
        states.append(state)
        mandates.append(state.mandate)
    return Answers(payment, tuple(states), tuple(mandates))


def now_of(payment: PaymentView) -> PaymentView:
    found = queries.payment(payment.id)
    assert found is not None
    return found


def test_answers_that_are_written_in_any_order(
    history: History, answers: Answers, clock: Clock
) -> None:
    """The provider was asked after each fact, by workers that write what they heard in any order:
    the worst that races can do."""

    def write(which: int) -> None:
        snapshots.apply_all(
            [snapshots.News(answers.payment.id, answers.states[which])],
            now=clock.now(),
            actor="system:test",
        )

    def check(heard: Sequence[int]) -> None:
        state = now_of(answers.payment).state
        latest = max(heard)
        paid = any(answers.states[each].paid_at for each in heard)
        assert state.took_money == (paid and history.amount > 0)
        if latest == len(answers.states) - 1:
            assert state is history.end

    assert all_end_the_same(write, check)


class Replaying(SandboxProvider):
    """The sandbox as it was after a fact: what `at` says."""

    answers: Answers
    at: int = 0

    def fetch_payment(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        return self.answers.states[self.at]

    def fetch_mandate(self, key: MandateKey, *, timeout_seconds: float) -> MandateSnapshot | None:
        return self.answers.mandates[self.at]

    def read_notice(self, notice: Notice, *, now: object) -> VerifiedNotice:
        which = notice.body.decode()
        return VerifiedNotice(f"evt_{which}", "payment.changed", order_id(self.answers.payment.id))


@pytest.fixture
def replaying(answers: Answers, sandbox: Sandbox) -> Replaying:
    provider = Replaying(base_url=PUBLIC_URL, public_url=PUBLIC_URL, secret=SECRET)
    provider.answers = answers
    registry.use("sandbox", provider)
    return provider


@pytest.mark.parametrize("history", THROUGH_THE_INBOX, indirect=True)
def test_notices_that_come_in_any_order(
    history: History, answers: Answers, replaying: Replaying, clock: Clock
) -> None:
    """A fact's notice comes any time after it, twice at times; the inbox asks what is true now."""
    seconds, start = count(1), clock.now()

    def bring(which: int) -> None:
        for _ in range(1 + which % 2):
            clock.freeze(start + timedelta(seconds=next(seconds)))
            body = str(which).encode()
            inbox.receive(provider="sandbox", headers={}, body=body, content_type="")

    def take(which: int) -> None:
        bring(which)
        seen = ProviderEvent.objects.values_list("event_id", flat=True)
        replaying.at = max(int(event_id.removeprefix("evt_")) for event_id in seen)
        clock.freeze(start + timedelta(hours=1))
        inbox.apply_due(limit=10)

    def check(heard: Sequence[int]) -> None:
        payment = now_of(answers.payment)
        true = answers.states[max(heard)]
        assert payment.state.took_money == (bool(true.paid_at) and history.amount > 0)
        if max(heard) == 5:
            assert payment.state is history.end
        if len(heard) == 6:
            assert set(ProviderEvent.objects.values_list("state")) == {(EventState.APPLIED,)}
            taken = AuditRow.objects.filter(action="payments.paid").count()
            assert taken <= 1 + (history is HISTORIES["dispute won"])
            keys = Event.objects.values_list("topic", "key")
            assert len(keys) == len(set(keys))

    assert all_end_the_same(take, check)


def test_late_money_after_each_end(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    """Paid wins over every end, before and after it."""
    payment = start()
    row = Payment.objects.get()
    open_ = sandbox.provider.fetch_payment(order_of(row), timeout_seconds=2)
    sandbox.pay(payment)
    paid = sandbox.provider.fetch_payment(order_of(row), timeout_seconds=2)
    assert open_ is not None
    assert paid is not None
    ends = [
        replace(open_, state=state, checkout=None)
        for state in (ProviderState.FAILED, ProviderState.EXPIRED, ProviderState.CANCELED)
    ]
    messages = [open_, *ends, paid, paid]

    def write(which: int) -> None:
        snapshots.apply_all(
            [snapshots.News(payment.id, messages[which])], now=clock.now(), actor="x:1"
        )

    def check(heard: Sequence[int]) -> None:
        state = now_of(payment).state
        assert (state is PaymentState.PAID) == bool({4, 5} & set(heard))

    assert all_end_the_same(write, check)

"""Random histories with every fault, then a time without faults and one sweep: in the end we know
what the provider knows, and nothing was done twice."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import Dispute, PaymentState, RefundState, money_event
from kaiin.infra.models import AuditRow
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.switches import Switch
from kaiin.payments import backfill, inbox, operations, queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.models import EventState, Payment, ProviderEvent, Refund
from kaiin.payments.orders import order_id
from kaiin.payments.queries import PaymentView
from kaiin.payments.refunds import refund_payment
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox
from tests.payments.conftest import Start

STEPS = 100
FAULTS = {
    Switch.DELAY: "240",
    Switch.DROP: "1",
    Switch.DUPLICATE: "2",
    Switch.REORDER: "1",
    Switch.TIME_OUT: "0",
    Switch.ANSWER_LOST: "0",
    Switch.DOWN: "0",
    Switch.REFUND_PENDING: "600",
    Switch.REFUND_FAIL: "account_closed",
    Switch.GARBAGE: "2",
    Switch.FOREIGN: "1",
}


class World:
    """Members, staff, the bank, the worker and faults, each moved by one seeded source."""

    def __init__(self, seed: int, start: Start, sandbox: Sandbox, clock: Clock) -> None:
        self.chance = Random(seed)
        self.start, self.sandbox, self.clock = start, sandbox, clock
        self.count = 0

    def step(self) -> None:
        act: Callable[[], object] = self.chance.choice(
            [
                self.begin, self.begin, self.pay, self.pay, self.pay, self.turn_back,
                self.give_back, self.give_back, self.dashboard, self.dispute, self.decide,
                self.renew, self.renew, self.end_contract, self.work, self.work, self.fault,
            ]
        )  # fmt: skip
        # What can't be done is refused with an error, and changes nothing.
        with suppress(KaiinError, Refused):
            act()
        self.clock.advance(minutes=self.chance.randint(0, 90))

    def any(self, **filters: object) -> PaymentView | None:
        keys = list(Payment.objects.filter(**filters).order_by("created_at", "intent_key"))
        return queries.payment(self.chance.choice(keys).pk) if keys else None

    def begin(self) -> None:
        self.count += 1
        method = self.chance.choice(["card", "docomo", "au", "konbini"])
        amount = Money(0) if method == "card" and self.chance.random() < 0.2 else Money(550)
        self.start(method, key=f"join:{self.count}", member_ref=self.count, amount=amount)

    def pay(self) -> None:
        payment = self.any(state=PaymentState.PENDING)
        if payment is None or self.sandbox.row(payment)["kind"] != "checkout":
            return
        if self.sandbox.row(payment)["status"] == "open" and not self.sandbox.row(payment)["slip"]:
            self.sandbox.pay(payment)

    def turn_back(self) -> None:
        payment = self.any(state=PaymentState.PENDING)
        if payment is not None:
            operations.cancel_payment(payment_id=payment.id)

    def renew(self) -> None:
        payment = self.any(mandate__isnull=False)
        if payment is not None and payment.mandate_id is not None:
            self.count += 1
            charge_mandate(
                member_ref=payment.member_ref,
                mandate_id=payment.mandate_id,
                # The same renewal is tried again at times.
                intent_key=f"renewal:{payment.mandate_id}:{self.count // 8}",
                amount=Money(550),
                description="月会費",
            )

    def give_back(self) -> None:
        payment = self.any()
        if payment is not None:
            amount = self.chance.choice([100, 300, 550])
            refund_payment(
                payment_id=payment.id,
                key=f"case:{payment.id}:{amount}",
                amount=Money(amount),
                reason="staff",
                actor="staff:1",
            )

    def dashboard(self) -> None:
        payment = self.any(state__in=["paid", "partly_refunded", "pending"])
        if payment is not None:
            self.sandbox.refund_at_provider(payment, self.chance.choice([50, 550]))

    def dispute(self) -> None:
        payment = self.any()
        if payment is not None and self.chance.random() < 0.4:
            self.sandbox.dispute(payment)

    def decide(self) -> None:
        payment = self.any(dispute="open")
        if payment is not None:
            self.sandbox.dispute(payment, won=self.chance.random() < 0.5)

    def end_contract(self) -> None:
        payment = self.any(mandate__isnull=False)
        mandate = queries.mandate(payment.mandate_id or 0) if payment else None
        if mandate is not None and self.chance.random() < 0.3:
            self.sandbox.end_contract(mandate)

    def work(self) -> None:
        self.sandbox.deliver_notices()
        operations.poll_open(now=self.clock.now(), limit=10)
        if self.chance.random() < 0.3:
            backfill.sweep(now=self.clock.now(), limit=10)

    def fault(self) -> None:
        for switch in FAULTS:
            self.sandbox.switch(switch.value, "")
        for switch in self.chance.sample(list(FAULTS), self.chance.randint(0, 3)):
            self.sandbox.switch(switch.value, FAULTS[switch])

    def without_faults(self) -> None:
        """Faults end; the worker goes its rounds for two days."""
        for switch in FAULTS:
            self.sandbox.switch(switch.value, "")
        for _ in range(12):
            self.clock.advance(hours=4)
            while backfill.sweep(now=self.clock.now(), limit=100):
                pass
            operations.poll_open(now=self.clock.now(), limit=500)
            inbox.apply_due(limit=500)


@pytest.mark.parametrize("seed", range(6))
def test_in_the_end_we_know_what_the_provider_knows(
    seed: int, start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    world = World(seed, start, sandbox, clock)
    for _ in range(STEPS):
        world.step()
    world.without_faults()
    with sandbox.app.service.store.transaction() as tx:
        theirs = {row["order_id"]: row for row in tx.all("SELECT * FROM payment")}
        given = tx.all("SELECT * FROM refund")
    for row in Payment.objects.all():
        truth = theirs.pop(order_id(row.pk), None)
        back = sum(
            each["amount"]
            for each in given
            if truth and each["payment_id"] == truth["id"] and each["status"] == "done"
        )
        expected = PaymentState.FAILED
        if truth is not None and truth["status"] == "paid":
            dispute = Dispute(truth["dispute"])
            event = money_event(received=truth["received_amount"], refunded=back, dispute=dispute)
            expected = PaymentState(event.value)
        elif truth is not None:
            expected = PaymentState(truth["status"].replace("open", "pending"))
        elif row.state == PaymentState.CANCELED:
            expected = PaymentState.CANCELED  # voided before the provider heard of it
        assert row.state == expected, (seed, row.pk)
        asked_back = Refund.objects.filter(payment=row, state=RefundState.DONE)
        assert sum(asked_back.values_list("amount", flat=True)) == back
        assert back <= (truth["received_amount"] or 0 if truth else 0)
    assert not theirs, "a payment at the provider without an intent"
    assert not Refund.objects.filter(ask_at__isnull=False)
    left = ProviderEvent.objects.exclude(state__in=[EventState.FOREIGN, EventState.IGNORED])
    left = left.exclude(state=EventState.UNREADABLE)  # the switch `garbage`
    assert set(left.values_list("state", flat=True)) == {EventState.APPLIED}
    audited = AuditRow.objects.filter(action="payments.refund_done").count()
    assert audited == sum(1 for each in given if each["status"] == "done")

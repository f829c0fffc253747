"""A seeded walk over the real operations: members, staff, carriers, banks and a bad network act
in any order, on the real sandbox provider."""

from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.lab.sandbox.refusal import Refused
from tests.billing.conftest import World

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView

_CARDS = ("4242 4242 4242 4242",) * 3 + ("4000 0000 0000 0341", "4000 0000 0000 0002")
_FAULTS = {
    "decline": ("card_declined", "contract_invalid"),
    "delay": ("30", "3000"),
    "drop": ("1",),
    "duplicate": ("2",),
    "reorder": ("1",),
    "time_out": ("0",),
    "answer_lost": ("0",),
    "late": ("3", "9", "600"),
    "keyless": ("1",),
    "down": ("0",),
    "store_report": ("120",),
    "refund_pending": ("600",),
    "refund_fail": ("account_closed",),
    "garbage": ("1",),
    "foreign": ("1",),
}
_COURSES = {
    "monthly": (Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK),
    "yearly": (Method.CARD, Method.KONBINI),
}
# What happens how often; time passes most of all.
_WEIGHTS = {
    "joins": 6,
    "pays": 10,
    "pays_at_the_store": 3,
    "gives_up": 1,
    "leaves": 2,
    "stays_after_all": 1,
    "leaves_at_once": 1,
    "changes": 4,
    "pauses": 1,
    "resumes": 1,
    "carrier_ends_a_contract": 1,
    "dashboard_refunds": 1,
    "bank_disputes": 1,
    "staff_decide": 2,
    "fault": 4,
    "all_is_well_again": 3,
    "hours_pass": 8,
    "days_pass": 6,
    "worker_works": 8,
    "asks_at_the_door": 3,
}


class Walk:
    """One walk; `done` counts what could be done, `trace` is how to follow it."""

    def __init__(self, world: World, seed: int, members: int = 3) -> None:
        self.world = world
        self.random = Random(seed)
        self.members = [world.member() for _ in range(members)]
        self.payments: list[PaymentView] = []
        self.done: Counter[str] = Counter()
        self.trace: list[str] = []

    def go(self, steps: int) -> None:
        """So many steps; after each at which the worker ran, every member who has paid is in."""
        names, weights = list(_WEIGHTS), list(_WEIGHTS.values())
        for _ in range(steps):
            (name,) = self.random.choices(names, weights)
            member = self.random.choice(self.members)
            self.trace.append(f"{self.world.clock.now():%m-%d %H:%M} {name} {member}")
            # What is refused in words is refused on purpose.
            with suppress(KaiinError, Refused):
                getattr(self, name)(member)
                self.done[name] += 1

    def come_to_rest(self) -> None:
        """The network is mended, staff have what was given up tried again, a week passes."""
        from kaiin.infra import deliveries
        from kaiin.lab.sandbox.switches import Switch
        from kaiin.payments import inbox, queries

        for switch in Switch:
            self.world.sandbox.switch(switch.value, "")
        deliveries.revive(deliveries.dead_letters())
        stuck = queries.stuck_events(limit=100)
        inbox.retry([event.id for event in stuck])
        for _ in range(7 * 4):
            self.world.clock.advance(hours=6)
            self.work()

    # Members

    def joins(self, member: int) -> None:
        course, method = self._choice()
        self.payments.append(self.world.join(member, course, method).payment)

    def pays(self, _member: int) -> None:
        payment = self._recent()
        if payment is not None:
            for step, form in self._page(payment):
                self._post(payment, step, form)

    def pays_at_the_store(self, _member: int) -> None:
        slips = [p for p in self.payments if p.method is Method.KONBINI]
        if slips:
            amount = self.random.choice((None, None, None, 6000, 7000))
            self.world.sandbox.pay_at_store(slips[-1], amount=amount)

    def gives_up(self, _member: int) -> None:
        payment = self._recent()
        if payment is not None:
            self._post(payment, "cancel", {})

    def leaves(self, member: int) -> None:
        from kaiin.billing.actions.leave import leave_site

        leave_site(member_pk=member, site_key="official")

    def stays_after_all(self, member: int) -> None:
        from kaiin.billing.actions.leave import undo_leave

        undo_leave(member_pk=member, site_key="official")

    def leaves_at_once(self, member: int) -> None:
        from kaiin.billing.actions.leave import leave_site

        leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")

    def changes(self, member: int) -> None:
        from kaiin.billing.actions.change import change_course

        course, method = self._choice()
        started = change_course(
            member_pk=member,
            site_key="official",
            course_key=course,
            method=method,
            return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
            language="ja",
        )
        if started.payment is not None:
            self.payments.append(started.payment)

    def pauses(self, member: int) -> None:
        from kaiin.billing.actions.pause import pause_membership

        pause_membership(member_pk=member, site_key="official", periods=1)

    def resumes(self, member: int) -> None:
        from kaiin.billing.actions.pause import resume_membership

        resume_membership(member_pk=member, site_key="official")

    def asks_at_the_door(self, member: int) -> None:
        """Their open payments are polled on the spot: a member who has paid gets in by this."""
        from kaiin.billing.actions.refresh import refresh_open_payments

        refresh_open_payments(member_pk=member)

    # Carriers, banks, staff

    def carrier_ends_a_contract(self, _member: int) -> None:
        with self.world.sandbox.app.service.store.transaction() as tx:
            mandates = [row["id"] for row in tx.all("SELECT id FROM mandate ORDER BY id")]
        if mandates:
            by = self.random.choice(("carrier", "member"))
            path = f"/mandates/{self.random.choice(mandates)}/end"
            self.world.sandbox.pages.post(path, data={"by": by})

    def dashboard_refunds(self, _member: int) -> None:
        payment = self._recent()
        if payment is not None:
            self.world.sandbox.refund_at_provider(payment, self.random.choice((100, 550)))

    def bank_disputes(self, _member: int) -> None:
        payment = self._recent()
        if payment is not None:
            self.world.sandbox.dispute(payment, won=self.random.choice((None, True, False)))

    def staff_decide(self, _member: int) -> None:
        from kaiin.billing.actions.decide_refund import decide_refund
        from kaiin.billing.models import RefundCase

        cases = list(RefundCase.objects.order_by("pk").values_list("pk", flat=True))
        if cases:
            refund = self.random.random() < 0.7
            case = self.random.choice(cases)
            decide_refund(case_id=case, refund=refund, actor="staff:1")

    # The network and time

    def fault(self, _member: int) -> None:
        name = self.random.choice(list(_FAULTS))
        self.trace[-1] += f" {name}"
        self.world.sandbox.switch(name, self.random.choice(_FAULTS[name]))

    def all_is_well_again(self, _member: int) -> None:
        for name in _FAULTS:
            self.world.sandbox.switch(name, "")

    def hours_pass(self, _member: int) -> None:
        self.world.clock.advance(hours=self.random.randint(1, 20))

    def days_pass(self, _member: int) -> None:
        """With a worker that looks in a few times a day."""
        for _ in range(self.random.randint(1, 24)):
            self.world.clock.advance(hours=self.random.choice((7, 11, 13)))
            self.work()

    def worker_works(self, _member: int) -> None:
        self.work()

    def work(self) -> None:
        """Rounds of the worker until nothing is left to do. A handler that the network failed
        is tried again later, as in real life."""
        from kaiin.cli import worker

        jobs = worker.jobs()
        for _ in range(30):
            done = self.world.sandbox.deliver_notices() + sum(job.run() for job in jobs)
            if not done:
                return
        raise AssertionError("the worker never comes to rest")

    def _choice(self) -> tuple[str, Method]:
        course = self.random.choice(list(_COURSES))
        return course, self.random.choice(_COURSES[course])

    def _recent(self) -> "PaymentView | None":
        return self.random.choice(self.payments[-4:]) if self.payments else None

    def _page(self, payment: "PaymentView") -> list[tuple[str, dict[str, str]]]:
        if payment.method is Method.KONBINI:
            return [("slip", {"store": "lawson"})]
        if payment.method is Method.CARD:
            card = {"number": self.random.choice(_CARDS), "expiry": "12/49", "cvc": "123"}
            return [("card", card), ("3ds", {"answer": "proven"})]
        return [("pin", {"phone": "090-1234-5678", "pin": "1234"}), ("agree", {})]

    def _post(self, payment: "PaymentView", step: str, form: dict[str, str]) -> None:
        """A page that can't do this any more says so, and nothing happens."""
        token = self.world.sandbox.row(payment)["token"]
        self.world.sandbox.pages.post(f"/pay/{token}/{step}", data=form)


def paid_at_the_provider(world: World) -> dict[str, int]:
    """Our money at the provider by order, from its own books; only orders that it ever received
    money for."""
    with world.sandbox.app.service.store.transaction() as tx:
        received = tx.all(
            "SELECT order_id, received_amount, dispute FROM payment"
            " WHERE received_amount IS NOT NULL"
        )
        left = {
            row["order_id"]: 0 if row["dispute"] == "lost" else row["received_amount"]
            for row in received
        }
        done = tx.all(
            "SELECT payment.order_id, refund.amount FROM refund"
            " JOIN payment ON payment.id = refund.payment_id WHERE refund.status = 'done'"
        )
        for row in done:
            left[row["order_id"]] -= row["amount"]
    return left

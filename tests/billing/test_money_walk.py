"""Random walks of money that comes and goes: after every step the books, the provider's store,
the windows and `kaiin verify` agree."""

from random import Random
from typing import TYPE_CHECKING

import pytest

from kaiin.domain.payments import Method
from tests.billing.conftest import World, nothing_is_amiss
from tests.billing.money import books

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView

_STEPS = 14
_COURSES = (
    ("monthly", Method.CARD),
    ("monthly", Method.AU),
    ("yearly", Method.CARD),
    ("yearly", Method.KONBINI),
)


class Walk:
    """One member, staff, a bank and a provider, each moved by one seeded source."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = Random(seed)
        self.member = world.member()
        # What a failed run shows: `--showlocals`.
        self.done: list[str] = []

    def step(self) -> None:
        acts = [
            self.pays,
            self.pays,
            self.leaves,
            self.refunds_outside,
            self.disputes,
            self.decides,
            self.refunds_fail_or_not,
            self.time_passes,
            self.time_passes,
        ]
        act = self.dice.choice(acts)
        self.done.append(act.__name__)
        act()
        self.world.work()
        books(self.world)
        nothing_is_amiss(self.world.clock.now())

    def pays(self) -> None:
        from kaiin.billing.errors import BillingError

        course, method = self.dice.choice(_COURSES)
        try:
            payment = self.world.join(self.member, course, method).payment
        except BillingError:
            return
        if method is not Method.KONBINI:
            self.world.sandbox.pay(payment)
        elif self.world.sandbox.row(payment)["status"] == "open":
            if not self.world.sandbox.row(payment)["slip"]:
                self.world.sandbox.get_slip(payment)
            if self.dice.random() < 0.7:
                amount = self.dice.choice((6820, 7000))
                self.world.sandbox.pay_at_store(payment, amount=amount)

    def leaves(self) -> None:
        from kaiin.billing.actions.leave import leave_site
        from kaiin.billing.errors import NoMembership
        from kaiin.billing.views.refunds import refund_on_leaving

        at_once = self.dice.random() < 0.7
        try:
            now = self.world.clock.now()
            shown = refund_on_leaving(member_pk=self.member, site_key="official", at=now)
            leave_site(
                member_pk=self.member,
                site_key="official",
                at_once=at_once,
                agreed=shown if at_once else None,
                actor="staff:1",
            )
        except NoMembership:
            return

    def refunds_outside(self) -> None:
        from kaiin.lab.sandbox.refusal import Refused

        payment = self.paid()
        if payment is None:
            return
        amount = self.dice.choice((100, 180, 550, 6600, 6820, 7000))
        try:
            self.world.sandbox.refund_at_provider(payment, amount)
        except Refused:
            self.done[-1] += ": refused"

    def disputes(self) -> None:
        from kaiin.lab.sandbox.refusal import Refused

        payment = self.paid()
        if payment is None:
            return
        won = self.dice.choice((None, None, True, False))
        try:
            self.world.sandbox.dispute(payment, won=won)
        except Refused:
            self.done[-1] += ": refused"

    def decides(self) -> None:
        from kaiin.billing.actions.decide_refund import decide_refund
        from kaiin.billing.errors import RefundDecided
        from kaiin.billing.views.refunds import refund_cases

        cases = [each for each in refund_cases(self.member) if each.state in ("open", "failed")]
        if cases:
            case = self.dice.choice(cases)
            try:
                decide_refund(case_id=case.id, refund=self.dice.random() < 0.7, actor="staff:1")
            except RefundDecided:
                assert case.reason == "outside"

    def refunds_fail_or_not(self) -> None:
        self.world.sandbox.switch("refund_fail", self.dice.choice(("account_closed", "")))

    def time_passes(self) -> None:
        self.world.clock.advance(days=self.dice.choice((0.1, 1, 8, 40, 200)))

    def paid(self) -> "PaymentView | None":
        from kaiin.payments import queries
        from kaiin.payments.models import Payment

        ids = list(
            Payment.objects.filter(paid_at__isnull=False)
            .order_by("created_at", "pk")
            .values_list("pk", flat=True)
        )
        return queries.payment(self.dice.choice(ids)) if ids else None


@pytest.mark.few_on_postgres(2)
@pytest.mark.parametrize("seed", range(6))
def test_after_every_step_the_sums_agree(world: World, seed: int) -> None:
    walk = Walk(world, seed)
    for _ in range(_STEPS):
        walk.step()

"""What is killed: each scenario is prepared, then done in a process that dies on the way.

`do` is what people and the worker do; done again by a fresh process it must come to the same.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from kaiin.billing.actions.change import Agreed, change_course
from kaiin.billing.actions.leave import leave_site
from kaiin.billing.errors import BillingError
from kaiin.billing.views.changes import preview_change
from kaiin.cli import worker
from kaiin.domain.payments import Method
from kaiin.infra import clock
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.simulation.dues import NETWORK, dues
from tests.billing.conftest import World


@dataclass(frozen=True)
class Scenario:
    """`prepare` returns the member; `charges` are the provider's sums afterwards, refunds
    negative."""

    name: str
    prepare: Callable[[World], int]
    do: Callable[[World, int], None]
    charges: tuple[int, ...]


def work(world: World) -> None:
    """Notices arrive and the worker's jobs act, those that have something to do, until none has:
    idle ones would only add points at which nothing can go wrong."""
    for _ in range(20):
        now = clock.now()
        due = {name for name, at in dues(world.sandbox).items() if at <= now}
        if not due:
            return
        if NETWORK in due:
            world.sandbox.deliver_notices(apply=False)
        for job in worker.jobs():
            if job.name in due:
                job.run()
    raise AssertionError("the worker never comes to rest")


def _new(world: World) -> int:
    return world.member()


def _joined(world: World) -> int:
    member = world.member()
    world.sandbox.pay(world.join(member).payment)
    work(world)
    clock.advance(timedelta(hours=1))
    return member


def _joins(world: World, member: int) -> None:
    try:
        started = world.join(member, "monthly", Method.CARD)
    except BillingError:
        work(world)
        return
    if started.payment.checkout is not None:
        # The page of what was paid before the process died is closed.
        with suppress(Refused):
            world.sandbox.pay(started.payment)
    work(world)


def _with_slip(world: World) -> int:
    member = world.member()
    world.sandbox.get_slip(world.join(member, "yearly", Method.KONBINI).payment)
    work(world)
    return member


def _pays_slip(world: World, member: int) -> None:
    with world.sandbox.app.service.store.transaction() as tx:
        row = tx.one("SELECT slip FROM payment WHERE customer = ?", (f"m{member}",))
    assert row is not None
    # The store's machine does not take a slip twice.
    with suppress(Refused):
        world.sandbox.app.service.pay_at_store(row["slip"], report_after=timedelta())
    work(world)


def _due(world: World) -> int:
    member = world.member()
    world.sandbox.pay(world.join(member).payment)
    work(world)
    due_at = world.view(member).next_charge_at
    assert due_at is not None
    clock.freeze(due_at)
    return member


def _works(world: World, _member: int) -> None:
    work(world)


def _paid_unheard(world: World) -> int:
    member = world.member()
    world.sandbox.pay(world.join(member).payment)
    return member


def _changes(world: World, member: int) -> None:
    if world.view(member).course_key != "yearly":
        shown = preview_change(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            at=clock.now(),
        )
        change_course(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
            language="ja",
            agreed=Agreed(shown.kind, shown.total),
        )
    work(world)


def _leaves_at_once(world: World, member: int) -> None:
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    work(world)


SCENARIOS = (
    Scenario("joins by card", _new, _joins, (550,)),
    Scenario("pays a slip", _with_slip, _pays_slip, (6820,)),
    Scenario("is renewed", _due, _works, (550, 550)),
    Scenario("is heard of by a notice", _paid_unheard, _works, (550,)),
    # On the day of joining every day that was paid is taken off.
    Scenario("changes with a credit", _joined, _changes, (550, 6600 - 550)),
    Scenario("leaves at once", _joined, _leaves_at_once, (550, -488)),
)

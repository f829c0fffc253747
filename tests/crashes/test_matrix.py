"""The crash matrix: a real process is killed at every point that each scenario reaches, a fresh
one carries on, and everyone has exactly what they paid for."""

from datetime import timedelta

import pytest
from django.db import connection

from kaiin.infra import crash_points
from kaiin.infra.crash_points import CrashPoint
from kaiin.lab.simulation.killing import closed, run_killed
from kaiin.verification.checking import checks
from kaiin.verification.provider import provider_checks
from tests.billing.conftest import (
    World,
    world as world,  # noqa: PLC0414 (the fixture)
)
from tests.crashes.scenarios import SCENARIOS, Scenario, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("year_by_days")]
_MAX_POINTS = 80


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_killed_anywhere_it_comes_to_the_same(scenario: Scenario, world: World) -> None:
    start = world.clock.now()
    killed: dict[str, str] = {}
    for at in range(1, _MAX_POINTS):
        world.clock.freeze(start)
        member = scenario.prepare(world)

        def do(member: int = member) -> str:
            scenario.do(world, member)
            return "done"

        apart = closed(world.sandbox.app.service.store.close)
        fate = run_killed(do, at=at, apart=apart)
        # The child has drawn numbers that this process does not know of.
        world.sandbox.app.service.store.numbers._source.seed(at)

        assert not fate.broke, fate.broke
        _carry_on(world, scenario, member)
        where = f"killed at point {at}, {fate.killed_at}"
        killed[f"membership:{member}"] = where
        assert sorted(_money(world, member)) == sorted(scenario.charges), where
        if fate.killed_at is None:
            break
    else:
        pytest.fail(f"more than {_MAX_POINTS} points")
    _nothing_is_amiss(world, killed)


def test_every_point_is_reached(world: World) -> None:
    reached: set[CrashPoint] = set()
    crash_points.install(reached.add)
    try:
        start = world.clock.now()
        for scenario in SCENARIOS:
            world.clock.freeze(start)
            scenario.do(world, scenario.prepare(world))
    finally:
        crash_points.install(None)
    assert reached == set(CrashPoint)


def _carry_on(world: World, scenario: Scenario, member: int) -> None:
    """A fresh process: people click again, claims run out, the worker catches up. A charge that
    never reached the provider is made again after an hour."""
    scenario.do(world, member)
    for minutes in (20, 90):
        world.clock.advance(minutes=minutes)
        work(world)


def _money(world: World, member: int) -> list[int]:
    """What the provider took of a member and gave back."""
    with world.sandbox.app.service.store.transaction() as tx:
        customer = (f"m{member}",)
        paid = tx.all(
            "SELECT received_amount AS sum FROM payment WHERE customer = ? AND paid_at IS NOT NULL",
            customer,
        )
        back = tx.all(
            "SELECT -refund.amount AS sum FROM refund JOIN payment ON payment.id = payment_id"
            " WHERE customer = ? AND refund.status = 'done'",
            customer,
        )
    return [row["sum"] for row in paid + back]


def _nothing_is_amiss(world: World, killed: dict[str, str]) -> None:
    now = world.clock.now() + timedelta(minutes=1)
    store = world.sandbox.app.service.store._path
    found = [
        *checks(connection, now=now),
        *provider_checks(connection, store, now=now, patience=timedelta()),
    ]
    assert not found, "\n".join(
        f"{v.check} {' '.join(v.ids)}: {v.says} ({[killed.get(each) for each in v.ids]})"
        for v in found
    )

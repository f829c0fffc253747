"""A renewal whose call is carried out after we polled for it is charged once."""

from datetime import timedelta
from random import Random

import pytest

from tests.billing.conftest import World, balances, nothing_is_amiss
from tests.billing.test_races import DECEMBER


def charged(world: World) -> int:
    with world.sandbox.app.service.store.transaction() as tx:
        return len(tx.all("SELECT id FROM payment WHERE kind = 'charge' AND status = 'paid'"))


@pytest.mark.parametrize("late", [9, 45, 200])
def test_a_renewal_is_charged_once(world: World, late: int) -> None:
    member = world.joined()
    world.clock.freeze(DECEMBER)
    world.sandbox.switch("late", str(late))
    world.work()
    world.sandbox.switch("late", "")
    for minutes in (3, 8, 5, 20, 40, 60, 60, 60):
        world.clock.advance(minutes=minutes)
        world.work()
        assert world.entry(member).allowed
    assert charged(world) == 1
    assert world.entry(member).kind == "paid"
    nothing_is_amiss(world.clock.now())


def test_two_calls_on_their_way(world: World) -> None:
    """The second is made while the first is not given up yet, and is polled by others."""
    member = world.joined()
    world.clock.freeze(DECEMBER)
    world.sandbox.switch("time_out", "0")
    world.work()
    world.clock.advance(minutes=14)
    world.sandbox.switch("time_out", "")
    world.sandbox.switch("late", "8")
    world.work()
    world.sandbox.switch("late", "")
    for minutes in (2, 2, 30, 60, 60):
        world.clock.advance(minutes=minutes)
        world.work()
    assert charged(world) == 1
    assert world.entry(member).kind == "paid"


@pytest.mark.few_on_postgres(2)
@pytest.mark.parametrize("seed", range(6))
def test_random_histories(world: World, seed: int) -> None:
    """Calls that are lost, late, unanswered or refused, in any order: one charge, one period."""
    random = Random(seed)
    member = world.joined()
    world.clock.freeze(DECEMBER)
    for _ in range(12):
        for name, values in (
            ("time_out", ("", "", "0")),
            ("answer_lost", ("", "", "0")),
            ("late", ("", "4", "9", "100")),
            ("keyless", ("", "1")),
            ("down", ("", "", "", "0")),
        ):
            world.sandbox.switch(name, random.choice(values))
        world.clock.advance(minutes=random.choice((1, 3, 6, 11, 16, 61)))
        world.work()
    for name in ("time_out", "answer_lost", "late", "keyless", "down"):
        world.sandbox.switch(name, "")
    for _ in range(6):
        world.clock.advance(hours=1)
        world.work()
    assert charged(world) == 1
    assert world.entry(member).kind == "paid"
    assert world.clock.now() < DECEMBER + timedelta(days=2)
    assert "unapplied" not in balances()
    nothing_is_amiss(world.clock.now())

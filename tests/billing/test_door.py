"""The door, to the microsecond."""

from datetime import timedelta

from kaiin.domain.entitlements import WindowKind
from tests.billing.conftest import World

TICK = timedelta(microseconds=1)


def test_it_opens_with_the_money_and_closes_with_the_end(world: World) -> None:
    member = world.joined("yearly")
    view = world.view(member)
    assert view.period is not None
    for at, allowed in (
        (view.period.starts_at - TICK, False),
        (view.period.starts_at, True),
        (view.period.ends_at - TICK, True),
        (view.period.ends_at, False),
    ):
        world.clock.freeze(at)
        assert world.entry(member).allowed is allowed, at


def test_grace_takes_over_at_the_end_and_ends_with_its_last_day(world: World) -> None:
    member = world.joined("monthly")
    end = world.view(member).paid_until
    assert end is not None
    for at, kind in (
        (end - TICK, WindowKind.PAID),
        (end, WindowKind.GRACE),
        (end + timedelta(days=3) - TICK, WindowKind.GRACE),
        (end + timedelta(days=3), None),
    ):
        world.clock.freeze(at)
        assert world.entry(member).kind is kind, at

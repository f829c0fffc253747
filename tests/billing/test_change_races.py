"""Changes in real threads: the second finds what the first has done."""

from datetime import datetime

import pytest

from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.billing.test_changes import change, collected, payment_of, preview
from tests.billing.test_races import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

DECEMBER = datetime(2026, 12, 1, tzinfo=JST)


@pytest.mark.usefixtures("year_by_days")
def test_four_clicks_at_once_are_one_change_and_one_charge(world: World) -> None:
    from kaiin.billing.actions.change import Agreed, ChangeStarted

    member = world.joined()
    shown = preview(world, member, "yearly", Method.CARD)
    agreed = Agreed(shown.kind, shown.total)
    results = at_once(*[lambda: change(member, "yearly", Method.CARD, agreed=agreed)] * 4)
    started = [result for result in results if isinstance(result, ChangeStarted)]
    assert len(started) == 4, results
    assert len({payment_of(each).id for each in started}) == 1
    world.work()
    assert collected(world) == 550 + shown.total.amount
    assert world.view(member).course_key == "yearly"
    balances()
    windows_survive_a_rebuild()


def test_a_change_and_the_renewal_at_once_charge_one_period_once(world: World) -> None:
    from kaiin.billing.actions.renew import renew_due

    member = world.joined()
    world.clock.freeze(DECEMBER)
    results = at_once(
        lambda: renew_due(now=DECEMBER, limit=10),
        lambda: change(member, "monthly", Method.AU),
    )
    assert all(not isinstance(each, Exception) or isinstance(each, KaiinError) for each in results)
    world.work()
    world.clock.advance(hours=3)
    world.work()
    assert collected(world) == 1100
    assert world.entry(member).allowed
    balances()


def test_a_pause_and_the_renewal_at_once_are_one_of_the_two(world: World) -> None:
    from kaiin.billing.actions.pause import pause_membership
    from kaiin.billing.actions.renew import renew_due

    member = world.joined()
    world.clock.freeze(DECEMBER)
    at_once(
        lambda: renew_due(now=DECEMBER, limit=10),
        lambda: pause_membership(member_pk=member, site_key="official", periods=1),
    )
    world.work()
    assert collected(world) == 1100
    assert world.view(member).paused_until in (None, datetime(2027, 2, 1, tzinfo=JST))

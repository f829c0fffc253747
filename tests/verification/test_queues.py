"""What is waited for, and since when."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra import crash_points
from kaiin.verification.checking import checks
from tests.billing.conftest import World

RENEWS_BADLY = "4000 0000 0000 0341"


class _Killed(BaseException):
    """Ends a process as kill does: nothing handles it."""


@pytest.mark.django_db(transaction=True)
def test_a_lost_intent_of_one_s_own_holds_up_nothing_before_the_retry(world: World) -> None:
    """The renewal failed; its member begins to pay by hand and the process is killed before the
    payment exists. The retry, days later, closes the intent and charges."""
    member = world.joined(number=RENEWS_BADLY)
    world.go_to(datetime(2026, 12, 1, 12, tzinfo=JST))
    assert world.view(member).state is SubscriptionState.PAST_DUE
    _begin_to_pay_and_be_killed(world, member)
    world.clock.advance(hours=30)
    world.work()
    assert list(checks(connection, now=world.clock.now())) == []

    retry = datetime(2026, 12, 4, tzinfo=JST)
    late = retry + timedelta(hours=3)
    found = {violation.check for violation in checks(connection, now=late)}
    assert "charge.abandoned" in found

    world.go_to(late)
    assert list(checks(connection, now=late)) == []


def _begin_to_pay_and_be_killed(world: World, member: int) -> None:
    def kill(point: crash_points.CrashPoint) -> None:
        raise _Killed(point)

    crash_points.install(kill)
    try:
        with pytest.raises(_Killed):
            world.join(member, "monthly", Method.CARD)
    finally:
        crash_points.install(None)

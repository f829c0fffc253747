"""No network call is made within a transaction: decisions are committed before it, so that a
process that dies in between finds it again."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.infra import crash_points
from kaiin.infra.crash_points import CrashPoint
from tests.billing.conftest import World
from tests.billing.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)

_OUTSIDE = (CrashPoint.OUTSIDE_CALLED, CrashPoint.OUTSIDE_ANSWERED, CrashPoint.MAIL_SENT)


@pytest.fixture
def calls() -> Iterator[Counter[CrashPoint]]:
    """How often outside was reached; each time without a transaction under way."""
    from django.db import connection

    seen: Counter[CrashPoint] = Counter()
    # Noted, not raised: the calling code takes any error there for the provider's.
    within: list[CrashPoint] = []

    def look(point: CrashPoint) -> None:
        if point in _OUTSIDE:
            seen[point] += 1
            if connection.in_atomic_block:
                within.append(point)

    crash_points.install(look)
    yield seen
    crash_points.install(None)
    assert not within, "called within a transaction"


@pytest.mark.usefixtures("year_by_days")
def test_renewals_and_changes(world: World, calls: Counter[CrashPoint]) -> None:
    from kaiin.billing.actions.change import change_course
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    world.clock.freeze(datetime(2026, 12, 1, tzinfo=JST))
    world.work()
    started = change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
    )
    assert started.payment is not None
    world.work()
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()
    assert calls[CrashPoint.OUTSIDE_CALLED] >= 6


def test_a_life_with_everything(world: World, calls: Counter[CrashPoint]) -> None:
    walk = Walk(world, int(os.environ["KAIIN_TEST_SEED"]))
    walk.go(30)
    walk.come_to_rest()
    assert calls[CrashPoint.OUTSIDE_CALLED] >= 20
    assert calls[CrashPoint.MAIL_SENT]


def test_what_is_asked_for_is_on_record_first(world: World, calls: Counter[CrashPoint]) -> None:
    from kaiin.payments.models import Payment

    member = world.member()
    orders: list[bool] = []

    def look(point: CrashPoint) -> None:
        if point is CrashPoint.OUTSIDE_CALLED:
            orders.append(Payment.objects.filter(member_ref=member).exists())

    crash_points.install(look)
    world.pay(world.join(member).payment)
    assert orders
    assert all(orders)

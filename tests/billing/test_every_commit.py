"""After each commit the process may die: the database is consistent then, and all the work that
is left is stored in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.infra import crash_points
from kaiin.infra.crash_points import CrashPoint
from tests.billing.conftest import World, nothing_is_amiss

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def commits(world: World) -> Iterator[list[int]]:
    """Looks at the database after each commit."""
    seen = [0]
    # Noted, not raised: the worker takes any error for that of the job at hand, and goes on.
    amiss: list[str] = []

    def look(point: CrashPoint) -> None:
        if point is CrashPoint.COMMITTED:
            seen[0] += 1
            try:
                nothing_is_amiss(world.clock.now())
            except AssertionError as error:
                amiss.append(str(error))

    crash_points.install(look)
    yield seen
    crash_points.install(None)
    assert not amiss, amiss[0]


def test_joining_renewing_and_leaving(world: World, commits: list[int]) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined(method=Method.SOFTBANK)
    world.clock.freeze(datetime(2026, 12, 22, tzinfo=JST))
    world.work()
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()
    assert world.view(member).withdrawn_at is not None
    assert commits[0] > 20


def test_a_slip_that_is_paid_late_and_given_back(world: World, commits: list[int]) -> None:
    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.models import RefundCase

    member = world.member()
    payment = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(payment)
    world.sandbox.pay_at_store(payment, report_after=timedelta(hours=3))
    world.pay(world.join(member, "monthly").payment)
    world.clock.advance(hours=4)
    world.work()
    (case,) = RefundCase.objects.values_list("pk", flat=True)
    decide_refund(case_id=case, refund=True, actor="staff:1")
    world.work()
    assert RefundCase.objects.get().state == "done"


def test_a_bad_network(world: World, commits: list[int]) -> None:
    member = world.joined()
    world.sandbox.switch("answer_lost", "0")
    world.sandbox.switch("duplicate", "2")
    world.clock.freeze(datetime(2026, 12, 1, tzinfo=JST))
    world.work()
    world.sandbox.switch("answer_lost", "")
    world.clock.advance(hours=2)
    world.work()
    assert world.view(member).paid_until == datetime(2027, 1, 1, tzinfo=JST)

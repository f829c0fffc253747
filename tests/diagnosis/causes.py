"""Every cause why a member can't get in, brought about the way it happens in life."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def no_membership(world: World) -> int:
    return world.member()


def never_paid(world: World) -> int:
    member = world.member()
    world.sandbox.decline(world.join(member).payment)
    world.work()
    return member


def gave_up(world: World) -> int:
    member = world.member()
    world.sandbox.give_up(world.join(member).payment)
    world.work()
    return member


def application_withdrawn(world: World) -> int:
    """They took the application back before they had paid."""
    from kaiin.billing.actions.leave import leave_site

    member = world.member()
    world.join(member)
    leave_site(member_pk=member, site_key="official")
    world.work()
    return member


def pending_payment(world: World) -> int:
    member = world.member()
    world.join(member)
    return member


def pending_slip(world: World) -> int:
    member = world.member()
    started = world.join(member, "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.work()
    return member


def lapsed_monthly(world: World) -> int:
    """The renewal failed, the grace is over, the last try is still to come."""
    member = world.joined(number="4000 0000 0000 0341")
    world.go_to(jst(2026, 12, 5))
    return member


def dormant(world: World) -> int:
    member = world.joined(number="4000 0000 0000 0341")
    world.go_to(jst(2026, 12, 10))
    return member


def mandate_ended(world: World) -> int:
    member = world.joined(method=Method.DOCOMO)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    world.go_to(jst(2026, 12, 2))
    return member


def charged_back(world: World) -> int:
    """A year by card, whose payer denies the payment at the bank, and is right."""
    member = world.member()
    payment = world.join(member, "yearly", Method.CARD).payment
    world.pay(payment)
    world.clock.advance(days=10)
    world.sandbox.dispute(payment)
    world.sandbox.dispute(payment, won=False)
    world.work()
    return member


def break_ended_unpaid(world: World) -> int:
    """After a break the first charge is refused."""
    from kaiin.billing.actions.pause import pause_membership

    member = world.joined(number="4000 0000 0000 0341")
    pause_membership(member_pk=member, site_key="official", periods=1)
    world.go_to(jst(2027, 1, 2))
    return member


def granted(world: World) -> int:
    """Staff opened the site to a member who has not joined it."""
    from kaiin.billing.actions.grants import grant_access

    member = world.member()
    grant_access(
        member_pk=member,
        site_key="official",
        until=jst(2026, 12, 1),
        reason_text="-",
        actor="staff:1",
    )
    return member


def expired_lump_sum(world: World) -> int:
    member = world.joined("yearly", Method.KONBINI)
    world.go_to(jst(2027, 11, 2))
    return member


def withdrawn(world: World) -> int:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.go_to(jst(2026, 12, 3))
    return member


def left_a_moment_ago(world: World) -> int:
    """The paid time is over, and the worker has not come by yet."""
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.clock.freeze(jst(2026, 12, 1))
    return member


def mandate_ended_and_time_is_up(world: World) -> int:
    member = world.joined(method=Method.DOCOMO)
    mandate = world.view(member).mandate
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    world.work()
    world.clock.freeze(jst(2026, 12, 1))
    return member


def withdrawn_long_ago(world: World) -> int:
    member = withdrawn(world)
    world.clock.advance(days=60)
    return member


def other_site(world: World) -> int:
    member = world.member()
    world.pay(world.join(member, site="mail").payment)
    return member


def disabled(world: World) -> int:
    from kaiin.identity.flows.staff import disable_member

    member = world.joined()
    disable_member(member_pk=member, reason="test", actor="staff:1")
    return member


def paid_and_noticed(world: World) -> int:
    return world.joined()


def paid_but_the_notice_is_lost(world: World) -> int:
    member = world.member()
    world.sandbox.pay(world.join(member).payment)
    return member


Cause = Callable[[World], int]
LATER = timedelta(minutes=5)

"""A club with members in every standing, made by the real operations, the sandbox, the clock."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World

RENEWS_BADLY = "4000 0000 0000 0341"
NOW = datetime(2027, 2, 3, 12, tzinfo=JST)
EARLIER = datetime(2026, 12, 20, 12, tzinfo=JST)


def play(world: World) -> None:
    """Eleven weeks, some thirty members; everything that can happen to one happens to some."""
    for method, count in ((Method.CARD, 4), (Method.DOCOMO, 2), (Method.AU, 2)):
        for _ in range(count):
            world.joined("monthly", method)
    world.joined("monthly", Method.SOFTBANK)
    world.joined("yearly", Method.CARD)
    world.joined("yearly", Method.KONBINI)
    for early in (_fails_to_renew, _leaves, _leaves, _stays_after_all, _pays_twice, _pays_too_much):
        early(world)
    _upgrade_is_refunded(world)
    _is_brought_along(world)
    rejoining, ended = _leaves(world), world.joined("monthly", Method.AU)
    world.go_to(EARLIER)
    world.pay(world.join(rejoining, "monthly", Method.DOCOMO).payment)
    for late in _LATE:
        late(world)
    world.go_to(NOW - timedelta(days=20))
    _contract_ends(world, ended)
    _fails_to_renew(world)
    world.go_to(NOW - timedelta(days=1))
    for last in (_turns_back, _has_an_open_slip, _pages_open, _joins_another_site, _disputes):
        last(world)
    world.go_to(NOW)


def _is_brought_along(world: World) -> None:
    from kaiin.billing.actions.import_membership import import_membership
    from kaiin.payments.importing import ForeignMandate

    for name in ("old_card", None):
        member, mandate = world.member(), None
        if name:
            world.sandbox.add_mandate(name, member=member, method="card", amount=550)
            mandate = ForeignMandate(provider_mandate_id=name, brand="Visa", last4="4242")
        import_membership(
            import_key=f"old:{name}", member_pk=member, site_key="official",
            course_key="monthly", method=Method.CARD, joined_date=date(2023, 5, 31),
            member_number=None, paid_through=date(2026, 11, 30), mandate=mandate,
            actor="system:import",
        )  # fmt: skip


def _fails_to_renew(world: World) -> None:
    world.joined(number=RENEWS_BADLY)


def _leaves(world: World) -> int:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    return member


def _stays_after_all(world: World) -> None:
    from kaiin.billing.actions.leave import undo_leave

    undo_leave(member_pk=_leaves(world), site_key="official")


def _pays_twice(world: World) -> None:
    """A slip is voided, then paid all the same, after another way had been paid."""
    from kaiin.payments import operations as payments
    from kaiin.payments.orders import order_id

    member = world.member()
    slip = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(slip)
    world.work()
    world.pay(world.join(member).payment)
    service = world.sandbox.app.service
    with service.store.transaction() as tx:
        row = service.payment_of_order(tx, order_id(slip.id))
        tx.run("UPDATE payment SET status = 'open' WHERE id = ?", (row["id"],))
    world.sandbox.pay_at_store(slip)
    payments.refresh_payment(payment_id=slip.id, timeout_seconds=2.0)
    world.work()


def _pays_too_much(world: World) -> None:
    """And gets the surplus back."""
    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.models import RefundCase

    slip = world.join(world.member(), "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(slip)
    world.sandbox.pay_at_store(slip, amount=7000)
    world.work()
    case = RefundCase.objects.get(payment_id=slip.id)
    decide_refund(case_id=case.pk, refund=True, actor="staff:1")
    world.work()


def _upgrade_is_refunded(world: World) -> None:
    """At the provider, whole: what was moved from the first month goes back, too."""
    from kaiin.billing.actions.change import change_course

    member = world.joined()
    world.clock.advance(days=3)
    started = change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda key: f"http://id.localhost/pay/return/{key}",
        language="ja",
    )
    assert started.payment is not None
    if started.payment.is_open:
        world.sandbox.pay(started.payment)
    world.work()
    world.sandbox.refund_at_provider(started.payment, started.payment.amount.amount)
    world.work()


def _contract_ends(world: World, member: int) -> None:
    from kaiin.payments import queries
    from kaiin.payments.models import Mandate

    mandate = queries.mandate(Mandate.objects.get(member_ref=member).pk)
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    world.work()


def _leaves_at_once(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site

    member = world.joined("yearly")
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()


def _changes_now(world: World) -> None:
    from kaiin.billing.actions.change import change_course

    member = world.joined()
    change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
    )
    world.work()


def _is_let_in(world: World) -> None:
    from kaiin.billing.actions.grants import grant_access

    member = world.member()
    world.join(member)
    grant_access(
        member_pk=member,
        site_key="official",
        until=world.clock.now() + timedelta(days=90),
        reason_text="paid at the event",
        actor="staff:1",
    )


def _pauses(world: World) -> None:
    from kaiin.billing.actions.pause import pause_membership

    pause_membership(member_pk=world.joined(), site_key="official", periods=1)


def _is_paid_back_outside(world: World) -> None:
    started = world.join(world.member())
    world.pay(started.payment)
    world.sandbox.refund_at_provider(started.payment, 550)
    world.work()


_LATE: tuple[Callable[[World], None], ...] = (
    _leaves_at_once,
    _changes_now,
    _is_let_in,
    _pauses,
    _is_paid_back_outside,
)


def _turns_back(world: World) -> None:
    world.sandbox.give_up(world.join(world.member()).payment)
    world.work()


def _has_an_open_slip(world: World) -> None:
    world.sandbox.get_slip(world.join(world.member(), "yearly", Method.KONBINI).payment)
    world.work()


def _pages_open(world: World) -> None:
    world.join(world.member())


def _joins_another_site(world: World) -> None:
    member = world.joined()
    world.pay(world.join(member, site="mail").payment)


def _disputes(world: World) -> None:
    started = world.join(world.member())
    world.pay(started.payment)
    world.sandbox.dispute(started.payment)
    world.work()

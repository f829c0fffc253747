"""Buying anew needs the member's consent to what is in force; what is paid for never does."""

from datetime import datetime
from typing import Any

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World

RENEWS_BADLY = "4000 0000 0000 0341"


def join(world: World, member: int, *agrees_to: Any, course: str = "monthly") -> Any:
    """As `world.join`, agreeing to just these documents."""
    from kaiin.billing.actions.join import join_site

    return join_site(
        member_pk=member,
        site_key="official",
        course_key=course,
        method=Method.CARD,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="en",
        agrees_to=agrees_to,
    )


def in_force(world: World) -> tuple[Any, ...]:
    from kaiin.sites import queries

    return queries.documents_in_force(world.clock.now())


def consents(member: int) -> list[tuple[str, int, str]]:
    from kaiin.identity import queries

    return [(each.kind.value, each.version, each.site_key) for each in queries.consents(member)]


def new_terms(**options: Any) -> None:
    from kaiin.billing.courses.tenant import apply_tenant
    from tests.sites.examples import with_terms

    apply_tenant(with_terms(2, **options))


def test_nothing_is_bought_without_both_documents(world: World) -> None:
    from kaiin.billing.errors import ConsentMissing
    from kaiin.billing.models import Charge, Membership

    member = world.member()
    terms, _privacy = in_force(world)
    for agreed in ((), (terms,)):
        with pytest.raises(ConsentMissing):
            join(world, member, *agreed)
    assert not Charge.objects.exists()
    assert not Membership.objects.exists()
    assert consents(member) == []
    started = join(world, member, *in_force(world))
    assert started.payment.checkout is not None
    assert sorted(consents(member)) == [("privacy", 1, "official"), ("terms", 1, "official")]
    # The same page again, and another site: agreed is agreed.
    assert join(world, member).payment.id == started.payment.id


def test_joining_again_asks_only_for_what_is_new(world: World) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.errors import ConsentMissing

    member = world.joined()
    leave_site(member_pk=member, site_key="official")
    world.go_to(datetime(2026, 12, 2, 12, tzinfo=JST))
    new_terms()
    with pytest.raises(ConsentMissing):
        join(world, member)
    join(world, member, in_force(world)[0])
    assert ("terms", 2, "official") in consents(member)


def test_what_runs_goes_on_and_what_is_due_can_be_paid(world: World) -> None:
    """A renewal, grace, and the payment of what is due: no door that is paid for closes."""
    good, bad = world.joined(), world.joined(number=RENEWS_BADLY)
    new_terms()
    world.go_to(datetime(2026, 12, 1, 12, tzinfo=JST))
    assert world.view(good).period is not None
    assert world.entry(good).until == datetime(2027, 1, 1, tzinfo=JST)
    assert world.entry(bad).allowed
    world.pay(join(world, bad).payment)
    assert world.entry(bad).until == datetime(2027, 1, 1, tzinfo=JST)
    assert [version for _, version, _ in consents(bad)] == [1, 1]


def test_a_lump_sum_is_renewed_with_consent(world: World) -> None:
    from kaiin.billing.errors import ConsentMissing

    member = world.joined("yearly")
    new_terms(starts="2027-09-01")
    world.go_to(datetime(2027, 9, 2, 12, tzinfo=JST))
    with pytest.raises(ConsentMissing):
        join(world, member, course="yearly")
    world.pay(join(world, member, *in_force(world), course="yearly").payment)
    assert world.entry(member).until == datetime(2028, 11, 1, tzinfo=JST)


def test_a_course_is_changed_without_being_asked(world: World) -> None:
    from kaiin.billing.actions.change import change_course

    member = world.joined()
    new_terms()
    started = change_course(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        return_url_for=lambda payment: f"http://id.localhost/pay/return/{payment}",
        language="ja",
    )
    assert started.payment is not None
    world.pay(started.payment)
    world.go_to(datetime(2026, 12, 2, 12, tzinfo=JST))
    assert world.view(member).course_key == "yearly"
    assert [version for _, version, _ in consents(member)] == [1, 1]

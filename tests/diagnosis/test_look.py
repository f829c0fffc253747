"""The findings for members whom life has brought there, not for evidence made by hand."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kaiin.domain.diagnosis.findings import Diagnosis
from kaiin.domain.payments import Method
from tests.billing.conftest import World
from tests.diagnosis import causes
from tests.diagnosis.causes import Cause

if TYPE_CHECKING:
    from kaiin.identity.queries import MemberView


def member_of(member: int) -> "MemberView":
    from kaiin.identity import queries

    found = queries.member(member)
    assert found is not None
    return found


def look(world: World, member: int, *, ask: bool = True) -> Diagnosis:
    from kaiin.diagnosis import operations

    return operations.look(
        member=member_of(member), site_key="official", now=world.clock.now(), ask=ask
    )


@pytest.mark.parametrize(
    ("cause", "codes"),
    [
        (causes.paid_and_noticed, ["access.ok"]),
        (causes.granted, ["access.ok"]),
        (causes.no_membership, ["access.no_membership"]),
        (causes.never_paid, ["access.never_paid"]),
        (causes.gave_up, ["access.never_paid"]),
        (causes.application_withdrawn, ["access.no_membership"]),
        (causes.pending_payment, ["access.pending_payment"]),
        (causes.pending_slip, ["access.pending_slip"]),
        (causes.lapsed_monthly, ["access.lapsed_monthly"]),
        (causes.dormant, ["access.lapsed_monthly", "access.dormant"]),
        (causes.mandate_ended, ["access.lapsed_monthly", "access.dormant"]),
        (causes.expired_lump_sum, ["access.expired_lump_sum", "access.dormant"]),
        (causes.break_ended_unpaid, ["access.lapsed_monthly"]),
        (causes.withdrawn, ["access.withdrawn"]),
        (causes.left_a_moment_ago, ["access.withdrawn"]),
        (causes.mandate_ended_and_time_is_up, ["access.lapsed_monthly", "access.dormant"]),
        (causes.other_site, ["access.other_site"]),
        (causes.disabled, ["access.disabled"]),
    ],
)
def test_each_cause_is_found(world: World, cause: Cause, codes: list[str]) -> None:
    member = cause(world)
    found = look(world, member)
    assert list(found.codes) == codes
    if codes[0] != "access.disabled":
        assert found.allowed == world.entry(member).allowed


def test_a_failed_renewal_says_what_the_provider_said(world: World) -> None:
    evidence = look(world, causes.lapsed_monthly(world)).findings[0].evidence
    assert evidence["failure"] == "card_declined"
    assert evidence["last_day"] == date(2026, 11, 30)
    assert evidence["retry"] == "yes"


def test_a_slip_shows_the_numbers_that_the_store_asks_for(world: World) -> None:
    member = causes.pending_slip(world)
    evidence = look(world, member).findings[0].evidence
    payment = world.view(member).open_payment
    assert payment is not None
    assert evidence["number"] in {reference.value for reference in payment.references}
    assert evidence["deadline"] == payment.expires_at


def test_who_has_paid_gets_in_by_looking_though_the_notice_was_lost(world: World) -> None:
    member = causes.paid_but_the_notice_is_lost(world)
    assert not look(world, member, ask=False).allowed
    assert look(world, member).allowed
    assert world.entry(member).allowed


def test_who_has_paid_gets_in_though_the_worker_is_behind(world: World) -> None:
    """The notice came and the payment is known to be paid, but nothing has followed from it."""
    member = causes.paid_but_the_notice_is_lost(world)
    world.sandbox.deliver_notices()
    assert not world.entry(member).allowed
    assert look(world, member).allowed
    world.work()
    assert world.mails(member).count("welcome") == 1


def test_a_silent_provider_keeps_the_page_and_changes_nothing(world: World) -> None:
    member = causes.paid_but_the_notice_is_lost(world)
    world.sandbox.switch("down", "1")
    assert list(look(world, member).codes) == ["access.pending_payment"]
    world.sandbox.switch("down", "")
    assert look(world, member).allowed


def test_check_now_says_what_the_provider_answered(world: World) -> None:
    from kaiin.diagnosis import operations

    member = causes.pending_slip(world)
    payment = world.view(member).open_payment
    assert payment is not None
    world.clock.advance(hours=1)

    def check() -> str:
        return operations.check_payment(
            member=member_of(member), site_key="official", now=world.clock.now()
        ).code

    assert check() == "checked.waiting"
    world.clock.advance(minutes=2)
    world.sandbox.switch("down", "1")
    assert check() == "checked.no_answer"
    world.sandbox.switch("down", "")
    world.sandbox.pay_at_store(payment)
    assert check() == "checked.paid"
    assert world.entry(member).allowed


def test_checking_is_bounded(world: World) -> None:
    from kaiin.diagnosis import operations

    member = causes.pending_payment(world)
    for _ in range(6):
        operations.check_payment(
            member=member_of(member), site_key="official", now=world.clock.now()
        )
    with pytest.raises(operations.TooManyChecks):
        operations.check_payment(
            member=member_of(member), site_key="official", now=world.clock.now()
        )


def test_a_rejoining_member_is_not_asked_to_pay_twice(world: World) -> None:
    member = causes.withdrawn(world)
    world.join(member, method=Method.DOCOMO)
    found = look(world, member)
    assert list(found.codes) == ["access.pending_payment", "access.withdrawn"]
    assert not found.findings[1].cures


def test_what_staff_opened_is_in_the_report_too(world: World) -> None:
    from kaiin.diagnosis import operations

    member = causes.granted(world)
    found = operations.report(typed=member_of(member).member_id, site_key="", now=world.clock.now())
    assert [(key, list(each.codes)) for key, each in found.sites] == [
        ("official", ["access.ok", "membership.granted"])
    ]


def test_my_page_has_the_doors_findings_at_every_site(world: World) -> None:
    from kaiin.diagnosis import operations

    member = causes.left_a_moment_ago(world)
    found = operations.look_everywhere(member_pk=member, now=world.clock.now())
    assert [(each.site_key, list(each.diagnosis.codes)) for each in found] == [
        ("official", ["access.withdrawn"]),
        ("mail", ["access.no_membership"]),
    ]

"""Memberships that a club brings along: in to the day that was paid for, and renewed from there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from kaiin.billing.actions.import_membership import import_membership
from kaiin.billing.actions.leave import leave_site
from kaiin.billing.errors import (
    AlreadyMember,
    CourseNotOffered,
    ImportConflict,
    ImportRefused,
    NumberTaken,
)
from kaiin.billing.models import Period
from kaiin.billing.views.changes import preview_change
from kaiin.billing.views.memberships import list_memberships
from kaiin.billing.views.refunds import refund_cases
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import EndReason, Standing
from kaiin.payments import queries as payments
from kaiin.payments.errors import MandateKnown, ReferenceUnreadable
from kaiin.payments.importing import ForeignMandate
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.billing.test_races import at_once
from tests.fixtures.tenant import amend

NOVEMBER_END = date(2026, 11, 30)
Bring = Callable[..., int]


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


@pytest.fixture
def bring(world: World) -> Bring:
    """Import a membership: a monthly one through November, joined in May 2023, number 4711."""

    def bring(member: int, **changes: Any) -> int:

        given: dict[str, Any] = {
            "import_key": "old:4711",
            "member_pk": member,
            "site_key": "official",
            "course_key": "monthly",
            "method": Method.CARD,
            "joined_date": date(2023, 5, 31),
            "member_number": 4711,
            "paid_through": NOVEMBER_END,
            "mandate": None,
            "actor": "system:import",
        }
        return import_membership(**given | changes)

    return bring


def mandate(
    world: World, member: int, method: Method = Method.CARD, name: str = "mdt_old", **more: Any
) -> ForeignMandate:
    """A card or contract that the club made at the same provider before it came."""
    world.sandbox.add_mandate(name, member=member, method=method.value, amount=550)
    return ForeignMandate(provider_mandate_id=name, **more)


def test_in_to_the_last_paid_day_and_renewed_from_there(world: World, bring: Bring) -> None:
    member = world.member()
    bring(member, mandate=mandate(world, member))
    view = world.view(member)
    assert (view.standing, view.joined_date) == (Standing.ACTIVE, date(2023, 5, 31))
    assert (view.member_number, view.last_day) == (4711, NOVEMBER_END)
    assert world.entry(member).allowed
    assert balances() == {}
    world.work()
    assert world.mails(member) == []
    world.go_to(jst(2026, 12, 1, 6))
    view = world.view(member)
    assert view.last_day == date(2026, 12, 31)
    assert view.member_number == 4711
    assert balances() == {"provider_cash": 550, "deferred_income": -550}
    windows_survive_a_rebuild()


def test_without_a_mandate_it_ends_and_is_paid_for_by_hand(world: World, bring: Bring) -> None:
    member = world.member()
    bring(member)
    world.go_to(jst(2026, 12, 1, 6))
    assert not world.entry(member).allowed
    assert world.view(member).standing is Standing.DORMANT
    world.pay(world.join(member, "monthly", Method.CARD).payment)
    assert world.entry(member).allowed
    assert world.view(member).member_number == 4711


def test_the_time_is_worth_no_money(world: World, bring: Bring) -> None:
    """A change neither credits it nor cuts it: the other course is paid in full and follows.
    Leaving at once gives nothing back."""

    member = world.member()
    bring(member, paid_through=date(2027, 5, 31), mandate=mandate(world, member))
    shown = preview_change(
        member_pk=member, site_key="official", course_key="yearly", method=Method.CARD,
        at=world.clock.now(),
    )  # fmt: skip
    assert (shown.credited.amount, shown.total.amount) == (0, 6600)
    assert shown.from_at == jst(2027, 6, 1)
    leave_site(member_pk=member, site_key="official", at_once=True, actor="staff:1")
    world.work()
    assert not world.entry(member).allowed
    assert refund_cases(member) == ()
    assert balances() == {}
    windows_survive_a_rebuild()


OTHER_VALUES: list[dict[str, Any]] = [
    {"member_number": 4712},
    {"course_key": "yearly"},
    {"course_key": "none"},
    {"site_key": "mail"},
    {"joined_date": date(2023, 5, 30)},
    {"paid_through": date(2026, 12, 31)},
    {"paid_through": date(2026, 10, 31)},
    {"method": Method.AU},
    {"mandate": ForeignMandate("mdt_other")},
]


def test_a_key_used_again_with_other_values(world: World, bring: Bring) -> None:
    """The conflict of the key is reported before any other fault of the values."""
    member, other = world.member(), world.member()
    bring(member)
    for changes in OTHER_VALUES:
        with pytest.raises(ImportConflict):
            bring(member, **changes)
    with pytest.raises(ImportConflict):
        bring(other)


def test_the_same_once_more_changes_nothing(world: World, bring: Bring) -> None:
    """Also when the time is over meanwhile, and the course is not offered any more."""
    member = world.member()
    first = bring(member)
    assert bring(member) == first
    amend({"key": "monthly"}, offered=False)
    world.clock.freeze(jst(2027, 6, 1))
    assert bring(member) == first
    assert Period.objects.count() == 1
    with pytest.raises(CourseNotOffered):
        bring(world.member(), import_key="old:2")


def test_numbers_never_meet(world: World, bring: Bring) -> None:
    """Those that are given later are higher; a taken one is refused."""

    joined = world.joined()
    taken = world.view(joined).member_number
    with pytest.raises(NumberTaken):
        bring(world.member(), import_key="old:1", member_number=taken)
    bring(world.member())
    assert world.view(world.joined()).member_number == 4712
    drawn = world.member()
    bring(drawn, import_key="old:2", member_number=None)
    assert world.view(drawn).member_number == 4713


REFUSED: list[tuple[dict[str, Any], str]] = [
    # Dormant through 30 September, and the number kept for 30 days more.
    ({"paid_through": date(2026, 8, 31)}, "over"),
    ({"paid_through": date(2026, 10, 31), "mandate": ForeignMandate("mdt_old")}, "over"),
    ({"paid_through": date(2026, 12, 15)}, "term"),
    ({"course_key": "yearly", "paid_through": date(2027, 3, 30)}, "term"),
    ({"joined_date": date(2026, 11, 23)}, "dates"),
    ({"joined_date": date(2026, 11, 1), "paid_through": date(2026, 10, 31)}, "dates"),
    ({"member_number": 0}, "number"),
    ({"member_number": 10**12}, "number"),
    ({"import_key": ""}, "key"),
    ({"import_key": "x" * 129}, "key"),
    ({"course_key": "yearly", "mandate": ForeignMandate("mdt_old")}, "mandate"),
]


def test_what_is_refused(world: World, bring: Bring) -> None:
    member = world.member()
    for changes, reason in REFUSED:
        with pytest.raises(ImportRefused) as refused:
            bring(member, **changes)
        assert refused.value.params["reason"] == reason, changes
    assert list_memberships(member, at=world.clock.now()) == ()


def test_one_membership_and_one_mandate(world: World, bring: Bring) -> None:
    with pytest.raises(AlreadyMember):
        bring(world.joined())
    began = world.member()
    world.join(began)
    with pytest.raises(AlreadyMember):
        bring(began)
    member, other = world.member(), world.member()
    card = mandate(world, member)
    bring(member, mandate=card)
    with pytest.raises(MandateKnown):
        bring(other, import_key="old:2", member_number=2, mandate=card)
    assert list_memberships(other, at=world.clock.now()) == ()


def test_the_numbers_of_a_contract_find_the_member(world: World, bring: Bring) -> None:
    member = world.member()
    number = (ReferenceKind.AU_CONTRACT, "ａ123-4567-890123")
    contract = mandate(world, member, Method.AU, references=(number, number))
    short = ForeignMandate("mdt_old", references=((ReferenceKind.DOCOMO_PAYMENT, "12"),))
    with pytest.raises(ReferenceUnreadable):
        bring(member, method=Method.AU, mandate=short)
    bring(member, method=Method.AU, mandate=contract)
    (found,) = payments.find_by_reference("A1234567890123")
    assert found.member_ref == member
    assert found.mandate_id is not None


def test_a_carriers_contract_that_did_not_come_along_is_made_anew_without_a_gap(
    world: World, bring: Bring
) -> None:
    member = world.member()
    bring(member, method=Method.DOCOMO)
    view = world.view(member)
    assert (view.payable, view.mandate_lost, view.next_charge_at) == (True, True, None)
    world.pay(world.join(member, "monthly", Method.DOCOMO).payment)
    view = world.view(member)
    assert (view.last_day, view.mandate_lost) == (date(2026, 12, 31), False)
    world.go_to(jst(2027, 1, 1, 6))
    assert world.view(member).last_day == date(2027, 1, 31)
    assert world.view(member).member_number == 4711


def test_anniversaries_keep_the_day_of_joining(world: World, bring: Bring) -> None:
    """Joined on a 31st: paid through 29 November, then through 30 December."""
    member = world.member()
    contract = mandate(world, member, Method.SOFTBANK)
    bring(member, method=Method.SOFTBANK, paid_through=date(2026, 11, 29), mandate=contract)
    world.go_to(jst(2026, 11, 30, 6))
    assert world.view(member).last_day == date(2026, 12, 30)


def test_a_lump_sum_within_its_window_is_reminded_and_renewed(world: World, bring: Bring) -> None:
    member = world.member()
    bring(member, course_key="yearly", paid_through=date(2027, 1, 31))
    world.go_to(jst(2026, 12, 31, 10))
    assert world.mails(member) == ["expiring"]
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    assert world.view(member).last_day == date(2028, 1, 31)


def test_dormant_and_paid_by_hand(world: World, bring: Bring) -> None:
    """Its time was over before it came: no content, and the number is kept."""
    member = world.member()
    bring(member, paid_through=date(2026, 10, 31))
    view = world.view(member)
    assert (view.standing, view.member_number) == (Standing.DORMANT, 4711)
    assert (view.end_reason, view.dormant_until) == (EndReason.EXPIRED, jst(2026, 12, 1))
    assert not world.entry(member).allowed
    world.go_to(jst(2026, 11, 23, 10))
    assert world.mails(member) == ["withdrawing"]
    world.pay(world.join(member, "monthly", Method.CARD).payment)
    assert world.entry(member).allowed
    view = world.view(member)
    assert (view.member_number, view.joined_date) == (4711, date(2023, 5, 31))


def test_a_dormant_lump_sum_counts_from_its_old_end(world: World, bring: Bring) -> None:
    member = world.member()
    bring(member, course_key="yearly", paid_through=date(2026, 9, 30))
    world.pay(world.join(member, "yearly", Method.CARD).payment)
    assert world.view(member).last_day == date(2027, 9, 30)


@pytest.mark.parametrize(
    ("rejoins", "number"), [(jst(2026, 11, 29), 4711), (jst(2026, 12, 2), 4712)]
)
def test_withdrawn_within_the_days_in_which_numbers_are_kept(
    world: World, bring: Bring, rejoins: datetime, number: int
) -> None:
    """Paid through September, withdrawn on 1 November: 30 days are to 1 December."""
    member = world.member()
    bring(member, paid_through=date(2026, 9, 30))
    assert world.view(member).standing is Standing.WITHDRAWN
    world.clock.freeze(rejoins)
    world.pay(world.join(member, "monthly", Method.CARD).payment)
    assert world.view(member).member_number == number


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once(world: World, bring: Bring) -> None:
    """One of them is done, the other gets a clear error or finds it done."""
    single, *members = [world.member() for _ in range(9)]

    def both(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
        one, other = members.pop(), members.pop()
        results = at_once(
            lambda: bring(first.pop("member", one), **first),
            lambda: bring(second.pop("member", other), **second),
        )
        return sorted(type(result).__name__ for result in results)

    key = {"import_key": "a", "member_number": None}
    assert both(dict(key), dict(key)) == ["ImportConflict", "int"]
    same = {"import_key": "b", "member_number": None, "member": single}
    assert both(dict(same), dict(same)) == ["int", "int"]
    number = {"member_number": 7}
    assert both(number | {"import_key": "c"}, number | {"import_key": "d"}) == [
        "NumberTaken",
        "int",
    ]
    card = {"member_number": None, "mandate": mandate(world, single)}
    assert both(card | {"import_key": "e"}, card | {"import_key": "f"}) == ["MandateKnown", "int"]

"""One-step changes in a browser: what the page says is what is charged, to the yen."""

import re

import pytest
from playwright.sync_api import expect

from kaiin.domain.payments import Method
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import make_paid_member, membership, paid_at_provider
from tests.journeys.visitor import PASSWORD, Visitor

CHANGES = [
    # from course and way, to course and way, how it is done
    ("monthly", "card", "yearly", "card", "prepaid"),
    ("monthly", "card", "monthly", "docomo", "prepaid"),
    ("monthly", "docomo", "monthly", "card", "register"),
    ("monthly", "softbank", "monthly", "au", "prepaid"),
    ("monthly", "card", "monthly", "card", "register"),
    ("yearly", "card", "monthly", "card", "register"),
]


@pytest.fixture
def person(club: Club, visit: Visits) -> Visitor:
    return Visitor(club, visit(), password=PASSWORD)


def opens_change(person: Visitor, course: str, way: str) -> int:
    """To the page that says what the change comes to; the sum that it shows for now."""
    person.opens("id", "/my/official/change")
    person.sees("changing.title")
    person.page.locator(f"[name=choice][value='{course}/{way}']").check()
    person.press("common.next")
    person.sees("changing.confirm_title")
    totals = person.page.locator(".money-table tfoot td")
    return int(re.sub(r"\D", "", totals.inner_text())) if totals.count() else 0


def goes_through(person: Visitor, way: str) -> None:
    """Presses the one button, and does at the provider's page what it asks for."""
    person.page.locator("main form button.button").click()
    person.page.wait_for_load_state()
    if "pay.localhost" not in person.page.url:
        return
    if way == Method.CARD:
        person.pays_by_card()
    else:
        person.pays_by_carrier()


@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
def test_what_the_page_says_is_what_is_charged(
    club: Club, person: Visitor, change: tuple[str, ...]
) -> None:
    course, way, to_course, to_way, kind = change
    before = make_paid_member(club, person.email, PASSWORD, course=course, way=way)
    taken = sum(paid_at_provider(club, person.email))
    person.enters()
    total = opens_change(person, to_course, to_way)
    assert bool(total) == (kind == "prepaid")
    goes_through(person, to_way)
    person.sees("changing.registered_title" if kind == "register" else "changing.returned_title")
    assert sum(paid_at_provider(club, person.email)) == taken + total
    after = membership(club, person.email)
    assert (after.member_number, after.joined_date) == (before.member_number, before.joined_date)
    assert after.method is Method(to_way)
    person.opens("official", "/members/")
    person.is_in()


def test_a_change_is_not_made_twice(club: Club, person: Visitor) -> None:
    make_paid_member(club, person.email, PASSWORD)
    person.enters()
    total = opens_change(person, "yearly", "card")
    goes_through(person, "card")
    person.sees("changing.returned_title")
    taken = paid_at_provider(club, person.email)
    person.page.go_back()
    person.page.reload()
    person.opens("id", "/my/official/change/yearly/card")
    expect(person.page.get_by_role("heading", level=1)).to_have_text(person.words("mypage.title"))
    assert paid_at_provider(club, person.email) == taken
    assert total in taken


def test_a_break_and_coming_back(club: Club, person: Visitor) -> None:
    make_paid_member(club, person.email, PASSWORD)
    person.enters()
    person.opens("id", "/my/official/pause")
    person.page.locator("[name=choice][value='2']").check()
    person.press("changing.pause_do")
    paused = membership(club, person.email)
    assert paused.paused_until is not None
    assert paused.next_charge_at == paused.paused_until
    person.follow("changing.resume_undo")
    person.press("changing.resume_cancel")
    assert membership(club, person.email).paused_until is None
    person.opens("official", "/members/")
    person.is_in()

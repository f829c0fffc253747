"""One-step changes in a browser: what the page says is what is charged, to the yen."""

import re

import pytest
from playwright.sync_api import expect

from kaiin.domain.payments import Method
from kaiin.infra.texts import format_money
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
    page = person.page
    # A new card is a choice of its own where the present way is a card.
    new_card = page.locator("[name=way][value=new_card]")
    swaps = page.locator(f"[name=course][value={course}]").is_checked() and new_card.count()
    page.locator(f"[name=course][value={course}]").check()
    page.locator(f"[name=way][value={'new_card' if swaps and way == 'card' else way}]").check()
    shown = page.locator("[data-answer]:visible")
    expect(shown).to_have_count(1)
    promised = shown.locator(".price").inner_text()
    shown.get_by_role("link", name=person.words("changing.go_on")).click()
    person.sees("changing.confirm_title")
    totals = page.locator(".money-table tfoot td")
    assert promised == (
        totals.inner_text() if totals.count() else format_money(0, language=person.language)
    )
    return int(re.sub(r"\D", "", promised))


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


@pytest.mark.parametrize("javascript", [False, True])
def test_the_two_questions_keep_what_was_chosen(
    club: Club, visit: Visits, *, javascript: bool
) -> None:
    """Without a script a button shows the answer; back, and opened anew, it is there again."""
    person = Visitor(club, visit(javascript=javascript), password=PASSWORD)
    make_paid_member(club, person.email, PASSWORD)
    person.enters()
    person.opens("id", "/my/official/change")
    page = person.page
    shown = page.locator("[data-answer]:visible")
    expect(shown).to_have_attribute("data-answer", "monthly/card")
    page.locator("[name=course][value=yearly]").check()
    page.locator("[name=way][value=konbini]").check()
    if javascript:
        expect(page.locator("[data-show]")).to_be_hidden()
    else:
        person.press("changing.show")
    expect(shown).to_have_attribute("data-answer", "yearly/konbini")
    page.reload()
    expect(shown).to_have_attribute("data-answer", "yearly/konbini")
    shown.get_by_role("link", name=person.words("changing.go_on")).click()
    person.sees("changing.confirm_title")
    person.follow("common.back")
    expect(shown).to_have_attribute("data-answer", "yearly/konbini")
    page.go_back()
    page.go_back()
    expect(shown).to_have_attribute("data-answer", "yearly/konbini")


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
    person.follow("cure.undo_pause")
    person.press("changing.resume_cancel")
    assert membership(club, person.email).paused_until is None
    person.opens("official", "/members/")
    person.is_in()

"""From a stranger's first look to the members' page, and back in on another phone."""

import re

import pytest
from playwright.sync_api import expect

from kaiin.infra.texts import format_money
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import ONE_OF_EACH, books, member, membership
from tests.journeys.visitor import SITES, WIDE, Visitor

ENGLISH = pytest.param("en", id="English")
JAPANESE = pytest.param("ja", id="Japanese")


@pytest.mark.parametrize("language", [JAPANESE, ENGLISH])
def test_the_main_path(club: Club, visit: Visits, language: str) -> None:
    page = visit(language=language)
    person = Visitor(club, page, language)

    def look() -> None:
        visit.examine(page)

    # What membership gives, the courses, the ways to pay
    person.opens("official")
    look()
    person.follow("common.join")
    person.sees("join.course_title", site=SITES["official"])
    look()
    person.chooses_course("monthly")
    look()
    person.chooses_way("card")

    # A slip in the mail's domain is noticed at once, and costs nothing that was typed
    meant = person.email
    person.email = meant.replace("@mail.example", "@gmial.com")
    look()
    person.fills_in_details()
    person.press("join.send_code")
    suggestion = person.email.replace("gmial", "gmail")
    problem = person.words("join.email_typo", suggestion=suggestion)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(problem)
    expect(summary).to_be_focused()
    expect(page.get_by_label(person.words("join.nickname"), exact=True)).to_have_value("はな🌸")
    look()
    person.email = meant
    person.fill("join.email", meant)
    person.fill("join.password", person.password)
    person.press("join.send_code")

    # The code from the mail, typed at full width; then what the law wants to be seen
    person.sees("join.code_title")
    look()
    person.proves_mail()
    person.sees("join.confirm_join")
    expect(page.get_by_role("main")).to_contain_text(person.words("join.cancelling_renewing"))
    look()
    person.presses_pay(550)

    # The provider
    visit.examine(page)
    person.types_card()
    visit.examine(page)
    person.presses_there("three_ds.yes")

    # Done: the ID, the number, the receipt
    person.sees("join.paid_title")
    person.member_id = person.fact_of("Plus member ID")
    assert re.fullmatch(r"E\d{9}", person.member_id)
    assert person.fact("join.paid") == format_money(550, language=language)
    number = person.fact("common.member_number")
    assert re.fullmatch(r"\d{8}", number)
    look()
    person.follow("join.receipt")
    person.sees("receipt.title")
    look()
    page.go_back()
    person.follow("join.enter", site=SITES["official"])
    person.is_in()
    expect(page.get_by_role("main")).to_contain_text("はな🌸")
    assert person.fact("common.member_number") == number
    look()
    person.follow("site.see_card")
    expect(page.get_by_label(person.words("common.member_card"))).to_contain_text(number)
    look()
    page.get_by_role("link", name=person.words("common.my_page")).first.click()
    person.sees("mypage.title")
    expect(page.get_by_role("main")).to_contain_text("Visa")
    look()
    assert books(club, meant) == ONE_OF_EACH
    welcome = person.words("mail.welcome.subject", site=SITES["official"])
    club.until(lambda: welcome in [mail.subject for mail in club.mails(meant)])  # type: ignore[attr-defined]

    # Out, and in again elsewhere
    person.opens("official", "/members/")
    page.get_by_role("button", name=person.words("common.log_out")).click()
    page.wait_for_url(club.url("official"))
    person.opens("official", "/members/")
    person.sees("login.title")
    person.opens("id", "/my")
    person.sees("login.title")
    other = Visitor(club, visit(language=language), language, email=meant)
    other.enters(typed=f" {person.member_id[1:].translate(WIDE)} ")
    other.is_in()
    third = Visitor(club, visit(language=language), language, email=meant)
    third.enters(typed=meant.upper().replace("@", "＠"))
    third.is_in()


@pytest.mark.parametrize("way", ["docomo", "au", "softbank"])
def test_carriers(club: Club, visit: Visits, way: str) -> None:
    person = Visitor(club, visit())
    person.goes_to_confirm(way=way)
    person.presses_pay()
    person.pays_by_carrier()
    person.sees("join.paid_title")
    person.follow("join.receipt")
    expect(person.page.get_by_role("main")).to_contain_text(person.words(f"payments.method.{way}"))
    expect(person.page.get_by_role("heading", name=person.words("receipt.bill"))).to_be_visible()
    person.opens("official", "/members/")
    person.is_in()
    assert books(club, person.email) == ONE_OF_EACH


def test_konbini(club: Club, visit: Visits) -> None:
    page = visit()
    person = Visitor(club, page)
    person.goes_to_confirm(course="yearly", way="konbini")
    visit.examine(page)
    person.presses_pay(6820)
    person.gets_slip()
    visit.examine(page)
    slip = person.fact("payments.reference.konbini_slip")
    confirmation = person.fact("payments.reference.konbini_confirmation")
    mailed = person.words("mail.slip.subject", site=SITES["official"])
    mails = club.until(lambda: [m for m in club.mails(person.email) if m.subject == mailed])  # type: ignore[attr-defined]
    assert slip in mails[0].body

    # Not paid yet: the way in says so, and shows the slip
    person.opens("official", "/members/")
    person.sees_code("access.pending_slip")
    expect(page.get_by_role("main")).to_contain_text(slip)
    visit.examine(page)

    # At the store, from another browser, by the same numbers
    till = Visitor(club, visit())
    till.page.goto(f"http://pay.localhost:{club.port + 1}/store")
    till.page.get_by_label(till.says("slip.number"), exact=True).fill(slip)
    till.page.get_by_label(till.says("slip.confirmation"), exact=True).fill(confirmation)
    till.presses_there("till.find")
    till.presses_there("till.pay", amount=format_money(6820, language="ja"))
    expect(till.page.get_by_role("heading", level=1)).to_have_text(till.says("till.done"))

    person.press("cure.check_payment")
    person.is_in()
    assert books(club, person.email) == ONE_OF_EACH


def test_a_minor_needs_a_guardian(club: Club, visit: Visits) -> None:
    page = visit()
    person = Visitor(club, page)
    born = club.now().year - 15
    person.opens("id", "/join/official/")
    person.chooses()
    person.fills_in_details(year=str(born))
    person.press("join.send_code")
    person.proves_mail()
    person.presses_pay()
    expect(page.get_by_role("alert")).to_be_visible()
    visit.examine(page)
    page.get_by_label(person.words("join.guardian_label")).check()
    person.presses_pay()
    person.pays_by_card()
    person.sees("join.paid_title")


def test_declined_then_paid_another_way(club: Club, visit: Visits) -> None:
    """What was chosen and typed is still there, and only what worked is charged."""
    page = visit()
    person = Visitor(club, page)
    person.goes_to_confirm()
    person.presses_pay()
    person.types_card("4000 0000 0000 9995")
    expect(page.get_by_role("alert")).to_be_visible()
    person.presses_there("cancel")
    person.sees("join.canceled_title")
    visit.examine(page)
    person.follow("join.try_again")
    person.chooses_way("docomo")
    person.presses_pay()
    person.pays_by_carrier()
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH
    assert membership(club, person.email).method == "docomo"


def test_without_javascript(club: Club, visit: Visits) -> None:
    """Where no script stops a second click, the code is sent twice."""
    page = visit(javascript=False)
    person = Visitor(club, page)
    person.opens("id", "/join/official/")
    person.chooses()
    person.fills_in_details()
    person.press("join.send_code")
    person.fill("join.code_label", person.code_from_mail())
    page.get_by_role("button", name=person.words("common.next"), exact=True).dblclick()
    person.sees("join.confirm_join")
    person.presses_pay()
    person.pays_by_card()
    person.sees("join.paid_title")
    person.follow("join.enter", site=SITES["official"])
    person.is_in()
    page.get_by_role("button", name=person.words("common.log_out")).click()
    person.enters()
    person.is_in()
    assert books(club, person.email) == ONE_OF_EACH


def test_the_second_site_with_the_same_id(club: Club, visit: Visits) -> None:
    """Someone who is known gives no details twice."""
    person = Visitor(club, visit())
    person.goes_to_confirm()
    person.presses_pay()
    person.pays_by_card()
    person.sees("join.paid_title")
    person.opens("mail")
    person.follow("common.join")
    person.sees("join.course_title", site=SITES["mail"])
    person.chooses()
    person.sees("join.confirm_join")
    person.presses_pay(330)
    person.pays_by_card()
    person.follow("join.enter", site=SITES["mail"])
    person.is_in("mail")
    person.opens("official", "/members/")
    person.is_in()
    assert books(club, person.email).memberships == 2
    assert member(club, person.email).member_id


class TestWithAnAccount:
    """Strangers can't learn that an account exists; its owner loses nothing that was chosen."""

    def test_joins_again(self, club: Club, visit: Visits) -> None:
        from tests.journeys.records import make_member

        known, stranger = Visitor(club, visit()), Visitor(club, visit())
        make_member(club, known.email, known.password)
        for person in (known, stranger):
            person.opens("id", "/join/official/")
            person.chooses(way="au")
            person.fills_in_details()
            person.press("join.send_code")
            person.sees("join.code_title")
        shown = [
            person.page.get_by_role("main").inner_text().replace(person.email, "")
            for person in (known, stranger)
        ]
        assert shown[0] == shown[1]

        mail = club.until(lambda: club.mails(known.email))[0]
        link = re.search(r"http\S+/login\S+", mail.body)  # type: ignore[attr-defined]
        assert link
        known.page.goto(link[0])
        known.sees("login.title")
        known.logs_in()
        known.sees("join.confirm_join")
        assert known.fact("join.way") == known.words("payments.method.au")
        known.presses_pay()
        known.pays_by_carrier()
        known.sees("join.paid_title")
        assert books(club, known.email) == ONE_OF_EACH

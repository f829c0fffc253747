"""The right password without access: the page names the cause, and its cure works.

The demo's members are in every standing.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from kaiin.domain.payments import PaymentState
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import make_member, membership, open_payment, start_joining
from tests.journeys.visitor import SITES, Visitor

CLUB = "demo"


@pytest.fixture(scope="module")
def logins(club: Club) -> dict[str, dict[str, Any]]:
    """The demo's ready logins by story."""
    return {
        login["story"].removeprefix("demo.story_"): login
        for login in json.loads((club.folder / "logins.json").read_text("utf-8"))
    }


@pytest.fixture
def arrive(club: Club, visit: Visits, logins: dict[str, dict[str, Any]]) -> Any:
    """A member of the demo comes to a site, with the right password."""

    def arrive(story: str, language: str = "ja", site: str = "official") -> Visitor:
        login = logins[story]
        person = Visitor(
            club,
            visit(language=language),
            language,
            email=login["email"],
            password=login["password"],
            member_id=login["member_id"],
        )
        person.enters(site)
        return person

    return arrive


@pytest.mark.parametrize(
    ("story", "code"),
    [
        ("pending_slip", "access.pending_slip"),
        ("lapsed", "access.lapsed_monthly"),
        ("mail_only", "access.other_site"),
        ("disabled", "access.disabled"),
    ],
)
def test_in_english(arrive: Any, story: str, code: str) -> None:
    person = arrive(story, "en")
    person.sees_code(code)


DONE = {
    # Still being tried again: what is due is paid.
    "lapsed": ("join.confirm_due", "join.paid_due_title"),
    "expired": ("join.confirm_renewal", "join.renewed_title"),
    "withdrawn": ("join.confirm_rejoin", "join.rejoined_title"),
}


@pytest.mark.parametrize(
    ("story", "code", "cure"),
    [
        ("lapsed", "access.lapsed_monthly", "cure.pay"),
        ("expired", "access.expired_lump_sum", "cure.renew"),
        ("withdrawn", "access.withdrawn", "cure.rejoin"),
    ],
)
def test_an_end_and_a_new_beginning(
    club: Club, arrive: Any, story: str, code: str, cure: str
) -> None:
    """The same ID and, within its time, the same number and join date."""
    confirm, done = DONE[story]
    person = arrive(story)
    person.sees_code(code)
    heading = person.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(person.words(f"{code}.title", site=SITES["official"]))
    before = membership(club, person.email)
    assert before.member_number is not None
    person.follow(cure)
    person.sees(confirm)
    person.pays_again(yen=6600 if story == "expired" else 550)
    person.sees(done)
    person.follow("join.enter", site=SITES["official"])
    person.is_in()
    after = membership(club, person.email)
    kept = (before.member_number, before.joined_date)
    assert (after.member_number, after.joined_date) == kept


def test_never_paid(club: Club, visit: Visits) -> None:
    person = Visitor(club, visit())
    make_member(club, person.email, person.password)
    payment = start_joining(club, person.email)
    person.enters()
    person.sees_code("access.pending_payment")
    person.follow("cure.continue_payment")
    person.presses_there("cancel")
    person.sees("join.canceled_title")
    assert payment.state is PaymentState.PENDING
    person.opens("official", "/members/")
    person.sees_code("access.never_paid")
    person.follow("cure.pay")
    person.sees("join.confirm_join")
    person.opens("id", "/join/official/way")
    person.chooses_way("softbank")
    person.presses_pay()
    person.pays_by_carrier()
    person.follow("join.enter", site=SITES["official"])
    person.is_in()


def test_pending_slip(club: Club, visit: Visits, arrive: Any) -> None:
    person = arrive("pending_slip")
    person.sees("access.pending_slip.title")
    slip = next(each for each in open_payment(club, person.email).references)
    expect(person.page.get_by_role("main")).to_contain_text(slip.value)
    person.press("cure.check_payment")
    expect(person.page.get_by_role("status")).to_contain_text(
        person.words("checked.waiting", at="").strip("に ")
    )
    visit.examine(person.page)


def test_a_member_of_the_other_site_is_sent_there(arrive: Any) -> None:
    person = arrive("mail_only")
    person.sees("access.other_site.title", site=SITES["official"])
    person.follow("cure.go_to_site", site=SITES["mail"])
    person.is_in("mail")


def test_a_member_without_any_membership_can_join(club: Club, visit: Visits) -> None:
    person = Visitor(club, visit())
    make_member(club, person.email, person.password)
    person.enters("mail")
    person.sees_code("access.no_membership")
    person.follow("cure.join", site=SITES["mail"])
    person.sees("join.course_title", site=SITES["mail"])


def test_disabled(club: Club, arrive: Any) -> None:
    """The page says so to its owner, and logs no one in."""
    person = arrive("disabled")
    person.sees("access.disabled.title")
    link = person.page.get_by_role("link", name=person.words("cure.contact"))
    assert "support@fans.example" in (link.get_attribute("href") or "")
    person.opens("id", "/my")
    person.sees("login.title")


def test_a_paid_member_whose_notice_was_lost(club: Club, arrive: Any) -> None:
    """In by logging in alone: paid at the provider, which was not polled since."""
    from tests.journeys.records import pay, switch

    email = "lost.notice@mail.example"
    make_member(club, email, "tanoshii-demo-2026")
    payment = start_joining(club, email, way="docomo")
    switch(club, payment.id, "drop", 1)
    pay(club, payment)
    assert open_payment(club, email).state is PaymentState.PENDING
    person = arrive("active_card")
    person.is_in()
    person.email, person.member_id = email, ""
    person.page.context.clear_cookies()
    person.enters()
    person.is_in()


def test_the_wrong_password_shows_nothing_of_an_account(
    club: Club, visit: Visits, logins: dict[str, Any]
) -> None:
    """Known, unknown, disabled: one answer. "Can't log in?" mails the cause to the owner."""
    person = Visitor(club, visit())
    pages = []
    for typed in (logins["grace"]["member_id"], "E123456786", logins["disabled"]["member_id"]):
        person.page.context.clear_cookies()
        person.enters(typed=typed)
        summary = person.page.get_by_role("alert")
        expect(summary).to_contain_text(person.words("login.refused"))
        pages.append(person.page.get_by_role("main").inner_text())
    assert len(set(pages)) == 1
    visit.examine(person.page)

    person.page.context.clear_cookies()
    person.enters(typed=logins["legacy"]["member_id"])
    person.follow("login.trouble")
    typed = person.page.get_by_label(person.words("trouble.id"), exact=True)
    expect(typed).to_have_value(logins["legacy"]["member_id"])
    person.press("trouble.submit")
    person.sees("trouble.sent_title")
    email = logins["legacy"]["email"]
    subject = person.words("trouble_report.subject", identity="Plus member ID")
    report = club.until(
        lambda: [mail for mail in club.mails(email) if mail.subject == subject]  # type: ignore[attr-defined]
    )[0]
    assert logins["legacy"]["member_id"] in report.body
    assert SITES["official"] in report.body


def test_grace_is_in_and_says_so(arrive: Any) -> None:
    person = arrive("grace")
    person.is_in()
    person.sees_code("membership.grace")
    assert re.search(r"\d", person.page.get_by_role("main").inner_text())


def test_the_former_form_of_ids_still_logs_in(arrive: Any) -> None:
    arrive("legacy").is_in()


def test_the_demos_own_pages(club: Club, visit: Visits, logins: dict[str, Any]) -> None:
    """Ready logins, the mailbox and a mail, the clock."""
    person = Visitor(club, visit())
    person.opens("demo", "/?kind=")
    person.sees("demo.title")
    for login in logins.values():
        expect(person.page.get_by_role("main")).to_contain_text(login["member_id"])
    person.opens("demo", f"/mailbox/?to={logins['active_card']['email']}")
    person.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(person.page.get_by_role("main")).to_contain_text(logins["active_card"]["email"])
    person.opens("demo", "/clock/")
    before = club.now()
    person.press("demo.clock_hour")
    club.until(lambda: (club.now() - before).total_seconds() > 3600)
    person.opens("demo", "/clock/")
    person.press("demo.clock_walk")
    expect(person.page.get_by_role("alert")).to_be_visible()

"""Sessions, browsers that lose cookies, new passwords, languages, pages that are not there."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.club import Club
from tests.journeys.conftest import PHONE, QUIET, Visits, whole_browser_path
from tests.journeys.records import make_member, make_paid_member, member
from tests.journeys.soundness import problems_of
from tests.journeys.visitor import SITES, WIDE, Visitor

LINE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 Safari Line/15.3.0"
)


@pytest.fixture
def person(club: Club, visit: Visits) -> Visitor:
    """A member who has paid, on a phone that is not logged in."""
    person = Visitor(club, visit())
    make_paid_member(club, person.email, person.password)
    return person


def test_entry_ends_with_the_account(club: Club, person: Visitor) -> None:
    from kaiin.identity.flows.staff import disable_member

    person.enters()
    person.is_in()
    with club.inside():
        disable_member(member_pk=member(club, person.email).pk, actor="system:test", reason="test")

    def is_out() -> bool:
        person.opens("official", "/members/")
        return "/login" in person.page.url

    club.until(is_out, seconds=1)
    person.sees("login.title")


def test_to_the_page_that_was_wanted(club: Club, person: Visitor) -> None:
    person.opens("official", "/card/")
    person.sees("login.title")
    person.logs_in()
    person.page.wait_for_url(club.url("official", "/card/"))
    expect(person.page.get_by_label(person.words("common.member_card"))).to_be_visible()


def test_log_out_at_one_place_is_out_everywhere(club: Club, person: Visitor) -> None:
    person.enters()
    person.is_in()
    person.opens("id", "/my")
    person.press("common.log_out")
    person.sees("logout.done_title")
    person.opens("official", "/members/")
    person.sees("login.title")


def test_a_new_password_by_member_id(club: Club, visit: Visits, person: Visitor) -> None:
    """From another browser; sessions of the old password are ended."""
    person.enters()
    person.is_in()
    forgot = Visitor(club, visit(), email=person.email, password="あたらしいあいことば2027")
    forgot.opens("id", "/login")
    forgot.follow("login.reset")
    forgot.fill("login.id", member(club, person.email).member_id.lower())
    forgot.press("reset.submit")
    forgot.sees("reset.code_title")
    visit.examine(forgot.page)
    forgot.fill("reset.code", forgot.code_from_mail().translate(WIDE))
    forgot.fill("reset.password", "みじかい")
    forgot.press("reset.change")
    expect(forgot.page.get_by_role("alert")).to_be_visible()
    forgot.fill("reset.code", forgot.code_from_mail())
    forgot.fill("reset.password", forgot.password)
    forgot.press("reset.change")
    forgot.sees("reset.done_title")
    forgot.follow("login.submit")
    forgot.logs_in()
    forgot.sees("mypage.title")
    person.opens("official", "/members/")
    person.sees("login.title")
    person.logs_in()
    expect(person.page.get_by_role("alert")).to_contain_text(person.words("login.refused"))


def test_a_new_password_shows_strangers_nothing(club: Club, visit: Visits) -> None:
    known, stranger = Visitor(club, visit()), Visitor(club, visit())
    make_member(club, known.email, known.password)
    pages = []
    for person in (known, stranger):
        person.opens("id", "/reset")
        person.fill("login.id", person.email)
        person.press("reset.submit")
        person.sees("reset.code_title")
        pages.append(person.page.get_by_role("main").inner_text())
    assert pages[0] == pages[1]


def test_typed_slips_are_named_without_asking_for_the_password_in_vain(
    club: Club, person: Visitor
) -> None:
    """A mistyped domain is mended by one tap; a phone number is recognised."""
    person.opens("id", "/login")
    mistyped = "hanako@gmial.com"
    person.logs_in(mistyped)
    person.press("login.suggestion", suggestion="hanako@gmail.com")
    field = person.page.get_by_label(person.words("login.id"), exact=True)
    expect(field).to_have_value("hanako@gmail.com")
    expect(person.page.get_by_label(person.words("login.password"), exact=True)).to_be_focused()
    person.logs_in("090-1234-5678")
    alert = person.page.get_by_role("alert")
    expect(alert).to_be_visible()
    person.logs_in(person.email)
    person.sees("mypage.title")


class TestUnusualBrowsers:
    def test_cookies_off(self, club: Club, browser: Browser, tmp_path: Path) -> None:
        """The page says so before the password is typed in vain."""
        block_cookies(tmp_path)
        context = browser.browser_type.launch_persistent_context(
            tmp_path,
            executable_path=whole_browser_path(),
            args=QUIET,
            locale="ja-JP",
            viewport=PHONE,
        )
        person = Visitor(club, context.new_page())
        person.opens("official", "/members/")
        person.sees("cookies.title")
        expect(person.page.get_by_label(person.words("login.password"))).to_have_count(0)
        person.sees_code("browser.cookies_off")
        problems = problems_of(person.page)
        context.close()
        assert not problems

    def test_inside_an_app(self, club: Club, visit: Visits) -> None:
        person = Visitor(club, visit(user_agent=LINE))
        make_paid_member(club, person.email, person.password)
        person.opens("official", "/members/")
        person.sees("common.in_app_line_title")
        out = person.page.get_by_role("link", name=person.words("common.in_app_line_open"))
        assert "openExternalBrowser=1" in (out.get_attribute("href") or "")
        visit.examine(person.page)
        person.follow("in_app.stay")
        person.logs_in()
        person.is_in()


def block_cookies(profile: Path) -> None:
    """As "block all cookies" in the browser's settings."""
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(preferences), "utf-8")


def test_another_language_keeps_the_place(club: Club, visit: Visits) -> None:
    person = Visitor(club, visit())
    person.opens("id", "/join/official/")
    person.chooses_course("monthly")
    place = person.page.url
    person.page.get_by_role("banner").get_by_role("link", name="English").click()
    person.language = "en"
    person.sees("join.way_title")
    assert person.page.url == place
    person.chooses_way("card")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    # The sites' hosts are others, with cookies of their own: the language goes along.
    make_paid_member(club, person.email, person.password)
    person.enters()
    person.is_in()
    person.page.get_by_role("banner").get_by_role("link", name="日本語").click()
    person.language = "ja"
    person.is_in()
    person.opens("id", "/my")
    person.language = "en"
    person.follow("cure.enter", site=SITES["official"])
    person.is_in()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_that_are_not_there(club: Club, visit: Visits, language: str) -> None:
    person = Visitor(club, visit(language=language), language)
    for label, path in (("official", "/nowhere"), ("id", "/join/nosite/"), ("nobody", "/")):
        response = person.page.goto(club.url(label, path))
        assert response is not None
        assert response.status == 404
        expect(person.page.get_by_role("heading", level=1)).to_be_visible()
        visit.examine(person.page)


def test_a_form_from_before_a_login_in_another_tab(club: Club, person: Visitor) -> None:
    """The login renews the token of forms; the page that was open before it still leads in."""
    person.opens("official", "/members/")
    person.sees("login.title")
    other = Visitor(club, person.page.context.new_page(), email=person.email)
    other.enters()
    other.is_in()
    person.logs_in()
    person.is_in()


def test_a_form_from_another_day(club: Club, person: Visitor) -> None:
    """Cookies were cleared between the page and its button: a page says what to do."""
    person.opens("id", "/login")
    person.fill("login.id", person.email)
    person.fill("login.password", person.password)
    person.page.context.clear_cookies()
    person.press("login.submit")
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    assert not re.search("Forbidden|CSRF verification", person.page.content())


def test_leaving_takes_as_few_steps_as_joining(club: Club, visit: Visits, person: Visitor) -> None:
    person.enters()
    person.is_in()
    person.opens("id", "/my")
    leave = person.page.get_by_role("link", name=re.compile(f"^{person.words('mypage.leave')}"))
    leave.click()
    visit.examine(person.page)
    person.press("mypage.leave_submit")
    person.sees("mypage.left_title")
    visit.examine(person.page)
    person.opens("official", "/members/")
    person.is_in()
    person.opens("id", "/my")
    person.press("mypage.stay")
    expect(person.page.get_by_role("main")).to_contain_text(
        person.words("mypage.said_stayed", site="JO1 OFFICIAL SITE")
    )

"""Changing in one step, a break, leaving at once: what pages say before, what is done after."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]
CHANGE, PAUSE, RESUME = "/my/official/change", "/my/official/pause", "/my/official/resume"


def answer(page: Visitor, course: str = "", way: str = "", language: str = "ja") -> str:
    """The words of the one answer that is shown without a script."""
    response = page.get(f"{CHANGE}?course={course}&way={way}", language)
    card = r'<div class="answer card" data-answer="[^"]*">(.*?)</div>\s*'
    page = response.content.decode()
    shown = re.findall(card + r'(?=<div class="answer|</section>)', page, re.DOTALL)
    assert len(shown) == 1
    return " ".join(unescape(re.sub(r"<[^>]+>", "", shown[0])).split())


@pytest.mark.usefixtures("year_by_days")
def test_each_pair_says_what_it_costs_now_and_when_it_begins(fans: Fans, visit: Visit) -> None:
    page = visit(fans.joined())
    # The days of the month that was just bought are taken off, all of them.
    english = answer(page, "yearly", "card", "en")
    assert "Takes effect today. You pay ¥6,050 now" in english
    assert "Taken off ¥550" in english
    assert "The ¥550 taken off is for the 9 days left" in english
    japanese = answer(page, "yearly", "card")
    for said in (
        "今回のお支払い 6,050円",
        "差し引く金額 550円",
        "2026年11月22日(日)〜2027年11月21日(日)",
    ):
        assert said in japanese
    slip = answer(page, "yearly", "konbini")
    for said in ("6,820円", "2026年12月1日(火)〜2027年11月30日(火)", "受付番号の発行から"):
        assert said in slip
    docomo = answer(page, "monthly", "docomo")
    for said in (
        "550円",
        "切り替わる日 2026年12月1日(火)",
        "次回のお支払い 2027年1月1日(金)に550円",
    ):
        assert said in docomo


def test_the_present_course_and_way_are_marked_and_are_no_change(fans: Fans, visit: Visit) -> None:
    page = visit(fans.joined())
    words = page.text(CHANGE, "ja")
    assert words.count("月会費コース 現在") == 1
    assert "クレジットカード 現在 Visa 下4桁 4242" in words
    for nothing in (answer(page), answer(page, "monthly", "card"), answer(page, "x", "y")):
        assert "現在のご契約内容です" in nothing
        assert "この内容で進む" not in nothing
    card = answer(page, "monthly", "new_card")
    assert "新しいカードを登録します" in card
    assert "この内容で進む" in card


@pytest.mark.usefixtures("year_by_days")
def test_what_cannot_be_combined_says_why(fans: Fans, visit: Visit) -> None:
    page = visit(fans.joined())
    apart = answer(page, "yearly", "docomo")
    assert "選べるお支払い方法：クレジットカード、コンビニ払い" in apart
    assert "先に今のコースのまま、カードだけを登録してください" in answer(
        page, "yearly", "new_card"
    )
    page = visit(fans.joined("yearly", Method.KONBINI))
    early = answer(page, "monthly", "au")
    assert "次の期間のお支払いは、2027年8月1日(日)から受け付けます。" in early
    for refused in (apart, early):
        assert "この内容で進む" not in refused


def test_a_change_that_was_agreed_to_is_shown_and_can_be_taken_back(
    fans: Fans, visit: Visit
) -> None:
    member = fans.member()
    fans.pay(fans.join(member, "yearly", Method.CARD, "mail").payment)
    fans.work()
    page = visit(member)
    page.post("/my/mail/change/monthly/card", kind="at_end", total="0")
    shown = page.text("/my/mail/change", "ja")
    assert "月会費コース 次の期間から" in shown
    assert "この内容への変更を受け付けています" in shown
    assert "予定している変更を取りやめます" in shown


def test_what_was_chosen_is_kept_on_the_way_back(fans: Fans, visit: Visit) -> None:
    page = visit(fans.joined())
    for course, way, path in (
        ("yearly", "konbini", "yearly/konbini"),
        ("monthly", "new_card", "monthly/card"),
    ):
        query = f"course={course}&amp;way={way}"
        assert f'href="{CHANGE}?{query}"' in page.get(f"{CHANGE}/{path}").content.decode()
        chosen = page.get(f"{CHANGE}?course={course}&way={way}").content.decode()
        checked = set(re.findall(r'value="(\w+)"[^>]* checked', chosen))
        assert checked == {course, way}


@pytest.mark.usefixtures("year_by_days")
def test_the_confirmation_shows_every_amount_and_the_number_that_stays(
    fans: Fans, visit: Visit
) -> None:
    member = fans.joined()
    page = visit(member)
    words = page.text(f"{CHANGE}/yearly/card", "ja")
    for said in ("−550円", "6,050円", "00000001", "2026年11月22日(日)", "自動更新はありません"):
        assert said in words
    assert fans.view(member).course_key == "monthly"


@pytest.mark.usefixtures("year_by_days")
def test_nothing_happens_that_was_not_shown(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    answer = page.post(f"{CHANGE}/yearly/card", kind="now_with_credit", total="6400")
    assert answer.status_code == 200
    assert "6,050" in answer.content.decode()
    assert fans.view(member).open_payment is None


@pytest.mark.parametrize("path", ["yearly/docomo", "yearly/cash", "weekly/card", "monthly/konbini"])
def test_what_is_not_offered_leads_back_and_changes_nothing(
    fans: Fans, visit: Visit, path: str
) -> None:
    member = fans.joined()
    answer = visit(member).post(f"{CHANGE}/{path}", kind="prepaid", total="550")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my")
    assert fans.view(member).open_payment is None


def test_who_has_no_membership_has_nothing_to_change(fans: Fans, visit: Visit) -> None:
    page = visit(fans.member())
    for path in (CHANGE, f"{CHANGE}/yearly/card", PAUSE, RESUME):
        assert page.get(path).headers["Location"] == "/my"


def test_a_break_is_shown_everywhere_until_it_is_over(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    assert "1 December 2026 – 31 January 2027" in page.text(PAUSE).replace("\xa0", " ")
    page.post(PAUSE, choice="2")
    assert "お休みの予定です" in page.text(language="ja")
    fans.go_to(datetime(2026, 12, 10, 12, tzinfo=JST))
    page = visit(member)
    assert "You are on a break from JO1 OFFICIAL SITE until 31 January 2027" in page.text()
    assert "You are on a break" in page.text("/entry/official")
    assert not fans.entry(member).allowed
    assert "¥550" in page.text(RESUME)
    page.post(RESUME, "ja", kind="resume", total="550")
    assert fans.entry(member).allowed
    assert "再開しました" in page.text(language="ja")


def test_leaving_at_once_pays_back_what_the_page_said(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, site="mail").payment
    fans.pay(payment)
    fans.work()
    page = visit(member)
    assert "Nothing is paid back." in page.text("/my/mail/leave")
    stale = page.post("/my/mail/leave", choice="now-330")
    assert stale.status_code == 200
    shown = re.search(r'value="(now-\d+)"', stale.content.decode())
    assert shown is not None
    page.post("/my/mail/leave", choice=shown[1])
    words = page.text()
    assert "We have begun to pay back" in words
    fans.work()
    assert not fans.entry(member, "mail").allowed


@pytest.mark.parametrize("path", [CHANGE, f"{CHANGE}/yearly/card", PAUSE])
def test_the_pages_need_a_dozen_queries_at_most(fans: Fans, visit: Visit, path: str) -> None:
    page = visit(fans.joined())
    page.get("/my")
    with CaptureQueriesContext(connection) as queries:
        assert page.get(path).status_code == 200
    # The tenant's revision is read once a second of real time, by the page that comes then.
    asked = [query["sql"][:150] for query in queries if "sites_tenant" not in query["sql"]]
    assert len(asked) <= 12, "\n".join(asked)

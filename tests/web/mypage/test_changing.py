"""Changing in one step, a break, leaving at once: what pages say before, what is done after."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]
CHANGE, PAUSE, RESUME = "/my/official/change", "/my/official/pause", "/my/official/resume"


@pytest.mark.usefixtures("year_by_days")
def test_offers_say_what_each_costs_now_and_when_it_begins(fans: Fans, visit: Visit) -> None:
    page = visit(fans.joined())
    english, japanese = page.text(CHANGE), page.text(CHANGE, "ja")
    # The days of the month that was just bought are taken off, all of them.
    year = "Lump-sum course, Credit or debit card ¥6,600 for 12 months, tax included"
    assert f"{year} Takes effect today. You pay ¥6,050 today" in english
    assert "Nothing changes until 30 November 2026." in english
    assert "月会費コース・別のカード" in japanese
    assert "6,600円（12か月分・税込）" in japanese
    assert "6,050円" in japanese


@pytest.mark.usefixtures("year_by_days")
def test_the_look_before_tells_every_amount_and_the_number_that_stays(
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


def test_a_break_is_told_everywhere_until_it_is_over(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    assert "1 December 2026 – 31 January 2027" in page.text(PAUSE).replace("\xa0", " ")
    page.post(PAUSE, choice="2")
    assert "お休みの予定です" in page.text(language="ja")
    fans.go_to(datetime(2026, 12, 10, 12, tzinfo=JST))
    page = visit(member)
    assert "On a break until 31 January 2027" in page.text()
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

"""Leaving, and taking it back: what the page says before and after."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]
PATH = "/my/official/leave"


def test_the_page_says_what_leaving_means(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    english, japanese = page.text(PATH), page.text(PATH, "ja")
    assert "Leave JO1 OFFICIAL SITE?" in english
    assert "You keep access until 30 November 2026. Nothing is charged after that." in english
    assert "We keep your member number 00000001" in english
    # Thirty days from the end of what is paid.
    assert "until 30 December 2026. Rejoin by then" in english
    assert "2026年11月30日(月)まで、これまでどおりご利用いただけます" in japanese
    assert "2026年12月30日(水)まで残します" in japanese
    assert fans.view(member).cancel_at_period_end is False


def test_one_press_leaves_and_says_so(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    response = page.post(PATH)
    assert (response.status_code, response.headers["Location"]) == (302, PATH)
    assert fans.view(member).cancel_at_period_end is True
    assert "You keep access to JO1 OFFICIAL SITE until 30 November 2026." in page.text(PATH)
    assert "退会の手続きが完了しました" in page.text(PATH, "ja")
    home = page.text()
    assert "Leaving" in home
    assert "You are a member until 30 November 2026" in home
    assert "Nothing more will be charged" in home
    assert "退会予定" in page.text(language="ja")
    assert fans.queued("left") == 1


def test_leaving_twice_changes_nothing_more(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    page.post(PATH)
    assert page.post(PATH).headers["Location"] == PATH
    assert fans.queued("left") == 1


def test_leaving_is_taken_back(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    page.post(PATH)
    response = page.post("/my/official/stay")
    assert response.headers["Location"] == "/my"
    home = page.text()
    assert "You are staying. JO1 OFFICIAL SITE goes on as before." in home
    assert "Next renewal ¥550 a month, tax included, on 1 December 2026" in home
    fans.go_to(datetime(2026, 12, 1, 12, 0, tzinfo=JST))
    assert "1 December 2026 – 31 December 2026" in page.text()


def test_what_is_over_cannot_be_taken_back(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    page.post(PATH)
    fans.go_to(datetime(2026, 12, 1, 12, 0, tzinfo=JST))
    assert page.post("/my/official/stay").headers["Location"] == "/my"
    assert "Your membership of JO1 OFFICIAL SITE ended on 30 November 2026" in page.text()
    assert "Rejoin by 30 December 2026" in page.text()
    assert page.get(PATH).headers["Location"] == "/my"


def test_leaving_in_grace_closes_at_once_and_says_so(fans: Fans, visit: Visit) -> None:
    member = fans.joined(number="4000 0000 0000 0341")
    fans.go_to(datetime(2026, 12, 1, 12, 0, tzinfo=JST))
    page = visit(member)
    assert "The unpaid fee will not be charged. The members’ pages close at once." in page.text(
        PATH
    )
    assert page.post(PATH).headers["Location"] == "/my"
    assert "You have left JO1 OFFICIAL SITE. Nothing more will be charged." in page.text()
    assert fans.entry(member).allowed is False


def test_an_application_is_cancelled_before_it_is_paid(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "yearly", Method.KONBINI).payment
    fans.sandbox.get_slip(payment)
    fans.work()
    page = visit(member)
    assert "Cancel your application to JO1 OFFICIAL SITE?" in page.text(PATH)
    assert "申し込みを取り消しますか" in page.text(PATH, "ja")
    assert page.post(PATH).headers["Location"] == "/my"
    home = page.text()
    assert (
        "Your application to JO1 OFFICIAL SITE is cancelled. Nothing more will be charged." in home
    )
    assert "You have not joined a site yet" in home
    fans.work()
    assert fans.payment(payment.id).state == "canceled"


def test_where_there_is_nothing_to_leave(fans: Fans, visit: Visit) -> None:
    page = visit(fans.member())
    assert page.get(PATH).headers["Location"] == "/my"
    assert page.post(PATH).headers["Location"] == "/my"
    assert page.post("/my/official/stay").headers["Location"] == "/my"
    assert page.get("/my/nowhere/leave").status_code == 404
    assert page.post("/my/nowhere/stay").status_code == 404


def test_leaving_needs_a_login_and_a_form_not_a_link(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    assert visit(None).post(PATH).headers["Location"] == "/login?next=%2Fmy%2Fofficial%2Fleave"
    page = visit(member)
    assert page.get("/my/official/stay").status_code == 405
    page.client.handler.enforce_csrf_checks = True
    assert page.post(PATH).status_code == 403
    assert fans.view(member).cancel_at_period_end is False


def test_the_pages_need_a_dozen_queries_at_most(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page = visit(member)
    page.get("/my")
    with CaptureQueriesContext(connection) as queries:
        assert page.get(PATH).status_code == 200
    assert len(queries) <= 12, "\n".join(query["sql"][:150] for query in queries)

"""Joining and paying in every order of clicks, pages and notices: one membership, one charge."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, Route, expect

from kaiin.domain.payments import PaymentState
from tests.journeys.club import Club
from tests.journeys.conftest import Visits
from tests.journeys.records import (
    NOTHING_PAID,
    ONE_OF_EACH,
    books,
    membership,
    notices,
    open_payment,
    post,
    switch,
)
from tests.journeys.visitor import SITES, Visitor

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView


@pytest.fixture
def person(club: Club, visit: Visits) -> Visitor:
    """A visitor one step before the provider's page, who is to pay by card."""
    person = Visitor(club, visit())
    person.goes_to_confirm()
    return person


def pays_in_a_tunnel(person: Visitor) -> "PaymentView":
    """Pays, and the browser never hears the provider's answer."""
    payment = open_payment(person.club, person.email)
    person.types_card()

    def lose_the_answer(route: Route) -> None:
        post(person.club, urlsplit(route.request.url).path, answer="proven")
        # A page of an error would be loaded after this, at no known time; so the browser stays.
        route.fulfill(status=204)

    person.page.route("**/3ds", lose_the_answer)
    with person.page.expect_response("**/3ds"):
        person.presses_there("three_ds.yes")
    return payment


def test_the_notice_comes_before_the_return(club: Club, person: Visitor) -> None:
    person.presses_pay()
    payment = pays_in_a_tunnel(person)
    club.until(lambda: notices(club, payment.id))
    # The notice is acted on; billing hears of it by the outbox, a moment later.
    club.until(lambda: books(club, person.email) == ONE_OF_EACH)
    person.opens("id", f"/pay/return/{payment.id}")
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH


def test_the_return_comes_before_the_notice(club: Club, person: Visitor) -> None:
    person.presses_pay()
    payment = open_payment(club, person.email)
    switch(club, payment.id, "delay", 60)
    person.pays_by_card()
    person.sees("join.paid_title")
    person.page.reload()
    person.sees("join.paid_title")
    person.follow("join.enter", site=SITES["official"])
    person.is_in()
    assert notices(club, payment.id) == 0
    assert books(club, person.email) == ONE_OF_EACH


def test_the_notice_comes_three_times(club: Club, person: Visitor) -> None:
    person.presses_pay()
    payment = open_payment(club, person.email)
    switch(club, payment.id, "duplicate", 2)
    person.pays_by_card()
    person.sees("join.paid_title")
    club.until(lambda: copies(club, payment) == 3)
    assert books(club, person.email) == ONE_OF_EACH
    subjects = [mail.subject for mail in club.mails(person.email)]  # type: ignore[attr-defined]
    assert len(subjects) == len(set(subjects))


def copies(club: Club, payment: "PaymentView") -> object:
    """How often the provider's notice of this payment was delivered."""
    from kaiin.payments.orders import order_id

    return club.ask_provider(
        "SELECT count(*) FROM delivery JOIN event ON event.id = event_id"
        " WHERE order_id = ? AND type = 'payment.paid' AND status = 'delivered'",
        order_id(payment.id),
    )


def test_the_notice_is_lost_and_logging_in_lets_them_in(
    club: Club, visit: Visits, person: Visitor
) -> None:
    person.presses_pay()
    switch(club, open_payment(club, person.email).id, "drop", 1)
    pays_in_a_tunnel(person)
    assert open_payment(club, person.email).state is PaymentState.PENDING
    later = Visitor(club, visit(), email=person.email)
    later.enters()
    later.is_in()
    assert books(club, person.email) == ONE_OF_EACH


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_double_click(club: Club, visit: Visits, javascript: bool) -> None:
    person = Visitor(club, visit(javascript=javascript))
    person.goes_to_confirm()
    person.agrees()
    pay = person.page.get_by_role("button", name=person.words("join.pay", amount="550円"))
    pay.dblclick()
    person.types_card()
    person.presses_there("three_ds.yes")
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH


def test_back_after_paying_and_paying_again(club: Club, person: Visitor) -> None:
    page = person.page
    person.presses_pay()
    person.pays_by_card()
    person.sees("join.paid_title")
    # The provider's pages and then ours: what is done can't be begun again.
    while "//pay." in page.url or "/pay/" in page.url:
        page.go_back()
    person.is_in()
    assert books(club, person.email) == ONE_OF_EACH


def test_back_from_the_provider_and_on_again(club: Club, person: Visitor) -> None:
    """The back button leads to the last look; paying from there is the same payment."""
    person.presses_pay()
    first = open_payment(club, person.email)
    person.page.go_back()
    person.sees("join.confirm_join")
    person.presses_pay()
    assert open_payment(club, person.email).id == first.id
    person.pays_by_card()
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH


def test_two_tabs_choose_otherwise(club: Club, visit: Visits, person: Visitor) -> None:
    """The first tab says so before it pays; what it then pays is what it shows."""
    other = Visitor(club, person.page.context.new_page(), email=person.email)
    other.opens("id", "/join/official/")
    other.chooses("yearly", "card")
    other.sees("join.confirm_join")
    person.presses_pay(550)
    message = person.page.get_by_role("status")
    expect(message).to_contain_text(person.words("join.changed_title"))
    assert person.fact("join.course") == "月会費まとめて払いコース"
    visit.examine(person.page)
    person.presses_pay(6600)
    person.pays_by_card()
    person.sees("join.paid_title")
    # The other tab is still open before its own button.
    other.presses_pay(6600)
    other.is_in()
    assert books(club, person.email) == ONE_OF_EACH
    assert membership(club, person.email).course_key == "yearly"


def test_two_tabs_at_the_provider(club: Club, person: Visitor) -> None:
    """A way that was given up for another can't be paid any more."""
    person.presses_pay()
    other = Visitor(club, person.page.context.new_page(), email=person.email)
    other.opens("id", "/join/official/way")
    other.chooses_way("docomo")
    other.presses_pay()
    other.pays_by_carrier()
    other.sees("join.paid_title")
    person.types_card()
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        person.says("closed.heading.canceled")
    )
    person.page.get_by_role("link", name=person.says("return"), exact=True).click()
    assert books(club, person.email) == ONE_OF_EACH
    assert membership(club, person.email).method == "docomo"


def test_back_without_having_paid(club: Club, visit: Visits, person: Visitor) -> None:
    person.presses_pay()
    person.presses_there("cancel")
    person.sees("join.canceled_title")
    visit.examine(person.page)
    assert books(club, person.email) == NOTHING_PAID
    person.opens("official", "/members/")
    person.sees_code("access.never_paid")
    person.follow("cure.pay")
    person.pays_again()
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH


def test_the_return_page_before_anything_was_paid(
    club: Club, visit: Visits, person: Visitor
) -> None:
    """The address is opened again while the payment is still open at the provider."""
    person.presses_pay()
    payment = open_payment(club, person.email)
    person.opens("id", f"/pay/return/{payment.id}")
    person.sees("join.open_title")
    visit.examine(person.page)
    person.follow("join.pay_on")
    person.pays_by_card()
    person.sees("join.paid_title")
    assert books(club, person.email) == ONE_OF_EACH


def test_a_strangers_return_page(club: Club, visit: Visits, person: Visitor) -> None:
    person.presses_pay()
    payment = open_payment(club, person.email)
    stranger = Visitor(club, visit())
    stranger.opens("id", f"/pay/return/{payment.id}")
    stranger.sees("login.title")


def test_back_by_a_form_from_the_providers_site(club: Club, person: Visitor) -> None:
    """SBPS and GMO post the browser back: from another site, so that the session stays away from
    the first request, and comes with the second."""
    person.presses_pay()
    payment = pays_in_a_tunnel(person)
    address = club.url("id", f"/pay/return/{payment.id}")
    cookies: dict[str, str] = {}

    def note(request: Request) -> None:
        if request.url == address:
            cookies[request.method] = request.headers.get("cookie", "")

    form = (
        f'<!doctype html><title>PSP</title><form method="post" action="{address}">'
        '<input name="res_result" value="OK"><button>OK</button></form>'
    )
    person.page.route(
        "http://psp.localhost/back",
        lambda route: route.fulfill(content_type="text/html", body=form),
    )
    person.page.goto("http://psp.localhost/back")
    person.page.on("request", note)
    person.page.get_by_role("button").click()
    person.sees("join.paid_title")
    assert list(cookies) == ["POST", "GET"]
    assert books(club, person.email) == ONE_OF_EACH

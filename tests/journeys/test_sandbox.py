"""The sandbox's pages in a browser, and its notices from process to process."""

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from tests.journeys.club import Club
from tests.journeys.conftest import Visits

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView


def start(club: Club, method: Method, language: str = "ja") -> "PaymentView":
    """A payment of any member, that leads back to the site's top."""
    from kaiin.payments import operations

    with club.inside():
        return operations.start_payment(
            member_ref=1,
            intent_key=f"journey:{uuid4()}",
            method=method,
            amount=Money(550),
            description="JO1 OFFICIAL SITE 月会費コース",
            return_url=club.url("official"),
            member_hint="",
            renews=method.can_renew,
            language=language,
        )


def settled(club: Club, payment: "PaymentView") -> None:
    """Wait until the notice has come and the worker has applied it; nothing is polled here."""
    from kaiin.payments import queries

    def paid() -> bool:
        with club.inside():
            found = queries.payment(payment.id)
        return found is not None and found.state is PaymentState.PAID

    club.until(paid, seconds=30)


_THUMB_PX = 44
_TOO_SMALL = """(least) => [...document.querySelectorAll('a, button, select, summary, input')]
  .map(e => e.closest('label.choice') ?? e)
  .filter(e => e.getBoundingClientRect().height > 0)
  .filter(e => e.getBoundingClientRect().height < least)
  .map(e => e.outerHTML.slice(0, 120))"""


def look(visit: Visits, page: Page) -> None:
    """Examine the page as it is now; all that is pressed there is large enough for a thumb."""
    visit.examine(page)
    assert page.evaluate(_TOO_SMALL, _THUMB_PX) == []


def open_page(page: Page, payment: "PaymentView") -> None:
    assert payment.checkout is not None
    page.goto(payment.checkout.url)


@pytest.mark.parametrize(("language", "javascript"), [("ja", True), ("en", False)])
def test_card(club: Club, visit: Visits, language: str, javascript: bool) -> None:
    page = visit(language=language, javascript=javascript)
    payment = start(club, Method.CARD, language)
    open_page(page, payment)
    page.get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(visit, page)
    for name, value in (("number", "4000000000000002"), ("expiry", "12/49"), ("cvc", "123")):
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("summary").click()
    look(visit, page)
    for name, value in (("number", "4242 4242 4242 4242"), ("expiry", "12/49"), ("cvc", "123")):
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button").first.click()
    look(visit, page)
    page.get_by_role("button").first.click()
    page.wait_for_url(club.url("official"))
    settled(club, payment)
    open_page(page, payment)


@pytest.mark.parametrize("method", [Method.DOCOMO, Method.AU, Method.SOFTBANK])
def test_carriers(club: Club, visit: Visits, method: Method) -> None:
    page = visit(dark=True)
    payment = start(club, method)
    open_page(page, payment)
    page.get_by_label("携帯電話番号").fill("090-1234-5678")
    page.get_by_label("4桁の暗証番号").fill("0000")
    page.get_by_role("button", name="次へ").click()
    look(visit, page)
    page.get_by_label("4桁の暗証番号").fill("1234")
    page.get_by_role("button", name="次へ").click()
    look(visit, page)
    page.get_by_role("button", name="同意して支払う").click()
    page.wait_for_url(club.url("official"))
    settled(club, payment)
    open_page(page, payment)


def test_konbini(club: Club, visit: Visits, page: Page) -> None:
    payment = start(club, Method.KONBINI)
    open_page(page, payment)
    look(visit, page)
    page.get_by_label("ローソン").check()
    page.get_by_role("button", name="受付番号を発行する").click()
    look(visit, page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay at the convenience store")
    look(visit, page)
    page.get_by_role("link", name="日本語").click()
    page.get_by_role("button", name="コンビニのレジへ行く").click()
    look(visit, page)
    page.get_by_role("button", name="現金で550円を払う").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("お支払いを受け付けました")
    settled(club, payment)


def test_the_sandboxs_own_pages(club: Club, visit: Visits) -> None:
    for language in ("ja", "en"):
        page = visit(language=language)
        sandbox = start(club, Method.CARD).checkout
        assert sandbox is not None
        origin = sandbox.url.partition("/pay/")[0]
        for path in ("/", "/store", "/switches", "/nowhere"):
            page.goto(f"{origin}{path}")
            look(visit, page)

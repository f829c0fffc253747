"""What a person does at the pages: by roles and labels, in the language of their browser.

The words are the catalogs', so that a better wording breaks no journey.
"""

import re
from dataclasses import dataclass
from secrets import token_hex

from playwright.sync_api import Page, expect

from kaiin.infra.texts import format_money, text
from tests.journeys.club import Club

PASSWORD = "とてもながいあいことば2026"
GOOD_CARD = "4242 4242 4242 4242"
FAILS_AT_RENEWAL = "4000 0000 0000 0341"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_COURSES = {
    "monthly": {"ja": "月会費コース", "en": "Monthly course"},
    "yearly": {"ja": "月会費まとめて払いコース", "en": "Lump-sum course"},
}
SITES = {"official": "JO1 OFFICIAL SITE", "mail": "JO1 Mail"}


def name_of_id(_language: str) -> str:
    """What the clubs call their ID, in the words that are looked for outside their databases."""
    return "Plus member ID"


def new_email() -> str:
    """An address without an account."""
    return f"hanako.{token_hex(4)}@mail.example"


@dataclass
class Visitor:
    """A person with a browser. `member_id` is read from the page that first shows it."""

    club: Club
    page: Page
    language: str = "ja"
    email: str = ""
    password: str = PASSWORD
    member_id: str = ""

    def __post_init__(self) -> None:
        self.email = self.email or new_email()

    # Reading

    def words(self, code: str, **values: object) -> str:
        return text(code, self.language, **values)

    def sees(self, code: str, **values: object) -> None:
        """The page's main heading says this, and its scripts have run."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(code, **values))
        self.page.wait_for_load_state()

    def sees_code(self, code: str) -> None:
        """The page quotes this code for support."""
        expect(self.page.locator("main code", has_text=re.compile(f"^{code}$"))).to_be_visible()

    def fact(self, code: str) -> str:
        """What a list of facts says beside a term."""
        return self.fact_of(self.words(code))

    def fact_of(self, term_text: str) -> str:
        """The same, by the term's words, which may be the tenant's."""
        term = self.page.get_by_role("term").filter(has_text=re.compile(f"^{term_text}$"))
        return term.locator("xpath=following-sibling::dd[1]").first.inner_text().strip()

    # Doing

    def opens(self, label: str, path: str = "/") -> None:
        self.page.goto(self.club.url(label, path))

    def press(self, code: str, **values: object) -> None:
        self.page.get_by_role("button", name=self.words(code, **values), exact=True).click()

    def follow(self, code: str, **values: object) -> None:
        name = self.words(code, **values)
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def fill(self, code: str, value: str) -> None:
        self.page.get_by_label(self.words(code), exact=True).fill(value)

    # Joining

    def chooses(self, course: str = "monthly", way: str = "card") -> None:
        """From the page of courses to the one after the ways to pay."""
        self.chooses_course(course)
        self.chooses_way(way)

    def chooses_course(self, course: str) -> None:
        self.page.get_by_text(_COURSES[course][self.language], exact=True).click()
        self.press("common.next")

    def chooses_way(self, way: str) -> None:
        self.page.get_by_text(self.words(f"payments.method.{way}"), exact=True).click()
        self.press("common.next")

    def fills_in_details(self, *, year: str = "1998") -> None:
        """Everything that is asked, typed as people do; the mail address last."""
        self.fill("join.password", self.password)
        self.fill("join.nickname", "はな🌸")
        self.fill("join.legal_name", "髙﨑 花")
        self.fill("join.legal_name_kana", "たかさき はな")
        self.fill("common.year", year.translate(WIDE))
        self.fill("common.month", "4")
        self.fill("common.day", "7")
        self.page.get_by_label(self.words("join.prefecture")).select_option("JP-13")
        self.fill("join.phone", "０９０ー１２３４ー５６７８")
        self.fill("join.email", self.email)

    def code_from_mail(self) -> str:
        """The digits in the newest mail, once it has come."""
        return self.club.until(self._newest_code)

    def _newest_code(self) -> str:
        mails = self.club.mails(self.email)
        found = re.search(r"(?<!\d)\d{6,8}(?!\d)", mails[0].body) if mails else None
        return found[0] if found else ""

    def proves_mail(self) -> None:
        self.fill("join.code_label", self.code_from_mail().translate(WIDE))
        self.press("common.next")

    def goes_to_confirm(
        self, *, site: str = "official", course: str = "monthly", way: str = "card"
    ) -> None:
        """A stranger, from the first page to the last look before paying."""
        self.opens("id", f"/join/{site}/")
        self.chooses(course, way)
        self.fills_in_details()
        self.press("join.send_code")
        self.proves_mail()
        self.sees("join.confirm_join")

    def pays_again(self, *, yen: int = 550) -> None:
        """From a way back, which leads to the confirmation: by card, even if it was another way."""
        if self.fact("join.way") != self.words("payments.method.card"):
            of_way = self.words("common.change_what", what=self.words("join.way"))
            name = re.compile(rf"{self.words('common.change')}\s*{re.escape(of_way)}")
            self.page.get_by_role("link", name=name).click()
            self.chooses_way("card")
        self.presses_pay(yen)
        self.pays_by_card()

    # Paying

    def agrees(self) -> None:
        """On the confirmation, where it asks: a member who agreed before is not asked again."""
        agree = self.page.locator("[name=agree]")
        if agree.count():
            agree.check()

    def presses_pay(self, yen: int = 550) -> None:
        self.agrees()
        self.press("join.pay", amount=format_money(yen, language=self.language))

    def says(self, code: str, **values: object) -> str:
        """The words of the provider's pages."""
        from kaiin.lab.sandbox.texts import t

        return t(code, self.language, **values)

    def presses_there(self, code: str, **values: object) -> None:
        self.page.get_by_role("button", name=self.says(code, **values), exact=True).click()

    def types_card(self, number: str = GOOD_CARD) -> None:
        """Up to 3-D Secure."""
        self.page.get_by_label(self.says("card.number"), exact=True).fill(number)
        self.page.get_by_label(self.says("card.expiry"), exact=True).fill("12/49")
        self.page.get_by_label(self.says("card.cvc"), exact=True).fill("123")
        self.presses_there("card.next")

    def pays_by_card(self, number: str = GOOD_CARD) -> None:
        self.types_card(number)
        self.presses_there("three_ds.yes")

    def pays_by_carrier(self) -> None:
        self.page.get_by_label(self.says("carrier.phone"), exact=True).fill("090-1234-5678")
        self.page.get_by_label(self.says("carrier.pin"), exact=True).fill("1234")
        self.presses_there("carrier.next")
        self.presses_there("agree.yes")

    def gets_slip(self) -> None:
        """Chooses a store, and comes back with the slip's numbers."""
        self.page.get_by_label(self.says("store.lawson"), exact=True).check()
        self.presses_there("stores.next")
        self.page.get_by_role("link", name=self.says("return"), exact=True).click()
        self.sees("join.slip_title")

    # Getting in

    def logs_in(self, typed: str = "", password: str = "") -> None:
        """On the login page."""
        self.fill("login.id", typed or self.member_id or self.email)
        self.fill("login.password", password or self.password)
        self.press("login.submit")

    def enters(self, site: str = "official", typed: str = "") -> None:
        """To the members' page of a site, by way of the login page."""
        self.opens(site, "/members/")
        self.sees("login.title")
        self.logs_in(typed)

    def is_in(self, site: str = "official") -> None:
        """The members' page, and nothing else, is there."""
        self.page.wait_for_url(self.club.url(site, "/members/"))
        expect(self.page.get_by_role("heading", level=2)).to_have_text(
            self.words("site.membership")
        )

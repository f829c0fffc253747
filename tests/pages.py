"""Every page of the demo, once: `make screens` pictures them, tests walk them.

A page is opened at a host, as a member of the demo or logged out; `steps` then lead on to what is
meant, as a person would, by what is on the page. Add a page here when you add one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

from playwright.sync_api import Page

Steps = Callable[[Page], object]


@dataclass(frozen=True)
class DemoPage:
    """`host` is a label: id, official, mail, demo. `login` is a ready login's story, without
    `demo.story_`; None without a login. `status` is that of the first answer."""

    name: str
    host: str
    path: str
    login: str | None = None
    steps: Steps | None = None
    status: int = 200


def press(page: Page) -> None:
    """Send the page's first form as it is."""
    page.locator("main form:not([id]) button[type=submit], main form button.button").first.click()


def fill(**typed: str) -> Steps:
    """Type into fields by their names and send the form."""

    def steps(page: Page) -> None:
        for name, value in typed.items():
            page.locator(f"[name={name}]").fill(value)
        press(page)

    return steps


def choose(page: Page, value: str) -> None:
    """Choose a radio card and go on."""
    page.locator(f"[name=choice][value={value}]").check()
    press(page)


def join_up_to(
    last: str,
    way: str = "card",
    course: str = "monthly",
    look: Callable[[Page], object] = lambda page: None,
) -> Steps:
    """From the first page of joining to the one called `last`, with a `look` at each between."""

    def steps(page: Page) -> None:
        email = f"sakura.{token_hex(4)}@example.jp"
        stops: dict[str, Steps] = {
            "way": lambda page: choose(page, course),
            "details": lambda page: choose(page, way),
            "code": lambda page: _type_details(page, email),
            "confirm": lambda page: _type_code(page, email),
            "pay": _agree_and_pay,
            "proof": _type_card,
            "done": lambda page: page.locator("button[value=proven]").click(),
        }
        for name, step in stops.items():
            step(page)
            page.wait_for_load_state()
            if name == last:
                return
            look(page)

    return steps


def _type_details(page: Page, email: str) -> None:
    typed = {
        "email": email,
        "password": "hana no uta 2026",
        "nickname": "さくら",
        "legal_name": "山田 さくら",
        "legal_name_kana": "ヤマダ サクラ",
        "birth_date_year": "1998",
        "birth_date_month": "4",
        "birth_date_day": "7",
        "phone": "09012345678",
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=prefecture]").select_option("JP-13")
    press(page)


def _agree_and_pay(page: Page) -> None:
    page.locator("[name=agree]").check()
    press(page)


def _type_card(page: Page) -> None:
    """On the sandbox provider's page: the card that works."""
    for name, value in {"number": "4242424242424242", "expiry": "12/30", "cvc": "123"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button").first.click()


def _type_code(page: Page, email: str) -> None:
    """Read the code in the demo's mailbox, in another tab."""
    mailbox = page.context.new_page()
    address = page.url.partition("/join/")[0].replace("//id.", "//demo.")
    for _ in range(60):
        mailbox.goto(f"{address}/mailbox/?to={email}")
        if mailbox.locator(".timeline__title a").count():
            break
        mailbox.wait_for_timeout(250)
    mailbox.locator(".timeline__title a").first.click()
    body = mailbox.locator(".mail-body").inner_text()
    mailbox.close()
    code = re.search(r"\d[\d -]{4,}\d", body)
    assert code, f"no code in the mail to {email}"
    page.locator("[name=code]").fill(code[0])
    press(page)


def first_link(selector: str) -> Steps:
    return lambda page: page.locator(selector).first.click()


# By name: what `join_up_to("done")` comes by.
ON_THE_WAY_TO_DONE = ("join-way", "join-details", "join-code", "join-confirm", "pay-card")


def _slip(page: Page) -> None:
    """From My page to the open slip's numbers."""
    page.locator("a[href$='/other']").first.click()
    page.locator("main a.button").first.click()


_REFUSED = fill(login="E123456786", password="not the password")

PAGES: tuple[DemoPage, ...] = (
    # A site's own host
    DemoPage("site-top", "official", "/"),
    DemoPage("site-top-mail", "mail", "/"),
    DemoPage("site-top-signed-in", "official", "/members/", "active_card", first_link("a.brand")),
    DemoPage("site-members", "official", "/members/", "active_card"),
    DemoPage("site-members-grace", "official", "/members/", "grace"),
    DemoPage("site-card", "official", "/card/", "active_card"),
    DemoPage("site-card-mail", "mail", "/card/", "mail_only"),
    DemoPage("site-sign-in-again", "official", "/auth/return?code=x&state=y", status=400),
    DemoPage("legal", "official", "/legal"),
    DemoPage("terms", "official", "/terms"),
    DemoPage("privacy", "id", "/privacy"),
    DemoPage("not-found", "official", "/nowhere", status=404),
    DemoPage("components", "official", "/components"),
    # Getting in
    DemoPage("login", "id", "/login"),
    DemoPage("login-from-site", "official", "/auth/start"),
    DemoPage("login-refused", "id", "/login", None, _REFUSED),
    DemoPage("login-empty", "id", "/login", None, press),
    DemoPage("login-mistyped", "id", "/login", None, fill(login="hana@gmial.com", password="x")),
    DemoPage("reset", "id", "/reset"),
    DemoPage("reset-code", "id", "/reset", None, fill(login="sakura@example.jp")),
    DemoPage("trouble", "id", "/trouble"),
    DemoPage("trouble-sent", "id", "/trouble", None, fill(login="sakura@example.jp")),
    # The truth after proof
    DemoPage("truth-pending-slip", "id", "/entry/official", "pending_slip"),
    DemoPage("truth-lapsed", "id", "/entry/official", "lapsed"),
    DemoPage("truth-expired", "id", "/entry/official", "expired"),
    DemoPage("truth-withdrawn", "id", "/entry/official", "withdrawn"),
    DemoPage("truth-other-site", "id", "/entry/official", "mail_only"),
    # Joining
    DemoPage("join-course", "id", "/join/official/"),
    DemoPage("join-way", "id", "/join/official/", None, join_up_to("way")),
    DemoPage("join-details", "id", "/join/official/", None, join_up_to("details")),
    DemoPage("join-code", "id", "/join/official/", None, join_up_to("code")),
    DemoPage("join-confirm", "id", "/join/official/", None, join_up_to("confirm")),
    DemoPage(
        "join-confirm-konbini", "id", "/join/official/", None,
        join_up_to("confirm", way="konbini", course="yearly"),
    ),
    DemoPage("pay-card", "id", "/join/official/", None, join_up_to("pay")),
    DemoPage("join-done", "id", "/join/official/", None, join_up_to("done")),
    DemoPage("pay-docomo", "id", "/join/official/", None, join_up_to("pay", way="docomo")),
    DemoPage("confirm-renewal", "id", "/join/official/again", "expired"),
    DemoPage("confirm-rejoin", "id", "/join/official/again", "withdrawn"),
    DemoPage("confirm-due", "id", "/join/official/again", "grace"),
    DemoPage("other-way", "id", "/my", "pending_slip", first_link("a[href$='/other']")),
    DemoPage("slip", "id", "/my", "pending_slip", _slip),
    # My page
    DemoPage("my", "id", "/my", "active_card"),
    DemoPage("my-two-sites", "id", "/my", "active_both"),
    DemoPage("my-lump-sum", "id", "/my", "lump_sum"),
    DemoPage("my-pending-slip", "id", "/my", "pending_slip"),
    DemoPage("my-lapsed", "id", "/my", "lapsed"),
    DemoPage("my-leaving", "id", "/my", "leaving"),
    DemoPage("my-withdrawn", "id", "/my", "withdrawn"),
    DemoPage("my-without-consent", "id", "/my", "granted"),
    DemoPage("agree", "id", "/agree", "granted"),
    DemoPage("my-password", "id", "/my/password", "active_card"),
    DemoPage("my-receipts", "id", "/my/receipts", "active_card"),
    DemoPage(
        "my-receipt", "id", "/my/receipts", "active_card", first_link("a[href*='/my/receipts/']")
    ),
    DemoPage("my-leave", "id", "/my/official/leave", "active_card"),
    DemoPage("my-leave-at-once", "id", "/my/mail/leave", "mail_only"),
    DemoPage("my-change", "id", "/my/official/change", "active_card"),
    DemoPage(
        "my-change-chosen", "id", "/my/official/change?course=yearly&way=konbini", "active_card"
    ),
    DemoPage(
        "my-change-apart", "id", "/my/official/change?course=yearly&way=docomo", "active_card"
    ),
    DemoPage(
        "my-change-mail", "id", "/my/mail/change?course=yearly&way=card", "active_both"
    ),
    DemoPage("my-change-confirm", "id", "/my/official/change/yearly/card", "active_card"),
    DemoPage("my-pause", "id", "/my/official/pause", "active_card"),
    DemoPage("my-paused", "id", "/my", "paused"),
    DemoPage("my-resume", "id", "/my/official/resume", "paused"),
    DemoPage("truth-paused", "id", "/entry/official", "paused"),
    # The demo's own
    DemoPage("demo", "demo", "/"),
    DemoPage("demo-mailbox", "demo", "/mailbox/"),
    DemoPage("demo-clock", "demo", "/clock/"),
)  # fmt: skip

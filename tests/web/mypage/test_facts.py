"""Each fact is worded by one function, and every surface shows these words.

| fact | its one function | where it is shown |
|---|---|---|
| price and unit | `price_words` | top, courses, ways, confirmation, legal notice, changes |
| next renewal | `next_renewal_words`, `renewal_words` | My page, confirmation, receipt mail |
| last day to stop it | `stop_words` | My page, confirmation, leave page, receipt mail |
| last day of what is paid | `format_end` | My page, receipt, its PDF, its mail, `kaiin explain` |
| end of access of who leaves | `format_end` | My page, leave page, mail |
| reason of an end | `ending_words` | door, My page, mails, `kaiin explain` |
| last day after a contract ended | `format_end` | My page, mail |
| day of being withdrawn | `last_day` | door, My page |
| what is given back | `refund_words` | confirmation, legal notice, leave page |
| deadline of a slip | `format_datetime` | My page, slip page, door, mail |
| card | `card_words` | My page, change page |

Fifty memberships of every course, way to pay and fate, at three instants.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from html import unescape
from itertools import product
from re import sub
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import override
from pypdfium2 import PdfDocument
from tests.web.mypage.conftest import Fans, Visitor
from typer.testing import CliRunner

from kaiin.billing.membership.wording import (
    card_words,
    ending_words,
    next_renewal_words,
    price_words,
    refund_words,
    renewal_words,
    stop_words,
)
from kaiin.billing.views.courses import list_courses, preview_join
from kaiin.billing.views.legal_facts import course_words
from kaiin.billing.views.memberships import MembershipView, list_memberships
from kaiin.billing.views.receipts import list_receipts
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST, last_day
from kaiin.domain.subscriptions import EndReason, Standing
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.texts import format_date, format_datetime, format_end, localized, text

Visit = Callable[[int | None], Visitor]
Seen = Mapping[str, str]

RENEWS_BADLY = "4000 0000 0000 0341"
OFFERS = [
    *product(
        ["official", "mail"],
        ["monthly"],
        [Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK],
    ),
    *product(["official", "mail"], ["yearly"], [Method.CARD, Method.KONBINI]),
]
FATES = ("stays", "leaves", "ends", "changes its mind")
# When renewals are charged, tried again and given up, and what is dormant is withdrawn.
DAYS = ((2026, 12, 1), (2026, 12, 4), (2026, 12, 8), (2026, 12, 20), (2027, 1, 5))
LOOKED_AT = ((2026, 12, 20), (2027, 1, 5))


def flat(html: str) -> str:
    whole = sub(r'<span class="day">(.*?)</span>', r"\1", html)
    return sub(r"\s+", " ", unescape(sub(r"<[^>]+>", " ", whole)))


def said(language: str, words: Callable[[Any], str], fact: object) -> str:
    with override(language):
        return words(fact)


class Person:
    """A member of one site, and everything that shows the membership."""

    def __init__(self, pk: int, site: str, language: str, fate: str) -> None:
        self.pk, self.site, self.language, self.fate = pk, site, language, fate
        self.page: Visitor | None = None
        found = identity.member(pk)
        assert found is not None
        self.member_id, self.email = found.member_id, found.email

    def view(self) -> MembershipView:
        found = list_memberships(self.pk, at=clock.now())
        return next(view for view in found if view.site_key == self.site)

    def read(self, path: str) -> str:
        assert self.page is not None
        answer = self.page.get(path, self.language)
        return flat(answer.content.decode()) if answer.status_code == 200 else ""

    def mailed(self, template: str) -> str:
        """The last mail of a template, or nothing."""
        found = [
            sent
            for sent in mail.outbox
            if self.email in sent.to
            and str(sent.extra_headers["X-Kaiin-Key"]).startswith(f"{template}:")
        ]
        return flat(f"{found[-1].subject} {found[-1].body}") if found else ""

    def explained(self) -> str:
        from kaiin.cli.app import app

        arguments = ["explain", self.member_id, "--site", self.site, "--lang", self.language]
        return flat(CliRunner().invoke(app, arguments).output)


@pytest.fixture
def fifty(fans: Fans) -> list[Person]:
    """Every offer four times, by fate, and two who have a slip that is not paid yet."""
    from kaiin.billing.actions.leave import leave_site, undo_leave

    people: list[Person] = []
    payments = []
    for number, (fate, (site, course, method)) in enumerate(product(FATES, OFFERS)):
        language = ("ja", "en")[number % 2]
        member = fans.member(language=language)
        payments.append(fans.join(member, course, method, site).payment)
        people.append(Person(member, site, language, fate))
    for language in ("ja", "en"):
        member = fans.member(language=language)
        fans.sandbox.get_slip(fans.join(member, "yearly", Method.KONBINI).payment)
        people.append(Person(member, "official", language, "waits"))
    for person, payment in zip(people, payments, strict=False):
        bad = person.fate == "ends" and payment.method is Method.CARD
        fans.sandbox.pay(payment, **({"number": RENEWS_BADLY} if bad else {}))
    fans.work()
    for person in people:
        mandate = person.view().mandate
        if person.fate == "ends" and mandate is not None and not mandate.last4:
            fans.sandbox.end_contract(mandate)
        if person.fate in ("leaves", "changes its mind"):
            leave_site(member_pk=person.pk, site_key=person.site)
        if person.fate == "changes its mind":
            undo_leave(member_pk=person.pk, site_key=person.site)
    fans.work()
    return people


def facts_of(person: Person, view: MembershipView) -> Iterator[tuple[str, str, Seen]]:
    """Each fact that is true of the membership now: its name, its words, and what shows it."""
    site, language = person.site, person.language
    my_page, leave_page = person.read("/my"), ""
    if view.renewal is not None or view.cancel_at_period_end:
        leave_page = person.read(f"/my/{site}/leave")
    receipt_mail = person.mailed("receipt")
    if view.renewal is not None:
        seen = {"My page": my_page, "receipt mail": receipt_mail}
        yield "next renewal", said(language, next_renewal_words, view.renewal), seen
        seen = {**seen, "leave page": leave_page}
        yield "last day to stop it", said(language, stop_words, view.renewal), seen
    if view.period is not None and view.paid_until is not None:
        receipt = list_receipts(person.pk)[0]
        seen = {
            "My page": my_page,
            "receipt": person.read(f"/my/receipts/{receipt.number}"),
            "receipt mail": receipt_mail,
            "kaiin explain": person.explained(),
        }
        yield "last day", said(language, format_end, view.paid_until), seen
    if view.cancel_at_period_end and view.leaves_at is not None:
        seen = {"My page": my_page, "leave page": leave_page, "mail": person.mailed("left")}
        yield "end of access", said(language, format_end, view.leaves_at), seen
    yield from ends_of(person, view, my_page)
    if view.open_payment is not None and view.open_payment.expires_at is not None:
        seen = {
            "My page": my_page,
            "slip page": person.read(f"/pay/return/{view.open_payment.id}"),
            "door": person.read(f"/entry/{site}"),
            "mail": person.mailed("slip"),
        }
        yield "deadline", format_datetime(view.open_payment.expires_at, language), seen
    if view.mandate is not None and view.mandate.last4 and view.period is not None:
        seen = {"My page": my_page, "change page": person.read(f"/my/{site}/change")}
        yield "card", said(language, card_words, view.mandate), seen


def ends_of(person: Person, view: MembershipView, my_page: str) -> Iterator[tuple[str, str, Seen]]:
    """The facts of what has ended: a membership, or the contract behind its renewals."""
    site, language = person.site, person.language
    if view.ending is not None and view.open_payment is None:
        seen = {"door": person.read(f"/entry/{site}"), "kaiin explain": person.explained()}
        if view.ending.reason is not EndReason.LEFT:
            seen |= {"My page": my_page, "mail": person.mailed("dormant")}
            if view.standing is Standing.WITHDRAWN:
                seen |= {"last mail": person.mailed("withdrawn")}
        yield "reason of the end", said(language, ending_words, view.ending), seen
    if view.mandate_lost and view.renews and view.period is not None and view.paid_until:
        seen = {"My page": my_page, "mail": person.mailed("mandate_ended")}
        yield "last day after a contract", said(language, format_end, view.paid_until), seen
    if view.withdrawn_at is not None and view.standing is Standing.WITHDRAWN:
        seen = {"My page": my_page, "door": person.read(f"/entry/{site}")}
        yield "day of withdrawal", format_date(last_day(view.withdrawn_at), language), seen


def compared(people: list[Person], covered: set[str]) -> list[str]:
    """What is missing somewhere; the facts that were found are added to `covered`."""
    amiss = []
    browser = Client()
    for person in people:
        browser.cookies.clear()
        person.page = Visitor(browser, person.pk)
        view = person.view()
        for fact, words, surfaces in facts_of(person, view):
            covered.add(fact)
            amiss += [
                f"{person.fate}, {person.site} {view.course_key} {view.method}:"
                f" “{words}” ({fact}) is not on: {surface}"
                for surface, shown in surfaces.items()
                if words not in shown
            ]
    return amiss


def test_every_surface_says_the_same(fans: Fans, fifty: list[Person]) -> None:
    assert len(fifty) == 50
    covered = set()
    amiss = compared(fifty, covered)
    for day in DAYS:
        fans.clock.freeze(datetime(*day, tzinfo=JST))
        fans.work()
        if day in LOOKED_AT:
            # Those whose months go on, or who are gone already, have nothing new to say.
            fates = ("leaves", "ends") if day == LOOKED_AT[0] else ("ends",)
            amiss += compared([each for each in fifty if each.fate in fates], covered)
    assert not amiss, "\n".join(amiss)
    assert covered == {
        "next renewal", "last day to stop it", "last day", "end of access", "reason of the end",
        "deadline", "card", "last day after a contract", "day of withdrawal",
    }  # fmt: skip


def test_paper_says_the_same_last_day(fans: Fans, visit: Visit) -> None:
    member = fans.joined("yearly", Method.KONBINI)
    receipt = list_receipts(member)[0]
    for language in ("ja", "en"):
        answer = visit(member).get(f"/my/receipts/{receipt.number}.pdf", language)
        with PdfDocument(answer.content) as pdf:
            paper = "".join(pdf[0].get_textpage().get_text_range().split())
        assert said(language, format_end, receipt.period_until).replace(" ", "") in paper


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_course_page_and_the_legal_notice_say_the_same(
    fans: Fans, visit: Visit, language: str
) -> None:
    page = visit(fans.member())
    for site, key, method in OFFERS:
        [course] = [each for each in list_courses(site) if each.key == key]
        preview = preview_join(site_key=site, course_key=key, method=method, at=fans.clock.now())
        with override(language):
            price = price_words(course.price, course.unit)
            lines = course_words(course)
            refund = refund_words(leave_at_once=preview.leave_at_once)
            name = localized(course.name)
            once = text("join.no_next_charge", until=preview.last_day)
        join = f"/join/{site}"
        shown = {"course page": flat(page.get(f"{join}/", language).content.decode())}
        page.post(f"{join}/", language, choice=key)
        shown["page of ways"] = flat(page.get(f"{join}/way", language).content.decode())
        page.post(f"{join}/way", language, choice=method.value)
        confirm = flat(page.get(f"{join}/confirm", language).content.decode())
        legal = flat(page.get("/legal", language).content.decode())
        assert [where for where, words in shown.items() if price not in words] == []
        assert [line for line in lines if line not in legal] == []
        assert name in confirm
        assert refund in confirm
        if preview.renewal is None:
            assert once in confirm
        else:
            assert said(language, renewal_words, preview.renewal) in confirm
            assert said(language, stop_words, preview.renewal) in confirm

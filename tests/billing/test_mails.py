"""Every mail about memberships and money, as it arrives, in both languages."""

import re
from datetime import datetime

import pytest

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World
from tests.billing.test_renewals import RENEWS_BADLY

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
TEMPLATES = {
    "welcome",
    "receipt",
    "slip",
    "renewal_failed",
    "mandate_ended",
    "expiring",
    "expired",
    "dormant",
    "renewal_coming",
    "withdrawing",
    "paused",
    "withdrawn",
    "left",
    "left_at_once",
    "vanished",
    "refund_opened",
    "refund_requested",
    "refund_done",
}
STAFF = {"staff_disputed", "staff_charged_back", "staff_refund_failed"}


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc, arg-type]


def live_through_everything(world: World, language: str) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.actions.pause import pause_membership

    def member(course: str, method: Method, **card: str) -> int:
        found = world.member(language=language)
        payment = world.join(found, course, method).payment
        if method is Method.KONBINI:
            world.sandbox.get_slip(payment)
            world.work()
            world.sandbox.pay_at_store(payment)
            world.work()
        else:
            world.pay(payment, **card)
        return found

    member("yearly", Method.KONBINI)
    member("monthly", Method.CARD, number=RENEWS_BADLY)
    au = member("monthly", Method.AU)
    mandate = world.view(au).mandate
    assert mandate is not None
    world.sandbox.end_contract(mandate)
    resting = member("monthly", Method.DOCOMO)
    pause_membership(member_pk=resting, site_key="official", periods=3)
    leaver = member("monthly", Method.DOCOMO)
    leave_site(member_pk=leaver, site_key="official")
    at_once = member("yearly", Method.CARD)
    leave_site(member_pk=at_once, site_key="official", at_once=True, actor="staff:1")
    world.work()
    get_money_back(world, language)
    for moment in (
        jst(2026, 12, 1),
        jst(2026, 12, 4),
        jst(2026, 12, 8),
        jst(2027, 2, 25),
        jst(2027, 7, 1, 9),
        jst(2027, 11, 1),
        jst(2028, 1, 30),
        jst(2028, 2, 1),
    ):
        world.clock.freeze(moment)
        world.work()


def get_money_back(world: World, language: str) -> None:
    """A surplus that goes back at the second try, a payment that vanishes, one charged back."""
    from kaiin.billing.actions.decide_refund import decide_refund
    from kaiin.billing.models import RefundCase

    started = world.join(world.member(language=language), "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.sandbox.pay_at_store(started.payment, amount=7000)
    world.work()
    case = RefundCase.objects.get(reason="too_much")
    for fault in ("insufficient_balance", ""):
        world.sandbox.switch("refund_fail", fault)
        decide_refund(case_id=case.pk, refund=True, actor="staff:1")
        world.work()
    turned_back = world.join(world.member(language=language), "monthly", Method.CARD)
    world.sandbox.give_up(turned_back.payment)
    world.work()
    disputed = world.join(world.member(language=language), "monthly", Method.CARD).payment
    world.pay(disputed)
    world.sandbox.dispute(disputed)
    world.work()
    world.sandbox.dispute(disputed, won=False)
    world.work()


@pytest.mark.few_on_postgres(1)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_mail_names_its_sender_and_a_way_to_ask(world: World, language: str) -> None:
    from django.core import mail

    from kaiin.sites import queries as sites

    live_through_everything(world, language)
    support = sites.tenant().support.email
    sender = sites.site("official").sender
    seen = set()
    for sent in mail.outbox:
        template = sent.extra_headers["X-Kaiin-Key"].partition(":")[0]
        seen.add(template)
        assert sender.address in sent.from_email
        assert support in sent.body
        assert "JO1 OFFICIAL SITE" in sent.subject
        assert "\n\n\n" not in sent.body
        if template in STAFF:
            assert sent.to == [support]
            assert sites.identity_url("/admin/") in sent.body
        else:
            assert sender.name in sent.body
            assert sites.identity_url("/my") in sent.body
            text = sent.subject + sent.body.replace("ゆき", "").replace(sender.name, "")
            # The numbers on Japanese bills and slips are named as they are there.
            text = text if language == "ja" else re.sub(r"\([^()]*(番号|ID)\)", "", text)
            assert bool(JAPANESE.search(text)) == (language == "ja"), text
    assert seen == TEMPLATES | STAFF


@pytest.mark.parametrize(
    ("language", "method", "label"),
    [
        ("ja", Method.CARD, "カード番号の下4桁：4242"),
        ("ja", Method.DOCOMO, "決済番号："),
        ("en", Method.AU, "Recurring billing ID (継続課金ID): "),
    ],
)
def test_a_receipt_names_the_number_on_the_bill(
    world: World, language: str, method: Method, label: str
) -> None:
    from django.core import mail

    member = world.member(language=language)
    world.pay(world.join(member, "monthly", method).payment)
    world.work()
    [receipt] = [
        sent for sent in mail.outbox if sent.extra_headers["X-Kaiin-Key"].startswith("receipt:")
    ]
    assert label in receipt.body

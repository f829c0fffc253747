"""One diagnosis, three surfaces: the door, My page and the mailed report say the same of a finding
and lead to the same places."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape, unescape
from itertools import product
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override
from tests.domain import test_diagnosis as rule
from tests.domain.test_diagnosis import MONTHLY, NOW, YEARLY, window
from tests.web.mypage.conftest import Fans

from kaiin.diagnosis.operations import Report, SiteOutlook
from kaiin.domain.diagnosis.evidence import Evidence, NextCharge, OtherMembership
from kaiin.domain.diagnosis.findings import Diagnosis, Finding, FindingCode
from kaiin.domain.diagnosis.rule import diagnose
from kaiin.domain.endings import Failure
from kaiin.domain.entitlements import Window, WindowKind
from kaiin.domain.money import Money
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.identity import queries as identity
from kaiin.infra.texts import format_date, format_datetime, format_money
from kaiin.sites import queries as sites
from kaiin.web.base.explanations import Explanation, explanations
from kaiin.web.login import tasks
from kaiin.web.mypage import cards

DAY = timedelta(days=1)
SLIP, CARD = (replace(each, payment_id=str(UUID(int=1))) for each in (rule.SLIP, rule.CARD))
LATER = datetime(2027, 1, 9, 15, 0, tzinfo=UTC)
IN = {"windows": (window(NOW - DAY, LATER),)}
PAID = replace(MONTHLY, paid_until=LATER)
CHARGE = NextCharge(LATER - DAY, Money(550))
PAST_DUE = {"state": SubscriptionState.PAST_DUE, "next_charge": CHARGE}
REFUSED = Failure("insufficient_funds", NOW - DAY)
# No provider's refusal, and so worded without its answer.
OURS = ("canceled", "expired", "failed", "not_executed", "amount_mismatch")
GRANTED = {"windows": (Window(NOW - DAY, LATER, WindowKind.GRANT, ("grant:1",)),)}
ELSEWHERE = (OtherMembership("mail", (window(NOW - DAY, LATER),)),)
DORMANT = replace(
    MONTHLY, standing=Standing.DORMANT, refusal=REFUSED, refused_since=REFUSED, dormant_until=LATER
)
WITHDRAWN = replace(
    MONTHLY, standing=Standing.WITHDRAWN, end_reason=EndReason.LEFT, withdrawn_at=NOW - DAY
)


def made(membership: object = None, **others: object) -> Evidence:
    return replace(rule.STRANGER, membership=membership, **others)


# What brings each about, in the variants that are worded apart.
EXAMPLES: Mapping[FindingCode, tuple[Evidence, ...]] = {
    FindingCode.DISABLED: (made(disabled=True),),
    FindingCode.OK: (made(PAID, **IN), made(replace(PAID, next_charge=CHARGE), **IN)),
    FindingCode.PENDING_SLIP: (
        made(replace(YEARLY, standing=Standing.PENDING, open_payment=SLIP)),
        made(replace(YEARLY, open_payment=replace(SLIP, expires_at=NOW))),
        made(replace(YEARLY, open_payment=replace(SLIP, slip_number="", expires_at=None))),
        made(replace(YEARLY, open_payment=SLIP), **IN),
    ),
    FindingCode.PENDING_PAYMENT: (
        made(replace(MONTHLY, open_payment=CARD)),
        made(replace(MONTHLY, open_payment=replace(CARD, automatic=True))),
        made(replace(MONTHLY, open_payment=CARD), **IN),
    ),
    FindingCode.RENEWING: (made(replace(PAID, open_payment=replace(CARD, automatic=True)), **IN),),
    FindingCode.LEAVING: (
        made(replace(PAID, leaving_at=LATER), **IN),
        made(replace(PAID, leaving_at=LATER, next_charge=CHARGE), **IN),
    ),
    FindingCode.GRACE: (
        made(replace(PAID, **PAST_DUE, refusal=REFUSED), **IN),
        *(
            made(replace(PAID, state=SubscriptionState.PAST_DUE, refusal=Failure(code, NOW)), **IN)
            for code in ("", *OURS)
        ),
    ),
    FindingCode.GRANTED: (made(**GRANTED), made(WITHDRAWN, **GRANTED)),
    FindingCode.PAUSING: (made(replace(PAID, paused_until=LATER + 30 * DAY), **IN),),
    FindingCode.MANDATE_ENDED: (
        made(replace(PAID, mandate="ended", payable=True), **IN),
        made(replace(PAID, mandate="missing", opens_at=LATER - DAY), **IN),
    ),
    FindingCode.RENEWABLE: (made(replace(PAID, renews=False, payable=True), **IN),),
    FindingCode.FIXED: (made(replace(PAID, fixed=True), **IN),),
    FindingCode.NEVER_PAID: tuple(
        made(replace(YEARLY, standing=Standing.PENDING, paid_until=None, refusal=refusal))
        for refusal in (None, REFUSED, *(Failure(code, NOW) for code in OURS))
    ),
    FindingCode.PAUSED: (
        made(replace(MONTHLY, paused_until=LATER)),
        made(replace(MONTHLY, paused_until=LATER, refusal=REFUSED)),
    ),
    FindingCode.LAPSED_MONTHLY: (
        made(replace(MONTHLY, **PAST_DUE, refusal=REFUSED)),
        made(replace(MONTHLY, paid_until=None)),
        made(DORMANT),
        *(made(replace(DORMANT, end_reason=reason)) for reason in EndReason),
    ),
    FindingCode.EXPIRED_LUMP_SUM: (
        made(YEARLY),
        made(replace(YEARLY, standing=Standing.DORMANT, dormant_until=LATER)),
    ),
    FindingCode.DORMANT: (made(DORMANT), made(replace(DORMANT, dormant_until=None))),
    FindingCode.WITHDRAWN: (
        made(WITHDRAWN),
        made(replace(WITHDRAWN, rejoin_until=LATER)),
        made(replace(WITHDRAWN, end_reason=None, withdrawn_at=None)),
    ),
    FindingCode.OTHER_SITE: (made(others=ELSEWHERE), made(MONTHLY, others=ELSEWHERE)),
    FindingCode.NO_MEMBERSHIP: (made(),),
}
# Nothing to say, or not of a membership: My page offers other sites to join; a closed account has
# none.
NO_CARD = {FindingCode.OK, FindingCode.DISABLED, FindingCode.OTHER_SITE, FindingCode.NO_MEMBERSHIP}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


def dates(finding: Finding, language: str) -> Iterator[str]:
    """Every day and amount of the evidence, as it is written in a language."""
    for name, value in finding.evidence.items():
        # No deadline before there is a number; a membership's end is what counts after it.
        if name == "deadline" and finding.evidence["slip"] == "none":
            continue
        if name == "last_day" and finding.code is FindingCode.WITHDRAWN:
            continue
        if isinstance(value, datetime):
            yield format_datetime(value, language)
        elif isinstance(value, date):
            yield format_date(value, language)
        elif isinstance(value, Money):
            yield format_money(value.amount, value.currency, language)


class Surfaces:
    """What each surface shows of a diagnosis, without markup, and where its steps lead."""

    def __init__(self, client: Client, member: int) -> None:
        self._request = client.get("/login", HTTP_HOST="id.localhost").wsgi_request
        found = identity.member(member)
        assert found is not None
        self._member = found

    def door(self, found: Diagnosis) -> str:
        shown = explanations(found, site_key="official")
        context = {"explanations": shown, "member": self._member, "signed_in": True}
        return render_to_string("entrance/truth.html", context, self._request)

    def card(self, found: Diagnosis) -> str:
        outlook = SiteOutlook("official", found, None, None)
        card = cards.card(outlook, sites.site("official"))
        return render_to_string("mypage/membership.html", {"card": card}, self._request)

    def mail(self, found: Diagnosis) -> str:
        report = Report(to="x@example.jp", member=self._member, sites=(("official", found),))
        context = tasks._context(report, "official")
        return render_to_string("trouble_report.txt", context, using="mails")


@pytest.fixture
def surfaces(fans: Fans, client: Client) -> Surfaces:
    return Surfaces(client, fans.member())


def shown_of(found: Diagnosis, code: FindingCode) -> tuple[Finding, Explanation]:
    [finding] = [each for each in found.findings if each.code is code]
    [said] = [each for each in explanations(found, site_key="official") if each.code is code]
    return finding, said


def test_every_finding_has_an_example() -> None:
    assert EXAMPLES.keys() == set(FindingCode)


@pytest.mark.few_on_postgres(1)
@pytest.mark.parametrize("code", FindingCode)
def test_every_surface_says_the_same_of_a_finding(surfaces: Surfaces, code: FindingCode) -> None:
    for evidence, language in product(EXAMPLES[code], ("ja", "en")):
        found = diagnose(evidence)
        with override(language):
            finding, said = shown_of(found, code)
            showing = {"door": surfaces.door(found)}
            if code is not FindingCode.OTHER_SITE:
                # The other site has its own part in the mail.
                showing["mail"] = surfaces.mail(found)
            if found.main.code is code and code not in NO_CARD:
                showing["My page"] = surfaces.card(found)
        words = " ".join((said.title, *said.lines, *(fact.value for fact in said.facts)))
        assert [value for value in dates(finding, language) if value not in words] == []
        for surface, raw in showing.items():
            page = plain(raw)
            # What comes second at the door is shorter.
            whole = surface != "door" or found.findings[0] is finding
            lines = said.lines if whole else (said.what, said.do)
            if surface == "My page" and code in cards._LISTED:
                lines = (said.why, said.since, said.do)
            wanted = [said.title, *lines, *(fact.value for fact in said.facts if whole)]
            wanted += [step.label for step in said.steps]
            assert [each for each in wanted if each not in page] == [], surface
            if surface != "mail":
                assert [
                    step.url for step in said.steps if f'="{escape(step.url)}"' not in raw
                ] == []

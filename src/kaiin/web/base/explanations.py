"""Findings in words, facts and buttons: what happened, why, what to do, one step away.

The door, My page and the mailed report show the same ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse

from kaiin.billing.membership.wording import end_words, failure_words
from kaiin.diagnosis import operations as diagnosis
from kaiin.domain.diagnosis.findings import (
    Cure,
    CureCode,
    Diagnosis,
    Finding,
    FindingCode,
    Value,
)
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import EndReason
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.texts import format_datetime, has_text, localized, text
from kaiin.payments import queries as payments
from kaiin.sites import queries as sites
from kaiin.web.parts.words import money_words, reference_words, way_words


@dataclass(frozen=True)
class Fact:
    """One line of what a slip or a receipt shows; `number` for those that are typed or read out."""

    label: str
    value: str
    number: bool = False


@dataclass(frozen=True)
class Step:
    """A button: a form that is posted, or a link. `kind` "": the one to press first; `busy` is
    said while a form's answer is awaited, "" for the usual words."""

    label: str
    url: str
    posts: bool = False
    kind: str = "secondary"
    busy: str = ""


@dataclass(frozen=True)
class Explanation:
    """One finding in words. `why`, `since` (what a later try came to) and `do` may be empty."""

    code: FindingCode
    title: str
    what: str
    why: str
    since: str
    do: str
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said below the title."""
        return tuple(line for line in (self.what, self.why, self.since, self.do) if line)


def explanations(
    found: Diagnosis, *, site_key: str, absolute: bool = False
) -> tuple[Explanation, ...]:
    """Every finding in the current language; `absolute` links are for mails."""
    every = []
    offered: set[str] = set()
    for finding in found.findings:
        one = explanation(finding, site_key=site_key, absolute=absolute)
        # A step that is on the page already isn't offered a second time.
        steps = tuple(step for step in one.steps if step.url not in offered or step.posts)
        offered |= {step.url for step in steps}
        every.append(replace(one, steps=steps))
    every[0] = replace(every[0], steps=first_pressed(every[0].steps))
    return tuple(every)


def explanation(finding: Finding, *, site_key: str, absolute: bool = False) -> Explanation:
    """One finding in the current language."""
    words = _words(finding, site_key)
    code = finding.code

    def optional(named: str) -> str:
        return text(named, None, **words) if has_text(named) else ""

    return Explanation(
        code=code,
        title=text(f"{code}.title", None, **words),
        what=text(f"{code}.what", None, **words),
        why=optional(f"{code}.why"),
        since=_since(finding.evidence),
        do=optional(f"{code}.do"),
        facts=_slip_facts(finding) if code is FindingCode.PENDING_SLIP else (),
        steps=tuple(_step(cure, finding, absolute=absolute) for cure in finding.cures),
    )


def for_staff(member_pk: int, site_key: str) -> list[tuple[str, str]]:
    """Each finding's code, and the title under which the member reads it."""
    member = identity.member(member_pk)
    if member is None:
        return []
    found = diagnosis.as_recorded(member=member, site_key=site_key, now=clock.now())
    every = (explanation(finding, site_key=site_key) for finding in found.findings)
    return [(each.code.value, each.title) for each in every]


def first_pressed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first step is the one to press."""
    return tuple(replace(step, kind="") if at == 0 else step for at, step in enumerate(steps))


def _words(finding: Finding, site_key: str) -> dict[str, object]:
    evidence = finding.evidence
    words: dict[str, object] = dict(evidence)
    words["site"] = _site_name(site_key)
    if "other" in evidence:
        words["other"] = _site_name(str(evidence["other"]))
    if "method" in evidence:
        words["method_name"] = way_words(str(evidence["method"]))
    if "store" in evidence:
        words["how"] = payments.store_steps(str(evidence["store"]))
    words["said"] = _said(str(evidence.get("failure", "none")))
    if isinstance(amount := evidence.get("amount"), Money):
        words["amount"] = money_words(amount)
    if "reason" in evidence:
        words["ended"] = _ended(evidence)
    return words


def _said(code: str) -> str:
    return "" if code == "none" else failure_words(code)


def _since(evidence: Mapping[str, Value]) -> str:
    """What a try after the end came to."""
    code = str(evidence.get("since_failure", "none"))
    if code == "none":
        return ""
    failed = evidence["since_failed"]
    return text("finding.refused", failure=code, failed=failed, said=_said(code))


def _ended(evidence: Mapping[str, Value]) -> str:
    """Why what was paid for has ended, as in mails and in `kaiin explain`."""
    paid_until, failed_on = evidence.get("last_day"), evidence.get("failed")
    failure = str(evidence.get("failure", "none"))
    return end_words(
        EndReason(str(evidence["reason"])),
        method=Method(str(evidence["method"])),
        paid_until=paid_until if isinstance(paid_until, date) else None,
        failure_code="" if failure == "none" else failure,
        failed_on=failed_on if isinstance(failed_on, date) else None,
    )


def _slip_facts(finding: Finding) -> tuple[Fact, ...]:
    """What is read out at the store, by when; nothing until a slip was accepted."""
    evidence = finding.evidence
    if evidence["slip"] == "none":
        return ()
    amount, deadline = evidence["amount"], evidence["deadline"]
    assert isinstance(amount, Money)  # noqa: S101 - these are the rule's own types
    assert isinstance(deadline, datetime)  # noqa: S101
    lines = (
        Fact(text("join.store"), payments.store_name(str(evidence["store"]))),
        _number(ReferenceKind.KONBINI_SLIP, evidence["number"]),
        _number(ReferenceKind.KONBINI_CONFIRMATION, evidence["confirmation"]),
        Fact(text("join.amount"), money_words(amount)),
        Fact(text("join.deadline"), format_datetime(deadline)),
    )
    return tuple(line for line in lines if line.value)


def _number(kind: ReferenceKind, value: Value) -> Fact:
    return Fact(reference_words(kind), str(value), number=True)


# A form's button on a page; a link in a mail can't post, and leads to where it does its work.
_POSTED = frozenset({CureCode.CHECK_PAYMENT, CureCode.STAY})


def _step(cure: Cure, finding: Finding, *, absolute: bool) -> Step:
    site_key = cure.site_key or ""
    url = _place(cure.code, site_key, finding, absolute=absolute)
    label = text(cure.code.value, site=_site_name(site_key)) if site_key else text(cure.code.value)
    return Step(
        label,
        sites.identity_url(url) if absolute and url.startswith("/") else url,
        posts=cure.code in _POSTED and not absolute,
        kind="link" if cure.code is CureCode.OTHER_WAY else "secondary",
        busy=text("entry.checking") if cure.code is CureCode.CHECK_PAYMENT else "",
    )


# Where each cure leads: to a page about its site, or about the finding's payment.
_OF_SITE = {
    CureCode.ENTER: "entrance:entry",
    CureCode.CHECK_PAYMENT: "entrance:check",
    CureCode.PAY: "join:again",
    CureCode.REGISTER_CARD: "mypage:change",
    CureCode.RENEW: "join:again",
    CureCode.REJOIN: "join:again",
    CureCode.RESUME: "mypage:resume",
    CureCode.UNDO_PAUSE: "mypage:resume",
    CureCode.STAY: "mypage:stay",
    CureCode.GO_TO_SITE: "entrance:entry",
    CureCode.JOIN: "join:start",
}
_OF_PAYMENT = {
    CureCode.OPEN_SLIP: "join:pay",
    CureCode.CONTINUE_PAYMENT: "join:pay",
    CureCode.OTHER_WAY: "join:other_way",
}


def _place(code: CureCode, site_key: str, finding: Finding, *, absolute: bool) -> str:
    if code is CureCode.CONTACT:
        support = sites.tenant().support
        return support.url or f"mailto:{support.email}"
    if absolute and code is CureCode.STAY:
        return reverse("mypage:home")
    if code in _OF_PAYMENT:
        return reverse(_OF_PAYMENT[code], args=(finding.evidence["payment"],))
    # The entry asks the provider by itself.
    asks = absolute and code is CureCode.CHECK_PAYMENT
    return reverse("entrance:entry" if asks else _OF_SITE[code], args=(site_key,))


def _site_name(site_key: str) -> str:
    return localized(sites.site(site_key).name) if site_key else ""

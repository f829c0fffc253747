"""Findings in words, facts and buttons: what happened, why, what to do, one step away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from kaiin.billing.membership.wording import end_words
from kaiin.domain.diagnosis import AccessCode, Cure, CureCode, Diagnosis, Finding, Value
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import EndReason
from kaiin.infra.texts import format_datetime, format_money, has_text, localized, text
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class Fact:
    """One line of what a slip or a bill shows; `copyable` for numbers that are typed elsewhere."""

    label: str
    value: str
    number: bool = False


@dataclass(frozen=True)
class Step:
    """A button: a form that is posted, or a link. `kind` "": the one to press first."""

    code: str
    label: str
    url: str
    posts: bool = False
    kind: str = "secondary"


@dataclass(frozen=True)
class Explanation:
    """One finding in words."""

    code: str
    title: str
    what: str
    why: str
    do: str
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]


def explanations(
    diagnosis: Diagnosis, *, site_key: str, absolute: bool = False
) -> tuple[Explanation, ...]:
    """Every finding in the current language; `absolute` links are for mails."""
    every = []
    offered: set[str] = set()
    for finding in diagnosis.findings:
        one = _explanation(finding, site_key=site_key, absolute=absolute)
        # A step that is on the page already isn't offered a second time.
        steps = tuple(step for step in one.steps if step.url not in offered or step.posts)
        offered |= {step.url for step in steps}
        every.append(replace(one, steps=steps))
    if every[0].steps:
        pressed_first = replace(every[0].steps[0], kind="")
        every[0] = replace(every[0], steps=(pressed_first, *every[0].steps[1:]))
    return tuple(every)


def failure_words(code: str) -> str:
    """What a provider said, in our words; "none" where it said nothing."""
    if code in ("", "none"):
        return "none"
    known = f"payments.failure.{code}"
    return text(known) if has_text(known) else text("payments.failure.other")


def _explanation(finding: Finding, *, site_key: str, absolute: bool) -> Explanation:
    words = _words(finding.evidence, site_key)
    code = finding.code.value
    if "reason" in finding.evidence:
        words["ended"] = _ended(finding.evidence)
    why = f"{code}.why"
    return Explanation(
        code=code,
        title=text(f"{code}.title", None, **words),
        what=text(f"{code}.what", None, **words),
        why=text(why, None, **words) if has_text(why) else "",
        do=text(f"{code}.do", None, **words),
        facts=_facts(finding),
        steps=tuple(_step(cure, finding, absolute=absolute) for cure in finding.cures),
    )


def _words(evidence: Mapping[str, Value], site_key: str) -> dict[str, object]:
    words: dict[str, object] = dict(evidence)
    words["site"] = _site_name(site_key)
    if "other" in evidence:
        words["other"] = _site_name(str(evidence["other"]))
    if "method" in evidence:
        words["method_name"] = text(f"payments.method.{evidence['method']}")
    words["said"] = failure_words(str(evidence.get("failure", "")))
    if isinstance(amount := evidence.get("amount"), Money):
        words["amount"] = format_money(amount.amount, amount.currency)
    return words


def _ended(evidence: Mapping[str, Value]) -> str:
    """Why what was paid for has ended, as on My page, in mails and in `kaiin explain`."""
    paid_until, failed_on = evidence.get("last_day"), evidence.get("failed")
    failure = str(evidence.get("failure", "none"))
    return end_words(
        EndReason(str(evidence["reason"])),
        method=Method(str(evidence["method"])),
        paid_until=paid_until if isinstance(paid_until, date) else None,
        failure_code="" if failure == "none" else failure,
        failed_on=failed_on if isinstance(failed_on, date) else None,
    )


def _facts(finding: Finding) -> tuple[Fact, ...]:
    if finding.code is not AccessCode.PENDING_SLIP:
        return ()
    evidence = finding.evidence
    lines = [
        ("entry.slip_number", str(evidence["number"]), True),
        ("entry.slip_confirmation", str(evidence["confirmation"]), True),
    ]
    if isinstance(amount := evidence["amount"], Money):
        lines.append(("entry.amount", format_money(amount.amount, amount.currency), False))
    lines.append(("entry.deadline", _shown(evidence["deadline"]), False))
    return tuple(Fact(text(code), value, number) for code, value, number in lines if value)


def _step(cure: Cure, finding: Finding, *, absolute: bool) -> Step:
    site_key = cure.site_key or ""
    posts = cure.code is CureCode.CHECK_PAYMENT
    # A link in a mail can't post, but the entry asks the provider by itself.
    place = _entry if posts and absolute else _PLACES[cure.code]
    url = place(site_key, finding)
    if absolute and url.startswith("/"):
        url = sites.identity_url(url)
    label = text(cure.code.value, site=_site_name(site_key)) if site_key else text(cure.code.value)
    return Step(cure.code.value, label, url, posts=posts and not absolute)


Place = Callable[[str, Finding], str]


def _join(site_key: str, _finding: Finding) -> str:
    return reverse("join:start", args=(site_key,))


def _again(site_key: str, _finding: Finding) -> str:
    return reverse("join:again", args=(site_key,))


def _other_way(_site_key: str, finding: Finding) -> str:
    return reverse("join:other_way", args=(finding.evidence["payment"],))


def _entry(site_key: str, _finding: Finding) -> str:
    return reverse("entrance:entry", args=(site_key,))


def _check(site_key: str, _finding: Finding) -> str:
    return reverse("entrance:check", args=(site_key,))


def _payment(_site_key: str, finding: Finding) -> str:
    return reverse("join:pay", args=(finding.evidence["payment"],))


def _resume(site_key: str, _finding: Finding) -> str:
    return reverse("mypage:resume", args=(site_key,))


def _contact(_site_key: str, _finding: Finding) -> str:
    support = sites.tenant().support
    return support.url or f"mailto:{support.email}"


# Where each cure leads.
_PLACES: Mapping[CureCode, Place] = {
    CureCode.ENTER: _entry,
    CureCode.CHECK_PAYMENT: _check,
    CureCode.OPEN_SLIP: _payment,
    CureCode.CONTINUE_PAYMENT: _payment,
    CureCode.OTHER_WAY: _other_way,
    CureCode.PAY: _again,
    CureCode.RENEW: _again,
    CureCode.REJOIN: _again,
    CureCode.RESUME: _resume,
    CureCode.GO_TO_SITE: _entry,
    CureCode.JOIN: _join,
    CureCode.CONTACT: _contact,
}


def _site_name(site_key: str) -> str:
    return localized(sites.site(site_key).name) if site_key else ""


def _shown(value: Value) -> str:
    return format_datetime(value) if hasattr(value, "hour") else str(value)  # type: ignore[arg-type]

"""Why a member can or can't enter a site: evidence in, ordered findings with their cures out.

Pure. `diagnosis.operations` gathers the evidence; the pages and mails of the login doctor show
the findings in words (`findings.ftl`), one stable code each.

| code | when | cures, the nearest first |
|---|---|---|
| access.disabled | the account was closed by staff | contact |
| access.ok | a window of access covers now | enter |
| access.pending_slip | a convenience store slip is open | check, open slip, another way |
| access.pending_payment | another payment is under way | check, go on, another way |
| access.never_paid | joined, but no money ever came | pay |
| access.paused | the member has taken a break | come back |
| access.lapsed_monthly | a course that renews by itself stopped | renew, my page |
| access.expired_lump_sum | a period paid at once ran out | renew |
| access.dormant | no entry, but everything is kept until a day | renew |
| access.withdrawn | the membership ended | rejoin |
| access.other_site | no membership here, but one elsewhere | go there, join here too |
| access.no_membership | none anywhere | join |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kaiin.domain.entitlements import Window, WindowKind, open_until
from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import japanese_date, last_day, shown_end
from kaiin.domain.subscriptions import EndReason, Standing


class AccessCode(StrEnum):
    """Stable codes, in the order in which findings are shown."""

    DISABLED = "access.disabled"
    OK = "access.ok"
    PENDING_SLIP = "access.pending_slip"
    PENDING_PAYMENT = "access.pending_payment"
    NEVER_PAID = "access.never_paid"
    PAUSED = "access.paused"
    LAPSED_MONTHLY = "access.lapsed_monthly"
    EXPIRED_LUMP_SUM = "access.expired_lump_sum"
    DORMANT = "access.dormant"
    WITHDRAWN = "access.withdrawn"
    OTHER_SITE = "access.other_site"
    NO_MEMBERSHIP = "access.no_membership"


class CureCode(StrEnum):
    """What a member can do about a finding; the surfaces know where each leads."""

    ENTER = "cure.enter"
    CHECK_PAYMENT = "cure.check_payment"
    OPEN_SLIP = "cure.open_slip"
    CONTINUE_PAYMENT = "cure.continue_payment"
    OTHER_WAY = "cure.other_way"
    PAY = "cure.pay"
    RENEW = "cure.renew"
    REJOIN = "cure.rejoin"
    RESUME = "cure.resume"
    GO_TO_SITE = "cure.go_to_site"
    JOIN = "cure.join"
    CONTACT = "cure.contact"


@dataclass(frozen=True, slots=True)
class Cure:
    """One step out. `site_key` is the site it is about; None for the account as a whole."""

    code: CureCode
    site_key: str | None = None


Value = str | int | date | datetime | Money


@dataclass(frozen=True, slots=True)
class Finding:
    """One true sentence about a member's access. `evidence` fills its words; no secrets in it."""

    code: AccessCode
    evidence: Mapping[str, Value] = field(default_factory=dict)
    cures: tuple[Cure, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment that may still bring money. The numbers are those on a konbini slip, or empty."""

    payment_id: str
    method: Method
    state: PaymentState
    amount: Money
    started_at: datetime
    expires_at: datetime | None = None
    slip_number: str = ""
    confirmation_number: str = ""


@dataclass(frozen=True, slots=True)
class MembershipEvidence:
    """What is known of a membership at the site in question.

    `renews`: the course charges by itself, unlike a lump sum; `goes_on`: it will indeed
    be charged again; `paid_until` is the exclusive end of the last paid period; `failure_code`
    is the provider's last word, empty if none.
    """

    standing: Standing
    renews: bool
    method: Method
    goes_on: bool = False
    paid_until: datetime | None = None
    paused_until: datetime | None = None
    end_reason: EndReason | None = None
    failure_code: str = ""
    failed_at: datetime | None = None
    next_try_at: datetime | None = None
    dormant_until: datetime | None = None
    withdrawn_at: datetime | None = None
    rejoin_until: datetime | None = None
    open_payment: OpenPayment | None = None


@dataclass(frozen=True, slots=True)
class OtherMembership:
    """A membership at another site; `goes_on`: it will be charged again by itself."""

    site_key: str
    windows: tuple[Window, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the rule looks at. `windows` are those of this member at `site_key`."""

    site_key: str
    now: datetime
    disabled: bool = False
    windows: tuple[Window, ...] = ()
    membership: MembershipEvidence | None = None
    others: tuple[OtherMembership, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Ordered findings, at least one: the first says what happened, the others add to it."""

    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        return self.findings[0].code is AccessCode.OK

    @property
    def codes(self) -> tuple[AccessCode, ...]:
        return tuple(finding.code for finding in self.findings)


def diagnose(evidence: Evidence) -> Diagnosis:
    """All findings about a member's access to one site at `evidence.now`."""
    for final in (_disabled, _ok):
        if finding := final(evidence):
            return Diagnosis((finding,))
    found = tuple(finding for rule in _RULES if (finding := rule(evidence)))
    return Diagnosis(found or (_no_membership(evidence),))


def _disabled(evidence: Evidence) -> Finding | None:
    if not evidence.disabled:
        return None
    return Finding(AccessCode.DISABLED, {}, (Cure(CureCode.CONTACT),))


def _ok(evidence: Evidence) -> Finding | None:
    until = _shown_until(evidence.windows, evidence.now)
    if until is None:
        return None
    goes_on = evidence.membership is not None and evidence.membership.goes_on
    goes_on = goes_on and _is_paid_to_the_end(evidence.windows, evidence.now)
    facts: dict[str, Value] = {"until": until, "goes_on": "yes" if goes_on else "no"}
    return Finding(AccessCode.OK, facts, (Cure(CureCode.ENTER, evidence.site_key),))


def _pending_slip(evidence: Evidence) -> Finding | None:
    payment = _open_payment(evidence)
    if payment is None or payment.method is not Method.KONBINI:
        return None
    facts = _payment_words(payment)
    facts["number"] = payment.slip_number
    facts["confirmation"] = payment.confirmation_number
    # Until a slip was accepted there is no number on it to pay with.
    facts["slip"] = "ready" if payment.slip_number else "none"
    facts["deadline"] = payment.expires_at or payment.started_at
    facts["late"] = "yes" if payment.expires_at and payment.expires_at <= evidence.now else "no"
    return Finding(
        AccessCode.PENDING_SLIP,
        facts,
        _cures(evidence, CureCode.CHECK_PAYMENT, CureCode.OPEN_SLIP, CureCode.OTHER_WAY),
    )


def _pending_payment(evidence: Evidence) -> Finding | None:
    payment = _open_payment(evidence)
    if payment is None or payment.method is Method.KONBINI:
        return None
    # Whether a call that timed out took money is unknown: no second try before that.
    unknown = payment.state is PaymentState.UNKNOWN
    cures = [CureCode.CHECK_PAYMENT]
    if not unknown:
        cures += [CureCode.CONTINUE_PAYMENT, CureCode.OTHER_WAY]
    facts = _payment_words(payment) | {"known": "no" if unknown else "yes"}
    return Finding(AccessCode.PENDING_PAYMENT, facts, _cures(evidence, *cures))


def _never_paid(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    if (
        membership is None
        or membership.standing is not Standing.PENDING
        or membership.open_payment is not None
    ):
        return None
    facts = _failure_words(membership) | {"charged": _charged(membership)}
    return Finding(AccessCode.NEVER_PAID, facts, _cures(evidence, CureCode.PAY))


def _paused(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    until = membership.paused_until if membership else None
    if until is None or until <= evidence.now:
        return None
    facts: dict[str, Value] = {"until": shown_end(until)}
    return Finding(AccessCode.PAUSED, facts, _cures(evidence, CureCode.RESUME))


def _lapsed_monthly(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    if membership is None or not _is_lapsed(membership) or _has_expired(membership):
        return None
    facts = _end_words(membership, membership.end_reason or EndReason.RENEWAL_FAILED)
    facts["retry"] = "yes" if membership.next_try_at else "no"
    if membership.next_try_at:
        facts["next_try"] = japanese_date(membership.next_try_at)
    return Finding(AccessCode.LAPSED_MONTHLY, facts, _cures(evidence, CureCode.RENEW))


def _expired_lump_sum(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    if membership is None or not _is_lapsed(membership) or not _has_expired(membership):
        return None
    facts = _end_words(membership, EndReason.EXPIRED)
    return Finding(AccessCode.EXPIRED_LUMP_SUM, facts, _cures(evidence, CureCode.RENEW))


def _dormant(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    if membership is None or membership.standing is not Standing.DORMANT:
        return None
    facts: dict[str, Value] = {"dated": "no"}
    if membership.dormant_until is not None:
        facts = {"dated": "yes", "until": shown_end(membership.dormant_until)}
    return Finding(AccessCode.DORMANT, facts, _cures(evidence, CureCode.RENEW))


def _withdrawn(evidence: Evidence) -> Finding | None:
    membership = evidence.membership
    if membership is None or membership.standing is not Standing.WITHDRAWN:
        return None
    facts = _end_words(membership, membership.end_reason or EndReason.EXPIRED)
    facts["dated"] = "no"
    if membership.withdrawn_at is not None:
        facts |= {"dated": "yes", "withdrawn": last_day(membership.withdrawn_at)}
    facts["keeps"] = "no"
    if membership.rejoin_until is not None and evidence.now < membership.rejoin_until:
        facts |= {"keeps": "yes", "until": shown_end(membership.rejoin_until)}
    return Finding(AccessCode.WITHDRAWN, facts, _cures(evidence, CureCode.REJOIN))


def _other_site(evidence: Evidence) -> Finding | None:
    now = evidence.now
    untils = ((other, _shown_until(other.windows, now)) for other in evidence.others)
    found = [(other, until) for other, until in untils if until is not None]
    if not found:
        return None
    going = tuple(Cure(CureCode.GO_TO_SITE, other.site_key) for other, _ in found)
    joining = () if evidence.membership else _cures(evidence, CureCode.JOIN)
    first, until = found[0]
    facts: dict[str, Value] = {
        "other": first.site_key,
        "until": until,
        "goes_on": "yes" if first.goes_on and _is_paid_to_the_end(first.windows, now) else "no",
        "joins": "yes" if joining else "no",
    }
    return Finding(AccessCode.OTHER_SITE, facts, going + joining)


def _no_membership(evidence: Evidence) -> Finding:
    return Finding(AccessCode.NO_MEMBERSHIP, {}, _cures(evidence, CureCode.JOIN))


# In the order in which they are shown: the nearest hope first, then what happened, then the rest.
_RULES: tuple[Callable[[Evidence], Finding | None], ...] = (
    _pending_slip,
    _pending_payment,
    _never_paid,
    _paused,
    _lapsed_monthly,
    _expired_lump_sum,
    _dormant,
    _withdrawn,
    _other_site,
)


_NEW_PAYMENTS = frozenset(
    {CureCode.PAY, CureCode.RENEW, CureCode.REJOIN, CureCode.RESUME, CureCode.JOIN}
)


def _shown_until(windows: tuple[Window, ...], now: datetime) -> date | datetime | None:
    """The end that members are shown: grace is a kindness, not a promise, unless it has
    begun. None where nothing is open now."""
    promised = tuple(window for window in windows if window.kind is not WindowKind.GRACE)
    until = open_until(promised, now) or open_until(windows, now)
    return None if until is None else shown_end(until)


def _is_paid_to_the_end(windows: tuple[Window, ...], now: datetime) -> bool:
    """Whether the end that members are shown is that of what is paid, not of grace or a grant."""
    paid = open_until([window for window in windows if window.kind is WindowKind.PAID], now)
    return paid is not None and shown_end(paid) == _shown_until(windows, now)


def _open_payment(evidence: Evidence) -> OpenPayment | None:
    return evidence.membership.open_payment if evidence.membership else None


def _is_lapsed(membership: MembershipEvidence) -> bool:
    """Paid once, not now, and neither gone for good nor on a break that was agreed to."""
    lapsed = membership.standing in (Standing.ACTIVE, Standing.DORMANT)
    return lapsed and membership.paused_until is None


def _has_expired(membership: MembershipEvidence) -> bool:
    """Whether it ended by time alone: nothing was to be charged."""
    return membership.end_reason in (None, EndReason.EXPIRED) and not membership.renews


def _end_words(membership: MembershipEvidence, reason: EndReason) -> dict[str, Value]:
    """What the sentence about an end needs."""
    words = _failure_words(membership) | _paid_words(membership)
    return words | {"reason": reason.value}


def _cures(evidence: Evidence, *codes: CureCode) -> tuple[Cure, ...]:
    # While a payment is under way, only its own finding offers steps: no second payment.
    if _open_payment(evidence) is not None:
        codes = tuple(code for code in codes if code not in _NEW_PAYMENTS)
    return tuple(Cure(code, evidence.site_key) for code in codes)


def _payment_words(payment: OpenPayment) -> dict[str, Value]:
    return {
        "payment": payment.payment_id,
        "method": payment.method.value,
        "amount": payment.amount,
        "started": payment.started_at,
    }


def _paid_words(membership: MembershipEvidence) -> dict[str, Value]:
    if membership.paid_until is None:
        return {"paid": "no"}
    return {"paid": "yes", "last_day": shown_end(membership.paid_until)}


def _charged(membership: MembershipEvidence) -> str:
    """`no` where the provider has said that nothing was charged; `slip` where a slip may have been
    paid in time, of which we hear hours later."""
    if membership.failure_code == PaymentState.EXPIRED and membership.method is Method.KONBINI:
        return "slip"
    return "no" if membership.failure_code else "unsaid"


def _failure_words(membership: MembershipEvidence) -> dict[str, Value]:
    facts: dict[str, Value] = {"method": membership.method.value, "failure": "none"}
    if membership.failure_code and membership.failed_at is not None:
        facts["failure"] = membership.failure_code
        facts["failed"] = japanese_date(membership.failed_at)
    return facts

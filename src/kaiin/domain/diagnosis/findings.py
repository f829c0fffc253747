"""What a diagnosis says: findings in order, one stable code each, with their cures.

The words of each are in `findings.ftl`: `<code>.title` and `<code>.what`, and where there is
something to say `<code>.why` and `<code>.do`. Every surface shows these.

| code | when | cures, the nearest first |
|---|---|---|
| access.disabled | the account was closed by staff | contact |
| access.ok | a window of access covers now | enter |
| access.pending_slip | a convenience store slip is open | check, open slip, (enter,) another way |
| access.pending_payment | another payment is under way | check, go on, (enter,) another way |
| membership.renewing | in while a renewal's answer is awaited | enter |
| membership.leaving | in until what is paid ends: they have left | enter, stay after all |
| membership.grace | in although the renewal failed | pay, enter |
| membership.granted | let in by staff, without being paid up | enter, what opens it for good |
| membership.pausing | in; a break follows what is paid | enter, undo |
| membership.mandate_ended | in; the next fee can't be charged | pay or register a card, enter |
| membership.renewable | in; the next period can be bought by hand | renew, enter |
| membership.fixed | in; too late to change the coming renewal | enter |
| access.never_paid | joined, but no money ever came | pay |
| access.paused | the member has taken a break | come back |
| access.lapsed_monthly | a course that renews by itself stopped | pay while it is due, then renew |
| access.expired_lump_sum | a period paid at once ran out | renew |
| access.dormant | no entry, but everything is kept until a day | renew |
| access.withdrawn | the membership ended | rejoin |
| access.other_site | no membership here, but one elsewhere | go there, join here too |
| access.no_membership | none anywhere | join |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kaiin.domain.money import Money


class FindingCode(StrEnum):
    """Stable codes, in the order in which findings are shown."""

    DISABLED = "access.disabled"
    OK = "access.ok"
    PENDING_SLIP = "access.pending_slip"
    PENDING_PAYMENT = "access.pending_payment"
    RENEWING = "membership.renewing"
    LEAVING = "membership.leaving"
    GRACE = "membership.grace"
    GRANTED = "membership.granted"
    PAUSING = "membership.pausing"
    MANDATE_ENDED = "membership.mandate_ended"
    RENEWABLE = "membership.renewable"
    FIXED = "membership.fixed"
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
    REGISTER_CARD = "cure.register_card"
    RENEW = "cure.renew"
    REJOIN = "cure.rejoin"
    RESUME = "cure.resume"
    UNDO_PAUSE = "cure.undo_pause"
    STAY = "cure.stay"
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

    code: FindingCode
    evidence: Mapping[str, Value] = field(default_factory=dict)
    cures: tuple[Cure, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Ordered findings, at least one: the first says what happened, the others add to it."""

    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        return self.findings[0].code is FindingCode.OK

    @property
    def main(self) -> Finding:
        """What to say first to a member who may be in already: what will close the door."""
        return self.findings[min(len(self.findings) - 1, 1 if self.allowed else 0)]

    @property
    def codes(self) -> tuple[FindingCode, ...]:
        return tuple(finding.code for finding in self.findings)

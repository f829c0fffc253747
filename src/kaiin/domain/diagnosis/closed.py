"""The door is closed, and a membership says why: never paid, on a break, stopped, over, left."""

from collections.abc import Callable

from kaiin.domain.diagnosis.evidence import (
    Evidence,
    MembershipEvidence,
    cures,
    refusal_words,
    retry_words,
)
from kaiin.domain.diagnosis.findings import CureCode, Finding, FindingCode, Value
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import last_day, shown_end
from kaiin.domain.subscriptions import EndReason, Standing


def state_while_closed(evidence: Evidence) -> tuple[Finding, ...]:
    """What happened, then what is left of the membership."""
    membership = evidence.membership
    if membership is None:
        return ()
    return tuple(finding for rule in _STATES if (finding := rule(evidence, membership)))


def _never_paid(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if membership.standing is not Standing.PENDING or membership.open_payment is not None:
        return None
    facts = refusal_words(membership.refusal) | {"charged": _charged(membership)}
    return Finding(FindingCode.NEVER_PAID, facts, cures(evidence, CureCode.PAY))


def _paused(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if not _is_paused(evidence, membership) or membership.paused_until is None:
        return None
    facts: dict[str, Value] = {"until": shown_end(membership.paused_until)}
    # They have tried to come back early.
    facts |= refusal_words(membership.refusal)
    return Finding(FindingCode.PAUSED, facts, cures(evidence, CureCode.RESUME))


def _lapsed_monthly(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if not _is_lapsed(evidence, membership) or _has_expired(membership):
        return None
    facts = _end_words(membership, _reason_of_lapse(membership)) | retry_words(membership)
    # What is due is paid; after the end it is a renewal.
    step = CureCode.RENEW if membership.standing is Standing.DORMANT else CureCode.PAY
    return Finding(FindingCode.LAPSED_MONTHLY, facts, cures(evidence, step))


def _expired_lump_sum(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if not _is_lapsed(evidence, membership) or not _has_expired(membership):
        return None
    facts = _end_words(membership, EndReason.EXPIRED)
    return Finding(FindingCode.EXPIRED_LUMP_SUM, facts, cures(evidence, CureCode.RENEW))


def _dormant(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if membership.standing is not Standing.DORMANT:
        return None
    return Finding(FindingCode.DORMANT, _kept_words(membership), cures(evidence, CureCode.RENEW))


def _withdrawn(evidence: Evidence, membership: MembershipEvidence) -> Finding | None:
    if membership.standing is not Standing.WITHDRAWN:
        return None
    facts = _end_words(membership, membership.end_reason or EndReason.EXPIRED)
    facts["dated"] = "no"
    if membership.withdrawn_at is not None:
        facts |= {"dated": "yes", "withdrawn": last_day(membership.withdrawn_at)}
    facts["keeps"] = "no"
    if membership.rejoin_until is not None and evidence.now < membership.rejoin_until:
        facts |= {"keeps": "yes", "until": shown_end(membership.rejoin_until)}
    return Finding(FindingCode.WITHDRAWN, facts, cures(evidence, CureCode.REJOIN))


_STATES: tuple[Callable[[Evidence, MembershipEvidence], Finding | None], ...] = (
    _never_paid,
    _paused,
    _lapsed_monthly,
    _expired_lump_sum,
    _dormant,
    _withdrawn,
)


def _is_paused(evidence: Evidence, membership: MembershipEvidence) -> bool:
    """On a break that was agreed to; one whose first charge failed is over."""
    until = membership.paused_until
    paused = until is not None and evidence.now < until
    return paused and membership.standing is Standing.ACTIVE and not membership.past_due


def _is_lapsed(evidence: Evidence, membership: MembershipEvidence) -> bool:
    """Paid once, not now, and neither gone for good nor on a break."""
    lapsed = membership.standing in (Standing.ACTIVE, Standing.DORMANT)
    return lapsed and not _is_paused(evidence, membership)


def _has_expired(membership: MembershipEvidence) -> bool:
    """Whether it ended by time alone: nothing was to be charged."""
    return membership.end_reason in (None, EndReason.EXPIRED) and not membership.renews


def _reason_of_lapse(membership: MembershipEvidence) -> EndReason:
    """Why it stopped, also in the moment before the worker has recorded the end."""
    if membership.end_reason is not None:
        return membership.end_reason
    if membership.leaving_at is not None:
        return EndReason.LEFT
    ended = membership.mandate == "ended"
    return EndReason.MANDATE_ENDED if ended else EndReason.RENEWAL_FAILED


def _end_words(membership: MembershipEvidence, reason: EndReason) -> dict[str, Value]:
    """What the sentence about an end needs."""
    facts = refusal_words(membership.refusal) | refusal_words(membership.refused_since, "since_")
    facts |= {"reason": reason.value, "method": membership.method.value, "paid": "no"}
    if membership.paid_until is not None:
        facts |= {"paid": "yes", "last_day": shown_end(membership.paid_until)}
    facts["keeps"] = "no"
    if membership.standing is Standing.DORMANT and membership.dormant_until is not None:
        facts |= {"keeps": "dated", "until": shown_end(membership.dormant_until)}
    return facts


def _kept_words(membership: MembershipEvidence) -> dict[str, Value]:
    if membership.dormant_until is None:
        return {"dated": "no"}
    return {"dated": "yes", "until": shown_end(membership.dormant_until)}


def _charged(membership: MembershipEvidence) -> str:
    """`no` where the provider has said that nothing was charged; `slip` where a slip may have been
    paid in time, of which we hear hours later."""
    if membership.refusal is None or not membership.refusal.code:
        return "unsaid"
    expired = membership.refusal.code == PaymentState.EXPIRED
    return "slip" if expired and membership.method is Method.KONBINI else "no"

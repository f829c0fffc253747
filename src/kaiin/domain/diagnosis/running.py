"""The door is open. What, if anything, will close it, and what the member can do by then."""

from collections.abc import Callable

from kaiin.domain.diagnosis.closed import state_while_closed
from kaiin.domain.diagnosis.evidence import (
    Evidence,
    MembershipEvidence,
    cures,
    is_paid_to_the_end,
    refusal_words,
    retry_words,
    shown_until,
)
from kaiin.domain.diagnosis.findings import Cure, CureCode, Finding, FindingCode, Value
from kaiin.domain.entitlements import WindowKind, open_until
from kaiin.domain.periods import japanese_date, last_day, shown_end
from kaiin.domain.subscriptions import Standing


def ok(evidence: Evidence) -> Finding | None:
    """A window of access covers now."""
    until = shown_until(evidence.windows, evidence.now)
    if until is None:
        return None
    goes_on = evidence.membership is not None and evidence.membership.next_charge is not None
    goes_on = goes_on and is_paid_to_the_end(evidence.windows, evidence.now)
    facts: dict[str, Value] = {"until": until, "goes_on": "yes" if goes_on else "no"}
    return Finding(FindingCode.OK, facts, (Cure(CureCode.ENTER, evidence.site_key),))


def state_while_open(evidence: Evidence) -> tuple[Finding, ...]:
    """The first that applies; none where everything goes on by itself."""
    for rule in _STATES:
        if finding := rule(evidence):
            return (finding,)
    return ()


def kept_open_as(*, past_due: bool) -> FindingCode:
    """Why the door is open after what was paid: the renewal failed, or is not answered yet."""
    return FindingCode.GRACE if past_due else FindingCode.RENEWING


def _renewing(evidence: Evidence) -> Finding | None:
    payment, membership = evidence.open_payment, _active(evidence)
    charged = payment is not None and payment.automatic
    # What was paid is over and the door is kept open for the renewal, which is not answered yet.
    kept_open = (
        membership is not None
        and evidence.open_now is WindowKind.GRACE
        and membership.leaving_at is None
        and kept_open_as(past_due=membership.past_due) is FindingCode.RENEWING
    )
    if not charged and not kept_open:
        return None
    return Finding(FindingCode.RENEWING, {}, cures(evidence, CureCode.ENTER))


def _leaving(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    if membership is None or membership.leaving_at is None:
        return None
    facts: dict[str, Value] = {"until": shown_end(membership.leaving_at), "charged": "no"}
    if membership.next_charge is not None:
        # They left past the lock day: one more renewal comes first.
        charge = membership.next_charge
        facts |= {"charged": "yes", "day": japanese_date(charge.at), "amount": charge.amount}
    return Finding(FindingCode.LEAVING, facts, cures(evidence, CureCode.ENTER, CureCode.STAY))


def _grace(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    until = open_until(evidence.windows, evidence.now)
    if membership is None or not membership.past_due or until is None:
        return None
    facts: dict[str, Value] = {"until": shown_end(until)}
    facts |= refusal_words(membership.refusal) | retry_words(membership)
    return Finding(FindingCode.GRACE, facts, cures(evidence, CureCode.PAY, CureCode.ENTER))


def _granted(evidence: Evidence) -> Finding | None:
    until = shown_until(evidence.windows, evidence.now)
    if until is None or evidence.open_now is not WindowKind.GRANT:
        return None
    return Finding(
        FindingCode.GRANTED,
        {"until": until},
        (*cures(evidence, CureCode.ENTER), *_cures_for_good(evidence)),
    )


def _cures_for_good(evidence: Evidence) -> tuple[Cure, ...]:
    """What would open the door if staff had not."""
    if evidence.membership is None:
        return cures(evidence, CureCode.JOIN)
    if not evidence.membership.payable and evidence.membership.paused_until is None:
        return ()
    found = (cure for finding in state_while_closed(evidence) for cure in finding.cures)
    return tuple(dict.fromkeys(found))


def _pausing(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    if membership is None or membership.paused_until is None or membership.paid_until is None:
        return None
    facts: dict[str, Value] = {
        "last_day": last_day(membership.paid_until),
        "until": shown_end(membership.paused_until),
    }
    steps = cures(evidence, CureCode.ENTER, CureCode.UNDO_PAUSE)
    return Finding(FindingCode.PAUSING, facts, steps)


def _mandate_ended(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    if membership is None or membership.mandate == "ok" or not membership.renews:
        return None
    facts: dict[str, Value] = {
        "method": membership.method.value,
        "mandate": membership.mandate,
        "opens": "now",
    }
    if membership.paid_until is not None:
        facts["until"] = shown_end(membership.paid_until)
    step = CureCode.PAY
    if not membership.payable and membership.opens_at is not None:
        # The next year is not sold months ahead: until its window only a card is registered.
        facts |= {"opens": "later", "opens_on": japanese_date(membership.opens_at)}
        step = CureCode.REGISTER_CARD
    return Finding(FindingCode.MANDATE_ENDED, facts, cures(evidence, step, CureCode.ENTER))


def _renewable(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    if membership is None or not membership.payable or membership.paid_until is None:
        return None
    facts: dict[str, Value] = {"until": shown_end(membership.paid_until)}
    return Finding(FindingCode.RENEWABLE, facts, cures(evidence, CureCode.RENEW, CureCode.ENTER))


def _fixed(evidence: Evidence) -> Finding | None:
    membership = _active(evidence)
    if membership is None or not membership.fixed:
        return None
    return Finding(FindingCode.FIXED, {}, cures(evidence, CureCode.ENTER))


def _active(evidence: Evidence) -> MembershipEvidence | None:
    membership = evidence.membership
    return membership if membership and membership.standing is Standing.ACTIVE else None


_STATES: tuple[Callable[[Evidence], Finding | None], ...] = (
    _renewing,
    _leaving,
    _grace,
    _granted,
    _pausing,
    _mandate_ended,
    _renewable,
    _fixed,
)

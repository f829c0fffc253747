"""Money that may be on its way. While it is, no other payment is offered."""

from kaiin.domain.diagnosis.evidence import Evidence, OpenPayment, cures
from kaiin.domain.diagnosis.findings import CureCode, Finding, FindingCode, Value
from kaiin.domain.payments import Method, PaymentState


def pending_slip(evidence: Evidence) -> Finding | None:
    """A convenience store slip that may have been paid already."""
    payment = evidence.open_payment
    if payment is None or payment.method is not Method.KONBINI:
        return None
    late = payment.expires_at is not None and payment.expires_at <= evidence.now
    facts = _payment_words(payment, evidence)
    facts["number"] = payment.slip_number
    facts["confirmation"] = payment.confirmation_number
    facts["store"] = payment.store
    # Until a slip was accepted there is no number on it to pay with.
    facts["slip"] = "none" if not payment.slip_number else "late" if late else "ready"
    facts["deadline"] = payment.expires_at or payment.started_at
    steps = [CureCode.CHECK_PAYMENT, CureCode.OPEN_SLIP]
    if not payment.slip_number:
        steps.reverse()
    if evidence.open_now is not None:
        steps.append(CureCode.ENTER)
    found = cures(evidence, *steps, CureCode.OTHER_WAY)
    return Finding(FindingCode.PENDING_SLIP, facts, found)


def pending_payment(evidence: Evidence) -> Finding | None:
    """Any other payment under way."""
    payment = evidence.open_payment
    if payment is None or payment.method is Method.KONBINI:
        return None
    is_open = evidence.open_now is not None
    if payment.automatic and is_open:
        # A renewal, which asks nothing of a member who is in meanwhile (`running.renewing`).
        return None
    # Whether a call that timed out took money is unknown: no second try before that.
    waits = payment.automatic or payment.state is PaymentState.UNKNOWN
    steps = [CureCode.CHECK_PAYMENT]
    if not waits:
        steps.append(CureCode.CONTINUE_PAYMENT)
    if is_open:
        steps.append(CureCode.ENTER)
    if not waits:
        steps.append(CureCode.OTHER_WAY)
    facts = _payment_words(payment, evidence) | {"known": "no" if waits else "yes"}
    return Finding(FindingCode.PENDING_PAYMENT, facts, cures(evidence, *steps))


def _payment_words(payment: OpenPayment, evidence: Evidence) -> dict[str, Value]:
    return {
        "payment": payment.payment_id,
        "method": payment.method.value,
        "amount": payment.amount,
        "started": payment.started_at,
        "open": "no" if evidence.open_now is None else "yes",
    }

"""Money that goes back: never more than came, never forgotten, and said to the member."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from kaiin.verification.books import NEVER_APPLIED, effective_entries
from kaiin.verification.dossier import Charge, Dossier, Entry, Refund, RefundCase
from kaiin.verification.money import TAKEN, payment_ids
from kaiin.verification.news import News
from kaiin.verification.violation import Violation

_GIVEN_BACK = frozenset({"requested", "failed", "done"})


def check(dossier: Dossier, news: News) -> Iterator[Violation]:
    refunds: dict[str, list[Refund]] = defaultdict(list)
    for refund in dossier.refunds:
        refunds[refund.payment_id].append(refund)
    for charge in dossier.charges:
        if charge.paid_by is not None and charge.payment_state in TAKEN:
            yield from _payment(charge, refunds[charge.paid_by])
    yield from _without_case(dossier)
    yield from _moved_without_case(dossier)
    by_key = {refund.key: refund for refund in dossier.refunds}
    for case in dossier.cases:
        yield from _case(dossier, case, by_key.get(case.refund_key), news)
    cases = {case.refund_key: case for case in dossier.cases}
    taken = {charge.paid_by for charge in dossier.charges if charge.payment_state in TAKEN}
    for refund in dossier.refunds:
        # What fell short bought nothing: that it went back ends its payment, and is in no book.
        if refund.payment_id in taken or refund.key in cases:
            yield from _refund(refund, cases.get(refund.key), news)


def _payment(charge: Charge, refunds: list[Refund]) -> Iterator[Violation]:
    """What a payment says of itself follows from what went back of it."""
    ids = payment_ids(charge.paid_by)
    asked = sum(refund.amount for refund in refunds if refund.state != "failed")
    done = sum(refund.amount for refund in refunds if refund.state == "done")
    if asked > charge.received:
        yield Violation(
            "refund.too_much", ids, f"{asked} go back of {charge.received} that were received"
        )
    if charge.payment_state in {"disputed", "charged_back"}:
        disputed = charge.dispute in {"open", "lost"}
        if not disputed:
            yield Violation(
                "payment.state", ids, f"{charge.payment_state}, its dispute: {charge.dispute}"
            )
        return
    wanted = "partly_refunded" if done else "paid"
    if done >= charge.received:
        wanted = "refunded"
    if charge.payment_state != wanted:
        yield Violation(
            "payment.state",
            ids,
            f"{charge.payment_state}, but {done} of {charge.received} went back",
        )


def _without_case(dossier: Dossier) -> Iterator[Violation]:
    """Money that bought nothing has a case that staff decide."""
    known = {case.charge_id for case in dossier.cases if case.reason in NEVER_APPLIED}
    for charge in dossier.charges:
        surplus = charge.state == "paid" and charge.received > charge.total
        if (charge.state == "parked" or surplus) and charge.id not in known:
            yield Violation(
                "money.without_case",
                (f"charge:{charge.id}", *payment_ids(charge.payment_id)),
                f"{charge.received} came, {charge.state}, and no case is about it",
            )


def _moved_without_case(dossier: Dossier) -> Iterator[Violation]:
    """Where an upgrade was refunded at the provider, the days that it had moved were paid by
    another payment, whose money is the member's, too."""
    charges = {charge.paid_by: charge for charge in dossier.charges if charge.paid_by}
    periods = {period.id: period for period in dossier.periods}
    given_back = {case.period_id for case in dossier.cases if case.reason == "staff"}
    for period in dossier.periods:
        charge = charges.get(period.payment_id)
        if charge is None or charge.credit_period_id is None or not charge.credit:
            continue
        source = charges.get(periods[charge.credit_period_id].payment_id)
        gone = sum(
            case.amount
            for case in dossier.cases
            if source is not None
            and case.charge_id == source.id
            and case.state != "declined"
            and case.reason != "too_much"
        )
        kept = source is not None and gone < source.price - source.credit
        if period.early_end == "refunded" and kept and period.id not in given_back:
            yield Violation(
                "money.moved_without_case",
                (f"period:{period.id}", *payment_ids(period.payment_id)),
                f"{charge.credit} were moved to it, it was refunded, and no case is about them",
            )


def _case(
    dossier: Dossier, case: RefundCase, refund: Refund | None, news: News
) -> Iterator[Violation]:
    """A case agrees with the books and with the refund that it asked for."""
    ids = (f"refund_case:{case.id}", *payment_ids(case.payment_id))
    booked = [-e.sum_of("refunds_due") for e in _entries(dossier, f"refund_due:{case.key}")]
    paid_out = [-e.sum_of("provider_cash") for e in _entries(dossier, f"refund:{case.refund_key}")]
    due_is_right = booked == ([case.amount] if case.state in _GIVEN_BACK else [])
    out_is_right = paid_out == ([case.amount] if case.state == "done" else [])
    if not due_is_right or not out_is_right:
        yield Violation(
            "refund.booked",
            ids,
            f"{case.amount}, {case.state}: in the books {booked} due and {paid_out} paid out",
        )
    if case.state == "requested" and refund is None and not news.of_refund_wanted(case.refund_key):
        yield Violation("refund.unasked", ids, "to be paid back, but payments never heard of it")
    done = refund is not None and refund.state == "done"
    if case.state == "done" and not done and not (refund and news.of_refund(refund.id)):
        yield Violation(
            "refund.unpaid", ids, f"done, but the refund is {refund.state if refund else 'unknown'}"
        )


def _refund(refund: Refund, case: RefundCase | None, news: News) -> Iterator[Violation]:
    """What became of a refund is recorded, or its event is waiting."""
    ids = (f"refund:{UUID(refund.id)}", *payment_ids(refund.payment_id))
    if case is not None and case.amount != refund.amount:
        yield Violation("refund.amount", ids, f"{refund.amount} go back for {case.amount}")
    state = case.state if case is not None else None
    recorded = {
        "done": state == "done",
        "failed": state not in {"requested", "done"},
    }.get(refund.state, True)
    if not recorded and not (news.of_refund(refund.id) or news.of_payment(refund.payment_id)):
        yield Violation("refund.unrecorded", ids, f"it is {refund.state}, its case is {state}")


def _entries(dossier: Dossier, key: str) -> list[Entry]:
    return [
        entry
        for entry in effective_entries(dossier)
        if entry.key == key or entry.key.startswith(f"{key}#")
    ]

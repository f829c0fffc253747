"""Charges, payments, periods, receipts and refunds of one membership: money buys time once."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from kaiin.verification.dossier import Charge, Dossier, Period
from kaiin.verification.news import Untold
from kaiin.verification.violation import Violation

# The provider's money is with us, or was.
_TAKEN = frozenset({"paid", "partly_refunded", "disputed", "refunded", "charged_back"})
_HELD = frozenset({"paid", "partly_refunded", "disputed"})
_OPEN = frozenset({"intent", "pending", "unknown"})


def check(dossier: Dossier, untold: Untold) -> Iterator[Violation]:
    for charge in dossier.charges:
        yield from _charge(dossier, charge, untold)
    yield from _once(dossier)
    yield from _periods(dossier, untold)
    yield from _receipts(dossier)
    yield from _cases(dossier)


def _charge(dossier: Dossier, charge: Charge, untold: Untold) -> Iterator[Violation]:
    """An intent agrees with the payment of its key, and knows how that ended."""
    ids = (f"charge:{charge.id}", *_payment_ids(charge.paid_by))
    if charge.payment_id is not None and charge.payment_id != charge.paid_by:
        yield Violation(
            "charge.other_payment", ids, "the charge names a payment that is not of its key"
        )
    if charge.paid_by is None:
        if charge.state in {"paid", "parked"}:
            yield Violation("charge.unpaid", ids, f"{charge.state}, but there is no payment")
        return
    if charge.amount != charge.total:
        yield Violation(
            "charge.amount", ids, f"{charge.total} were to be paid, {charge.amount} were asked for"
        )
    if charge.member_ref != dossier.membership.member_id:
        yield Violation("charge.other_member", ids, "the payment is of another member")
    yield from _outcome(charge, ids, untold)


def _outcome(charge: Charge, ids: tuple[str, ...], untold: Untold) -> Iterator[Violation]:
    """Whatever a payment came to is recorded, or is about to be told."""
    state = charge.payment_state or ""
    settled = charge.state in {"paid", "parked"}
    if settled and state not in _TAKEN and state != "registered":
        yield Violation("charge.unpaid", ids, f"{charge.state}, but its payment is {state}")
    elif state in _TAKEN and not settled and not untold.of_payment(charge.paid_by):
        yield Violation(
            "payment.unrecorded", ids, f"the payment is {state}, the charge is {charge.state}"
        )
    elif (charge.state == "open" and state not in _OPEN | _TAKEN) and not untold.of_payment(
        charge.paid_by
    ):
        yield Violation(
            "payment.unrecorded", ids, f"the payment is {state}, the charge is still open"
        )
    if state in _TAKEN and charge.paid_at is None:
        yield Violation("payment.timeless", ids, "money came, but nothing says when")


def _once(dossier: Dossier) -> Iterator[Violation]:
    """One charge per subscription and period, ever."""
    live: dict[tuple[int, int], list[Charge]] = defaultdict(list)
    for charge in dossier.charges:
        if charge.state in {"open", "paid"}:
            live[charge.subscription_id, charge.period_index].append(charge)
    for (subscription, index), charges in live.items():
        if len(charges) > 1:
            yield Violation(
                "charge.twice",
                tuple(f"charge:{charge.id}" for charge in charges),
                f"period {index} of subscription {subscription} has {len(charges)} live charges",
            )
    still_open = [f"charge:{charge.id}" for charge in dossier.charges if charge.state == "open"]
    if len(still_open) > 1:
        yield Violation(
            "charge.two_open", tuple(still_open), "a membership has one open charge at most"
        )


def _periods(dossier: Dossier, untold: Untold) -> Iterator[Violation]:
    """No period without money, no money without a period."""
    buying = {c.payment_id: c for c in dossier.charges if c.state == "paid" and c.payment_id}
    bought = Counter(period.payment_id for period in dossier.periods)
    for period in dossier.periods:
        yield from _period(period, buying.get(period.payment_id), untold)
    for payment_id, charge in buying.items():
        if bought[payment_id] != 1 and charge.purpose != "registration":
            yield Violation(
                "charge.without_period",
                (f"charge:{charge.id}", *_payment_ids(payment_id)),
                f"it is paid and bought {bought[payment_id]} periods",
            )


def _period(period: Period, charge: Charge | None, untold: Untold) -> Iterator[Violation]:
    ids = (f"period:{period.id}", *_payment_ids(period.payment_id))
    if charge is None:
        yield Violation("period.without_charge", ids, "no paid charge bought this period")
    elif (charge.subscription_id, charge.period_index, charge.price) != (
        period.subscription_id,
        period.number,
        period.amount,
    ):
        yield Violation(
            "period.other_charge",
            (*ids, f"charge:{charge.id}"),
            "subscription, index or price are not those of the charge that bought it",
        )
    given_back = period.early_end in {"refunded", "charged_back"}
    if period.payment_state not in _HELD and not (
        (period.payment_state in _TAKEN and (given_back or period.ended_early_at is not None))
        or untold.of_payment(period.payment_id)
    ):
        yield Violation("period.unpaid", ids, f"its payment is {period.payment_state}")


def _receipts(dossier: Dossier) -> Iterator[Violation]:
    charges = {charge.payment_id: charge for charge in dossier.charges}
    periods = {period.id: period for period in dossier.periods}
    counted = Counter(receipt.period_id for receipt in dossier.receipts)
    for period in dossier.periods:
        if counted[period.id] != 1:
            yield Violation(
                "receipt.missing",
                (f"period:{period.id}",),
                f"a paid period has {counted[period.id]} receipts",
            )
    for receipt in dossier.receipts:
        ids = (f"receipt:{receipt.id}", receipt.number)
        told = sum(line[1] for line in json.loads(receipt.lines))
        charge = charges.get(receipt.payment_id)
        if receipt.total != told or charge is None or receipt.total != charge.total:
            yield Violation(
                "receipt.total",
                ids,
                f"{receipt.total} in all, {told} by its lines, "
                f"{charge.total if charge else None} by its charge",
            )
        taxed = [(line[1], line[2]) for line in json.loads(receipt.taxes)]
        if taxed and (
            sum(total for total, _ in taxed) != receipt.total
            or any(not 0 <= tax <= total for total, tax in taxed)
        ):
            yield Violation("receipt.taxes", ids, "its rates do not add up to its total")
        found = periods.get(receipt.period_id)
        if found is None or found.payment_id != receipt.payment_id:
            yield Violation("receipt.other_period", ids, "its period was bought by another payment")


def _cases(dossier: Dossier) -> Iterator[Violation]:
    """Nobody is given more back than was received, and money that buys nothing has a case."""
    charges = {charge.id: charge for charge in dossier.charges}
    back: dict[int, int] = defaultdict(int)
    for case in dossier.cases:
        if case.state != "declined":
            back[case.charge_id] += case.amount
    for charge_id, amount in back.items():
        charge = charges.get(charge_id)
        if charge is None or amount > charge.received:
            yield Violation(
                "refund.too_much",
                (f"charge:{charge_id}",),
                f"{amount} go back of {charge.received if charge else 0} received",
            )


def _payment_ids(payment_id: str | None) -> tuple[str, ...]:
    return () if payment_id is None else (f"payment:{UUID(payment_id)}",)

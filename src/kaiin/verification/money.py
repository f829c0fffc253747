"""Charges, payments, periods, receipts and refunds of one membership: money buys time once."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from kaiin.verification.dossier import Charge, Dossier, Period, Receipt
from kaiin.verification.news import News
from kaiin.verification.violation import Violation

# The provider's money is with us, or was.
TAKEN = frozenset({"paid", "partly_refunded", "disputed", "refunded", "charged_back"})
FUNDED = frozenset({"paid", "partly_refunded", "disputed"})
_OPEN = frozenset({"intent", "pending", "unknown"})


def check(dossier: Dossier, news: News, now: datetime) -> Iterator[Violation]:
    for charge in dossier.charges:
        yield from _charge(dossier, charge, news)
    yield from _once(dossier)
    yield from _periods(dossier, news, now)
    yield from _receipts(dossier)


def _charge(dossier: Dossier, charge: Charge, news: News) -> Iterator[Violation]:
    """An intent agrees with the payment of its key, and knows how that ended."""
    ids = (f"charge:{charge.id}", *payment_ids(charge.paid_by))
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
    yield from _outcome(charge, ids, news)


def _outcome(charge: Charge, ids: tuple[str, ...], news: News) -> Iterator[Violation]:
    """What a payment came to is recorded, or is about to be."""
    state = charge.payment_state or ""
    settled = charge.state in {"paid", "parked"}
    if settled and state not in TAKEN:
        yield Violation("charge.unpaid", ids, f"{charge.state}, but its payment is {state}")
    elif state in TAKEN and not settled and not news.of_payment(charge.paid_by):
        yield Violation(
            "payment.unrecorded", ids, f"the payment is {state}, the charge is {charge.state}"
        )
    elif (charge.state == "open" and state not in _OPEN | TAKEN) and not news.of_payment(
        charge.paid_by
    ):
        yield Violation(
            "payment.unrecorded", ids, f"the payment is {state}, the charge is still open"
        )
    if state in TAKEN and charge.paid_at is None:
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


def _periods(dossier: Dossier, news: News, now: datetime) -> Iterator[Violation]:
    """No period without money, no money without a period."""
    buying = {c.payment_id: c for c in dossier.charges if c.state == "paid" and c.payment_id}
    bought = Counter(period.payment_id for period in dossier.periods)
    for period in dossier.periods:
        if period.import_key is not None:
            continue
        yield from _period(period, buying.get(period.payment_id), news, now)
    for payment_id, charge in buying.items():
        if bought[payment_id] != 1 and charge.purpose != "registration":
            yield Violation(
                "charge.without_period",
                (f"charge:{charge.id}", *payment_ids(payment_id)),
                f"it is paid and bought {bought[payment_id]} periods",
            )


def _period(
    period: Period, charge: Charge | None, news: News, now: datetime
) -> Iterator[Violation]:
    ids = (f"period:{period.id}", *payment_ids(period.payment_id))
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
    over = period.ended_early_at is not None or period.ends_at <= now
    funded = period.payment_state in FUNDED or (period.payment_state in TAKEN and over)
    if not funded and not news.of_payment(period.payment_id):
        yield Violation("period.unpaid", ids, f"its payment is {period.payment_state}")


def _receipts(dossier: Dossier) -> Iterator[Violation]:
    charges = {charge.payment_id: charge for charge in dossier.charges}
    periods = {period.id: period for period in dossier.periods}
    counted = Counter(receipt.period_id for receipt in dossier.receipts)
    for period in dossier.periods:
        if counted[period.id] != (period.import_key is None):
            yield Violation(
                "receipt.missing",
                (f"period:{period.id}",),
                f"a paid period has {counted[period.id]} receipts",
            )
    for receipt in dossier.receipts:
        ids = (f"receipt:{receipt.id}", receipt.number)
        stated = sum(line[1] for line in json.loads(receipt.lines))
        charge = charges.get(receipt.payment_id)
        if receipt.total != stated or charge is None or receipt.total != charge.total:
            yield Violation(
                "receipt.total",
                ids,
                f"{receipt.total} in all, {stated} by its lines, "
                f"{charge.total if charge else None} by its charge",
            )
        if not _taxed_rightly(receipt):
            yield Violation("receipt.taxes", ids, "its rates do not follow from its lines")
        found = periods.get(receipt.period_id)
        if found is None or found.payment_id != receipt.payment_id:
            yield Violation("receipt.other_period", ids, "its period was bought by another payment")


def _taxed_rightly(receipt: Receipt) -> bool:
    """Per rate the lines' total, and the tax in it, rounded once: off by less than one."""
    totals: dict[int, int] = defaultdict(int)
    for line in json.loads(receipt.lines):
        if len(line) < 3:
            return True
        totals[line[2]] += line[1]
    stated = {percent: (total, tax) for percent, total, tax in json.loads(receipt.taxes)}
    return {percent: total for percent, (total, _) in stated.items()} == totals and all(
        abs(tax * (100 + percent) - total * percent) < 100 + percent
        for percent, (total, tax) in stated.items()
    )


def payment_ids(payment_id: str | None) -> tuple[str, ...]:
    """How a payment is named among the ids of a violation."""
    if payment_id is None:
        return ()
    p = payment_id
    return (f"payment:{p[:8]}-{p[8:12]}-{p[12:16]}-{p[16:20]}-{p[20:]}",)

"""The books of one membership: every balance is a fold of facts that are stored elsewhere too."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kaiin.verification.dossier import Charge, Dossier, Entry, Period
from kaiin.verification.violation import Violation

# Cases about money that never bought anything; the others give back what was earned or deferred.
NEVER_APPLIED = frozenset({"late", "paid_twice", "too_much"})
_OWED = frozenset({"requested", "failed"})
_CHECKS = {
    "receivable": "balance.receivable",
    "provider_cash": "balance.provider_cash",
    "deferred_income": "balance.deferred_income",
    "handling_income": "balance.handling_income",
    "unapplied": "balance.unapplied",
    "refunds_due": "balance.refunds_due",
}


def check(dossier: Dossier) -> Iterator[Violation]:
    yield from _entries(dossier)
    yield from _periods(dossier)
    yield from _balances(dossier)


def _entries(dossier: Dossier) -> Iterator[Violation]:
    by_id = {entry.id: entry for entry in dossier.entries}
    for entry in dossier.entries:
        sums: dict[str, int] = defaultdict(int)
        for _, currency, amount in entry.postings:
            sums[currency] += amount
        if not entry.postings or any(sums.values()):
            yield Violation(
                "ledger.unbalanced", _ids(entry), f"the postings of {entry.key} sum to {dict(sums)}"
            )
        if entry.reverses_id is not None and not _undoes(entry, by_id.get(entry.reverses_id)):
            yield Violation(
                "ledger.reversal", _ids(entry), f"{entry.key} does not undo what it reverses"
            )


def _undoes(entry: Entry, other: Entry | None) -> bool:
    if other is None:
        return False
    undone = sorted((account, currency, -amount) for account, currency, amount in other.postings)
    return sorted(entry.postings) == undone


def _periods(dossier: Dossier) -> Iterator[Violation]:
    """Each period was billed once, paid once, and recognised once its time is over."""
    booked: dict[tuple[int | None, str], list[Entry]] = defaultdict(list)
    for entry in effective_entries(dossier):
        booked[entry.period_id, entry.kind].append(entry)
    charges = {charge.payment_id: charge for charge in dossier.charges}
    for period in dossier.periods:
        if period.import_key is not None:
            yield from _imported(period, [e for e in dossier.entries if e.period_id == period.id])
            continue
        charge = charges.get(period.payment_id)
        due = charge.total if charge else period.amount
        billed = [-entry.sum_of("deferred_income") for entry in booked[period.id, "charge"]]
        paid = [entry.sum_of("provider_cash") for entry in booked[period.id, "payment"]]
        if billed != [period.amount] or paid != [due]:
            yield Violation(
                "period.booked",
                (f"period:{period.id}",),
                f"{period.amount} to be billed and {due} to be paid,"
                f" in the books {billed} and {paid}",
            )
        earned = [-entry.sum_of("income") for entry in booked[period.id, "recognition"]]
        yield from _recognised(period, sum(earned))


def _imported(period: Period, entries: Sequence[Entry]) -> Iterator[Violation]:
    """Nothing was received for it: no price, no credit, no entry."""
    money = (period.payment_id, period.amount, period.credited, period.recognise_due_at)
    if entries or any(money):
        yield Violation(
            "period.imported", (f"period:{period.id}",), "it was paid for elsewhere, not here"
        )


def _recognised(period: Period, earned: int) -> Iterator[Violation]:
    ids = (f"period:{period.id}",)
    if period.recognise_due_at is not None and earned:
        yield Violation("period.recognition", ids, f"{earned} are recognised before the time")
    elif period.recognise_due_at is None and earned != period.amount - period.credited:
        yield Violation(
            "period.recognition",
            ids,
            f"{earned} are recognised of {period.amount - period.credited}",
        )


def effective_entries(dossier: Dossier) -> list[Entry]:
    """Those that were neither reversed nor are reversals."""
    gone = {entry.reverses_id for entry in dossier.entries}
    return [e for e in dossier.entries if e.reverses_id is None and e.id not in gone]


def _balances(dossier: Dossier) -> Iterator[Violation]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for entry in dossier.entries:
        for account, currency, amount in entry.postings:
            sums[account, currency] += amount
    for (account, currency), (least, most) in _expected(dossier).items():
        is_ = sums[account, currency]
        if not least <= is_ <= most:
            wanted = least if least == most else f"{least} to {most}"
            yield Violation(
                _CHECKS[account],
                (f"membership:{dossier.membership.id}",),
                f"{account} is {is_} {currency}, the facts make it {wanted}",
            )


def _expected(dossier: Dossier) -> dict[tuple[str, str], tuple[int, int]]:
    """Each account's allowed balance (from, to), by the rows of charges, periods and cases."""
    currencies = {charge.currency for charge in dossier.charges} or {"JPY"}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    # What went back unasked was taken from wherever it was.
    unasked = any(case.reason == "outside" for case in dossier.cases) or any(
        entry.kind == "chargeback" for entry in dossier.entries
    )
    for currency in currencies:
        charges = [charge for charge in dossier.charges if charge.currency == currency]
        deferred = sum(
            period.amount - period.credited
            for period in dossier.periods
            if period.currency == currency and period.recognise_due_at is not None
        )
        handling = sum(charge.handling for charge in charges if charge.state == "paid")
        cases = [case for case in dossier.cases if case.currency == currency]
        due = sum(case.amount for case in cases if case.state in _OWED)
        undecided = sum(c.amount for c in cases if c.state == "open" and c.reason in NEVER_APPLIED)
        cash = _cash(dossier, charges)
        found |= {
            ("receivable", currency): (0, 0),
            ("provider_cash", currency): (cash, cash),
            ("deferred_income", currency): (-deferred, -deferred),
            ("refunds_due", currency): (-due, -due),
            ("handling_income", currency): (-handling, 0 if unasked else -handling),
            ("unapplied", currency): (-undecided, 0 if unasked else -undecided),
        }
    return found


def _cash(dossier: Dossier, charges: Sequence[Charge]) -> int:
    """Received and not gone back. A bank takes back all that is left of a payment."""
    taken_back = {e.payment_id for e in effective_entries(dossier) if e.kind == "chargeback"}
    given_back: dict[int, int] = defaultdict(int)
    for case in dossier.cases:
        if case.state == "done":
            given_back[case.charge_id] += case.amount
    return sum(
        charge.received - given_back[charge.id]
        for charge in charges
        if charge.state in {"paid", "parked"} and charge.payment_id not in taken_back
    )


def _ids(entry: Entry) -> tuple[str, ...]:
    return (f"entry:{entry.id}", entry.key)

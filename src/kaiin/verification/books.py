"""The books of one membership: every balance is a fold of facts that stand elsewhere too."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kaiin.verification.dossier import Dossier, Entry
from kaiin.verification.violation import Violation

# Cases about money that never bought anything; the others give back what was earned or deferred.
_NEVER_APPLIED = frozenset({"late", "paid_twice", "too_much"})
_UNDECIDED = frozenset({"open", "declined"})
_OWED = frozenset({"requested", "failed"})


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
    reversed_ids = {entry.reverses_id for entry in dossier.entries}
    booked: dict[tuple[int | None, str], list[Entry]] = defaultdict(list)
    for entry in dossier.entries:
        if entry.reverses_id is None and entry.id not in reversed_ids:
            booked[entry.period_id, entry.kind].append(entry)
    charges = {charge.payment_id: charge for charge in dossier.charges}
    for period in dossier.periods:
        ids = (f"period:{period.id}",)
        charge = charges.get(period.payment_id)
        handling = charge.handling if charge else 0
        billed = [-entry.sum_of("deferred_income") for entry in booked[period.id, "charge"]]
        if billed != [period.amount]:
            yield Violation(
                "period.billed",
                ids,
                f"a period of {period.amount} is billed in the books as {billed}",
            )
        paid = [entry.sum_of("provider_cash") for entry in booked[period.id, "payment"]]
        due = period.amount + handling - (charge.credit if charge else 0)
        if paid != [due] and period.early_end not in {"refunded", "charged_back"}:
            yield Violation(
                "period.booked", ids, f"a period that cost {due} is paid in the books by {paid}"
            )
        yield from _recognised(dossier, booked, period.id)


def _recognised(
    dossier: Dossier, booked: Mapping[tuple[int | None, str], list[Entry]], period_id: int
) -> Iterator[Violation]:
    period = next(p for p in dossier.periods if p.id == period_id)
    earned = sum(-e.sum_of("income") for e in booked.get((period_id, "recognition"), ()))
    if period.recognise_due_at is not None and earned:
        yield Violation(
            "period.recognition",
            (f"period:{period_id}",),
            f"{earned} are recognised of a period that is still to be recognised",
        )
    elif period.recognise_due_at is None and earned not in {
        period.amount,
        period.amount - period.credited,
    }:
        yield Violation(
            "period.recognition",
            (f"period:{period_id}",),
            f"{earned} are recognised of {period.amount - period.credited}",
        )


def _balances(dossier: Dossier) -> Iterator[Violation]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for entry in dossier.entries:
        for account, currency, amount in entry.postings:
            sums[account, currency] += amount
    expected = _expected(dossier)
    for account, currency in sorted({*sums, *expected}):
        if account not in _FOLDED:
            continue
        is_, should = sums[account, currency], expected[account, currency]
        if is_ != should:
            yield Violation(
                f"balance.{account}",
                (f"membership:{dossier.membership.id}",),
                f"{account} is {is_} {currency}, the facts make it {should}",
            )


_FOLDED = frozenset(
    {
        "receivable",
        "provider_cash",
        "deferred_income",
        "handling_income",
        "unapplied",
        "refunds_due",
    }
)


def _expected(dossier: Dossier) -> dict[tuple[str, str], int]:
    """What each account should hold, by the rows of charges, periods, payments and cases."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    _received(dossier, sums)
    _given_back(dossier, sums)
    return sums


def _received(dossier: Dossier, sums: dict[tuple[str, str], int]) -> None:
    for charge in dossier.charges:
        if charge.state in {"paid", "parked"}:
            sums["provider_cash", charge.currency] += charge.received
        if charge.state == "paid":
            sums["handling_income", charge.currency] -= charge.handling
            sums["unapplied", charge.currency] -= charge.received - charge.total
        elif charge.state == "parked":
            sums["unapplied", charge.currency] -= charge.received
    for period in dossier.periods:
        if period.recognise_due_at is not None:
            sums["deferred_income", period.currency] -= period.amount - period.credited


def _given_back(dossier: Dossier, sums: dict[tuple[str, str], int]) -> None:
    currencies = {charge.id: charge.currency for charge in dossier.charges}
    for case in dossier.cases:
        currency = currencies.get(case.charge_id, "JPY")
        if case.reason in _NEVER_APPLIED and case.state not in _UNDECIDED:
            sums["unapplied", currency] += case.amount
        if case.state in _OWED:
            sums["refunds_due", currency] -= case.amount
        elif case.state == "done":
            sums["provider_cash", currency] -= case.amount


def _ids(entry: Entry) -> tuple[str, ...]:
    return (f"entry:{entry.id}", entry.key)

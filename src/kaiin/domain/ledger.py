"""Balanced, append-only bookkeeping: debits are positive, credits negative, the sum is zero.

Time that a member paid for in another system, before a club moved here, is no fact of these books:
nothing was received, so nothing is deferred, recognised, credited or given back. Its period has
the price 0 and no entry at all; what the former system owes the club is outside of these accounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money, total


class Account(StrEnum):
    """RECEIVABLE: members owe us. PROVIDER_CASH: with providers, for us. DEFERRED_INCOME: paid
    for time still to come. INCOME: earned fees. HANDLING_INCOME: earned by the payment itself.
    UNAPPLIED: received, but buying nothing; it is the member's until someone decides.
    REFUNDS_DUE: to be given back, not yet paid out. FEES: what providers keep for their work.
    CHARGEBACKS: what banks took back after a dispute."""

    RECEIVABLE = "receivable"
    PROVIDER_CASH = "provider_cash"
    DEFERRED_INCOME = "deferred_income"
    INCOME = "income"
    HANDLING_INCOME = "handling_income"
    UNAPPLIED = "unapplied"
    REFUNDS_DUE = "refunds_due"
    FEES = "fees"
    CHARGEBACKS = "chargebacks"


class EntryKind(StrEnum):
    CHARGE = "charge"
    CREDIT = "credit"
    PAYMENT = "payment"
    RECOGNITION = "recognition"
    UNAPPLIED = "unapplied"
    KEPT = "kept"
    REFUND_DUE = "refund_due"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    REVERSAL = "reversal"


class Unbalanced(KaiinError):
    """The postings of an entry do not sum to zero in each currency."""

    code = "ledger.unbalanced"


@dataclass(frozen=True, slots=True)
class Posting:
    account: Account
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """One business fact. `key` is unique for ever: writing the same fact twice is refused.
    `repeats`: the key of the first such fact, where it was reversed and came again."""

    key: str
    kind: EntryKind
    occurred_at: datetime
    postings: tuple[Posting, ...]
    reverses: str | None = None
    repeats: str | None = None

    def __post_init__(self) -> None:
        sums = balances([self])
        by_currency: dict[str, int] = {}
        for (_account, currency), amount in sums.items():
            by_currency[currency] = by_currency.get(currency, 0) + amount.amount
        if not self.postings or any(by_currency.values()):
            raise Unbalanced(key=self.key)


def charge(key: str, at: datetime, price: Money, handling: Money) -> Entry:
    """A period is billed: the fee for its time is deferred, the handling is earned at once."""
    postings = [
        Posting(Account.RECEIVABLE, price + handling),
        Posting(Account.DEFERRED_INCOME, -price),
    ]
    if handling:
        postings.append(Posting(Account.HANDLING_INCOME, -handling))
    return Entry(key, EntryKind.CHARGE, at, tuple(postings))


def payment(key: str, at: datetime, amount: Money) -> Entry:
    """A provider has collected what a member owed."""
    return Entry(
        key, EntryKind.PAYMENT, at, _move(amount, Account.RECEIVABLE, Account.PROVIDER_CASH)
    )


def recognition(key: str, at: datetime, amount: Money) -> Entry:
    """Time that was paid for has passed."""
    return Entry(
        key, EntryKind.RECOGNITION, at, _move(amount, Account.INCOME, Account.DEFERRED_INCOME)
    )


def unapplied(key: str, at: datetime, amount: Money) -> Entry:
    """Money came that buys nothing."""
    return Entry(
        key, EntryKind.UNAPPLIED, at, _move(amount, Account.UNAPPLIED, Account.PROVIDER_CASH)
    )


def credit(key: str, at: datetime, amount: Money) -> Entry:
    """Unused days of a period that was given up pay for a part of another."""
    return Entry(
        key, EntryKind.CREDIT, at, _move(amount, Account.RECEIVABLE, Account.DEFERRED_INCOME)
    )


def kept(key: str, at: datetime, amount: Money, *, source: Account = Account.UNAPPLIED) -> Entry:
    """Staff decided that money which bought nothing (any more) stays with us."""
    return Entry(key, EntryKind.KEPT, at, _move(amount, Account.INCOME, source))


Sources = Sequence[tuple[Account, Money]]


def taken(amount: Money, sources: Sources, *, rest: Account) -> Sources:
    """`amount`, taken from accounts in their order, each for at most its balance; what none of
    them has comes from `rest`."""
    parts: list[tuple[Account, Money]] = []
    for account, balance in sources:
        part = min(balance, amount)
        if part.amount > 0:
            parts.append((account, part))
            amount -= part
    return [*parts, (rest, amount)] if amount else parts


def refund_due(key: str, at: datetime, sources: Sources) -> Entry:
    """Money is to be given back: it is owed to the member from now on, and earned no more."""
    return Entry(key, EntryKind.REFUND_DUE, at, _gathered(sources, Account.REFUNDS_DUE))


def refund(key: str, at: datetime, amount: Money) -> Entry:
    """A provider has paid out what was to be given back."""
    return Entry(
        key, EntryKind.REFUND, at, _move(amount, Account.PROVIDER_CASH, Account.REFUNDS_DUE)
    )


def chargeback(key: str, at: datetime, sources: Sources) -> Entry:
    """A bank has taken a payment back."""
    return Entry(key, EntryKind.CHARGEBACK, at, _gathered(sources, Account.PROVIDER_CASH))


def reversal(entry: Entry, key: str, at: datetime) -> Entry:
    """The entry that undoes another; the other stays."""
    return replace(
        entry,
        key=key,
        kind=EntryKind.REVERSAL,
        occurred_at=at,
        postings=tuple(Posting(p.account, -p.amount) for p in entry.postings),
        reverses=entry.key,
    )


def repetition(entry: Entry, number: int) -> Entry:
    """The same fact for the `number`-th time, after the ones before were reversed."""
    return replace(entry, key=f"{entry.key}#{number}", repeats=entry.key)


def balances(entries: Iterable[Entry]) -> dict[tuple[Account, str], Money]:
    """The sum of every account in every currency that was ever posted to."""
    sums: dict[tuple[Account, str], Money] = {}
    for entry in entries:
        for posting in entry.postings:
            key = (posting.account, posting.amount.currency)
            sums[key] = sums.get(key, Money(0, key[1])) + posting.amount
    return sums


def effective_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that were neither reversed nor are reversals: what is in force."""
    kept = tuple(entries)
    reversed_keys = {entry.reverses for entry in kept}
    return tuple(e for e in kept if e.reverses is None and e.key not in reversed_keys)


def _gathered(sources: Sources, credit: Account) -> tuple[Posting, ...]:
    """The sum of all sources moves to one account; sources of one account are one posting."""
    debits: dict[Account, Money] = {}
    for account, amount in sources:
        debits[account] = debits[account] + amount if account in debits else amount
    whole = total(debits.values())
    return (*(Posting(*debit) for debit in debits.items()), Posting(credit, -whole))


def _move(amount: Money, credit: Account, debit: Account) -> tuple[Posting, ...]:
    return (Posting(debit, amount), Posting(credit, -amount))

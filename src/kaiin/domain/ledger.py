"""Balanced, append-only bookkeeping: debits are positive, credits negative, the sum is zero."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money


class Account(StrEnum):
    """RECEIVABLE: members owe us. PROVIDER_CASH: providers hold for us. DEFERRED_INCOME: paid
    for time still to come. INCOME: earned fees. HANDLING_INCOME: earned by the payment itself.
    UNAPPLIED: received, but buying nothing; it is the member's until someone decides."""

    RECEIVABLE = "receivable"
    PROVIDER_CASH = "provider_cash"
    DEFERRED_INCOME = "deferred_income"
    INCOME = "income"
    HANDLING_INCOME = "handling_income"
    UNAPPLIED = "unapplied"


class EntryKind(StrEnum):
    CHARGE = "charge"
    PAYMENT = "payment"
    RECOGNITION = "recognition"
    UNAPPLIED = "unapplied"
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
    """One business fact. `key` is unique for ever: writing the same fact twice is refused."""

    key: str
    kind: EntryKind
    occurred_at: datetime
    postings: tuple[Posting, ...]
    reverses: str | None = None

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


def balances(entries: Iterable[Entry]) -> dict[tuple[Account, str], Money]:
    """The sum of every account in every currency that was ever posted to."""
    sums: dict[tuple[Account, str], Money] = {}
    for entry in entries:
        for posting in entry.postings:
            key = (posting.account, posting.amount.currency)
            sums[key] = sums.get(key, Money(0, key[1])) + posting.amount
    return sums


def standing_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that were neither reversed nor are reversals: what still holds."""
    kept = tuple(entries)
    reversed_keys = {entry.reverses for entry in kept}
    return tuple(e for e in kept if e.reverses is None and e.key not in reversed_keys)


def _move(amount: Money, credit: Account, debit: Account) -> tuple[Posting, ...]:
    return (Posting(debit, amount), Posting(credit, -amount))

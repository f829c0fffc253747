"""Entries written, and read back: rows are only added, and what was wrong is reversed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet, Sum

from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting
from kaiin.domain import ledger
from kaiin.domain.ledger import Account, Entry, EntryKind
from kaiin.domain.money import Money
from kaiin.infra import bulk

_ENTRY = (
    "id", "key", "kind", "occurred_at", "recorded_at", "membership_id", "subscription_id",
    "period_id", "payment_id", "reverses_id", "repeats",
)  # fmt: skip


@dataclass(frozen=True)
class NewEntry:
    """A balanced entry, and the rows that it is about. The period's key may come later, but is
    known when it is written."""

    entry: Entry
    membership_id: int
    subscription_id: int | None
    period: Model | None = None
    payment_id: UUID | None = None
    reverses: LedgerEntry | None = None


def write(new: Sequence[NewEntry], *, recorded_at: datetime) -> None:
    """Add entries to the books, in two statements. Call it in a transaction."""
    if not new:
        return
    keyed = list(zip(bulk.keys(LedgerEntry, len(new)), new, strict=True))
    bulk.insert_values(
        LedgerEntry,
        _ENTRY,
        [
            (
                key,
                each.entry.key,
                each.entry.kind.value,
                each.entry.occurred_at,
                recorded_at,
                each.membership_id,
                each.subscription_id,
                each.period.pk if each.period else None,
                each.payment_id,
                each.reverses.pk if each.reverses else None,
                each.entry.repeats,
            )
            for key, each in keyed
        ],
    )
    bulk.insert_values(
        LedgerPosting,
        ("entry_id", "account", "amount", "currency"),
        [
            (key, posting.account.value, posting.amount.amount, posting.amount.currency)
            for key, each in keyed
            for posting in each.entry.postings
        ],
    )


def of_key(key: str) -> QuerySet[LedgerEntry]:
    """Every entry of a fact, reversed or not: of its key, or repeating that."""
    return LedgerEntry.objects.filter(Q(key=key) | Q(repeats=key))


def in_force(key: str) -> LedgerEntry | None:
    """The entry of a key, or of a repetition of it, that was not reversed."""
    return of_key(key).filter(reversed_by=None).order_by("-pk").first()


def again_if_reversed(entry: Entry) -> Entry:
    """The entry, as a repetition where the same fact was reversed before."""
    before = of_key(entry.key).count()
    return ledger.repetition(entry, before + 1) if before else entry


def read(row: LedgerEntry) -> Entry:
    """A stored entry with its postings."""
    postings = tuple(
        ledger.Posting(Account(each.account), Money(each.amount, each.currency))
        for each in row.postings.order_by("pk")
    )
    return Entry(row.key, EntryKind(row.kind), row.occurred_at, postings)


def credit(entries: QuerySet[LedgerEntry], account: Account, currency: str) -> Money:
    """The credit of an account over entries, as a positive sum."""
    rows = LedgerPosting.objects.filter(entry__in=entries, account=account, currency=currency)
    return Money(-(rows.aggregate(sum=Sum("amount"))["sum"] or 0), currency)

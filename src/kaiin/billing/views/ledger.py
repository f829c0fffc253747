"""The books of a month, folded from the ledger's postings and nothing else.

Which month an entry belongs to is `domain.closing.booking`'s rule; here it is written for the
database, so that only what is asked for is read, and read as a stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from kaiin.billing.ledger.models import LedgerPosting
from kaiin.billing.models import Charge, Period
from kaiin.domain import accounting
from kaiin.domain.closing import Booking, BookMonth, booking
from kaiin.domain.errors import KaiinError
from kaiin.domain.ledger import Account, EntryKind
from kaiin.domain.money import Money
from kaiin.sites import queries as sites

_CHUNK = 2000


class MonthNotOver(KaiinError):
    """The month's books are still open, until `closes_at`; or it has not begun."""

    code = "closing.not_over"


class BooksBehind(KaiinError):
    """The worker has not yet booked the income of `count` periods that ended by then."""

    code = "closing.behind"


@dataclass(frozen=True)
class AccountMonth:
    """One account at one site in a month: debits positive, credits negative. `percent` is the
    tax rate contained, None where none is. Late ones happened in a month that was closed."""

    site_key: str
    account: Account
    currency: str
    percent: int | None
    opening: int
    debits: int
    credits: int
    late_debits: int
    late_credits: int

    @property
    def closing(self) -> int:
        return self.opening + self.debits + self.credits + self.late_debits + self.late_credits


@dataclass(frozen=True)
class JournalLine:
    """One posting, with its place in the books; debits positive, credits negative."""

    entry: str
    kind: EntryKind
    booking: Booking
    occurred_at: datetime
    recorded_at: datetime
    site_key: str
    account: Account
    amount: Money
    percent: int | None
    membership_id: int
    subscription_id: int | None
    period_id: int | None
    payment_id: UUID | None


def stop_unless_closed(*, month: BookMonth, now: datetime, so_far: bool) -> None:
    """Raises MonthNotOver before the month's books are closed (with `so_far`: before it has
    begun), and BooksBehind while income that belongs in them is not booked."""
    if now < (month.starts_at if so_far else month.closes_at):
        raise MonthNotOver(month=str(month), closes_at=month.closes_at)
    behind = Period.objects.filter(recognise_due_at__lte=min(month.ends_at, now)).count()
    if behind and not so_far:
        raise BooksBehind(month=str(month), count=behind)


def month_balances(*, month: BookMonth, site_key: str | None = None) -> tuple[AccountMonth, ...]:
    """Every account that was ever posted to by the month's end, in one pass over the postings.
    Raises SiteUnknown."""
    before, within, late = _before(month), _within(month), _late(month)
    sums = (
        _postings(site_key)
        .filter(before | within | late)
        .annotate(site_key=F("entry__membership__site__key"))
        .values("site_key", "account", "currency", "percent")
        .annotate(
            opening=Coalesce(Sum("amount", filter=before), 0),
            debits=Coalesce(Sum("amount", filter=within & Q(amount__gt=0)), 0),
            credits=Coalesce(Sum("amount", filter=within & Q(amount__lt=0)), 0),
            late_debits=Coalesce(Sum("amount", filter=late & Q(amount__gt=0)), 0),
            late_credits=Coalesce(Sum("amount", filter=late & Q(amount__lt=0)), 0),
        )
    )
    found = [AccountMonth(**row | {"account": Account(row["account"])}) for row in sums]
    order = list(Account)
    return tuple(
        sorted(
            found,
            key=lambda e: (e.site_key, order.index(e.account), e.currency, e.percent or 0),
        )
    )


def month_journal(
    *, month: BookMonth, late: bool, site_key: str | None = None
) -> Iterator[JournalLine]:
    """The month's postings in the order in which they happened; with `late`, instead those of
    closed months that were recorded in this one. A stream. Raises SiteUnknown."""
    rows = (
        _postings(site_key)
        .filter(_late(month) if late else _within(month))
        .order_by("entry__occurred_at", "entry_id", "pk")
        .values_list(
            "entry__key",
            "entry__kind",
            "entry__occurred_at",
            "entry__recorded_at",
            "entry__membership__site__key",
            "account",
            "amount",
            "currency",
            "percent",
            "entry__membership_id",
            "entry__subscription_id",
            "entry__period_id",
            "entry__payment_id",
        )
    )
    for row in rows.iterator(chunk_size=_CHUNK):
        key, kind, occurred_at, recorded_at, site, account, amount, currency, *rest = row
        yield JournalLine(
            key,
            EntryKind(kind),
            booking(EntryKind(kind), occurred_at, recorded_at),
            occurred_at,
            recorded_at,
            site,
            Account(account),
            Money(amount, currency),
            *rest,
        )


def _postings(site_key: str | None) -> QuerySet[Any]:
    found = LedgerPosting.objects.annotate(percent=_percent())
    if site_key is None:
        return found
    return found.filter(entry__membership__site_id=sites.site(site_key).id)


def _percent() -> Case:
    """The tax rate in a posting: that of the course that was charged, or the account's own."""
    payment = Coalesce(OuterRef("entry__period__payment_id"), OuterRef("entry__payment_id"))
    stored = Cast(KeyTextTransform("tax_percent", "course__terms"), IntegerField())
    of_course = Charge.objects.filter(payment_id=payment).values(tax_percent=stored)[:1]
    rates: list[When] = []
    for account in Account:
        kinds = [kind.value for kind in EntryKind if accounting.taxed(account, kind)]
        percent = accounting.fixed_percent(account)
        rate = Subquery(of_course) if percent is None else Value(percent)
        if kinds:
            rates.append(When(account=account, entry__kind__in=kinds, then=rate))
    return Case(*rates, default=None, output_field=IntegerField(null=True))


def _happened(*, before: datetime) -> Q:
    """Entries of a day before an instant, a midnight in Japan: what is earned at it, is earned
    on the day before."""
    earned_at_it = Q(entry__kind=EntryKind.RECOGNITION.value, entry__occurred_at=before)
    return Q(entry__occurred_at__lt=before) | earned_at_it


def _before(month: BookMonth) -> Q:
    """The entries of earlier months."""
    return _happened(before=month.starts_at) & Q(entry__recorded_at__lt=month.opens_at)


def _within(month: BookMonth) -> Q:
    return (
        _happened(before=month.ends_at)
        & ~_happened(before=month.starts_at)
        & Q(entry__recorded_at__lt=month.closes_at)
    )


def _late(month: BookMonth) -> Q:
    """What happened in closed months and was recorded while this one was open."""
    return _happened(before=month.starts_at) & Q(
        entry__recorded_at__gte=month.opens_at, entry__recorded_at__lt=month.closes_at
    )

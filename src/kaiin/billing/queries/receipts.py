"""Receipts: what a member was charged, for which period, by which numbers of the bill."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from kaiin.billing.models import Receipt
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import last_day
from kaiin.payments import queries as payments
from kaiin.payments.queries import Reference
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class ReceiptView:
    """A receipt. `lines` are (code, amount), the code's words are `billing.line.<code>`;
    `references` the numbers that the bill, statement or slip shows; `[period_from,
    period_until)` what was paid for."""

    number: str
    payment_id: UUID
    site_key: str
    site_name: Mapping[str, str]
    course_name: Mapping[str, str]
    method: Method
    issued_at: datetime
    paid_at: datetime
    period_from: datetime
    period_until: datetime
    lines: tuple[tuple[str, Money], ...]
    total: Money
    references: tuple[Reference, ...]

    @property
    def last_day(self) -> date:
        """The last day in Japan that was paid for."""
        return last_day(self.period_until)


def receipts(member_pk: int) -> tuple[ReceiptView, ...]:
    """A member's receipts, newest first, in four queries."""
    found = Receipt.objects.filter(membership__member_id=member_pk)
    return _views(found.order_by("-paid_at", "-pk"))


def receipt(*, number: str, member_pk: int) -> ReceiptView | None:
    """One receipt of a member; None if it is another's, or there is none of this number."""
    found = Receipt.objects.filter(number=number, membership__member_id=member_pk)
    return next(iter(_views(found)), None)


def receipt_of_payment(payment_id: UUID) -> ReceiptView | None:
    """The receipt of a payment, if it bought a period."""
    return next(iter(_views(Receipt.objects.filter(payment_id=payment_id))), None)


def _views(found: QuerySet[Receipt]) -> tuple[ReceiptView, ...]:
    rows = list(found.select_related("course", "period"))
    paid = payments.payments([row.payment_id for row in rows])
    places = {site.id: site for site in sites.sites()}
    return tuple(
        ReceiptView(
            number=row.number,
            payment_id=row.payment_id,
            site_key=places[row.course.site_id].key,
            site_name=places[row.course.site_id].name,
            course_name=row.course.name,
            method=Method(row.method),
            issued_at=row.issued_at,
            paid_at=row.paid_at,
            period_from=row.period.starts_at,
            period_until=row.period.ends_at,
            lines=tuple((code, Money(amount, row.currency)) for code, amount, _ in row.lines),
            total=Money(row.total, row.currency),
            references=paid[row.payment_id].references,
        )
        for row in rows
        if row.course.site_id in places
    )

"""Receipts: what a member was charged, for which period, by which numbers of the bill, and what
of it went back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from kaiin.billing.choices import RefundReason
from kaiin.billing.ledger.models import Receipt
from kaiin.billing.models import RefundCase
from kaiin.domain import taxes
from kaiin.domain.money import Money, total
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import last_day
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.domain.taxes import TaxedLine, TaxTotal
from kaiin.payments import queries as payments
from kaiin.payments.providers.protocol import Reference
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class ReceiptRefund:
    """Money of a receipt that went back: when, how much, and at which rates; what contains no
    tax, money that was never a price, has the rate 0."""

    refunded_at: datetime
    amount: Money
    taxes: tuple[TaxTotal, ...]


@dataclass(frozen=True)
class ReceiptView:
    """A receipt. `charged` are its lines, the code's words are `billing.line.<code>`; `taxes` the
    totals of each rate; `refunds` what went back since, oldest first; `charged_back`: the
    member's bank took it; `references` the numbers that the bill, statement or slip shows;
    `[period_from, period_until)` what was paid for."""

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
    charged: tuple[TaxedLine, ...]
    taxes: tuple[TaxTotal, ...]
    total: Money
    refunds: tuple[ReceiptRefund, ...]
    charged_back: bool
    references: tuple[Reference, ...]

    @property
    def lines(self) -> tuple[tuple[str, Money], ...]:
        """(code, amount) of what was charged, as a preview has them."""
        return tuple((line.code, line.amount) for line in self.charged)

    @property
    def refunded(self) -> Money:
        """All that went back."""
        return total((refund.amount for refund in self.refunds), self.total.currency)

    @property
    def kept(self) -> Money:
        """What is left of it after refunds."""
        return max(self.total - self.refunded, Money(0, self.total.currency))

    @property
    def last_day(self) -> date:
        """The last day in Japan that was paid for."""
        return last_day(self.period_until)


def list_receipts(member_pk: int) -> tuple[ReceiptView, ...]:
    """A member's receipts, newest first, in five queries."""
    found = Receipt.objects.filter(membership__member_id=member_pk)
    return _views(found.order_by("-paid_at", "-pk"))


def find_receipt(*, number: str, member_pk: int) -> ReceiptView | None:
    """One receipt of a member; None if it is another's, or there is none of this number."""
    found = Receipt.objects.filter(number=number, membership__member_id=member_pk)
    return next(iter(_views(found)), None)


def receipt_of_payment(payment_id: UUID) -> ReceiptView | None:
    """The receipt of a payment, if it bought a period."""
    return next(iter(_views(Receipt.objects.filter(payment_id=payment_id))), None)


def _views(found: QuerySet[Receipt]) -> tuple[ReceiptView, ...]:
    rows = list(found.select_related("course", "period"))
    paid = payments.payments([row.payment_id for row in rows])
    given_back = _given_back([row.payment_id for row in rows])
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
            charged=_charged(row),
            taxes=tuple(
                TaxTotal(percent, Money(amount, row.currency), Money(tax, row.currency))
                for percent, amount, tax in row.taxes
            ),
            total=Money(row.total, row.currency),
            refunds=_refunds(_charged(row), given_back.get(row.payment_id, ())),
            charged_back=paid[row.payment_id].state is PaymentState.CHARGED_BACK,
            references=_in_order(paid[row.payment_id].references),
        )
        for row in rows
        if row.course.site_id in places
    )


def _charged(row: Receipt) -> tuple[TaxedLine, ...]:
    return tuple(
        TaxedLine(code, Money(amount, row.currency), percent) for code, amount, percent in row.lines
    )


def _in_order(references: Iterable[Reference]) -> tuple[Reference, ...]:
    return tuple(sorted(references, key=lambda each: each.kind.place))


def _given_back(payment_ids: Collection[UUID]) -> dict[UUID, list[RefundCase]]:
    """The refunds that reached their members, oldest first; not of what was received beyond the
    charge, which is on no receipt."""
    cases: dict[UUID, list[RefundCase]] = {}
    done = RefundCase.objects.filter(
        payment_id__in=payment_ids, state=RefundCaseState.DONE
    ).exclude(reason=RefundReason.TOO_MUCH)
    for case in done.order_by("settled_at", "pk"):
        cases.setdefault(case.payment_id, []).append(case)
    return cases


def _refunds(
    lines: tuple[TaxedLine, ...], cases: Iterable[RefundCase]
) -> tuple[ReceiptRefund, ...]:
    refunds: list[ReceiptRefund] = []
    already = Money(0, lines[0].amount.currency)
    for case in cases:
        parts = taxes.refund_totals(lines, already=already, refund=case.money)
        already += case.money
        refunds.append(ReceiptRefund(case.settled_at or case.opened_at, case.money, parts))
    return tuple(refunds)

"""Every charge of a member, also those that came to nothing: what My page lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Sum

from kaiin.billing.choices import ChargePurpose, RefundReason
from kaiin.billing.ledger.models import LedgerEntry, Receipt
from kaiin.billing.models import Charge, RefundCase
from kaiin.domain.charges import ChargeState
from kaiin.domain.ledger import EntryKind
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites

Outcome = Literal[
    "paid", "failed", "expired", "open", "waiting", "parked", "refunded", "charged_back"
]

Returns = Literal["", "refund", "account"]

# Given up before anything was charged: by another choice, by turning back, by leaving, or
# never sent.
_NEVER_CHARGED = ("superseded", "canceled", "left", "not_executed")


@dataclass(frozen=True)
class ChargeView:
    """One charge. `at` is when it was paid, else when it ended, else when it began.

    `outcome`: `open` while a renewal's answer is awaited, `waiting` while the member is to pay,
    `parked` where money came that bought nothing, `refunded` where all of it went back (part of
    it: `refunded` says how much), `charged_back` where the member's bank took it back.
    `failure_code` has words as `payments.failure.<code>`; `receipt_number` is empty where nothing
    was bought. `returns`: what becomes of parked money: `refund` where it is on its way back,
    `account` where staff ask for a bank account, "" where they decide.
    """

    at: datetime
    site_name: Mapping[str, str]
    course_name: Mapping[str, str]
    method: Method
    amount: Money
    outcome: Outcome
    failure_code: str
    receipt_number: str
    refunded: Money
    returns: Returns


def list_charges(member_pk: int) -> tuple[ChargeView, ...]:
    """All charges of a member, newest first, in five queries. Registering a card is none."""
    found = (
        Charge.objects.filter(membership__member_id=member_pk)
        .exclude(purpose=ChargePurpose.REGISTRATION)
        .exclude(state=ChargeState.CLOSED, failure_code__in=_NEVER_CHARGED)
    )
    receipts: dict[UUID | None, Receipt] = {
        row.payment_id: row for row in Receipt.objects.filter(membership__member_id=member_pk)
    }
    gone, returns = _Gone.of(member_pk), _returns(member_pk)
    places = {site.id: site.name for site in sites.sites()}
    views = [
        _view(
            row,
            places[row.course.site_id],
            receipts.get(row.payment_id),
            gone,
            returns.get(row.payment_id, ""),
        )
        for row in found.select_related("course").order_by("-pk")
        if row.course.site_id in places
    ]
    return tuple(sorted(views, key=lambda view: view.at, reverse=True))


@dataclass(frozen=True)
class _Gone:
    """What went back of a member's payments, and those that a bank took back."""

    refunded: Mapping[UUID | None, int]
    charged_back: frozenset[UUID | None]

    @classmethod
    def of(cls, member_pk: int) -> "_Gone":
        # What was received beyond the charge is no part of it, and none of what went back.
        done = (
            RefundCase.objects.filter(membership__member_id=member_pk, state=RefundCaseState.DONE)
            .exclude(reason=RefundReason.TOO_MUCH)
            .values("payment_id")
        )
        backs = LedgerEntry.objects.filter(
            membership__member_id=member_pk, kind=EntryKind.CHARGEBACK.value, reversed_by=None
        )
        return cls(
            {row["payment_id"]: row["sum"] for row in done.annotate(sum=Sum("amount"))},
            frozenset(backs.values_list("payment_id", flat=True)),
        )


def _view(
    row: Charge,
    site_name: Mapping[str, str],
    receipt: Receipt | None,
    gone: _Gone,
    returns: Returns,
) -> ChargeView:
    refunded = gone.refunded.get(row.payment_id, 0)
    outcome = _outcome(row)
    if row.payment_id in gone.charged_back:
        outcome = "charged_back"
    elif refunded >= row.total.amount > 0:
        outcome = "refunded"
    return ChargeView(
        at=receipt.paid_at if receipt else row.closed_at or row.created_at,
        site_name=site_name,
        course_name=row.course.name,
        method=Method(row.method),
        amount=row.total,
        outcome=outcome,
        failure_code=row.failure_code,
        receipt_number=receipt.number if receipt else "",
        refunded=Money(refunded, row.course.terms.currency),
        returns=returns,
    )


def _returns(member_pk: int) -> Mapping[UUID | None, Returns]:
    """What becomes of a member's second payments, by payment, where it is not settled yet."""
    cases = RefundCase.objects.filter(
        membership__member_id=member_pk, reason=RefundReason.PAID_TWICE
    )
    states = dict(cases.values_list("payment_id", "state"))
    waiting = [key for key, state in states.items() if state == RefundCaseState.OPEN]
    views = payments.payments(waiting) if waiting else {}
    found: dict[UUID | None, Returns] = {
        key: "refund" for key, state in states.items() if state == RefundCaseState.REQUESTED
    }
    for key, view in views.items():
        found[key] = "" if payments.can_refund(view) else "account"
    return found


def returns_of_payment(payment_id: UUID) -> Returns | None:
    """What becomes of a payment's money that bought nothing; None where it is not parked."""
    parked = Charge.objects.filter(payment_id=payment_id, state=ChargeState.PARKED)
    member_pk = parked.values_list("membership__member_id", flat=True).first()
    return None if member_pk is None else _returns(member_pk).get(payment_id, "")


def _outcome(row: Charge) -> Outcome:
    match row.state:
        case ChargeState.PAID:
            return "paid"
        case ChargeState.PARKED:
            return "parked"
        case ChargeState.OPEN:
            return "open" if row.automatic else "waiting"
    return "expired" if row.failure_code == "expired" else "failed"


def purpose_of_payment(payment_id: UUID) -> ChargePurpose | None:
    """What a payment was for; None if it is not billing's."""
    found = Charge.objects.filter(payment_id=payment_id).values_list("purpose", flat=True).first()
    return ChargePurpose(found) if found else None


@dataclass(frozen=True)
class OpenPaymentView:
    """A payment at a site that may still bring money. `course_key`, `purpose`: what it is for;
    `automatic`: charged without the member, who has no page to pay on."""

    payment: PaymentView
    site_key: str
    course_key: str
    purpose: ChargePurpose
    automatic: bool

    @property
    def is_slip(self) -> bool:
        """Whether there is a number to pay with at a store, of which we hear hours later."""
        return self.payment.method is Method.KONBINI and bool(self.payment.references)


def open_payment(*, member_pk: int, site_key: str) -> OpenPaymentView | None:
    """The payment of a member at a site that is still open, if there is one."""
    found = Charge.objects.filter(
        membership__member_id=member_pk,
        membership__site_id=sites.site(site_key).id,
        state=ChargeState.OPEN,
        payment_id__isnull=False,
    )
    charge = found.select_related("course").first()
    payment = payments.payment(charge.payment_id) if charge and charge.payment_id else None
    if charge is None or payment is None or not payment.is_open:
        return None
    return OpenPaymentView(
        payment=payment,
        site_key=site_key,
        course_key=charge.course.key,
        purpose=ChargePurpose(charge.purpose),
        automatic=charge.automatic,
    )

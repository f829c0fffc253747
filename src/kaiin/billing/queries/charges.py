"""Every charge of a member, also those that came to nothing: what My page lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kaiin.billing.models import Charge, ChargeState, Receipt
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.sites import queries as sites

Outcome = Literal["paid", "failed", "expired", "open", "waiting", "parked"]

# Given up before anything was charged: by another choice, by turning back, by leaving, or
# never sent.
_NEVER_CHARGED = ("superseded", "canceled", "left", "not_executed")


@dataclass(frozen=True)
class ChargeView:
    """One charge. `at` is when it was paid, else when it ended, else when it began.

    `outcome`: `open` while a renewal's answer is awaited, `waiting` while the member is to pay,
    `parked` where money came that bought nothing. `failure_code` has words as
    `payments.failure.<code>`; `receipt_number` is empty where nothing was paid.
    """

    at: datetime
    site_name: Mapping[str, str]
    course_name: Mapping[str, str]
    method: Method
    amount: Money
    outcome: Outcome
    failure_code: str
    receipt_number: str


def charges(member_pk: int) -> tuple[ChargeView, ...]:
    """All charges of a member, newest first, in two queries."""
    found = Charge.objects.filter(membership__member_id=member_pk).exclude(
        state=ChargeState.CLOSED, failure_code__in=_NEVER_CHARGED
    )
    receipts: dict[UUID | None, Receipt] = {
        row.payment_id: row for row in Receipt.objects.filter(membership__member_id=member_pk)
    }
    places = {site.id: site.name for site in sites.sites()}
    views = [
        _view(row, places[row.course.site_id], receipts.get(row.payment_id))
        for row in found.select_related("course").order_by("-pk")
        if row.course.site_id in places
    ]
    return tuple(sorted(views, key=lambda view: view.at, reverse=True))


def _view(row: Charge, site_name: Mapping[str, str], receipt: Receipt | None) -> ChargeView:
    return ChargeView(
        at=receipt.paid_at if receipt else row.closed_at or row.created_at,
        site_name=site_name,
        course_name=row.course.name,
        method=Method(row.method),
        amount=Money(row.price + row.handling, row.course.currency),
        outcome=_outcome(row),
        failure_code=row.failure_code,
        receipt_number=receipt.number if receipt else "",
    )


def _outcome(row: Charge) -> Outcome:
    match row.state:
        case ChargeState.PAID:
            return "paid"
        case ChargeState.PARKED:
            return "parked"
        case ChargeState.OPEN:
            return "open" if row.automatic else "waiting"
    return "expired" if row.failure_code == "expired" else "failed"

"""The mails of billing: which template, and its values, which the template puts into words.

Called inside the transaction of the change; each mail has a key, so it is sent once. Those whose
values the caller has at hand are sent by `send` alone.
"""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.ledger.models import Receipt
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, RefundCase
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, days_after
from kaiin.domain.previews import Renewal
from kaiin.domain.references import ReferenceKind
from kaiin.mail import operations as mail
from kaiin.payments.providers.protocol import Reference
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites


def send(locked: LockedMembership, template: str, key: str, **context: object) -> None:
    """A mail in the frame that all of billing's have; the same key is sent once."""
    if not locked.member.email:
        # Imported members may have none; My page shows them the same.
        return
    tenant = sites.tenant()
    mail.queue(
        to=locked.member.email,
        template=template,
        language=locked.member.language,
        context={
            "nickname": locked.member.nickname or locked.member.member_id,
            "site": locked.site.name,
            "identity": tenant.identity_name,
            "my_url": sites.identity_url("/my"),
            "sender": locked.site.sender.name,
            "contact": tenant.support.email,
            **context,
        },
        sender=locked.site.sender,
        key=f"{template}:{locked.membership.pk}:{key}",
    )


def welcome(locked: LockedMembership, number: int) -> None:
    """The first payment came, or the first after a withdrawal."""
    send(
        locked,
        "welcome",
        locked.membership.standing_changed_at.isoformat(),
        member_id=locked.member.member_id,
        member_number=f"{number:0{locked.site.member_number_digits}}",
        site_url=sites.site_url(locked.site.key, "/members/"),
    )


def receipt(
    locked: LockedMembership,
    row: Receipt,
    period: PeriodSpan,
    renewal: Renewal | None,
    references: Sequence[Reference],
) -> None:
    """A period was paid; `references` are the numbers that the bill or slip shows."""
    send(
        locked,
        "receipt",
        row.number,
        number=row.number,
        course=row.course.name,
        method=row.method,
        total=Money(row.total, row.currency),
        paid_on=row.paid_at,
        period_from=period.starts_at,
        period_until=period.ends_at,
        renewal=renewal,
        references=[
            {"kind": each.kind, "number": each.value}
            for each in sorted(references, key=lambda each: each.kind.place)
        ],
        receipt_url=sites.identity_url(f"/my/receipts/{row.number}"),
    )


def slip(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """A convenience-store slip was issued: its numbers and its deadline."""
    numbers = {reference.kind: reference.value for reference in payment.references}
    if payment.expires_at is None or ReferenceKind.KONBINI_SLIP not in numbers:
        return
    send(
        locked,
        "slip",
        str(payment.id),
        course=charge.course.name,
        joins=charge.purpose == ChargePurpose.JOIN,
        changes=charge.purpose == ChargePurpose.CHANGE,
        member_id=locked.member.member_id,
        slip_number=numbers[ReferenceKind.KONBINI_SLIP],
        store=payment.store,
        confirmation_number=numbers.get(ReferenceKind.KONBINI_CONFIRMATION, ""),
        amount=payment.amount,
        deadline=payment.expires_at,
    )


def vanished(locked: LockedMembership, charge: Charge, now: datetime) -> None:
    """A payment that the member had begun came to nothing without their doing: how to begin anew,
    and that the number is kept."""
    membership, site = locked.membership, locked.site
    keeps_until = None
    if membership.withdrawn_at is not None:
        keeps_until = days_after(membership.withdrawn_at, site.rejoin_days)
    in_time = keeps_until is None or now < keeps_until
    changes = charge.purpose == ChargePurpose.CHANGE
    send(
        locked,
        "vanished",
        charge.intent_key,
        course=charge.course.name,
        method=charge.method,
        reason=charge.failure_code,
        # A slip that was paid in time may be heard of hours after its deadline.
        late_slip=charge.method == Method.KONBINI and charge.failure_code == "expired",
        kept=in_time and membership.member_number is not None,
        keeps_until=keeps_until if in_time else None,
        join_url=sites.identity_url(
            f"/my/{site.key}/change" if changes else f"/join/{site.key}/again"
        ),
    )


def refund(locked: LockedMembership, template: str, case: RefundCase) -> None:
    """What becomes of money that buys nothing, or goes back."""
    method = Method(case.charge.method)
    send(
        locked,
        template,
        case.refund_key,
        course=case.charge.course.name,
        amount=case.money,
        why=case.reason,
        method=method.value,
        carrier=method.is_carrier,
    )

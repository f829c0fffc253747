"""The mails of billing: which template, and its values, which the template puts into words.

Called inside the transaction of the change; each mail has a key, so it is sent once.
"""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.ledger.models import Receipt
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, Course, RefundCase
from kaiin.domain.endings import Ending
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, days_after
from kaiin.domain.previews import Renewal
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import EndReason
from kaiin.mail import operations as mail
from kaiin.payments.providers.protocol import Reference
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites

# What was paid is not paid any more.
_TAKEN_BACK = (EndReason.REFUNDED, EndReason.CHARGED_BACK)


def welcome(locked: LockedMembership, number: int) -> None:
    """The first payment came, or the first after a withdrawal."""
    _queue(
        locked,
        "welcome",
        locked.membership.standing_changed_at.isoformat(),
        {
            "member_id": locked.member.member_id,
            "member_number": f"{number:0{locked.site.member_number_digits}}",
            "site_url": sites.site_url(locked.site.key, "/members/"),
        },
    )


def receipt(
    locked: LockedMembership,
    row: Receipt,
    period: PeriodSpan,
    renewal: Renewal | None,
    references: Sequence[Reference],
) -> None:
    """A period was paid; `references` are the numbers that the bill or slip shows."""
    _queue(
        locked,
        "receipt",
        row.number,
        {
            "number": row.number,
            "course": row.course.name,
            "method": row.method,
            "total": Money(row.total, row.currency),
            "paid_on": row.paid_at,
            "period_from": period.starts_at,
            "period_until": period.ends_at,
            "renewal": renewal,
            "references": [
                {"kind": each.kind, "number": each.value}
                for each in sorted(references, key=lambda each: each.kind.place)
            ],
            "receipt_url": sites.identity_url(f"/my/receipts/{row.number}"),
        },
    )


def slip(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """A convenience-store slip was issued: its numbers and its deadline."""
    numbers = {reference.kind: reference.value for reference in payment.references}
    if payment.expires_at is None or ReferenceKind.KONBINI_SLIP not in numbers:
        return
    _queue(
        locked,
        "slip",
        str(payment.id),
        {
            "course": charge.course.name,
            "joins": charge.purpose == ChargePurpose.JOIN,
            "changes": charge.purpose == ChargePurpose.CHANGE,
            "member_id": locked.member.member_id,
            "slip_number": numbers[ReferenceKind.KONBINI_SLIP],
            "store": payment.store,
            "confirmation_number": numbers.get(ReferenceKind.KONBINI_CONFIRMATION, ""),
            "amount": payment.amount,
            "deadline": payment.expires_at,
        },
    )


def renewal_failed(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    method: Method,
    failure_code: str,
    tries: Sequence[datetime],
    open_until: datetime | None,
) -> None:
    """A renewal could not be charged and will be tried again, at last at the last of `tries`."""
    _queue(
        locked,
        "renewal_failed",
        key,
        {
            "course": course.name,
            "method": method,
            "reason": failure_code,
            "tries": list(tries),
            "open_until": open_until,
        },
    )


def mandate_ended(
    locked: LockedMembership, key: str, *, course: Course, paid_until: datetime, reason: str = ""
) -> None:
    """A card or carrier contract ended outside: the next renewal will not be charged."""
    _queue(
        locked,
        "mandate_ended",
        key,
        {
            "course": course.name,
            "paid_until": paid_until,
            "reason": reason,
        },
    )


def lapsed(
    locked: LockedMembership,
    key: str,
    *,
    template: str,
    course: Course,
    paid_until: datetime,
    dormant_until: datetime,
    ending: Ending | None,
) -> None:
    """Content is closed, My page still renews: `expired` (lump sum) or `dormant` (renewal)."""
    _queue(
        locked,
        template,
        key,
        {
            "course": course.name,
            "paid_until": paid_until,
            "dormant_until": dormant_until,
            "paid": ending is None or ending.reason not in _TAKEN_BACK,
            "ending": ending,
        },
    )


def left(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    paid_until: datetime | None,
    keeps_until: datetime,
    renewal: Renewal | None,
) -> None:
    """The member has asked to leave. `renewal`: past the lock day, what is still charged."""
    _queue(
        locked,
        "left",
        key,
        {
            "course": course.name,
            "paid_until": paid_until,
            "keeps_until": keeps_until,
            "last_renewal": renewal,
        },
    )


def left_at_once(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    method: Method,
    refund: Money,
    keeps_until: datetime,
) -> None:
    """The membership ended on the spot; `refund` goes back for the days that were not lived."""
    _queue(
        locked,
        "left_at_once",
        key,
        {
            "course": course.name,
            "refund": refund,
            "method": method.value,
            "carrier": method.is_carrier,
            "keeps_until": keeps_until,
        },
    )


def vanished(locked: LockedMembership, charge: Charge, failure_code: str, now: datetime) -> None:
    """A payment that the member had begun came to nothing without their doing: how to begin anew,
    and that the number is kept."""
    membership, site = locked.membership, locked.site
    keeps_until = None
    if membership.withdrawn_at is not None:
        keeps_until = days_after(membership.withdrawn_at, site.rejoin_days)
    in_time = keeps_until is None or now < keeps_until
    _queue(
        locked,
        "vanished",
        charge.intent_key,
        {
            "course": charge.course.name,
            "method": charge.method,
            "reason": failure_code,
            # A slip that was paid in time may be heard of hours after its deadline.
            "late_slip": charge.method == Method.KONBINI and failure_code == "expired",
            "kept": in_time and membership.member_number is not None,
            "keeps_until": keeps_until if in_time else None,
            "join_url": sites.identity_url(
                f"/my/{site.key}/change"
                if charge.purpose == ChargePurpose.CHANGE
                else f"/join/{site.key}/again"
            ),
        },
    )


def refund_opened(locked: LockedMembership, case: RefundCase) -> None:
    """Money came that buys nothing; staff decide what becomes of it."""
    _refund(locked, "refund_opened", case)


def second_payment(locked: LockedMembership, case: RefundCase, *, account: bool) -> None:
    """A period was paid twice; `account`: the money can only be transferred to a bank account."""
    _refund(locked, "second_payment_account" if account else "refund_opened", case)


def second_payment_goes_back(locked: LockedMembership, case: RefundCase) -> None:
    """A period was paid twice; the second money goes back by itself."""
    _refund(locked, "second_payment_refunded", case)


def refund_requested(locked: LockedMembership, case: RefundCase) -> None:
    """Staff decided that it goes back."""
    _refund(locked, "refund_requested", case)


def refund_done(locked: LockedMembership, case: RefundCase) -> None:
    """It has gone back."""
    _refund(locked, "refund_done", case)


def withdrawn(
    locked: LockedMembership, key: str, *, keeps_until: datetime, ending: Ending | None
) -> None:
    """The membership is withdrawn: why, and until when rejoining keeps join date and number."""
    shown = ending is not None and ending.reason is not EndReason.LEFT
    _queue(
        locked,
        "withdrawn",
        key,
        {
            "keeps_until": keeps_until,
            "ending": ending if shown else None,
        },
    )


def _refund(locked: LockedMembership, template: str, case: RefundCase) -> None:
    method = Method(case.charge.method)
    _queue(
        locked,
        template,
        case.refund_key,
        {
            "course": case.charge.course.name,
            "amount": Money(case.amount, case.currency),
            "why": case.reason,
            "method": method.value,
            "carrier": method.is_carrier,
        },
    )


def send(locked: LockedMembership, template: str, key: str, context: dict[str, object]) -> None:
    """A mail in the frame that all of billing's have; the same key is sent once."""
    _queue(locked, template, key, context)


def _queue(locked: LockedMembership, template: str, key: str, context: dict[str, object]) -> None:
    if not locked.member.email:
        # Imported members may have none; My page shows them the same.
        return
    support = sites.tenant().support
    mail.queue(
        to=locked.member.email,
        template=template,
        language=locked.member.language,
        context={
            "nickname": locked.member.nickname or locked.member.member_id,
            "site": locked.site.name,
            "identity": sites.tenant().identity_name,
            "my_url": sites.identity_url("/my"),
            "sender": locked.site.sender.name,
            "contact": support.email,
            **context,
        },
        sender=locked.site.sender,
        key=f"{template}:{locked.membership.pk}:{key}",
    )

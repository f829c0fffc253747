"""The mails of billing: which template, and what stands in it, in the member's language.

Called inside the transaction of the change; each mail has a key, so it is sent once. Values are
words already: dates and money are written out here, since a queued mail is JSON.
"""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing.holding import Holding
from kaiin.billing.models import Charge, ChargePurpose, Course, Receipt, RefundCase
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, days_after, last_day
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import EndReason
from kaiin.infra import mail, texts
from kaiin.payments.queries import PaymentView, Reference
from kaiin.sites import queries as sites


def welcome(holding: Holding, number: int) -> None:
    """The first payment came, or the first after a withdrawal."""
    _queue(
        holding,
        "welcome",
        holding.membership.standing_changed_at.isoformat(),
        {
            "member_id": holding.member.member_id,
            "member_number": f"{number:0{holding.site.member_number_digits}}",
            "site_url": sites.site_url(holding.site.key, "/members/"),
        },
    )


def receipt(
    holding: Holding,
    row: Receipt,
    period: PeriodSpan,
    next_charge_at: datetime | None,
    references: Sequence[Reference],
) -> None:
    """A period was paid; `references` are the numbers that the bill or slip shows."""
    language = _language(holding)
    _queue(
        holding,
        "receipt",
        row.number,
        {
            "number": row.number,
            "course": _course(holding, row.course),
            "method": texts.text(f"payments.method.{row.method}", language),
            "total": texts.format_money(row.total, row.currency, language),
            "paid_on": texts.format_date(row.paid_at, language),
            "period_from": texts.format_date(period.starts_at, language),
            "period_until": _last_day(period.ends_at, language),
            "next_charge_on": (
                texts.format_date(next_charge_at, language) if next_charge_at else ""
            ),
            "references": [
                {
                    "label": texts.text(f"payments.reference.{each.kind}", language),
                    "value": each.value,
                }
                for each in sorted(references, key=lambda each: each.kind.place)
            ],
            "receipt_url": sites.identity_url(f"/my/receipts/{row.number}"),
        },
    )


def slip(holding: Holding, course: Course, payment: PaymentView) -> None:
    """A convenience-store slip was issued: its numbers and its deadline."""
    language = _language(holding)
    numbers = {reference.kind: reference.value for reference in payment.references}
    if payment.expires_at is None or ReferenceKind.KONBINI_SLIP not in numbers:
        return
    _queue(
        holding,
        "slip",
        str(payment.id),
        {
            "course": _course(holding, course),
            "slip_number": numbers[ReferenceKind.KONBINI_SLIP],
            "confirmation_number": numbers.get(ReferenceKind.KONBINI_CONFIRMATION, ""),
            "amount": texts.format_money(payment.amount.amount, payment.amount.currency, language),
            "deadline": texts.format_datetime(payment.expires_at, language),
        },
    )


def renewal_failed(
    holding: Holding,
    key: str,
    *,
    course: Course,
    method: Method,
    failure_code: str,
    tries: Sequence[datetime],
    open_until: datetime | None,
) -> None:
    """A renewal could not be charged and will be tried again, at last at the last of `tries`."""
    language = _language(holding)
    _queue(
        holding,
        "renewal_failed",
        key,
        {
            "course": _course(holding, course),
            "method": texts.text(f"payments.method.{method}", language),
            "reason": failure_words(failure_code, language),
            "tries": [texts.format_date(at, language) for at in tries],
            "open_until": _last_day(open_until, language) if open_until else "",
        },
    )


def mandate_ended(
    holding: Holding, key: str, *, course: Course, paid_until: datetime, reason: str = ""
) -> None:
    """A card or carrier contract ended outside: the next renewal will not be charged."""
    language = _language(holding)
    _queue(
        holding,
        "mandate_ended",
        key,
        {
            "course": _course(holding, course),
            "paid_until": _last_day(paid_until, language),
            "reason": failure_words(reason, language) if reason else "",
        },
    )


def expiring(holding: Holding, key: str, *, course: Course, paid_until: datetime) -> None:
    """A lump sum can be renewed from now on."""
    _queue(
        holding,
        "expiring",
        key,
        {
            "course": _course(holding, course),
            "paid_until": _last_day(paid_until, _language(holding)),
        },
    )


def lapsed(
    holding: Holding,
    key: str,
    *,
    template: str,
    course: Course,
    paid_until: datetime,
    dormant_until: datetime,
    failure_code: str,
    reason: EndReason,
) -> None:
    """Content is closed, My page still renews: `expired` (lump sum) or `dormant` (renewal)."""
    language = _language(holding)
    _queue(
        holding,
        template,
        key,
        {
            "course": _course(holding, course),
            "paid_until": _last_day(paid_until, language),
            "dormant_until": _last_day(dormant_until, language),
            "said": failure_words(failure_code, language) if failure_code else "",
            "why": reason.value,
        },
    )


def left(holding: Holding, key: str, *, course: Course, paid_until: datetime | None) -> None:
    """The member has asked to leave."""
    _queue(
        holding,
        "left",
        key,
        {
            "course": _course(holding, course),
            "paid_until": _last_day(paid_until, _language(holding)) if paid_until else "",
        },
    )


def left_at_once(
    holding: Holding, key: str, *, course: Course, method: Method, refund: Money
) -> None:
    """The membership ended on the spot; `refund` goes back for the days that were not lived."""
    language = _language(holding)
    _queue(
        holding,
        "left_at_once",
        key,
        {
            "course": _course(holding, course),
            "refund": _money(refund, language) if refund else "",
            "method": method.value,
            "carrier": method.is_carrier,
        },
    )


def vanished(holding: Holding, charge: Charge, failure_code: str, now: datetime) -> None:
    """A payment that the member had begun came to nothing without their doing: how to begin anew,
    and that the number is kept."""
    language = _language(holding)
    membership, site = holding.membership, holding.site
    keeps_until = None
    if membership.withdrawn_at is not None:
        keeps_until = days_after(membership.withdrawn_at, site.rejoin_days)
    in_time = keeps_until is None or now < keeps_until
    _queue(
        holding,
        "vanished",
        charge.intent_key,
        {
            "course": _course(holding, charge.course),
            "method": texts.text(f"payments.method.{charge.method}", language),
            "reason": failure_words(failure_code, language),
            "kept": in_time and membership.member_number is not None,
            "keeps_until": _last_day(keeps_until, language) if keeps_until and in_time else "",
            "join_url": sites.identity_url(
                f"/my/{site.key}/change"
                if charge.purpose == ChargePurpose.CHANGE
                else f"/join/{site.key}/"
            ),
        },
    )


def refund_opened(holding: Holding, case: RefundCase) -> None:
    """Money came that buys nothing; staff decide what becomes of it."""
    _refund(holding, "refund_opened", case)


def refund_requested(holding: Holding, case: RefundCase) -> None:
    """Staff decided that it goes back."""
    _refund(holding, "refund_requested", case)


def refund_done(holding: Holding, case: RefundCase) -> None:
    """It has gone back."""
    _refund(holding, "refund_done", case)


def withdrawn(holding: Holding, key: str, *, keeps_until: datetime) -> None:
    """The membership is withdrawn; until when rejoining keeps join date and number."""
    _queue(
        holding,
        "withdrawn",
        key,
        {"keeps_until": _last_day(keeps_until, _language(holding))},
    )


def _refund(holding: Holding, template: str, case: RefundCase) -> None:
    language = _language(holding)
    method = Method(case.charge.method)
    _queue(
        holding,
        template,
        case.refund_key,
        {
            "course": _course(holding, case.charge.course),
            "amount": _money(Money(case.amount, case.currency), language),
            "why": case.reason,
            "method": method.value,
            "carrier": method.is_carrier,
        },
    )


def send(holding: Holding, template: str, key: str, context: dict[str, object]) -> None:
    """A mail in the frame that all of billing's have; the same key is sent once."""
    _queue(holding, template, key, context)


def _queue(holding: Holding, template: str, key: str, context: dict[str, object]) -> None:
    if not holding.member.email:
        # Imported members may have none; My page tells them the same.
        return
    language = _language(holding)
    support = sites.tenant().support
    mail.queue(
        to=holding.member.email,
        template=template,
        language=language,
        context={
            "nickname": holding.member.nickname or holding.member.member_id,
            "site": texts.localized(holding.site.name, language),
            "identity": texts.localized(sites.tenant().identity_name, language),
            "my_url": sites.identity_url("/my"),
            "sender": holding.site.sender.name,
            "contact": support.email,
            **context,
        },
        sender=holding.site.sender,
        key=f"{template}:{holding.membership.pk}:{key}",
    )


def _language(holding: Holding) -> str:
    return holding.member.language


def _course(holding: Holding, course: Course) -> str:
    return texts.localized(course.name, _language(holding))


def _money(amount: Money, language: str) -> str:
    return texts.format_money(amount.amount, amount.currency, language)


def failure_words(code: str, language: str) -> str:
    """The words of a provider's reason, also of one that we have none for."""
    for known in (f"payments.failure.{code}", f"payments.end_reason.{code}"):
        if texts.has_text(known):
            return texts.text(known, language)
    return texts.text("payments.failure.other", language)


def _last_day(ends_at: datetime, language: str) -> str:
    return texts.format_date(last_day(ends_at), language)

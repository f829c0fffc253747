"""The mails of billing to those who run the club: what staff must look at. They go to the
address for questions, in the tenant's own language."""

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, RefundCase, Subscription
from kaiin.domain.money import Money
from kaiin.mail import operations as mail
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites

_PAYMENTS, _REFUNDS = "/admin/payments/payment/", "/admin/billing/refundcase/"
_PAGES = {
    "staff_disputed": _PAYMENTS,
    "staff_charged_back": _PAYMENTS,
    "staff_refund_failed": _REFUNDS,
    "staff_renewal_unknown": _PAYMENTS,
}


def disputed(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """A member's bank asks for a payment back."""
    _queue(locked, "staff_disputed", charge, payment.amount, str(payment.id))


def charged_back(locked: LockedMembership, charge: Charge, payment: PaymentView) -> None:
    """A member's bank took a payment back."""
    _queue(locked, "staff_charged_back", charge, payment.amount, str(payment.id))


def refund_failed(locked: LockedMembership, case: RefundCase) -> None:
    """A provider did not give money back."""
    _queue(
        locked,
        "staff_refund_failed",
        case.charge,
        case.money,
        case.refund_key,
        code=case.failure_code,
    )


def renewal_unknown(locked: LockedMembership, subscription: Subscription) -> None:
    """The provider has not said for a week whether the first charge after a break was made."""
    charge = locked.open_charge
    if charge is None:
        return
    _queue(locked, "staff_renewal_unknown", charge, charge.total, str(subscription.period_count))


def _queue(
    locked: LockedMembership,
    template: str,
    charge: Charge,
    amount: Money,
    key: str,
    *,
    code: str = "",
) -> None:
    tenant = sites.tenant()
    if not tenant.support.email:
        return
    language = tenant.default_language
    mail.queue(
        to=tenant.support.email,
        template=template,
        language=language,
        context={
            "site": locked.site.name,
            "identity": tenant.identity_name,
            "member_id": locked.member.member_id,
            "course": charge.course.name,
            "method": charge.method,
            "amount": amount,
            "payment": str(charge.payment_id),
            "reason": code,
            "url": sites.identity_url(_PAGES[template]),
            "sender": locked.site.sender.name,
            "contact": tenant.support.email,
        },
        sender=locked.site.sender,
        key=f"{template}:{locked.membership.pk}:{key}",
    )

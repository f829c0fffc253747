"""The mails of billing to those who run the club: what somebody must look at. They go to the
address for questions, in the tenant's own language."""

from kaiin.billing.holding import Holding
from kaiin.billing.models import Charge, RefundCase, Subscription
from kaiin.billing.wording import failure_words
from kaiin.domain.money import Money
from kaiin.infra import mail, texts
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites

_PAYMENTS, _REFUNDS = "/admin/payments/payment/", "/admin/billing/refundcase/"
_PAGES = {
    "staff_disputed": _PAYMENTS,
    "staff_charged_back": _PAYMENTS,
    "staff_refund_failed": _REFUNDS,
    "staff_renewal_unknown": _PAYMENTS,
}


def disputed(holding: Holding, charge: Charge, payment: PaymentView) -> None:
    """A member's bank asks for a payment back."""
    _queue(holding, "staff_disputed", charge, payment.amount, str(payment.id))


def charged_back(holding: Holding, charge: Charge, payment: PaymentView) -> None:
    """A member's bank took a payment back."""
    _queue(holding, "staff_charged_back", charge, payment.amount, str(payment.id))


def refund_failed(holding: Holding, case: RefundCase) -> None:
    """A provider did not give money back."""
    _queue(
        holding,
        "staff_refund_failed",
        case.charge,
        Money(case.amount, case.currency),
        case.refund_key,
        code=case.failure_code,
    )


def renewal_unknown(holding: Holding, subscription: Subscription) -> None:
    """The provider has not said for a week whether the first charge after a break was made."""
    charge = holding.open_charge
    if charge is None:
        return
    amount = Money(charge.price + charge.handling, charge.course.currency)
    _queue(holding, "staff_renewal_unknown", charge, amount, str(subscription.period_count))


def _queue(
    holding: Holding, template: str, charge: Charge, amount: Money, key: str, *, code: str = ""
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
            "site": texts.localized(holding.site.name, language),
            "identity": texts.localized(tenant.identity_name, language),
            "member_id": holding.member.member_id,
            "course": texts.localized(charge.course.name, language),
            "method": texts.text(f"payments.method.{charge.method}", language),
            "amount": texts.format_money(amount.amount, amount.currency, language),
            "payment": str(charge.payment_id),
            "reason": failure_words(code, language) if code else "",
            "url": sites.identity_url(_PAGES[template]),
            "sender": holding.site.sender.name,
            "contact": tenant.support.email,
        },
        sender=holding.site.sender,
        key=f"{template}:{holding.membership.pk}:{key}",
    )

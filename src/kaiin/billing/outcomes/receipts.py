"""Making receipts: what was charged, line by line, with the tax in it as it was on that day."""

from kaiin.billing.ledger.models import Receipt
from kaiin.billing.membership import numbers
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, Period
from kaiin.domain import taxes
from kaiin.domain.money import Money
from kaiin.domain.previews import HANDLING_FEE, MEMBERSHIP_FEE
from kaiin.domain.taxes import STANDARD_PERCENT, TaxedLine
from kaiin.payments.queries import PaymentView

CREDIT = "credit"


def make(locked: LockedMembership, charge: Charge, payment: PaymentView, period: Period) -> Receipt:
    """The receipt of a payment that bought a period; the batch stores it."""
    paid_at = payment.paid_at or locked.now
    lines = charged_lines(charge, payment.amount.currency)
    receipt = Receipt(
        number=numbers.receipt_number(payment.id, paid_at),
        payment_id=payment.id,
        membership_id=charge.membership_id,
        period=period,
        course=charge.course,
        method=charge.method,
        issued_at=locked.now,
        paid_at=paid_at,
        lines=[[line.code, line.amount.amount, line.percent] for line in lines],
        taxes=[
            [each.percent, each.total.amount, each.tax.amount] for each in taxes.tax_totals(lines)
        ],
        total=sum(line.amount.amount for line in lines),
        currency=payment.amount.currency,
    )
    locked.work.receipts.append(receipt)
    return receipt


def charged_lines(charge: Charge, currency: str) -> tuple[TaxedLine, ...]:
    """What a charge consists of. The unused days that a change of course gives back have the
    rate at which they were bought."""
    percent = charge.course.terms.tax_percent
    lines = [TaxedLine(MEMBERSHIP_FEE, Money(charge.price, currency), percent)]
    if charge.handling:
        lines.append(TaxedLine(HANDLING_FEE, Money(charge.handling, currency), STANDARD_PERCENT))
    if charge.credit:
        lines.append(TaxedLine(CREDIT, Money(-charge.credit, currency), _percent_before(charge)))
    return tuple(lines)


def _percent_before(charge: Charge) -> int:
    if charge.credit_period is None:
        raise RuntimeError("a credit is of a period")
    bought = Charge.objects.select_related("course")
    return bought.get(payment=charge.credit_period.payment_id).course.terms.tax_percent

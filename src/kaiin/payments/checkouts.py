"""Pages to pay on: what they were asked with, kept so that the same can be asked for again."""

from dataclasses import dataclass

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.payments.models import Payment
from kaiin.payments.orders import order_id
from kaiin.payments.providers.protocol import CheckoutRequest


@dataclass(frozen=True)
class Asked:
    """What a checkout was asked with, kept so that it can be asked the same again."""

    return_url: str
    email: str
    language: str
    slip_days: int


def request_of(row: Payment) -> CheckoutRequest:
    """What opens a payment's page, or finds it open: the same order and key each time."""
    asked = Asked(**row.request)
    order = order_id(row.pk)
    return CheckoutRequest(
        order_id=order,
        idempotency_key=order,
        method=Method(row.method),
        amount=Money(row.amount, row.currency),
        description=row.description,
        customer=f"m{row.member_ref}",
        email=asked.email,
        language=asked.language,
        return_url=asked.return_url.replace("{payment_id}", str(row.pk)),
        renews=row.renews,
        slip_days=asked.slip_days,
    )

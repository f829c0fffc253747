"""A provider that answers at once, in memory: what is left is our own time."""

from datetime import UTC, datetime
from typing import NoReturn

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.references import ReferenceKind
from kaiin.infra import clock
from kaiin.payments.providers.protocol import (
    ChargeRequest,
    CheckoutRequest,
    MandateSnapshot,
    PaymentSnapshot,
    ProviderState,
    Reference,
    Renewals,
    Scope,
)


class InstantProvider:
    """Takes all money the moment it is asked, and gives a mandate with the first payment."""

    name = "sandbox"

    def renewals(self, method: Method) -> Renewals:
        return Renewals.BY_US if method.can_renew else Renewals.NONE

    def checkout_origins(self) -> tuple[str, ...]:
        return ()

    def create_checkout(
        self,
        request: CheckoutRequest,
        *,
        timeout_seconds: float,  # noqa: ARG002
    ) -> PaymentSnapshot:
        mandate = MandateSnapshot(f"mandate-{request.order_id}", request.method, active=True)
        return _paid(request.order_id, request.amount, mandate)

    def charge(
        self,
        request: ChargeRequest,
        *,
        timeout_seconds: float,  # noqa: ARG002
    ) -> PaymentSnapshot:
        return _paid(request.order_id, request.amount, None)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"the measured path does not call {name}")


def _paid(order_id: str, amount: Money, mandate: MandateSnapshot | None) -> PaymentSnapshot:
    # As real ones: each charge has a number that its bill shows.
    number = Reference(ReferenceKind.CARD_PAYMENT, f"pi_{order_id}", Scope.CHARGE)
    return PaymentSnapshot(
        order_id=order_id,
        provider_payment_id=number.value,
        state=ProviderState.PAID,
        amount=amount,
        received=amount,
        paid_at=datetime.fromtimestamp(clock.now().timestamp(), UTC),
        references=(number,),
        mandate=mandate,
    )

"""Giving up a payment that the member has begun; what runs goes on as it was."""

from uuid import UUID

from kaiin.billing.actions import checkout
from kaiin.billing.errors import PaymentUnderWay
from kaiin.billing.models import Charge
from kaiin.domain.charges import ChargeState


def give_up_payment(*, payment_id: UUID) -> None:
    """Void an open payment at its provider, and close what it was for. An application that was
    never paid is given up by `leave`. Repeating it changes nothing.

    Raises PaymentUnderWay where the provider does not confirm that it is void.
    """
    charge = Charge.objects.filter(payment_id=payment_id, state=ChargeState.OPEN).first()
    if charge is None:
        return
    if charge.automatic:
        raise PaymentUnderWay
    checkout.stop(charge)

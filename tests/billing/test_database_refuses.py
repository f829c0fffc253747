"""Constraints: the database itself refuses a second row of what may be there only once."""

import copy
from collections.abc import Callable

import pytest
from django.db import IntegrityError, models, transaction

from kaiin.domain.payments import Method
from tests.billing.conftest import World


def again(row: models.Model, **changes: object) -> Callable[[], None]:
    """Stores a second row like this one."""
    second = copy.copy(row)
    second._state = copy.copy(row._state)
    second._state.adding = True
    second.pk = None if isinstance(row._meta.pk, models.AutoField) else row._meta.pk.get_default()
    for name, value in changes.items():
        setattr(second, name, value)
    return lambda: second.save(force_insert=True)


def refused(store: Callable[[], None]) -> bool:
    try:
        with transaction.atomic():
            store()
    except IntegrityError:
        return True
    return False


def test_one_of_each(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry, Receipt
    from kaiin.billing.models import Charge, Membership, Period, Subscription
    from kaiin.infra.models import Delivery, Event
    from kaiin.payments.models import Mandate, Payment, ProviderEvent

    world.joined(method=Method.AU)
    charge, period = Charge.objects.get(), Period.objects.get()
    unused = {"payment": None, "intent_key": "another", "attempt": 9}
    seconds: dict[str, Callable[[], None]] = {
        "a membership of a member at a site": again(Membership.objects.get()),
        "an open subscription of a membership": again(Subscription.objects.get()),
        "a live charge of a period": again(charge, **unused),
        "an intent key of a charge": again(charge, attempt=9, period_index=9, payment=None),
        "a period of a subscription by its number": again(period, payment_id=None),
        "a receipt of a payment": again(Receipt.objects.get(), number="another"),
        "an intent key of a payment": again(Payment.objects.get()),
        "a contract of a provider": again(Mandate.objects.get()),
        "an event of a provider": again(ProviderEvent.objects.first()),
        "a fact in the books": again(LedgerEntry.objects.first()),
        "an event by topic and key": again(Event.objects.first()),
        "a delivery of an event to a consumer": again(Delivery.objects.first()),
    }
    taken = [what for what, store in seconds.items() if not refused(store)]
    assert not taken, taken


def test_one_open_charge_of_a_membership(world: World) -> None:
    from kaiin.billing.models import Charge

    world.join(world.member())
    charge = Charge.objects.get()
    other = again(charge, intent_key="another", attempt=9, period_index=9, payment=None)
    assert refused(other)


def test_one_row_of_a_refund_at_the_provider(world: World) -> None:
    from kaiin.payments.models import Refund

    world.sandbox.refund_at_provider(world.payment(_paid(world)), 100)
    world.work()
    assert refused(again(Refund.objects.get(), key="another"))
    assert refused(again(Refund.objects.get(), provider_refund_id="another"))


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_no_empty_period(world: World, field: str) -> None:
    from kaiin.billing.models import Period

    world.joined()
    period = Period.objects.get()
    at = period.ends_at if field == "starts_at" else period.starts_at
    assert refused(lambda: Period.objects.update(**{field: at}) and None)


def _paid(world: World):  # type: ignore[no-untyped-def]
    from kaiin.payments.models import Payment

    world.joined()
    return Payment.objects.get().pk

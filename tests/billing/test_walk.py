"""Walks over the real operations; afterwards the books balance and everyone who paid is in."""

import os

import pytest

from tests.billing.conftest import World, balances, nothing_is_amiss, windows_survive_a_rebuild
from tests.billing.walk import Walk, paid_at_the_provider

SEED = int(os.environ["KAIIN_TEST_SEED"])
# KAIIN_TEST_WALKS=500 is a soak.
WALKS = int(os.environ.get("KAIIN_TEST_WALKS", "3"))
STEPS = 60


@pytest.mark.few_on_postgres(1)
@pytest.mark.parametrize("number", range(WALKS))
def test_a_walk_leaves_nothing_amiss(world: World, number: int) -> None:
    walk = Walk(world, SEED + number)
    try:
        walk.go(STEPS)
        walk.come_to_rest()
    finally:
        print(*walk.trace, sep="\n")
    found = balances()
    received = paid_at_the_provider(world)
    assert found.get("provider_cash", 0) == sum(received.values()), "our books and the provider's"
    assert "receivable" not in found
    for order in received:
        assert order in _paid_orders(), "money that we do not know of"
    windows_survive_a_rebuild()
    nothing_is_amiss(world.clock.now())


def _paid_orders() -> set[str]:
    from kaiin.domain.payments import MONEY_STATES
    from kaiin.payments.models import Payment
    from kaiin.payments.orders import order_id

    paid = Payment.objects.filter(state__in=[state.value for state in MONEY_STATES])
    return {order_id(pk) for pk in paid.values_list("pk", flat=True)}

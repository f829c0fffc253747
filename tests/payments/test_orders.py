"""Order numbers: always the same for an intent, never those of another installation."""

from uuid import UUID

import pytest

from kaiin.payments.models import Installation
from kaiin.payments.orders import id_of_intent, order_id, payment_id

HERE, THERE = (Installation(order_secret=UUID(int=number)) for number in (1, 2))


@pytest.mark.parametrize("intent", ["subscription:1:1:1", "subscription:11:1:1"])
def test_an_intents_order_number(intent: str) -> None:
    ours = id_of_intent(intent, HERE)
    assert ours == id_of_intent(intent, HERE)
    assert ours != id_of_intent(intent, THERE)
    assert ours != id_of_intent(intent + "1", HERE)
    assert payment_id(order_id(ours)) == ours

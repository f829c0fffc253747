"""When asking the provider about an open payment can bring anything."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kaiin.domain.payments import PaymentState
from kaiin.lab.simulation.dues import is_news, order_of
from kaiin.payments import orders

_ASKED = datetime(2027, 1, 31, 15, tzinfo=UTC)
_BEFORE, _LATER = _ASKED - timedelta(hours=1), _ASKED + timedelta(hours=1)
_PENDING = (PaymentState.PENDING, _ASKED, None)


def _theirs(
    status: str, reported_at: datetime | None, received: int | None = None
) -> dict[str, object]:
    reported = None if reported_at is None else reported_at.isoformat(timespec="microseconds")
    return {"status": status, "reported_at": reported, "received_amount": received}


@pytest.mark.parametrize(
    ("ours", "theirs", "news"),
    [
        (_PENDING, _theirs("open", _BEFORE), False),
        (_PENDING, _theirs("open", None), False),
        (_PENDING, _theirs("open", _LATER), True),
        # In the same instant: it may have come after the answer.
        (_PENDING, _theirs("open", _ASKED), True),
        # What was answered was lost on the way, or with its process.
        (_PENDING, _theirs("paid", _BEFORE, 550), True),
        (_PENDING, _theirs("expired", _BEFORE), True),
        # Too little came: it is written down, and waits for people.
        ((PaymentState.PENDING, _ASKED, 1), _theirs("paid", _BEFORE, 1), False),
        ((PaymentState.PENDING, _ASKED, 1), _theirs("paid", _BEFORE, 550), True),
        # It is unknown whether the call arrived.
        (_PENDING, None, True),
        ((PaymentState.UNKNOWN, _ASKED, None), _theirs("open", _BEFORE), True),
        ((PaymentState.INTENT, None, None), _theirs("open", _BEFORE), True),
    ],
)
def test_what_may_be_news(
    ours: tuple[str, datetime | None, int | None],
    theirs: Mapping[str, object] | None,
    news: bool,
) -> None:
    assert is_news(ours, theirs) is news


def test_orders_are_named_as_payments_names_them() -> None:
    payment = uuid4()
    assert order_of(payment.hex) == order_of(payment) == orders.order_id(payment)

"""Payments that are quick to start, of a tenant that uses the sandbox for every way to pay."""

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from tests.fixtures.sandbox import Sandbox

if TYPE_CHECKING:
    from kaiin.payments.queries import PaymentView


class Start(Protocol):
    """Starts a payment of 550 yen; anything can be said otherwise."""

    def __call__(
        self, method: str = "card", key: str = "join:1:1", **other: Any
    ) -> "PaymentView": ...


@pytest.fixture
def start(sandbox: Sandbox, plusmember: object) -> Start:
    """Starts payments of member 7."""
    from kaiin.payments import operations

    def run(method: str = "card", key: str = "join:1:1", **other: Any) -> "PaymentView":
        asked: dict[str, Any] = {
            "member_ref": 7,
            "amount": Money(550),
            "description": "月会費コース",
            "return_url": "http://id.localhost/pay/return/{payment_id}",
            "member_hint": "fan@example.jp",
            "renews": True,
        }
        return operations.start_payment(intent_key=key, method=Method(method), **(asked | other))

    return run

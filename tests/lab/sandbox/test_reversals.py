"""Money that goes back, at the sandbox: its API, its own pages, its clock."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kaiin.lab.sandbox.app import SandboxApp, create_app
from tests.fixtures.clock import Clock
from tests.lab.sandbox.test_api import CHECKOUT, SECRET


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> SandboxApp:
    return create_app(
        store_path=tmp_path / "store.sqlite3",
        secret=SECRET,
        notice_url="http://id.localhost/webhooks/sandbox",
        public_url="http://pay.localhost/",
        source=Random(1),
    )


def call(app: SandboxApp, verb: str, path: str, content: object = None, key: str = "k") -> Any:
    headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": key}
    answer = app.test_client().open(path, method=verb, json=content, headers=headers)
    return answer.json


def refund(app: SandboxApp, amount: int, key: str = "r1") -> Any:
    content = {"key": key, "amount": amount, "reason": "left"}
    return call(app, "POST", "/v1/orders/order1/refunds", content, key=f"{key}:{amount}")


def page(app: SandboxApp, checkout: Any, step: str, **form: str) -> TestResponse:
    path = checkout["checkout_url"].removeprefix("http://pay.localhost")
    return app.test_client().post(f"{path}/{step}", data=form)


@pytest.fixture
def paid(app: SandboxApp) -> SandboxApp:
    answer = call(app, "POST", "/v1/checkouts", CHECKOUT)
    page(app, answer, "card", number="4242424242424242", expiry="12/26", cvc="123")
    page(app, answer, "3ds", answer="proven")
    return app


def order(app: SandboxApp) -> Any:
    return call(app, "GET", "/v1/orders/order1")


def kinds(app: SandboxApp) -> list[str]:
    return [event["type"] for event in call(app, "GET", "/v1/events")["events"]]


def test_a_refund_once_a_key_for_ever(paid: SandboxApp, clock: Clock) -> None:
    first = refund(paid, 200)["refunds"]
    clock.advance(days=30)  # the idempotency key of the call is forgotten, the refund's is not
    assert refund(paid, 200)["refunds"] == first
    assert refund(paid, 201) == {"error": "refund_conflict"}
    assert refund(paid, 351, key="r2") == {"error": "refund_exceeds"}
    assert [each["amount"] for each in refund(paid, 350, key="r2")["refunds"]] == [200, 350]
    assert order(paid)["status"] == "paid"
    assert kinds(paid)[-2:] == ["refund.done", "refund.done"]


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_gives_something_back(amount: int, paid: SandboxApp) -> None:
    assert refund(paid, amount) == {"error": "amount"}


def test_what_was_never_paid_is_not_refunded(app: SandboxApp) -> None:
    call(app, "POST", "/v1/checkouts", CHECKOUT)
    assert refund(app, 1) == {"error": "not_paid"}
    assert order(app)["refunds"] == []


def test_refunds_that_wait_and_fail(paid: SandboxApp, clock: Clock) -> None:
    for name, value in (("refund_pending", "60"), ("refund_fail", "account_closed")):
        content = {"scope": "order1", "name": name, "value": value}
        call(paid, "PUT", "/v1/switches", content)
    assert refund(paid, 550)["refunds"][0]["status"] == "pending"
    assert refund(paid, 1, key="r2") == {"error": "refund_exceeds"}
    clock.advance(hours=1)
    (failed,) = order(paid)["refunds"]
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert kinds(paid)[-2:] == ["refund.created", "refund.failed"]


def test_a_card_is_registered_and_nothing_taken(app: SandboxApp) -> None:
    answer = call(app, "POST", "/v1/checkouts", CHECKOUT | {"amount": 0})
    path = answer["checkout_url"].removeprefix("http://pay.localhost")
    asked = app.test_client().get(f"{path}?lang=en").text
    assert "Register a card" in asked
    assert "Nothing is charged now" in asked
    page(app, answer, "card", number="4242424242424242", expiry="12/26", cvc="123")
    assert "registration of your card" in app.test_client().get(path).text
    page(app, answer, "3ds", answer="proven")
    assert "Your card is registered" in app.test_client().get(path).text
    after = order(app)
    assert (after["status"], after["paid_at"], after["received_amount"]) == (
        "registered",
        None,
        None,
    )
    assert after["mandate"]["expires_at"] == "2026-12-31T15:00:00.000000+00:00"
    assert kinds(app) == ["mandate.registered", "payment.registered"]


def test_a_contract_ends_with_its_card(paid: SandboxApp, clock: Clock) -> None:
    clock.advance(days=40)
    mandate = order(paid)["mandate"]
    assert (mandate["status"], mandate["end_reason"]) == ("ended", "expired")
    assert kinds(paid)[-1] == "mandate.ended"


def test_refunds_and_disputes_on_the_dashboard(paid: SandboxApp) -> None:
    pages = paid.test_client()

    def press(step: str, **form: str) -> str:
        assert pages.post(f"/orders/order1/{step}", data=form).status_code == 303
        return re.sub(r"\s+", " ", pages.get("/?lang=en").text)

    assert "Payer disputes it" in pages.get("/?lang=en").text
    assert "refunded: ¥200 (done)" in press("refund", amount="200")
    disputed = press("dispute")
    assert "Shop wins" in disputed
    assert "Refund the rest" not in disputed
    assert "dispute won" in press("dispute", answer="won")
    assert "refunded: ¥350 (done)" in press("refund")
    assert "Refund the rest" not in pages.get("/?lang=en").text
    assert pages.post("/orders/order1/refund").status_code == 422
    assert pages.post("/orders/order1/dispute").status_code == 422
    assert order(paid)["dispute"] == "won"

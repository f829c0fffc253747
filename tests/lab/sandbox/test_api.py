"""The sandbox's API, as a merchant's code meets it."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kaiin.infra import clock as infra_clock
from kaiin.lab.sandbox.app import SandboxApp, create_app
from kaiin.lab.sandbox.environment import SettingMissing, app_from
from kaiin.lab.sandbox.events import signature
from tests.fixtures.clock import Clock

SECRET = "a secret"
CHECKOUT: dict[str, Any] = {
    "application": "kaiin",
    "order_id": "order1",
    "method": "card",
    "amount": 550,
    "currency": "JPY",
    "description": "月会費コース",
    "customer": "m7",
    "email": "",
    "language": "ja",
    "return_url": "http://id.localhost/back",
    "renews": True,
    "slip_days": 3,
}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> SandboxApp:
    return create_app(
        store_path=tmp_path / "store.sqlite3",
        secret=SECRET,
        notice_url="http://id.localhost/webhooks/sandbox",
        public_url="http://pay.localhost/",
        source=Random(1),
    )


def call(
    app: SandboxApp, verb: str, path: str, content: object = None, key: str = "k1"
) -> TestResponse:
    headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": key}
    return app.test_client().open(path, method=verb, json=content, headers=headers)


def test_without_the_secret_every_request_is_refused(app: SandboxApp) -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"bearer {SECRET}"}):
        answer = app.test_client().get("/v1/events", headers=header)
        assert (answer.status_code, answer.json) == (401, {"error": "unauthorized"})


def test_a_checkout_is_open_and_has_a_page(app: SandboxApp) -> None:
    answer = call(app, "POST", "/v1/checkouts", CHECKOUT)
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["status"] == "open"
    assert answer.json["checkout_url"].startswith("http://pay.localhost/pay/page_")
    assert app.test_client().get(answer.json["checkout_url"]).status_code == 200


def test_a_key_does_its_work_once(app: SandboxApp, clock: Clock) -> None:
    first = call(app, "POST", "/v1/checkouts", CHECKOUT)
    clock.advance(hours=23)
    assert call(app, "POST", "/v1/checkouts", CHECKOUT).json == first.json
    other = call(app, "POST", "/v1/checkouts", CHECKOUT | {"amount": 660})
    assert (other.status_code, other.json) == (422, {"error": "idempotency_conflict"})


def test_an_order_number_is_used_once(app: SandboxApp) -> None:
    call(app, "POST", "/v1/checkouts", CHECKOUT)
    again = call(app, "POST", "/v1/checkouts", CHECKOUT, key="k2")
    assert (again.status_code, again.json) == (422, {"error": "order_exists"})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"method": "cheque"}, "method"),
        ({"amount": -1}, "amount"),
        ({"amount": 0, "method": "au"}, "amount"),
        ({"amount": 0, "renews": False}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": "550"}, "amount"),
        ({"slip_days": 61}, "slip_days"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"order_id": None}, "order_id"),
    ],
)
def test_what_can_not_be_read_is_refused(
    app: SandboxApp, change: dict[str, object], error: str
) -> None:
    answer = call(app, "POST", "/v1/checkouts", CHECKOUT | change)
    assert (answer.status_code, answer.json) == (400, {"error": error})
    assert call(app, "GET", "/v1/orders/order1").status_code == 404


def test_not_json_and_no_key(app: SandboxApp) -> None:
    assert call(app, "POST", "/v1/checkouts", ["x"]).json == {"error": "json"}
    assert call(app, "POST", "/v1/checkouts", CHECKOUT, key="").json == {"error": "idempotency_key"}


def test_a_carriers_contract_has_one_sum(app: SandboxApp, clock: Clock) -> None:
    answer = call(app, "POST", "/v1/checkouts", CHECKOUT | {"method": "au"})
    assert answer.json is not None
    page = answer.json["checkout_url"].removeprefix("http://pay.localhost")
    pages = app.test_client()
    pages.post(f"{page}/pin", data={"phone": "080-1234-5678", "pin": "4321"})
    pages.post(f"{page}/agree")
    paid = call(app, "GET", "/v1/orders/order1").json
    assert paid is not None
    assert paid["status"] == "paid"
    asked = {name: CHECKOUT[name] for name in ("application", "currency", "description")}
    asked |= {"order_id": "order2", "mandate_id": paid["mandate"]["id"], "amount": 660}
    refused = call(app, "POST", "/v1/charges", asked, key="k2")
    assert (refused.status_code, refused.json) == (422, {"error": "amount_fixed_by_contract"})
    charged = call(app, "POST", "/v1/charges", asked | {"amount": 550}, key="k3").json
    assert charged is not None
    assert charged["status"] == "paid"
    assert charged["numbers"] != paid["numbers"]
    assert charged["mandate"]["numbers"] == paid["mandate"]["numbers"]


def test_events_are_listed_after_a_cursor(app: SandboxApp) -> None:
    for number in range(5):
        order = f"order{number}"
        call(app, "POST", "/v1/checkouts", CHECKOUT | {"order_id": order}, key=order)
        call(app, "POST", f"/v1/orders/{order}/cancel", {})
    first = call(app, "GET", "/v1/events?limit=3").json
    assert first is not None
    assert (len(first["events"]), first["more"]) == (3, True)
    rest = call(app, "GET", f"/v1/events?after={first['cursor']}").json
    assert rest is not None
    assert [each["data"]["order_id"] for each in rest["events"]] == ["order3", "order4"]
    assert (rest["more"], rest["events"][0]["type"]) == (False, "payment.canceled")
    end = call(app, "GET", f"/v1/events?after={rest['cursor']}").json
    assert end == {"events": [], "cursor": rest["cursor"], "more": False}


def test_a_page_that_is_not_finished_expires(app: SandboxApp, clock: Clock) -> None:
    call(app, "POST", "/v1/checkouts", CHECKOUT)
    clock.advance(hours=24)
    answer = call(app, "GET", "/v1/orders/order1").json
    assert answer is not None
    assert (answer["status"], answer["checkout_url"]) == ("expired", None)


def test_switches_by_the_api(app: SandboxApp) -> None:
    on = call(app, "PUT", "/v1/switches", {"scope": "*", "name": "down", "value": "0"})
    assert on.json == {"switches": {"*": {"down": "0"}}}
    assert call(app, "GET", "/v1/events").status_code == 503
    call(app, "PUT", "/v1/switches", {"scope": "*", "name": "down", "value": ""})
    assert call(app, "GET", "/v1/switches").json == {"switches": {}}
    for name, value in (("nonsense", "1"), ("delay", "-1"), ("decline", "why not")):
        wrong = call(app, "PUT", "/v1/switches", {"scope": "*", "name": name, "value": value})
        assert wrong.status_code == 422


# Notices


class Receiver:
    """Where notices arrive; answers with `statuses` in turn, the last for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.seen: list[tuple[bytes, dict[str, str]]] = []

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.seen.append((body, headers))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == 0:
            raise OSError("no answer")
        return status


def cancel_one(app: SandboxApp) -> None:
    call(app, "POST", "/v1/checkouts", CHECKOUT)
    call(app, "POST", "/v1/orders/order1/cancel", {})


def test_notices_are_signed_over_time_and_body(app: SandboxApp, clock: Clock) -> None:
    cancel_one(app)
    receiver = Receiver(200)
    assert app.deliver_due(receiver) == 1
    body, headers = receiver.seen[0]
    assert headers["Sandbox-Signature"] == signature(SECRET, body, clock.now())
    assert json.loads(body)["data"]["order_id"] == "order1"
    assert app.deliver_due(receiver) == 0


def test_each_notice_is_signed_when_it_is_sent(app: SandboxApp, clock: Clock) -> None:
    """The demo's clock is turned while notices go out: the receiver reads the new day."""
    for order in ("order1", "order2"):
        asked = CHECKOUT | {"order_id": order}
        call(app, "POST", "/v1/checkouts", asked, key=f"key-{order}")
        call(app, "POST", f"/v1/orders/{order}/cancel", {})
    signed = []

    def receiver(body: bytes, headers: dict[str, str]) -> int:
        signed.append(headers["Sandbox-Signature"] == signature(SECRET, body, clock.now()))
        clock.advance(days=1)
        return 200

    assert app.deliver_due(receiver) == 2
    assert signed == [True, True]


def test_the_clock_is_not_turned_between_signing_and_arrival(
    app: SandboxApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))
    infra_clock.unfreeze()
    cancel_one(app)
    tomorrow = infra_clock.now() + timedelta(days=1)
    turning = threading.Thread(target=infra_clock.turn_to, args=(tomorrow,))
    waited = []

    def receiver(body: bytes, headers: dict[str, str]) -> int:
        turning.start()
        turning.join(0.2)
        waited.append(turning.is_alive() and infra_clock.now() < tomorrow)
        return 200

    assert app.deliver_due(receiver) == 1
    turning.join()
    assert waited == [True]
    assert infra_clock.now() >= tomorrow


def test_notices_are_tried_again_with_growing_pauses(app: SandboxApp, clock: Clock) -> None:
    cancel_one(app)
    receiver = Receiver(0, 500, 302, 200)
    assert app.deliver_due(receiver) == 1
    assert app.deliver_due(receiver) == 0
    for pause in (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2)):
        clock.advance(seconds=pause.total_seconds() - 1)
        assert app.deliver_due(receiver) == 0
        clock.advance(seconds=1)
        assert app.deliver_due(receiver) == 1
    assert app.deliver_due(receiver) == 0


def test_notices_are_given_up_after_three_days(app: SandboxApp, clock: Clock) -> None:
    cancel_one(app)
    receiver = Receiver(500)
    app.deliver_due(receiver)
    clock.advance(days=3)
    assert app.deliver_due(receiver) == 1
    clock.advance(days=30)
    assert app.deliver_due(receiver) == 0


def test_a_sender_that_died_leaves_its_notices_to_the_next(app: SandboxApp, clock: Clock) -> None:
    cancel_one(app)

    def dies(body: bytes, headers: dict[str, str]) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.deliver_due(dies)
    receiver = Receiver(200)
    assert app.deliver_due(receiver) == 0
    clock.advance(minutes=1)
    assert app.deliver_due(receiver) == 1


def test_notices_reach_names_that_only_browsers_resolve(app: SandboxApp) -> None:
    """`id.localhost` is this machine, though resolvers say that there is no such name."""
    seen: list[tuple[str, str, bytes]] = []

    class Merchant(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.headers["Host"], self.path, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Merchant) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        app.notice_url = f"http://id.localhost:{server.server_port}/webhooks/sandbox"
        cancel_one(app)
        assert app.deliver_due() == 1
        server.shutdown()
        thread.join()
    host, path, body = seen[0]
    assert (host, path) == (f"id.localhost:{server.server_port}", "/webhooks/sandbox")
    assert json.loads(body)["type"] == "payment.canceled"
    with app.service.store.transaction() as tx:
        assert tx.all("SELECT status FROM delivery") == [{"status": "delivered"}]


def test_a_receiver_that_is_away_is_tried_again(app: SandboxApp, clock: Clock) -> None:
    cancel_one(app)
    app.notice_url = "http://id.localhost:1/webhooks/sandbox"
    assert app.deliver_due() == 1
    receiver = Receiver(200)
    clock.advance(seconds=5)
    assert app.deliver_due(receiver) == 1


def test_everything_survives_a_restart(app: SandboxApp, tmp_path: Path) -> None:
    cancel_one(app)
    app.service.store.close()
    again = create_app(
        store_path=tmp_path / "store.sqlite3", secret=SECRET, notice_url="", public_url=""
    )
    receiver = Receiver(200)
    assert again.deliver_due(receiver) == 1
    again.service.store.close()


# Settings

ENVIRONMENT = {
    "KAIIN_SANDBOX_SECRET": "s",
    "KAIIN_SANDBOX_NOTICE_URL": "http://id.localhost/webhooks/sandbox",
    "KAIIN_SANDBOX_PUBLIC_URL": "http://pay.localhost",
}


@pytest.mark.parametrize("missing", [*ENVIRONMENT, "KAIIN_SANDBOX_STORE"])
def test_a_missing_setting_stops_the_start(missing: str, tmp_path: Path) -> None:
    given = {**ENVIRONMENT, "KAIIN_SANDBOX_STORE": str(tmp_path / "s.sqlite3")}
    given.pop(missing)
    with pytest.raises(SettingMissing, match=rf"^{missing} is not set. Set it, for example"):
        app_from(given)


def test_the_demo_has_a_secret_of_its_own(tmp_path: Path) -> None:
    given = {**ENVIRONMENT, "KAIIN_SANDBOX_STORE": str(tmp_path / "s.sqlite3")}
    given.pop("KAIIN_SANDBOX_SECRET")
    app = app_from({**given, "KAIIN_MODE": "demo"})
    assert app.secret
    app.service.store.close()

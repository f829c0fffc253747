"""The merchant's API: bearer secret, JSON, idempotency keys.

| call | does |
|------|------|
| POST /v1/checkouts | open a payment page |
| POST /v1/charges | charge a contract |
| GET /v1/orders/<order> | a payment's present state |
| POST /v1/orders/<order>/cancel | void an open payment or slip |
| POST /v1/orders/<order>/refunds | give back all or a part; once a `key`, for ever |
| GET /v1/mandates/<id>, POST …/end | a contract's present state; end it |
| GET /v1/events?after=&limit= | events after a cursor, oldest first |
| GET, PUT /v1/switches | faults on demand: `{"scope": "*" or an order, "name", "value"}` |

Errors are `{"error": code}` with 400 (unreadable), 401, 404, 409, 422.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from kaiin.domain.payments import Method
from kaiin.lab.sandbox import switches
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.service import Service, the_service
from kaiin.lab.sandbox.store import Row, numbers_of, written
from kaiin.lab.sandbox.switches import Switch, WrongSwitch

api = Blueprint("api", __name__, url_prefix="/v1")

# Keys are remembered so long, as Stripe and KOMOJU do.
_KEY_LIFE = timedelta(hours=24)
_MAX_EVENTS = 100
# Marks a delayed call that is carried out now.
_LATE = "kaiin.lab.sandbox.late"
# Where a request keeps its order's switches.
_ON = "kaiin.lab.sandbox.switches"
# What a payment's answer has just as it is stored.
_SHOWN = (
    "id", "order_id", "application", "method", "status", "amount", "currency", "received_amount",
    "failure_code", "created_at", "paid_at", "expires_at", "store", "dispute",
)  # fmt: skip
Answer = tuple[dict[str, Any], int]


@api.before_request
def _authenticate() -> tuple[Response, int] | None:
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {current_app.config['SECRET']}"
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return jsonify(error="unauthorized"), 401
    if request.endpoint == "api.put_switches":
        return None
    return _fault(Switch.DOWN, 503)


@api.errorhandler(Refused)
def _refused(error: Refused) -> tuple[Response, int]:
    return jsonify(error=error.code), error.status


@api.post("/checkouts")
def create_checkout() -> tuple[Response, int]:
    """Open a payment page; `checkout_url` of the answer is where the browser goes. An amount of 0
    registers a card."""
    asked = _asked(
        application=str, order_id=str, method=str, amount=int, currency=str, description=str,
        customer=str, return_url=str, renews=bool, slip_days=int,
    )  # fmt: skip
    if asked["method"] not in set(Method):
        raise Refused("method")
    if asked["amount"] == 0 and not (asked["method"] == Method.CARD and asked["renews"]):
        raise Refused("amount")
    if not 1 <= asked["slip_days"] <= 60:
        raise Refused("slip_days")
    if not asked["return_url"].startswith(("http://", "https://")):
        raise Refused("return_url")
    return _once(lambda: payment_json(the_service().create_checkout(asked), None))


@api.post("/charges")
def charge() -> tuple[Response, int]:
    """Charge a contract."""
    asked = _asked(
        application=str, order_id=str, mandate_id=str, amount=int, currency=str, description=str
    )

    if not asked["amount"]:
        raise Refused("amount")

    def run() -> dict[str, Any]:
        payment = the_service().charge(asked)
        return payment_json(payment, the_service().fetch_mandate(payment["mandate_id"]))

    return _once(run)


@api.get("/orders/<order_id>")
def fetch(order_id: str) -> Response:
    """A payment's present state."""
    return jsonify(payment_json(*the_service().fetch(order_id)))


@api.post("/orders/<order_id>/cancel")
def cancel(order_id: str) -> tuple[Response, int]:
    """Void an open payment or slip; what can't be voided comes back as it is."""

    def run() -> Answer:
        the_service().cancel(order_id)
        return payment_json(*the_service().fetch(order_id)), 200

    return _with_faults(run)


@api.post("/orders/<order_id>/refunds")
def refund(order_id: str) -> tuple[Response, int]:
    """Give back all or a part of a payment; the payment as it is then."""
    asked = _asked(key=str, amount=int, reason=str)
    if not asked["key"]:
        raise Refused("key")
    if not asked["amount"]:
        raise Refused("amount")

    def run() -> dict[str, Any]:
        the_service().refund(order_id, **asked)
        return payment_json(*the_service().fetch(order_id))

    return _once(run)


@api.get("/mandates/<mandate_id>")
def fetch_mandate(mandate_id: str) -> Response:
    """A contract's present state."""
    return jsonify(mandate_json(the_service().fetch_mandate(mandate_id)))


@api.post("/mandates/<mandate_id>/end")
def end_mandate(mandate_id: str) -> tuple[Response, int]:
    """End a contract. `reason` may be `merchant` (the default), `member` or `carrier`."""
    content = request.get_json(silent=True)
    reason = str(content.get("reason", "merchant")) if isinstance(content, dict) else "merchant"

    def run() -> Answer:
        return mandate_json(the_service().end_mandate(mandate_id, reason)), 200

    return _with_faults(run)


@api.get("/events")
def list_events() -> Response:
    """Events after a cursor; `cursor` of the answer goes on from there."""
    after = request.args.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() else 0
    limit = min(request.args.get("limit", _MAX_EVENTS, type=int), _MAX_EVENTS)
    the_service().settle()
    with the_service().store.transaction() as tx:
        found = tx.all(
            "SELECT number, body FROM event WHERE number > ? ORDER BY number LIMIT ?",
            (number, limit + 1),
        )
    page = found[:limit]
    cursor = json.dumps(str(page[-1]["number"]) if page else after)
    more = json.dumps(len(found) > limit)
    # Each event as it was stored, unread.
    events = ", ".join(row["body"] for row in page)
    body = f'{{"events": [{events}], "cursor": {cursor}, "more": {more}}}'
    return Response(body, mimetype="application/json")


@api.get("/switches")
def get_switches() -> Response:
    """All switches that are on."""
    with the_service().store.transaction() as tx:
        return jsonify(switches=switches.every(tx))


@api.put("/switches")
def put_switches() -> tuple[Response, int]:
    """Turn one switch; an empty value turns it off."""
    asked = _asked(scope=str, name=str, value=str)
    try:
        with the_service().store.transaction() as tx:
            switches.put(tx, **asked)
            return jsonify(switches=switches.every(tx)), 200
    except WrongSwitch as error:
        raise Refused(str(error), 422) from error


def payment_json(payment: Row, mandate: Row | None) -> dict[str, Any]:
    """A payment as the API reports it."""
    page = f"{current_app.config['PUBLIC_URL']}/pay/{payment['token']}"
    is_open = payment["status"] == "open" and payment["kind"] == "checkout"
    return {name: payment[name] for name in _SHOWN} | {
        "checkout_url": page if is_open else None,
        "numbers": numbers_of(payment),
        "mandate": None if mandate is None else mandate_json(mandate),
        "declines": payment["tries"],
        "refunds": [refund_json(refund) for refund in the_service().refunds(payment)],
    }


def refund_json(refund: Row) -> dict[str, Any]:
    """A refund as the API reports it; the dashboard's have no key."""
    names = ("id", "amount", "reason", "status", "failure_code", "created_at", "done_at")
    return {name: refund[name] for name in names} | {"key": refund["key"] or ""}


def mandate_json(mandate: Row) -> dict[str, Any]:
    """A contract as the API reports it."""
    names = ("id", "method", "status", "brand", "last4", "created_at", "expires_at", "ended_at")
    more = {"end_reason": mandate["end_reason"], "numbers": numbers_of(mandate)}
    return {name: mandate[name] for name in names} | more


def _asked(**types: type) -> dict[str, Any]:
    """The request's JSON with the fields that must be there; Refused("field") otherwise."""
    content = request.get_json(silent=True)
    if not isinstance(content, dict):
        raise Refused("json")
    for name, kind in types.items():
        if type(content.get(name)) is not kind:
            raise Refused(name)
    if "amount" in types and content["amount"] < 0:
        raise Refused("amount")
    return content


def _once(run: Callable[[], dict[str, Any]]) -> tuple[Response, int]:
    """Do it once a key: the same key and request bring the same answer, another request 422."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refused("idempotency_key")
    digest = hashlib.sha256(request.path.encode() + b"\n" + request.get_data()).hexdigest()

    def first_time() -> Answer:
        with the_service().store.transaction() as tx:
            tx.run("DELETE FROM answer WHERE created_at < ?", (written(tx.now - _KEY_LIFE),))
            known = tx.one("SELECT * FROM answer WHERE key = ?", (key,))
            if known is not None and Switch.KEYLESS not in _switches():
                if known["request"] != digest:
                    raise Refused("idempotency_conflict", 422)
                return json.loads(known["body"]), known["status"]
            answer = run()
            body = json.dumps(answer)
            values = {"key": key, "request": digest, "status": 201, "body": body}
            tx.run("DELETE FROM answer WHERE key = ?", (key,))
            tx.insert("answer", values | {"created_at": written(tx.now)})
            return answer, 201

    return _with_faults(first_time)


def run_late_calls(app: Flask) -> None:
    """Carry out the calls that the switch `late` delayed, each as it was sent."""
    service: Service = app.config["SERVICE"]
    waiting = "SELECT 1 FROM late_call WHERE due_at <= ? LIMIT 1"
    reading = service.store.reading()
    now = written(reading.now)
    if reading.one(waiting, (now,)) is None:
        return
    with service.store.transaction() as tx:
        due = tx.all("SELECT * FROM late_call WHERE due_at <= ? ORDER BY number", (now,))
        tx.run("UPDATE late_call SET due_at = NULL WHERE due_at <= ?", (now,))
    for call in due:
        headers = {
            "Authorization": f"Bearer {app.config['SECRET']}",
            "Idempotency-Key": call["key"],
        }
        with app.test_request_context(
            call["path"],
            method="POST",
            data=call["body"],
            content_type="application/json",
            headers=headers,
            environ_overrides={_LATE: True},
        ):
            app.full_dispatch_request()


def _delayed() -> bool:
    """Whether the switch `late` keeps this call for later."""
    if request.environ.get(_LATE):
        return False
    minutes = _switches().get(Switch.LATE)
    if minutes is None:
        return False
    with the_service().store.transaction() as tx:
        tx.insert(
            "late_call",
            {
                "path": request.path,
                "key": request.headers.get("Idempotency-Key", ""),
                "body": request.get_data(),
                "order_id": _order_id(),
                "sent_at": written(tx.now),
                "due_at": written(tx.now + timedelta(minutes=int(minutes))),
            },
        )
    return True


def _with_faults(run: Callable[[], Answer]) -> tuple[Response, int]:
    if _delayed():
        return jsonify(error=Switch.LATE.value), 504
    fault = _fault(Switch.TIME_OUT, 504)
    if fault is not None:
        return fault
    answer, status = run()
    return _fault(Switch.ANSWER_LOST, 504) or (jsonify(answer), status)


def _fault(switch: Switch, status: int) -> tuple[Response, int] | None:
    """The answer of a switch that is on for this request's order, after its wait."""
    if request.environ.get(_LATE):
        return None
    value = _switches().get(switch)
    if value is None:
        return None
    time.sleep(int(value))
    return jsonify(error=switch.value), status


def _switches() -> Mapping[str, str]:
    """The switches that are on for this request's order, as it came in."""
    on: dict[str, str] | None = request.environ.get(_ON)
    if on is None:
        on = switches.values(the_service().store.reading(), _order_id())
        request.environ[_ON] = on
    return on


def _order_id() -> str:
    if order_id := (request.view_args or {}).get("order_id"):
        return str(order_id)
    content = request.get_json(silent=True)
    return str(content.get("order_id", "")) if isinstance(content, dict) else ""

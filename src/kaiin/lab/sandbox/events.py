"""Events and their notices: written in the transaction of what happened, sent afterwards."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from kaiin.infra import clock
from kaiin.lab.sandbox import switches
from kaiin.lab.sandbox.store import Row, Store, Transaction, read, written
from kaiin.lab.sandbox.switches import Switch

# Sends a body with headers and returns the HTTP status; raises OSError if nothing answers.
Post = Callable[[bytes, dict[str, str]], int]

SIGNATURE_HEADER = "Sandbox-Signature"

# Another product of the merchant's, on the same account.
FOREIGN_APPLICATION = "another-shop"
# What comes with a notice where the switch `garbage` is on, in turns.
FORGED, UNREADABLE, UNKNOWN_KIND = "forged", "unreadable", "unknown_kind"
_GARBAGE = (FORGED, UNREADABLE, UNKNOWN_KIND)

_PAUSES = (5, 30, 120, 600, 3600, 4 * 3600)
_GIVE_UP = timedelta(days=3)
# Should the sender die, its notices come up again after this.
_LEASE = timedelta(minutes=1)
_REORDER_WAIT = timedelta(minutes=1)


def emit(
    tx: Transaction, kind: str, application: str, *, order_id: str = "", mandate_id: str = ""
) -> None:
    """Write an event and queue its notices as the switches of its order say."""
    about = {"order_id": order_id, "mandate_id": mandate_id}
    on = switches.numbers(tx, order_id)
    twins = (FOREIGN_APPLICATION,) if on.get(Switch.FOREIGN) else ()
    for each in (application, *twins):
        event = {
            "id": tx.numbers.id("evt"),
            "type": kind,
            "application": each,
            "created_at": written(tx.now),
        }
        body = json.dumps(event | {"data": about})
        number = tx.insert("event", event | {"order_id": order_id, "body": body})
        _queue(tx, event["id"], number, on)


def of_payment(tx: Transaction, payment: Row, kind: str) -> None:
    """As `emit`, of something that became of a payment."""
    emit(tx, kind, payment["application"], order_id=payment["order_id"])


def _queue(tx: Transaction, event_id: str, number: int, on: Mapping[str, int]) -> None:
    dropped = on.get(Switch.DROP, 0) > 0
    reorder = on.get(Switch.REORDER, 0) > 0
    due = tx.now + timedelta(minutes=on.get(Switch.DELAY, 0))
    if reorder:
        due += _REORDER_WAIT
    copies = [""] * (1 + on.get(Switch.DUPLICATE, 0))
    nonsense = range(on.get(Switch.GARBAGE, 0))
    for garbage in copies + [_GARBAGE[(number + turn) % len(_GARBAGE)] for turn in nonsense]:
        tx.insert(
            "delivery",
            {
                "event_id": event_id,
                "status": "dropped" if dropped else "waiting",
                "garbage": garbage,
                "position": -number if reorder else number,
                "due_at": None if dropped else written(due),
            },
        )


def signature(secret: str, body: bytes, now: datetime) -> str:
    """`t=<unix time>,v1=<hex>`: HMAC-SHA256 over `<time>.<body>`, the scheme of Stripe's."""
    stamp = int(now.timestamp())
    code = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={code}"


def deliver_due(store: Store, post: Post, *, secret: str, limit: int) -> int:
    """Send due notices, oldest first; how many were tried. The store is not locked while sending.

    The demo's clock is turned between two notices, not between signing one and its arrival:
    the receiver refuses a signature from another day.
    """
    with store.transaction() as tx:
        due = _claim(tx, limit)
    for row in due:
        body = _body(row)
        with clock.not_turned():
            trusted = "guessed" if row["garbage"] == FORGED else secret
            proof = signature(trusted, body, clock.now())
            headers = {"Content-Type": "application/json", SIGNATURE_HEADER: proof}
            try:
                status = post(body, headers)
            except OSError as error:
                status, answer = 0, type(error).__name__
            else:
                answer = str(status)
        with store.transaction() as tx:
            _note(tx, row, delivered=200 <= status < 300, answer=answer)
    return len(due)


def _body(row: Row) -> bytes:
    if row["garbage"] == UNREADABLE:
        return b"\xff{" + str(row["body"]).encode()[: row["number"] % 40]
    if row["garbage"] == UNKNOWN_KIND:
        content = json.loads(row["body"])
        content |= {"id": f"{content['id']}_{row['number']}", "type": "account.updated", "data": {}}
        return json.dumps(content).encode()
    return str(row["body"]).encode()


def _claim(tx: Transaction, limit: int) -> list[Row]:
    due = tx.all(
        "SELECT delivery.*, event.body, event.created_at FROM delivery"
        " JOIN event ON event.id = delivery.event_id"
        " WHERE delivery.due_at <= ? ORDER BY delivery.position, delivery.number LIMIT ?",
        (written(tx.now), limit),
    )
    for row in due:
        tx.run(
            "UPDATE delivery SET due_at = ?, attempts = attempts + 1 WHERE number = ?",
            (written(tx.now + _LEASE), row["number"]),
        )
    return due


def _note(tx: Transaction, row: Row, *, delivered: bool, answer: str) -> None:
    status, due_at = "delivered", None
    if not delivered and row["garbage"]:
        status = "dead"  # nonsense is sent once
    elif not delivered:
        pause = timedelta(seconds=_PAUSES[min(row["attempts"], len(_PAUSES) - 1)])
        dead = tx.now - read(row["created_at"]) >= _GIVE_UP
        status = "dead" if dead else "waiting"
        due_at = None if dead else written(tx.now + pause)
    tx.run(
        "UPDATE delivery SET status = ?, due_at = ?, last_answer = ? WHERE number = ?",
        (status, due_at, answer, row["number"]),
    )

"""Money that goes back: refunds, which the merchant or its dashboard asks for, and disputes.

A refund is `pending` until the money leaves (`done`) or can't (`failed`). A dispute is `open`
until the bank decides: `won` by the merchant, or `lost`, and then the money is gone. All works in
the transactions of `Service`, which settles what is due first.
"""

from datetime import timedelta

from kaiin.lab.sandbox import events, switches
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.store import Row, Transaction, written
from kaiin.lab.sandbox.switches import Switch


def refund(tx: Transaction, payment: Row, *, key: str, amount: int, reason: str) -> None:
    """Give back a part or all. The same `key` gives back once, for ever; "" is the dashboard.
    Raises Refused: not paid, under dispute, more than is left, another sum under this key."""
    known = _by_key(tx, payment, key)
    if known is not None:
        if known["amount"] != amount:
            raise Refused("refund_conflict", 422)
        return
    if payment["status"] != "paid":
        raise Refused("not_paid", 422)
    if payment["dispute"] in ("open", "lost"):
        raise Refused("disputed", 422)
    if not 0 < amount <= left(tx, payment):
        raise Refused("refund_exceeds", 422)
    wait = switches.get(tx, Switch.REFUND_PENDING, payment["order_id"])
    refund = {
        "id": tx.numbers.id("ref"),
        "payment_id": payment["id"],
        "key": key or None,
        "amount": amount,
        "reason": reason,
        "status": "pending",
        "failure_code": "",
        "created_at": written(tx.now),
        "settles_at": written(tx.now + timedelta(minutes=int(wait or 0))),
        "done_at": None,
    }
    tx.insert("refund", refund)
    if wait is None:
        _finish(tx, payment, refund)
    else:
        events.of_payment(tx, payment, "refund.created")


def open_dispute(tx: Transaction, payment: Row) -> None:
    """The payer denies the payment to the bank. Raises Refused."""
    if payment["status"] != "paid" or payment["dispute"] != "none":
        raise Refused("not_disputable", 422)
    _dispute(tx, payment, "open")


def close_dispute(tx: Transaction, payment: Row, *, won: bool) -> None:
    """The bank decides. Raises Refused."""
    if payment["dispute"] != "open":
        raise Refused("no_dispute", 422)
    _dispute(tx, payment, "won" if won else "lost")


def settle(tx: Transaction) -> None:
    """Let pending refunds come to their end."""
    for refund in tx.all("SELECT * FROM refund WHERE settles_at <= ?", (written(tx.now),)):
        payment = tx.one("SELECT * FROM payment WHERE id = ?", (refund["payment_id"],))
        if payment is not None:
            _finish(tx, payment, refund)


def of_payment(tx: Transaction, payment: Row) -> list[Row]:
    """A payment's refunds, oldest first."""
    return tx.all(
        "SELECT * FROM refund WHERE payment_id = ? ORDER BY created_at, id", (payment["id"],)
    )


def left(tx: Transaction, payment: Row) -> int:
    """What can still be given back: what is on its way is taken off already."""
    refunds = of_payment(tx, payment)
    back = sum(refund["amount"] for refund in refunds if refund["status"] != "failed")
    return int(payment["received_amount"] or 0) - int(back)


def _by_key(tx: Transaction, payment: Row, key: str) -> Row | None:
    return tx.one("SELECT * FROM refund WHERE payment_id = ? AND key = ?", (payment["id"], key))


def _finish(tx: Transaction, payment: Row, refund: Row) -> None:
    failure = switches.get(tx, Switch.REFUND_FAIL, payment["order_id"])
    change: Row = {"settles_at": None, "status": "failed", "failure_code": failure or ""}
    if failure is None:
        change |= {"status": "done", "done_at": written(tx.now)}
    tx.update("refund", refund["id"], change)
    events.of_payment(tx, payment, f"refund.{change['status']}")


def _dispute(tx: Transaction, payment: Row, state: str) -> None:
    payment["dispute"] = state
    tx.update("payment", payment["id"], {"dispute": state})
    events.of_payment(tx, payment, "dispute.opened" if state == "open" else f"dispute.{state}")

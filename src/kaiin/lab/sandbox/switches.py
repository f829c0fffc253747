"""Faults on demand, for everything or for one order.

| name | value | what it does |
|------|-------|--------------|
| decline | failure code | payments on the page and charges are declined |
| delay | minutes | notices are sent so much later |
| drop | 1 | notices are never sent (the list of events has them still) |
| duplicate | copies | so many further copies of each notice |
| reorder | 1 | waiting notices go out newest first, a minute late |
| time_out | seconds | API calls that write do nothing, wait so long, and answer 504 |
| late | minutes | API calls that write answer 504 at once and are carried out so much later |
| keyless | 1 | a repeated call is not known by its key: a used order number is refused |
| answer_lost | seconds | API calls that write are done, wait so long, and answer 504 |
| down | seconds | every API call, reads too, does nothing, waits so long, and answers 503 |
| store_report | minutes | the store's report of a slip comes so much later (at most 180) |
| refund_pending | minutes | refunds take so long |
| refund_fail | failure code | refunds come to nothing |
| garbage | notices | with each notice come so many forged, unreadable or of unknown kinds |
| foreign | 1 | each event has a twin of another application on the same account |
"""

from enum import StrEnum

from kaiin.lab.sandbox.store import Transaction

GLOBAL = "*"


class Switch(StrEnum):
    DECLINE = "decline"
    DELAY = "delay"
    DROP = "drop"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    TIME_OUT = "time_out"
    ANSWER_LOST = "answer_lost"
    LATE = "late"
    KEYLESS = "keyless"
    DOWN = "down"
    STORE_REPORT = "store_report"
    REFUND_PENDING = "refund_pending"
    REFUND_FAIL = "refund_fail"
    GARBAGE = "garbage"
    FOREIGN = "foreign"


_MOST = {
    Switch.DELAY: 7 * 24 * 60,
    Switch.DROP: 1,
    Switch.DUPLICATE: 5,
    Switch.REORDER: 1,
    Switch.TIME_OUT: 60,
    Switch.ANSWER_LOST: 60,
    Switch.LATE: 24 * 60,
    Switch.KEYLESS: 1,
    Switch.DOWN: 60,
    Switch.STORE_REPORT: 180,
    Switch.REFUND_PENDING: 14 * 24 * 60,
    Switch.GARBAGE: 5,
    Switch.FOREIGN: 1,
}
DECLINES = (
    "card_declined",
    "insufficient_funds",
    "expired_card",
    "limit_exceeded",
    "contract_invalid",
    "carrier_declined",
)
REFUND_FAILURES = ("account_closed", "insufficient_balance")
_NAMES = {Switch.DECLINE: DECLINES, Switch.REFUND_FAIL: REFUND_FAILURES}


class WrongSwitch(ValueError):
    """A name or value that no switch has; says what would do."""


def checked(name: str, value: str) -> tuple[Switch, str]:
    """A switch and its value, or WrongSwitch. An empty value turns it off."""
    try:
        switch = Switch(name)
    except ValueError:
        raise WrongSwitch(f"no switch {name!r}: one of {', '.join(Switch)}") from None
    if not value:
        return switch, ""
    if switch in _NAMES:
        if value not in _NAMES[switch]:
            raise WrongSwitch(f"{switch} is one of {', '.join(_NAMES[switch])}")
        return switch, value
    most = _MOST[switch]
    if not (value.isascii() and value.isdigit() and int(value) <= most):
        raise WrongSwitch(f"{switch} is a whole number from 0 to {most}")
    return switch, str(int(value))


def put(tx: Transaction, *, scope: str, name: str, value: str) -> None:
    """Turn a switch for an order, or for everything (GLOBAL)."""
    switch, clean = checked(name, value)
    tx.run("DELETE FROM switch WHERE scope = ? AND name = ?", (scope, switch.value))
    if clean:
        tx.insert("switch", {"scope": scope, "name": switch.value, "value": clean})


def get(tx: Transaction, switch: Switch, order_id: str) -> str | None:
    """The value for an order: its own, else the global one, else None."""
    row = tx.one(
        "SELECT value FROM switch WHERE name = ? AND scope IN (?, ?) ORDER BY scope = ? LIMIT 1",
        (switch.value, order_id, GLOBAL, GLOBAL),
    )
    return None if row is None else str(row["value"])


def number(tx: Transaction, switch: Switch, order_id: str) -> int:
    """The value as a number, 0 when off."""
    return int(get(tx, switch, order_id) or 0)


def values(tx: Transaction, order_id: str) -> dict[str, str]:
    """As `get`, of each switch that is on, by its name."""
    on = tx.all(
        "SELECT name, value FROM switch WHERE scope IN (?, ?) ORDER BY scope <> ?",
        (order_id, GLOBAL, GLOBAL),
    )
    return {row["name"]: str(row["value"]) for row in on}


def numbers(tx: Transaction, order_id: str) -> dict[str, int]:
    """As `number`, of each switch that is on and has one, by its name."""
    on = values(tx, order_id)
    return {name: int(value) for name, value in on.items() if name not in _NAMES}


def every(tx: Transaction) -> dict[str, dict[str, str]]:
    """All switches that are on: scope -> name -> value."""
    found: dict[str, dict[str, str]] = {}
    for row in tx.all("SELECT * FROM switch ORDER BY scope, name"):
        found.setdefault(row["scope"], {})[row["name"]] = row["value"]
    return found

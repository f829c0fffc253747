"""Two books compared: the sandbox provider's own store, and the database.

The provider's store is the truth about money. It may be news here for as long as open payments
wait to be asked about.
"""

import base64
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from kaiin.verification.reading import Connection, Reader, marks, one_instant
from kaiin.verification.violation import Violation

# Open payments are asked about every four hours at least.
SWEEP = timedelta(hours=4, minutes=30)
_TAKEN = frozenset({"paid", "partly_refunded", "disputed", "refunded", "charged_back"})
_AT_ONCE = 500
_APPLICATION = "kaiin"


class _Theirs(NamedTuple):
    order_id: str
    status: str
    kind: str
    amount: int
    received: int
    refunded: int
    last_news: str
    created_at: str

    @property
    def has_money(self) -> bool:
        return self.status == "paid" and self.amount > 0


class _Ours(NamedTuple):
    id: str
    state: str
    amount: int
    received: int
    refunded: int
    ended_at: datetime | None


def provider_checks(
    connection: Connection,
    store: str | Path,
    *,
    now: datetime,
    since: datetime | None = None,
    patience: timedelta = SWEEP,
) -> Iterator[Violation]:
    """Compare the store of the sandbox with the database. With `since`, only orders of which the
    provider has reported something after it."""
    reader = Reader(connection)
    there = closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True))
    with there as theirs, one_instant(connection):
        orders = _orders(theirs, since)
        while chunk := list(islice(orders, _AT_ONCE)):
            yield from _compare(reader, chunk, now - patience)
        yield from _twice(reader)


def _orders(theirs: sqlite3.Connection, since: datetime | None) -> Iterator[_Theirs]:
    values = [_APPLICATION]
    only = "p.application = ?"
    if since is not None:
        values.append(since.isoformat(timespec="microseconds"))
        only += " AND p.order_id IN (SELECT order_id FROM event WHERE created_at >= ?)"
    rows = theirs.execute(
        "SELECT p.order_id, p.status, p.kind, p.amount, COALESCE(p.received_amount, 0),"  # noqa: S608
        " COALESCE((SELECT sum(r.amount) FROM refund r WHERE r.payment_id = p.id"
        " AND r.status = 'done'), 0),"
        " COALESCE((SELECT max(e.created_at) FROM event e WHERE e.order_id = p.order_id), ''),"
        f" p.created_at FROM payment p WHERE {only} ORDER BY p.id",
        values,
    )
    return map(_Theirs._make, rows)


def _compare(reader: Reader, orders: Sequence[_Theirs], late: datetime) -> Iterator[Violation]:
    known = _known(reader, [_payment_id(order.order_id) for order in orders])
    for theirs in orders:
        key = _payment_id(theirs.order_id)
        ours = known.get(key)
        ids = (f"payment:{UUID(key)}", theirs.order_id)
        if ours is None:
            yield Violation(
                "provider.unknown", ids, "the provider has an order that is unknown here"
            )
            continue
        news_is_old = datetime.fromisoformat(theirs.last_news or theirs.created_at) < late
        yield from _money(theirs, ours, ids, news_is_old=news_is_old)
        created_at = datetime.fromisoformat(theirs.created_at)
        if theirs.kind == "charge" and ours.ended_at is not None and ours.ended_at < created_at:
            yield Violation(
                "provider.charged_after_end",
                ids,
                f"charged at {created_at}, the subscription ended at {ours.ended_at}",
            )


def _money(
    theirs: _Theirs, ours: _Ours, ids: tuple[str, ...], *, news_is_old: bool
) -> Iterator[Violation]:
    if theirs.has_money != (ours.state in _TAKEN):
        enough = theirs.received >= ours.amount
        if not theirs.has_money:
            yield Violation(
                "provider.no_money", ids, f"{ours.state}, at the provider {theirs.status}"
            )
        elif news_is_old and enough:
            yield Violation("provider.unnoticed", ids, f"{ours.state}, the provider has its money")
    elif theirs.has_money and theirs.received != ours.received:
        yield Violation(
            "provider.amount", ids, f"{ours.received} here, {theirs.received} at the provider"
        )
    if theirs.has_money and news_is_old and theirs.refunded != ours.refunded:
        yield Violation(
            "provider.refunds",
            ids,
            f"{ours.refunded} went back here, {theirs.refunded} at the provider",
        )


def _known(reader: Reader, keys: Sequence[str]) -> dict[str, _Ours]:
    values = keys if reader.on_sqlite else [str(UUID(key)) for key in keys]
    rows = reader.stream(
        "SELECT p.id, p.state, p.amount, COALESCE(p.received_amount, p.amount),"  # noqa: S608
        " COALESCE((SELECT sum(r.amount) FROM payments_refund r WHERE r.payment_id = p.id"
        " AND r.state = 'done'), 0), s.ended_at FROM payments_payment p"
        " LEFT JOIN billing_charge c ON c.intent_key = p.intent_key"
        " LEFT JOIN billing_subscription s ON s.id = c.subscription_id AND c.automatic"
        f" WHERE p.id IN ({marks(values)})",
        values,
    )
    return {row[0]: _Ours._make(row) for row in rows}


def _twice(reader: Reader) -> Iterator[Violation]:
    """An automatic renewal is charged once, also after failures in between."""
    rows = reader.stream(
        "SELECT c.subscription_id, c.period_index, count(*) FROM billing_charge c"
        " JOIN payments_payment p ON p.intent_key = c.intent_key WHERE c.automatic AND p.state IN"
        " ('paid', 'partly_refunded', 'disputed', 'refunded', 'charged_back')"
        " GROUP BY c.subscription_id, c.period_index HAVING count(*) > 1"
    )
    for subscription, index, count in rows:
        yield Violation(
            "provider.charged_twice",
            (f"subscription:{subscription}",),
            f"period {index} was charged {count} times",
        )


def _payment_id(order_id: str) -> str:
    """An order number is the payment's id in letters and digits."""
    return base64.b32decode(f"{order_id.upper()}======").hex()

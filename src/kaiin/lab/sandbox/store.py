"""The service's own database: one SQLite file, one connection a thread."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from kaiin.infra import clock
from kaiin.lab.sandbox.numbers import Numbers

Row = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mandate (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    customer TEXT NOT NULL,
    method TEXT NOT NULL,
    status TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    renewals_fail TEXT NOT NULL,
    numbers TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    ended_at TEXT,
    end_reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS mandate_expires ON mandate (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS mandate_new ON mandate (created_at);
CREATE INDEX IF NOT EXISTS mandate_of_customer ON mandate (customer);
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL,
    order_id TEXT NOT NULL,
    customer TEXT NOT NULL,
    method TEXT NOT NULL,
    kind TEXT NOT NULL,
    mandate_id TEXT REFERENCES mandate (id),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    return_url TEXT NOT NULL,
    renews INTEGER NOT NULL,
    slip_days INTEGER NOT NULL,
    status TEXT NOT NULL,
    step TEXT NOT NULL,
    tries INTEGER NOT NULL,
    failure_code TEXT NOT NULL,
    card TEXT NOT NULL,
    card_expires_at TEXT,
    store TEXT NOT NULL,
    slip TEXT UNIQUE,
    numbers TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    closes_at TEXT,
    store_paid_at TEXT,
    report_at TEXT,
    store_amount INTEGER,
    paid_at TEXT,
    received_amount INTEGER,
    dispute TEXT NOT NULL,
    UNIQUE (application, order_id)
);
CREATE INDEX IF NOT EXISTS payment_closes ON payment (closes_at) WHERE closes_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS payment_reports ON payment (report_at) WHERE report_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS payment_new ON payment (created_at);
CREATE INDEX IF NOT EXISTS payment_of_order ON payment (order_id);
CREATE INDEX IF NOT EXISTS payment_of_customer ON payment (customer);
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payment (id),
    key TEXT,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_code TEXT NOT NULL,
    created_at TEXT NOT NULL,
    settles_at TEXT,
    done_at TEXT,
    UNIQUE (payment_id, key)
);
CREATE INDEX IF NOT EXISTS refund_of_payment ON refund (payment_id);
CREATE INDEX IF NOT EXISTS refund_settles ON refund (settles_at) WHERE settles_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS late_call (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    order_id TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    due_at TEXT
);
CREATE INDEX IF NOT EXISTS late_call_due ON late_call (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS late_call_of_order ON late_call (order_id);
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    application TEXT NOT NULL,
    order_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_of_order ON event (order_id);
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL REFERENCES event (id),
    status TEXT NOT NULL,
    garbage TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL,
    due_at TEXT,
    last_answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS switch (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (scope, name)
);
"""


# Files that live as long as their process, and that it alone opens: nothing to wait for or sync.
_ALONE = (
    "locking_mode=EXCLUSIVE", "journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=ON",
    "cache_size=-32000", "secure_delete=OFF",
)  # fmt: skip
_SHARED = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


class Store:
    """The file and its transactions; safe for threads and for several processes, unless it is
    used `alone`, by one thread at a time that closes it for others. `source` makes the numbers
    (default: the system's randomness)."""

    def __init__(
        self, path: str | Path, *, source: Random | None = None, alone: bool = False
    ) -> None:
        self.numbers = Numbers(source or SystemRandom())
        self._path = str(path)
        self._pragmas = _ALONE if alone else _SHARED
        self._local = threading.local()
        self.connection().executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """One writer at a time; everything or nothing. Inside another, it joins that one."""
        connection = self.connection()
        if connection.in_transaction:
            yield Transaction(connection, self.numbers)
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Transaction(connection, self.numbers)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def reading(self) -> "Transaction":
        """For queries alone, each as of its moment: nothing is locked."""
        return Transaction(self.connection(), self.numbers)

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def connection(self) -> sqlite3.Connection:
        """This thread's own, opened at its first use."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=20, isolation_level=None, cached_statements=500
            )
            connection.row_factory = sqlite3.Row
            for pragma in self._pragmas:
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
        return connection


class Transaction:
    """Rows as dictionaries; values are bound, names come from this package only. `now` is when it
    began, `numbers` makes those of new rows."""

    def __init__(self, connection: sqlite3.Connection, numbers: Numbers) -> None:
        self.now = clock.now()
        self.numbers = numbers
        self._connection = connection

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Every row of a query."""
        return [dict(row) for row in self._connection.execute(sql, values)]

    def one(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> Row | None:
        """The first row of a query, or None."""
        row = self._connection.execute(sql, values).fetchone()
        return None if row is None else dict(row)

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement; how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, values: Mapping[str, object]) -> int:
        """Add a row; its number."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 (names are ours)
            list(values.values()),
        )
        return cursor.lastrowid or 0

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Change the row of an id."""
        names = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE {table} SET {names} WHERE id = ?",  # noqa: S608 (names are ours)
            [*values.values(), key],
        )


def written(at: datetime) -> str:
    """An instant as the store keeps it: UTC, sortable as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    """The instant of a stored text."""
    return datetime.fromisoformat(text)


def numbers_of(row: Row) -> dict[str, str]:
    """The numbers of a payment or a mandate."""
    return dict(json.loads(row["numbers"]))

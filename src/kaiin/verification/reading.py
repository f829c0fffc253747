"""Rows out of either database, in constant memory, all of one instant.

Values are made the same on both: instants aware and UTC, UUIDs as 32 hexadecimal digits.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Protocol
from uuid import UUID

Row = tuple[Any, ...]
_AT_ONCE = 2000
_TABLES = re.compile(r"(?:FROM|JOIN) (\w+)")


class Connection(Protocol):
    """What is used of Django's connection."""

    vendor: str
    in_atomic_block: bool

    def cursor(self) -> Any: ...
    def chunked_cursor(self) -> Any: ...
    def set_autocommit(self, autocommit: bool) -> None: ...  # noqa: FBT001 (Django's)
    def rollback(self) -> None: ...


class Reader:
    """Streams queries and counts the rows that it read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.on_sqlite = connection.vendor == "sqlite"
        self.rows = 0
        # Where the database could not be read: the tables of the query, and the row before.
        self.failed: tuple[tuple[str, ...], str] | None = None

    def stream(self, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
        """The rows of a query, some thousand in memory at a time."""
        rows: Sequence[Row] = ()
        with closing(self._connection.chunked_cursor()) as cursor:
            try:
                cursor.execute(sql, values)
                while found := cursor.fetchmany(_AT_ONCE):
                    rows = found
                    self.rows += len(rows)
                    yield from map(_alike, rows)
            except Exception:
                where = f"after {rows[-1][0]}" if rows else "at its beginning"
                self.failed = (tuple(_TABLES.findall(sql)) or ("database",), where)
                raise

    def named(self, sql: str) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """The rows of a short query, each with the names of its columns."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            names = tuple(column[0] for column in cursor.description)
            for row in cursor.fetchall():
                self.rows += 1
                yield _alike(row), names

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or None."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
        return None if row is None else _alike(row)

    def text_of(self, column: str, key: str) -> str:
        """SQL: a text inside a column of JSON."""
        return f"json_extract({column}, '$.{key}')" if self.on_sqlite else f"{column} ->> '{key}'"

    def hex_of(self, expression: str) -> str:
        """SQL: a UUID, or its text, as digits that both databases put into the same order."""
        plain = f"replace(CAST({expression} AS text), '-', '')"
        return plain if self.on_sqlite else f'{plain} COLLATE "C"'


@contextmanager
def one_instant(connection: Connection) -> Iterator[None]:
    """Everything read inside is of one instant, and nothing can be written.

    Others go on writing meanwhile. Inside a transaction of the caller's it is that one's view.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        _run(connection, "PRAGMA query_only = ON", "BEGIN DEFERRED")
        try:
            yield
        finally:
            _run(connection, "ROLLBACK", "PRAGMA query_only = OFF")
    else:
        connection.set_autocommit(False)
        try:
            _run(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        finally:
            connection.rollback()
            connection.set_autocommit(True)


def as_object(text: str) -> dict[str, Any]:
    """An object of JSON; an empty one where a damaged row has something else."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def marks(values: Sequence[object]) -> str:
    """Place holders for an IN list."""
    return ", ".join(["%s"] * len(values))


class Feed:
    """A stream whose rows begin with a rising key, taken key by key beside others like it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def take(self, key: Any) -> list[Row]:
        """The rows of a key; those of keys that were not asked for are passed over."""
        found = []
        row = self._next
        while row is not None and row[0] <= key:
            if row[0] == key:
                found.append(row)
            row = next(self._rows, None)
        self._next = row
        return found


def _run(connection: Connection, *statements: str) -> None:
    with closing(connection.cursor()) as cursor:
        for statement in statements:
            cursor.execute(statement)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


# What the databases' drivers give us otherwise.
_ALIKE: dict[type, Callable[[Any], Any]] = {datetime: _utc, UUID: attrgetter("hex")}


def _alike(row: Row) -> Row:
    return tuple([v if (alike := _ALIKE.get(type(v))) is None else alike(v) for v in row])

"""What Django does before each statement, done once or more cheaply, with the same result."""

import sqlite3
import threading
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from django.db.backends.sqlite3.base import (
    FORMAT_QMARK_REGEX,
    DatabaseWrapper,
    SQLiteCursorWrapper,
)


def start() -> None:
    """From now on, in this process."""
    _plain_threads()
    # As Django reads them: naive. A run meets the same instants over and over.
    sqlite3.register_converter("datetime", lru_cache(maxsize=50_000)(instant))
    SQLiteCursorWrapper.convert_query = _convert_query  # type: ignore[method-assign, assignment]
    DatabaseWrapper.cursor = _cursor  # type: ignore[method-assign, assignment]
    DatabaseWrapper.savepoint = _savepoint  # type: ignore[method-assign, assignment]
    # What the daily checks read fits into memory; a cursor at PostgreSQL is three more round trips.
    PostgreSQL.chunked_cursor = PostgreSQL.cursor  # type: ignore[method-assign]


def _plain_threads() -> None:
    """Each thread has connections of its own; nothing of a run is asynchronous."""
    handler: Any = connections
    kept = {alias: handler[alias] for alias in handler if hasattr(handler._connections, alias)}  # noqa: SLF001
    handler._connections = threading.local()  # noqa: SLF001
    for alias, connection in kept.items():
        handler[alias] = connection


def instant(text: bytes) -> datetime:
    """A stored instant as Django's own converter reads it: naive."""
    return datetime.fromisoformat(text.decode())


@lru_cache(maxsize=2000)
def _turned(query: str) -> str:
    return FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


def _convert_query(_: SQLiteCursorWrapper, query: str, *, param_names: Any = None) -> str:
    if param_names is None:
        return _turned(query)
    return query % {name: f":{name}" for name in param_names}


class Cursor(SQLiteCursorWrapper):
    """The driver's cursor with what Django's wrapper around it adds, in one call."""

    database: DatabaseWrapper

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, query: str, params: Any = None) -> "Cursor":
        """Run a statement, as Django writes it."""
        return self._run(super().execute, query, params)

    def executemany(self, query: str, param_list: Any) -> "Cursor":
        """Run a statement for each of many rows."""
        return self._run(super().executemany, query, param_list)

    def _run(self, run: Any, query: str, params: Any) -> "Cursor":
        database = self.database
        if database.needs_rollback:
            database.validate_no_broken_transaction()
        try:
            run(query, params)
        except sqlite3.Error:
            # As Django's own error; entering this each time costs as much as a statement.
            with database.wrap_database_errors:
                raise
        return self


_wrapped = DatabaseWrapper.cursor


def _cursor(self: DatabaseWrapper) -> Any:
    if self.connection is None or self.queries_logged or self.execute_wrappers:
        return _wrapped(self)
    cursor = self.connection.cursor(factory=Cursor)
    cursor.database = self
    return cursor


def _savepoint(self: DatabaseWrapper) -> str | None:
    """Named by its depth: a name that is new each time is a statement to prepare each time."""
    if not self.in_atomic_block:
        return None
    name = f"s{len(self.savepoint_ids)}"
    with self.cursor() as cursor:
        cursor.execute(self.ops.savepoint_create_sql(name))
    return name

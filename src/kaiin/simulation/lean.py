"""What Django does before each statement, done once or more cheaply, with the same result."""

import sqlite3
import threading
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX, SQLiteCursorWrapper


def start() -> None:
    """From now on, in this process."""
    _plain_threads()
    # As Django reads them: naive. A run meets the same instants over and over.
    sqlite3.register_converter("datetime", lru_cache(maxsize=50_000)(instant))
    SQLiteCursorWrapper.convert_query = _convert_query  # type: ignore[method-assign, assignment]


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

"""Copies of the environment's database, and what changed since one was taken."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection, connections
from psycopg import sql

Row = tuple[Any, ...]


@dataclass
class Change:
    """Rows by table, each with its key first."""

    columns: dict[str, Sequence[str]] = field(default_factory=dict)
    added: dict[str, list[Row]] = field(default_factory=dict)
    updated: dict[str, list[Row]] = field(default_factory=dict)
    removed: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows were written in any way."""
        return sum(
            len(rows)
            for table in (self.added, self.updated, self.removed)
            for rows in table.values()
        )


def take() -> str:
    """Copy the database as it is now; the copy's name."""
    name = f"copy_{time.monotonic_ns()}"
    if connection.vendor == "sqlite":
        path = str(Path(connection.settings_dict["NAME"]).with_name(name))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path])
        return path
    _maintain("CREATE DATABASE {} TEMPLATE {}", name, connection.settings_dict["NAME"])
    return name


def drop(name: str) -> None:
    """Delete a copy."""
    if connection.vendor == "sqlite":
        Path(name).unlink()
    else:
        _maintain("DROP DATABASE {}", name)


def change_since(name: str) -> Change:
    """What the database has more, less or otherwise than a copy."""
    change = Change()
    present, past = _open(str(connection.settings_dict["NAME"])), _open(name)
    for table, columns in _tables():
        rows, former = _rows(present, table, columns), _rows(past, table, columns)
        change.columns[table] = columns
        change.added[table] = [rows[key] for key in rows.keys() - former.keys()]
        change.removed[table] = [(key,) for key in former.keys() - rows.keys()]
        change.updated[table] = [
            rows[key] for key in rows.keys() & former.keys() if rows[key] != former[key]
        ]
    present.close()
    past.close()
    return change


def write_bare(name: str, change: Change) -> float:
    """Make a change in a copy by the barest SQL there is, in one transaction; its seconds."""
    copy = _open(name)
    write = _write_sqlite if connection.vendor == "sqlite" else _write_postgres
    cursor = copy.cursor()
    started = time.perf_counter()
    cursor.execute("BEGIN")
    for table, columns in change.columns.items():
        write(cursor, table, columns, change)
    cursor.execute("COMMIT")
    seconds = time.perf_counter() - started
    copy.close()
    return seconds


def _write_sqlite(cursor: Any, table: str, columns: Sequence[str], change: Change) -> None:
    """Prepared statements; SQLite has nothing faster."""
    key, *others = columns
    if removed := change.removed[table]:
        cursor.executemany(f'DELETE FROM "{table}" WHERE "{key}" = ?', removed)  # noqa: S608
    if updated := change.updated[table]:
        sets = ", ".join(f'"{column}" = ?' for column in others)
        cursor.executemany(
            f'UPDATE "{table}" SET {sets} WHERE "{key}" = ?',  # noqa: S608
            [(*values, pk) for pk, *values in updated],
        )
    if added := change.added[table]:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" for _ in columns)
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', added)  # noqa: S608


def _write_postgres(cursor: Any, table: str, columns: Sequence[str], change: Change) -> None:
    """COPY; what is updated or removed is copied beside the table and joined."""
    key, *others = columns
    names = ", ".join(f'"{column}"' for column in columns)
    beside = f"new_{table}"
    if removed := change.removed[table]:
        cursor.execute(
            f'DELETE FROM "{table}" WHERE "{key}" = ANY(%s)',  # noqa: S608
            [[pk for (pk,) in removed]],
        )
    if updated := change.updated[table]:
        cursor.execute(f'CREATE TEMP TABLE "{beside}" (LIKE "{table}") ON COMMIT DROP')
        _copy(cursor, beside, names, updated)
        sets = ", ".join(f'"{column}" = n."{column}"' for column in others)
        cursor.execute(
            f'UPDATE "{table}" AS t SET {sets} FROM "{beside}" AS n '  # noqa: S608
            f'WHERE t."{key}" = n."{key}"'
        )
    if added := change.added[table]:
        _copy(cursor, table, names, added)


def _copy(cursor: Any, table: str, names: str, rows: Sequence[Row]) -> None:
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def version() -> str:
    """The database's own."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    return ".".join(map(str, connection.get_database_version()))


def _tables() -> Iterator[tuple[str, Sequence[str]]]:
    for model in apps.get_models():
        options = model._meta  # noqa: SLF001
        names = [f.column for f in options.local_concrete_fields if f is not options.pk]
        yield options.db_table, [str(options.pk.column), *names]


def _rows(opened: Any, table: str, columns: Sequence[str]) -> dict[Any, Row]:
    names = ", ".join(f'"{column}"' for column in columns)
    found = opened.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608
    return {row[0]: tuple(row) for row in found}


def _open(name: str) -> Any:
    if connection.vendor == "sqlite":
        opened = sqlite3.connect(name, isolation_level=None)
        # As Kaiin opens it.
        opened.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        )
        return opened
    settings = connection.settings_dict
    postgres = psycopg.connect(
        dbname=name, user=settings["USER"], host=settings["HOST"], autocommit=True
    )
    # Kept as text, which goes back in as it came out.
    psycopg.types.json.set_json_loads(_as_text, postgres)
    return postgres


def _as_text(content: str | bytes) -> str:
    return json.dumps(json.loads(content))


def _maintain(command: str, *names: str) -> None:
    """Run a command for which no one may be connected to the database."""
    connections.close_all()
    settings = connection.settings_dict
    with psycopg.connect(
        dbname="postgres", user=settings["USER"], host=settings["HOST"], autocommit=True
    ) as postgres:
        postgres.execute(sql.SQL(command).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

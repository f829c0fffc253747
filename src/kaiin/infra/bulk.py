"""Many rows in few statements, on each database: COPY and `UPDATE … FROM unnest` on
PostgreSQL, prepared statements on SQLite.

The rows are Django's own; only what Django spends on each of them is left out. Nothing is
checked here: the database's constraints are.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connection, models

if TYPE_CHECKING:
    import psycopg

_R = TypeVar("_R", bound=models.Model)
Values = tuple[Any, ...]
# A COPY and its keys cost two round trips more than a plain insert.
_FEW = 8
# Rows of one INSERT that returns something, on SQLite.
_AT_ONCE = 100
_AS_READ = "_as_read"


def insert(rows: Sequence[_R], *, pass_over_known: bool = False, with_keys: bool = True) -> None:
    """Store new rows of one model; those with a key of the database's get it here, unless no caller
    needs it (`with_keys`).

    `pass_over_known` leaves out rows that a unique constraint refuses; keys are not given then.
    """
    if not rows:
        return
    if len(rows) < _FEW and connection.vendor == "postgresql":
        manager = type(rows[0])._default_manager  # noqa: SLF001
        manager.bulk_create(rows, ignore_conflicts=pass_over_known)
        return
    plan = _plan(type(rows[0]))
    plan.settle_parents(rows)
    with_keys &= not pass_over_known
    if plan.numbered and with_keys:
        for row, key in zip(rows, keys(type(rows[0]), len(rows)), strict=True):
            row.pk = key
    columns = plan.columns[1:] if plan.numbered and not with_keys else plan.columns
    values = _adapted(columns, _values_of(rows, columns))
    _insert(plan.table, columns, values, pass_over_known=pass_over_known)


def insert_values(
    model: type[models.Model],
    names: Sequence[str],
    values: Sequence[Values],
    *,
    pass_over_known: bool = False,
) -> None:
    """As `insert`, for rows that are no objects: values of the attributes `names`. A key that is
    not among them is the database's to give."""
    if values:
        plan = _plan(model)
        columns = [plan.by_name[name] for name in names]
        rows = _adapted(columns, values)
        _insert(plan.table, columns, rows, pass_over_known=pass_over_known)


def insert_new(
    model: type[models.Model],
    names: Sequence[str],
    values: Sequence[Values],
    *,
    returning: Sequence[str],
) -> list[Values]:
    """As `insert_values`, passing over rows that a unique constraint refuses; of those that were
    stored the attributes `returning`, as the database has them."""
    if not values:
        return []
    plan = _plan(model)
    columns = [plan.by_name[name] for name in names]
    rows = _adapted(columns, values)
    into = f'INSERT INTO "{plan.table}" ({", ".join(_quoted(columns))})'
    ending = " ON CONFLICT DO NOTHING RETURNING "
    ending += ", ".join(_quoted([plan.by_name[name] for name in returning]))
    if connection.vendor == "postgresql":
        selected, arrays = _selected(columns, rows)
        with _executed(into + selected + ending, arrays) as plain:
            return plain.fetchall()
    stored: list[Values] = []
    marks = f"({', '.join('%s' for _ in columns)})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            statement = f"{into} VALUES {', '.join([marks] * len(some))}{ending}"
            cursor.execute(statement, list(chain.from_iterable(some)))
            stored += cursor.fetchall()
    return stored


def update_values(
    model: type[models.Model], names: Sequence[str], values: Sequence[Values]
) -> None:
    """Write attributes `names` of stored rows; the first of them is the key."""
    if values:
        plan = _plan(model)
        columns = [plan.by_name[name] for name in names]
        moved = [(*others, key) for key, *others in values]
        _update(plan.table, columns[1:], columns[:1], _adapted(columns[1:] + columns[:1], moved))


def remember(row: _R) -> _R:
    """Note what a row was read as, so that `update` writes what has changed since."""
    row.__dict__[_AS_READ] = _plan(type(row)).values(row)
    return row


def update(
    rows: Sequence[models.Model],
    *,
    fields: Sequence[str] = (),
    guard: tuple[str, Mapping[Any, Any]] | None = None,
) -> None:
    """Write rows of one model back: `fields` (attributes), or what changed since `remember`.

    `guard` is an attribute and, by key, the value that it must still have in the database:
    compare and set. Raises RuntimeError if one has another, or is gone.
    """
    if not rows:
        return
    plan = _plan(type(rows[0]))
    if fields:
        _write_back(plan, [plan.by_name[name] for name in fields], rows, guard)
        return
    groups: dict[tuple[_Column, ...], list[models.Model]] = defaultdict(list)
    for row in rows:
        present, before = plan.values(row), row.__dict__.get(_AS_READ)
        if before is None:
            groups[plan.columns[1:]].append(row)
        elif present != before:
            changed = [
                column
                for column, new, old in zip(plan.columns, present, before, strict=True)
                if new != old
            ]
            groups[tuple(changed)].append(row)
        row.__dict__[_AS_READ] = present
    for columns, group in groups.items():
        _write_back(plan, columns, group, guard)


def keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for new rows, never given before. On SQLite, inside a transaction: it has one writer."""
    table = _plan(model).table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [f'"{table}"', count],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = next(iter(cursor.fetchall()), (0,))[0]
    return list(range(last + 1, last + 1 + count))


@dataclass(frozen=True)
class _Column:
    name: str
    column: str
    # How PostgreSQL calls an array's element, and what becomes of it in the row.
    element: str
    cast: str
    adapt: Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Plan:
    """A model's table, key first."""

    table: str
    numbered: bool
    columns: tuple[_Column, ...]
    by_name: Mapping[str, _Column]
    values: Callable[[models.Model], Values]
    parents: Sequence["models.ForeignKey[Any, Any]"]

    def settle_parents(self, rows: Sequence[models.Model]) -> None:
        """A parent that was stored after its child was made has a key by now."""
        for field in self.parents:
            for row in rows:
                if row.__dict__.get(field.attname) is None and field.is_cached(row):
                    parent = field.get_cached_value(row)
                    setattr(row, field.attname, parent.pk if parent is not None else None)


@cache
def _plan(model: type[models.Model]) -> _Plan:
    options = model._meta  # noqa: SLF001
    fields = sorted(options.local_concrete_fields, key=lambda field: not field.primary_key)
    columns = tuple(_column(field) for field in fields)
    return _Plan(
        table=options.db_table,
        numbered=isinstance(options.pk, models.AutoField),
        columns=columns,
        by_name={column.name: column for column in columns},
        values=attrgetter(*(column.name for column in columns)),
        parents=[field for field in fields if isinstance(field, models.ForeignKey)],
    )


def _column(field: "models.Field[Any, Any]") -> _Column:
    kind = field
    while isinstance(kind, models.ForeignKey):
        kind = kind.target_field
    element = kind.rel_db_type(connection) or "text"
    if isinstance(kind, models.CharField | models.TextField):
        element = "text"  # a cast to varchar(n) would cut what is too long, in silence
    name, column = field.attname, str(field.column)
    if isinstance(kind, models.JSONField):
        return _Column(name, column, "text", "::jsonb", _json)
    adapt = _SQLITE.get(type(kind)) if connection.vendor == "sqlite" else None
    return _Column(name, column, element, "", adapt)


def _json(value: object) -> str:
    return json.dumps(value)


@lru_cache(maxsize=4096)
def _instant(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))


_SQLITE: dict[type, Callable[[Any], Any]] = {
    models.DateTimeField: _instant,
    models.DateField: date.isoformat,
    models.UUIDField: lambda value: value.hex if isinstance(value, UUID) else UUID(value).hex,
}


def _values_of(rows: Sequence[models.Model], columns: Sequence[_Column]) -> list[Values]:
    if len(columns) == 1:
        return [(getattr(row, columns[0].name),) for row in rows]
    return list(map(attrgetter(*(column.name for column in columns)), rows))


def _adapted(columns: Sequence[_Column], rows: Sequence[Values]) -> list[Sequence[Any]]:
    """The rows as the database wants them, column by column."""
    if all(column.adapt is None for column in columns):
        return list(rows)
    turned = list(zip(*rows, strict=True))
    for at, column in enumerate(columns):
        adapt = column.adapt
        if adapt is not None:
            turned[at] = tuple(None if value is None else adapt(value) for value in turned[at])
    return list(zip(*turned, strict=True))


def _insert(
    table: str,
    columns: Sequence[_Column],
    rows: Sequence[Sequence[Any]],
    *,
    pass_over_known: bool,
) -> None:
    names = ", ".join(_quoted(columns))
    on_conflict = " ON CONFLICT DO NOTHING" if pass_over_known else ""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join("%s" for _ in columns)
            cursor.executemany(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks}){on_conflict}',  # noqa: S608
                rows,
            )
        elif pass_over_known or len(rows) < _FEW:
            selected, arrays = _selected(columns, rows)
            with _executed(f'INSERT INTO "{table}" ({names}){selected}{on_conflict}', arrays):
                pass
        else:
            statement = f'COPY "{table}" ({names}) FROM STDIN'
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)


@contextmanager
def _executed(statement: str, arrays: Sequence[Any]) -> "Iterator[psycopg.Cursor[Values]]":
    """On PostgreSQL, the cursor of a statement that was sent with arrays beside it and not in its
    text, where Django would write them. Django's log of statements has it, too."""
    import psycopg  # noqa: PLC0415 - not on SQLite

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, arrays)
        if connection.queries_logged:
            connection.queries_log.append({"sql": statement, "time": "0"})
        yield cursor


def _write_back(
    plan: _Plan,
    columns: Sequence[_Column],
    rows: Sequence[models.Model],
    guard: tuple[str, Mapping[Any, Any]] | None,
) -> None:
    where = [plan.columns[0]]
    values = _values_of(rows, [*columns, *where])
    if guard is not None:
        name, expected = guard
        where.append(plan.by_name[name])
        values = [(*each, expected[row.pk]) for each, row in zip(values, rows, strict=True)]
    _update(plan.table, columns, where, _adapted([*columns, *where], values))


def _update(
    table: str,
    columns: Sequence[_Column],
    where: Sequence[_Column],
    rows: Sequence[Sequence[Any]],
) -> None:
    if connection.vendor == "postgresql":
        elements, arrays = _unnested([*columns, *where], rows)
        names = ", ".join(f"c{at}" for at in range(len(columns) + len(where)))
        sets = ", ".join(f'"{e.column}" = v.c{at}{e.cast}' for at, e in enumerate(columns))
        same = " AND ".join(
            f't."{each.column}" = v.c{at}' for at, each in enumerate(where, len(columns))
        )
        statement = (
            f'UPDATE "{table}" AS t SET {sets} '  # noqa: S608
            f"FROM unnest({elements}) AS v ({names}) WHERE {same}"
        )
        with _executed(statement, arrays) as plain:
            written = plain.rowcount
    else:
        sets = ", ".join(f'"{each.column}" = %s' for each in columns)
        same = " AND ".join(f'"{each.column}" = %s' for each in where)
        with connection.cursor() as cursor:
            cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE {same}', rows)  # noqa: S608
            written = cursor.rowcount
    if written != len(rows):
        raise RuntimeError(f"a row of {table} changed under its lock")


def _quoted(columns: Sequence[_Column]) -> list[str]:
    return [f'"{each.column}"' for each in columns]


def _selected(
    columns: Sequence[_Column], rows: Sequence[Sequence[Any]]
) -> tuple[str, list[list[Any]]]:
    """The rows as a SELECT of arrays, and the arrays."""
    elements, arrays = _unnested(columns, rows)
    names = ", ".join(_quoted(columns))
    cast = ", ".join(f'v."{each.column}"{each.cast}' for each in columns)
    return f" SELECT {cast} FROM unnest({elements}) AS v ({names})", arrays  # noqa: S608


def _unnested(
    columns: Sequence[_Column], rows: Sequence[Sequence[Any]]
) -> tuple[str, list[list[Any]]]:
    elements = ", ".join(f"%b::{column.element}[]" for column in columns)
    return elements, [list(values) for values in zip(*rows, strict=True)]

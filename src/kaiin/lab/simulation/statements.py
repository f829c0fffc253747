"""Statements that Django wrote once, and that are run again with other values."""

import json
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.utils import create_namedtuple_class
from django.db.transaction import TransactionManagementError

from kaiin.lab.simulation.shapes import Bound

# A run has some hundreds of shapes.
_MAX_PREPARED = 1000


@dataclass(frozen=True)
class Written:
    """SQL as Django wrote it for one queryset, and how its rows become what is asked for."""

    sql: str
    params: Sequence[Any]
    take: Callable[[Sequence[Sequence[Any]]], list[Any]] = list
    locks: bool = False


@dataclass(frozen=True)
class Statement:
    """What is kept of it, to be run with other values."""

    using: str
    sql: str
    # Bound before everything else, for all values.
    constants: tuple[Any, ...]
    take: Callable[[Sequence[Sequence[Any]]], list[Any]]
    # Whether it locks rows, which is refused outside a transaction.
    locks: bool
    # As SQLite's own driver wants it, else empty: Django turns the marks around each time.
    plain: str

    def rows(self, bound: Sequence[Bound]) -> list[Any]:
        cursor = self._executed(bound)
        rows: list[Any] = cursor.fetchall()
        cursor.close()
        return rows

    def run(self, bound: Sequence[Bound]) -> int:
        cursor = self._executed(bound)
        written = int(cursor.rowcount)
        cursor.close()
        return written

    def read(self, bound: Sequence[Bound]) -> list[Any]:
        return self.take(self.rows(bound))

    def _executed(self, bound: Sequence[Bound]) -> Any:
        connection = connections[self.using]
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("select_for_update outside a transaction")
        params = (*self.constants, *[prepare(value) for prepare, value in bound])
        driver = connection.connection
        if driver is not None and not connection.force_debug_cursor:
            if connection.needs_rollback:
                connection.validate_no_broken_transaction()
            try:
                if self.plain:
                    return driver.execute(self.plain, params)
                return _prepared(driver, self.sql, params)
            except (sqlite3.Error, psycopg.Error):
                # As Django's own error; entering this each time costs as much as the statement.
                with connection.wrap_database_errors:
                    raise
        cursor = connection.cursor()
        cursor.execute(self.sql, params)
        return cursor


def _prepared(driver: Any, sql: str, params: Sequence[Any]) -> Any:
    """On PostgreSQL, which parses and plans it once for each connection."""
    driver.prepared_max = _MAX_PREPARED
    return psycopg.Cursor(driver).execute(sql, params, prepare=True)


_kept: dict[Hashable, Statement | None] = {}


def statement(
    shape: Hashable,
    queryset: Any,
    write: Callable[[Any], Written],
    *,
    bound: Sequence[Bound] | None = None,
) -> Statement | None:
    """The statement of a shape; None where Django has to do it itself."""
    if shape not in _kept:
        values = queryset._bound if bound is None else bound
        _kept[shape] = _made(queryset, write, values)
    return _kept[shape]


def _made(
    queryset: Any, write: Callable[[Any], Written], bound: Sequence[Bound]
) -> Statement | None:
    try:
        written = write(queryset._made())
    except EmptyResultSet:
        return None
    if not written.sql:
        # An update of no column.
        return None
    wanted = [prepare(value) for prepare, value in bound]
    before = len(written.params) - len(wanted)
    if before < 0 or not _same(written.params[before:], wanted):
        return None
    on_sqlite = connections[queryset.db].vendor == "sqlite"
    plain = written.sql % (("?",) * len(written.params)) if on_sqlite else ""
    constants = tuple(written.params[:before])
    return Statement(queryset.db, written.sql, constants, written.take, written.locks, plain)


def _same(some: Sequence[Any], others: Sequence[Any]) -> bool:
    # What psycopg wraps JSON in knows no equality.
    contents = [[getattr(value, "obj", value) for value in values] for values in (some, others)]
    return contents[0] == contents[1]


def select_of(made: Any) -> Written:
    compiler = made.query.get_compiler(using=made.db)
    sql, params = compiler.as_sql()
    fields = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(fields)
    if compiler.has_extra_select or compiler.has_composite_fields(fields):
        raise EmptyResultSet
    convert = [
        (at, function)
        for at, (functions, expression) in converters.items()
        if (function := _converting(functions, expression, made.db)) is not None
    ]

    def converted(rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
        if not convert:
            yield from rows
            return
        for row in rows:
            values = list(row)
            for at, function in convert:
                values[at] = function(values[at])
            yield values

    take = _taking(made, compiler)
    features = connections[made.db].features
    locks = made.query.select_for_update and features.has_select_for_update
    return Written(sql, params, lambda rows: take(converted(rows)), bool(locks))


def _converting(
    functions: Sequence[Callable[..., Any]], expression: Any, using: str
) -> Callable[[Any], Any] | None:
    """What makes of a column's value what Django makes of it; None for the value itself."""
    connection = connections[using]
    kind = type(expression.output_field)
    if connection.vendor == "sqlite" and type(expression) is Col and kind in _ON_SQLITE:
        return _ON_SQLITE[kind]

    def convert(value: Any) -> Any:
        for function in functions:
            value = function(value, expression, connection)
        return value

    return convert


@lru_cache(maxsize=10_000)
def _instant(value: datetime | None) -> datetime | None:
    return value and value.replace(tzinfo=UTC)


@lru_cache(maxsize=10_000)
def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value is not None else None


def _content(text: str | None) -> Any:
    return text if text is None else json.loads(text)


# The same values, found sooner. No field of JSON has a decoder of its own. Truth values are made by
# SQLite's driver already.
_ON_SQLITE: Mapping[type, Callable[[Any], Any] | None] = {
    models.DateTimeField: _instant,
    models.UUIDField: _uuid,
    models.BooleanField: None,
    models.JSONField: _content,
}


def _taking(made: Any, compiler: Any) -> Callable[[Iterator[Any]], list[Any]]:
    kind = made._iterable_class
    if kind is ModelIterable:
        return _models_of(made, compiler)
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in rows]
    if kind is NamedValuesListIterable:
        named = create_namedtuple_class(*made._fields)
        return lambda rows: [named._make(row) for row in rows]
    if kind is ValuesListIterable:
        return lambda rows: list(map(tuple, rows))
    query = made.query
    names = list(query.selected) if query.selected else list(query.values_select)
    return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]


def _models_of(made: Any, compiler: Any) -> Callable[[Iterator[Any]], list[Any]]:
    info = compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    model, using = info["model"], made.db
    names = [each[0].target.attname for each in compiler.select[first:last]]
    populators = get_related_populators(  # type: ignore[call-arg]
        info, compiler.select, using
    )
    annotations = dict(compiler.annotation_col_map or {})

    def take(rows: Iterator[Any]) -> list[Any]:
        found = []
        for row in rows:
            each = model.__new__(model)
            state = ModelState()
            state.adding, state.db = False, using
            each.__dict__.update(zip(names, row[first:last], strict=True), _state=state)
            for populator in populators:
                populator.populate(row, each)
            for name, at in annotations.items():
                setattr(each, name, row[at])
            found.append(each)
        return found

    return take


def exists_of(made: Any) -> Written:
    query = made.query.exists()
    return Written(*query.get_compiler(using=made.db).as_sql())


def update_of(made: Any, values: Mapping[str, Any]) -> Written:
    query = made.query.chain(UpdateQuery)
    query.add_update_values(values)
    query.clear_select_clause()
    return Written(*query.get_compiler(made.db).as_sql())


def insert_of(
    row: models.Model,
    fields: Sequence["models.Field[Any, Any]"],
    returning: Sequence["models.Field[Any, Any]"],
    using: str,
) -> Written:
    if any(not isinstance(field, models.AutoField) for field in returning):
        raise EmptyResultSet
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler: Any = query.get_compiler(using)
    compiler.returning_fields = returning
    ((sql, params),) = compiler.as_sql()
    return Written(sql, params)

"""Statements that Django wrote once, and that are run again with other values."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import UpdateQuery
from django.db.models.utils import create_namedtuple_class
from django.db.transaction import TransactionManagementError

from kaiin.simulation.shapes import Bound


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
    # Bound before everything else, whatever the values are.
    constants: tuple[Any, ...]
    take: Callable[[Sequence[Sequence[Any]]], list[Any]]
    # Whether it locks rows, which is refused outside a transaction.
    locks: bool
    # As SQLite's own driver wants it: Django turns the marks around each time.
    plain: str

    def rows(self, bound: Sequence[Bound]) -> list[Any]:
        with closing(self._executed(bound)) as cursor:
            return list(cursor.fetchall())

    def run(self, bound: Sequence[Bound]) -> int:
        with closing(self._executed(bound)) as cursor:
            return int(cursor.rowcount)

    def read(self, bound: Sequence[Bound]) -> list[Any]:
        return self.take(self.rows(bound))

    def _executed(self, bound: Sequence[Bound]) -> Any:
        connection = connections[self.using]
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("select_for_update outside a transaction")
        params = (*self.constants, *[prepare(value) for prepare, value in bound])
        if self.plain and connection.connection is not None and not connection.queries_logged:
            connection.validate_no_broken_transaction()
            with connection.wrap_database_errors:
                return connection.connection.execute(self.plain, params)
        cursor = connection.cursor()
        cursor.execute(self.sql, params)
        return cursor


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
    wanted = [prepare(value) for prepare, value in bound]
    before = len(written.params) - len(wanted)
    if before < 0 or list(written.params[before:]) != wanted:
        return None
    on_sqlite = connections[queryset.db].vendor == "sqlite"
    plain = written.sql % (("?",) * len(written.params)) if on_sqlite else ""
    constants = tuple(written.params[:before])
    return Statement(queryset.db, written.sql, constants, written.take, written.locks, plain)


def select_of(made: Any) -> Written:
    compiler = made.query.get_compiler(using=made.db)
    sql, params = compiler.as_sql()
    fields = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(fields)
    if compiler.has_extra_select or compiler.has_composite_fields(fields):
        raise EmptyResultSet
    connection = connections[made.db]
    convert = [(at, *each) for at, each in converters.items()]

    def converted(rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
        if not convert:
            yield from rows
            return
        for row in rows:
            values = list(row)
            for at, functions, expression in convert:
                value = values[at]
                for function in functions:
                    value = function(value, expression, connection)
                values[at] = value
            yield values

    take = _taking(made, compiler)
    locks = made.query.select_for_update and connection.features.has_select_for_update
    return Written(sql, params, lambda rows: take(converted(rows)), bool(locks))


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

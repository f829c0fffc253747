"""Statements that Django writes once, for the few that every login and every page run.

Building a query costs Django several times what the database needs for it. Here the ORM builds
it once a process, with a `Place` wherever a value differs from run to run.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.sql import InsertQuery

# Fields to which Django gives a plain text, number or None as it is.
_AS_IS = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)


class Place(Expression):
    """The place of a value that is given at each run, by name."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name
        self._prepared = output_field.get_db_prep_save
        self._takes_as_is = isinstance(output_field, _AS_IS)

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "%s", (self,)

    def bound(self, values: dict[str, Any]) -> Any:
        value = values[self.name]
        if self._takes_as_is and (value is None or type(value) in {str, int}):
            return value
        if type(value) is datetime:
            return connection.ops.adapt_datetimefield_value(value)
        return self._prepared(value, connection)


class Select:
    """A query of values: `make` returns the queryset, of `values_list`, with places."""

    def __init__(self, make: "Callable[[], models.QuerySet[Any, Any]]") -> None:
        self._make = make

    def rows(self, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows for these values, in the order of `values_list`."""
        compiler, sql, places, converters = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, _bound(places, values))
            found = cursor.fetchall()
        if converters:
            found = compiler.apply_converters(found, converters)
        return map(tuple, found)

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(self.rows(**values), None)

    @cached_property
    def _written(self) -> tuple[Any, str, tuple[Any, ...], dict[int, Any]]:
        compiler = self._make().query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        return compiler, sql, tuple(places), compiler.get_converters(fields)


class Insert:
    """A row that is written; its columns are given at each run, others have their defaults."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model

    def run(self, **values: Any) -> int:
        """Write the row and return its key."""
        sql, places, defaults = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, _bound(places, {**defaults, **values}))
            return int(cursor.fetchone()[0])

    @cached_property
    def _written(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        options = self._model._meta  # noqa: SLF001 - Django's documented name
        fields = [field for field in options.local_concrete_fields if not field.primary_key]
        row = self._model(**{field.attname: Place(field.attname, field) for field in fields})
        query = InsertQuery(self._model)
        query.insert_values(fields, [row])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [options.pk]
        ((sql, places),) = compiler.as_sql()
        defaults = {field.attname: field.get_default() for field in fields}
        return sql, tuple(places), defaults


def _bound(places: tuple[Any, ...], values: dict[str, Any]) -> list[Any]:
    return [each.bound(values) if isinstance(each, Place) else each for each in places]

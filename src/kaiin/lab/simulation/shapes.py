"""What conditions, assignments and expressions have in common with others: their shape; and the
values in which they differ, as the database gets them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

Prepare = Callable[[Any], Any]
# A value, and what makes of it what the database gets.
Bound = tuple[Prepare, Any]

_LOOKUPS = {"exact", "in", "lt", "lte", "gt", "gte", "isnull"}
# Longer lists are rare, and each length is a shape of its own.
MAX_LIST = 200
_MAX_SUBQUERIES = 20
_PLAIN = {int, str, datetime, UUID}
# Written into a statement, and not bound (`infra/enumerated.py`).
_IN_THE_TEXT = (bool, Enum)
# Expressions that are names alone.
_NAMES = (models.F, models.OuterRef)
_AGGREGATES = (models.Count, models.Max, models.Min)
_subqueries: dict[int, models.Subquery] = {}


class Unknown(Exception):
    """Not among what is known here."""


def conditions_of(
    model: type[models.Model],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    bound: list[Bound],
) -> tuple[Hashable, dict[str, Any]]:
    """What conditions look like; adds what they bind, in Django's order. Also the named ones as
    they are to be kept: lists read once."""
    shapes = [_of_q(model, each, bound) for each in args]
    taken = {}
    for name in sorted(kwargs) if len(kwargs) > 1 else kwargs:
        shape, taken[name] = _of_leaf(model, name, kwargs[name], bound)
        shapes.append(shape)
    return tuple(shapes), taken


def _of_q(model: type[models.Model], q: Any, bound: list[Bound]) -> Hashable:
    if type(q) is tuple:
        name, given = q
        shape, value = _of_leaf(model, name, given, bound)
        if value is not given:
            raise Unknown
        return shape
    if type(q) is models.Exists:
        return _of_subquery(q)
    if not isinstance(q, models.Q):
        raise Unknown
    return q.connector, q.negated, tuple(_of_q(model, child, bound) for child in q.children)


def _of_leaf(
    model: type[models.Model], name: str, value: Any, bound: list[Bound]
) -> tuple[Hashable, Any]:
    kind = type(value)
    if kind not in _PLAIN:
        if value is None or isinstance(value, _IN_THE_TEXT):
            return (name, value), value
        if kind in _NAMES:
            return (name, kind, value.name), value
    lookup, prepare = _leaf(model, name)
    if kind in _PLAIN and lookup != "in":
        bound.append((prepare, value))
        return name, value
    if lookup == "in":
        if hasattr(value, "resolve_expression"):
            raise Unknown
        unique = tuple(dict.fromkeys(value))
        if len(unique) > MAX_LIST or None in unique:
            raise Unknown
        bound += [(prepare, each) for each in unique]
        # A list that can be read again is kept as it is: conditions inside Q can't be replaced.
        return (name, len(unique)), value if isinstance(value, tuple | list) else unique
    if type(value) is CombinedExpression:
        column, number = _sum_of(value)
        bound.append((int, number))
        return (name, column, value.connector), value
    if hasattr(value, "resolve_expression"):
        raise Unknown
    bound.append((prepare, value))
    return name, value


def _sum_of(value: CombinedExpression) -> tuple[str, int]:
    """The column and the number of `F(column) + number`."""
    left: Any = value.lhs
    right: Any = value.rhs
    if (type(left), type(right)) != (models.F, models.Value) or type(right.value) is not int:
        raise Unknown
    return left.name, right.value


def expression_of(each: Any) -> Hashable:
    """What an expression without values of its own looks like; raises Unknown."""
    kind = type(each)
    if kind is str:
        return str(each)
    if kind in _NAMES:
        return kind, each.name
    if kind is Coalesce:
        return kind, tuple(map(expression_of, each.get_source_expressions()))
    if kind in (models.Subquery, models.Exists):
        return _of_subquery(each)
    if kind in _AGGREGATES:
        column, *others = each.get_source_expressions()
        if type(column) in _NAMES and not any(others) and not each.distinct:
            return kind, column.name
    raise Unknown


def annotation_of(model: type[models.Model], each: Any, bound: list[Bound]) -> Hashable:
    """As `expression_of`, or a relation under conditions, which bind values."""
    if type(each) is models.FilteredRelation:
        return each.relation_name, _of_q(model, each.condition, bound)
    return expression_of(each)


def _of_subquery(each: models.Subquery) -> Hashable:
    """One that is made once, with its values in it, is known by itself."""
    if id(each) not in _subqueries and len(_subqueries) == _MAX_SUBQUERIES:
        raise Unknown
    _subqueries[id(each)] = each
    return type(each), id(each)


@cache
def _leaf(model: type[models.Model], name: str) -> tuple[str, Prepare]:
    *path, last = name.split("__")
    lookup = last if last in _LOOKUPS else "exact"
    if last not in _LOOKUPS:
        path.append(last)
    at: Any = model
    field: Any = None
    for part in path:
        try:
            field = at._meta.pk if part == "pk" else at._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError) as error:
            raise Unknown from error
        at = field.related_model
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if not isinstance(field, models.Field) or isinstance(field, models.JSONField):
        raise Unknown
    return lookup, _preparing(field)


@cache
def _preparing(field: "models.Field[Any, Any]") -> Prepare:
    connection = connections["default"]
    quick = _QUICK.get(type(field)) if connection.vendor == "sqlite" else None
    plain, prepared = quick or (None, _itself)

    def prepare(value: Any) -> Any:
        if type(value) is plain:
            return prepared(value)
        if isinstance(value, models.Model):
            value = value.pk
        return field.get_db_prep_value(field.get_prep_value(value), connection, prepared=True)

    return prepare


def _itself(value: Any) -> Any:
    return value


@lru_cache(maxsize=10_000)
def _instant(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))


# What SQLite gets of values that are of a field's own type already.
_QUICK: Mapping[type, tuple[type, Prepare]] = {
    models.BigAutoField: (int, _itself),
    models.IntegerField: (int, _itself),
    models.BigIntegerField: (int, _itself),
    models.CharField: (str, _itself),
    models.TextField: (str, _itself),
    models.DateTimeField: (datetime, _instant),
    models.UUIDField: (UUID, attrgetter("hex")),
}


def assignments_of(
    model: type[models.Model], values: Mapping[str, Any]
) -> tuple[Hashable, tuple[Bound, ...]]:
    names: list[Hashable] = []
    bound: list[Bound] = []
    for name, value in values.items():
        if type(value) is CombinedExpression:
            column, number = _sum_of(value)
            names.append((name, column, value.connector))
            bound.append((int, number))
            continue
        if hasattr(value, "resolve_expression") or isinstance(value, models.Model):
            raise Unknown
        names.append((name, value is None))
        if value is not None:
            bound.append((_saving(model, name), value))
    return tuple(names), tuple(bound)


def values_of(
    model: type[models.Model], fields: Sequence["models.Field[Any, Any]"], row: models.Model
) -> tuple[Bound, ...]:
    """What a new row binds; nothing where one of its values is an expression."""
    values = [field.pre_save(row, add=True) for field in fields]
    if any(hasattr(value, "resolve_expression") for value in values):
        return ()
    return tuple(
        (_saving(model, field.name), value) for field, value in zip(fields, values, strict=True)
    )


@cache
def _saving(model: type[models.Model], name: str) -> Prepare:
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Unknown from error
    connection = connections["default"]
    quick = _QUICK.get(type(field)) if connection.vendor == "sqlite" else None
    plain, prepared = quick or (None, _itself)

    def prepare(value: Any) -> Any:
        return (
            prepared(value) if type(value) is plain else field.get_db_prep_save(value, connection)
        )

    return prepare

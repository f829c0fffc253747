"""Querysets whose SQL is written once.

A run makes the same few hundred queries a million times, and most of what each costs is Django
finding out the same SQL again. Here a queryset only notes the calls that make it. When it is read,
calls of the same shape (names and kinds of values, not the values) use the SQL that Django wrote
for the first of them; what is kept was compared with what Django bound then. A call that is not
known here turns it into Django's own queryset, with the same result.
"""

from collections.abc import Hashable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from django.apps import apps
from django.db import models, transaction
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)

from kaiin.lab.simulation.shapes import (
    MAX_LIST,
    Bound,
    Unknown,
    annotation_of,
    assignments_of,
    conditions_of,
    expression_of,
    values_of,
)
from kaiin.lab.simulation.statements import exists_of, insert_of, select_of, statement, update_of

_MAX_ROWS_OF_GET = 21
_PLAIN_INSERT = {"returning_fields", "raw", "using"}


def start() -> None:
    """Have every model's own manager make such querysets from now on, in this process."""
    for model in apps.get_models():
        for manager in model._meta.managers_map.values():
            _put(manager)
        _put(model._base_manager)


def _put(manager: Any) -> None:
    made_by = manager._queryset_class
    if not issubclass(made_by, Remembering):
        manager._queryset_class = _remembering(made_by)


@cache
def _remembering(plain: type[models.QuerySet[Any]]) -> type["Remembering"]:
    if plain is models.QuerySet:
        return Remembering
    # Those of an append-only table refuse.
    own = {
        name: getattr(plain, name)
        for name in ("update", "delete")
        if getattr(plain, name) is not getattr(models.QuerySet, name)
    }
    return type(f"Remembering{plain.__name__}", (Remembering, plain), own)


class Remembering(models.QuerySet[Any]):
    """`_calls` make it; `_shape` is what they have in common with others, `_bound` what they
    have not. `_shape` None: Django's own queryset from here on."""

    # How each begins; what differs is set.
    _result_cache: Any = None
    _sticky_filter = False
    _for_write = False
    _prefetch_related_lookups: Any = ()
    _prefetch_done = False
    _known_related_objects: Mapping[Any, Any] = MappingProxyType({})
    _iterable_class: Any = ModelIterable
    _fields: Any = None
    _defer_next_filter = False
    _deferred_filter: Any = None
    _calls: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = ()
    _bound: tuple[Bound, ...] = ()
    _is_sliced = False

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None):
        self.model = model
        self._db = using
        self._hints = hints or {}
        self._query = query
        self._shape: tuple[Hashable, ...] | None = (model,) if query is None else None

    @property
    def query(self) -> Any:
        if self._query is None:
            self._query = self._made().query
        return self._query

    @query.setter
    def query(self, value: Any) -> None:
        self._shape = None
        if value.values_select:
            self._iterable_class = ValuesIterable
        self._query = value

    def _made(self) -> models.QuerySet[Any]:
        made: Any = models.QuerySet(self.model, using=self._db, hints=self._hints)
        for name, args, kwargs in self._calls:
            # Django turns such a relation into what its query needs.
            named = {
                key: each.clone() if type(each) is models.FilteredRelation else each
                for key, each in kwargs.items()
            }
            made = getattr(made, name)(*args, **named)
        return cast(models.QuerySet[Any], made)

    # What is noted

    def filter(self, *args: Any, **kwargs: Any) -> Any:
        return self._conditions("filter", args, kwargs)

    def exclude(self, *args: Any, **kwargs: Any) -> Any:
        return self._conditions("exclude", args, kwargs)

    def all(self) -> Any:
        return self._noted("all", (), {}, ()) if self._shape is not None else super().all()

    def using(self, alias: str | None) -> Any:
        # What `save` begins with.
        return self.all() if alias == self.db else super().using(alias)

    def order_by(self, *names: Any) -> Any:
        return self._named("order_by", names)

    def only(self, *names: Any) -> Any:
        return self._named("only", names)

    def defer(self, *names: Any) -> Any:
        return self._named("defer", names)

    def values(self, *names: Any, **expressions: Any) -> Any:
        if self._shape is None or expressions:
            return super().values(*names, **expressions)
        made = self._named("values", names)
        made._iterable_class, made._fields = ValuesIterable, names
        return made

    def values_list(self, *names: Any, flat: bool = False, named: bool = False) -> Any:
        try:
            shape = tuple(map(expression_of, names)) if self._shape is not None else ()
        except Unknown:
            shape = ()
        special = shape != names and (flat or named)
        if not names or len(set(shape)) != len(names) or special or (flat and len(names) > 1):
            return super().values_list(*names, flat=flat, named=named)
        made = self._noted(
            "values_list", names, {"flat": flat, "named": named}, (), (shape, flat, named)
        )
        made._fields = names
        made._iterable_class = (
            NamedValuesListIterable
            if named
            else FlatValuesListIterable
            if flat
            else ValuesListIterable
        )
        return made

    def annotate(self, *args: Any, **expressions: Any) -> Any:
        if self._shape is not None and not self._is_sliced:
            bound: list[Bound] = []
            try:
                unnamed = tuple(map(expression_of, args))
                shape = tuple(
                    (name, annotation_of(self.model, each, bound))
                    for name, each in expressions.items()
                )
            except Unknown:
                return super().annotate(*args, **expressions)
            return self._noted("annotate", args, expressions, tuple(bound), (unnamed, shape))
        return super().annotate(*args, **expressions)

    def select_related(self, *names: Any) -> Any:
        if not names:
            return super().select_related(*names)
        return self._named("select_related", names)

    def select_for_update(self, *args: Any, **options: Any) -> Any:
        if self._shape is None:
            return super().select_for_update(*args, **options)
        made = self._noted("select_for_update", args, options, ())
        made._for_write = True
        return made

    def __getitem__(self, k: Any) -> Any:
        if self._shape is None or self._result_cache is not None or self._is_sliced:
            return super().__getitem__(k)
        if isinstance(k, slice) and k.step is None:
            made = self._noted("__getitem__", (k,), {}, (), (k.start, k.stop))
            made._is_sliced = True
            return made
        return super().__getitem__(k)

    @property
    def ordered(self) -> bool:
        if self._shape is None:
            return super().ordered
        orders = [args for name, args, _ in self._calls if name == "order_by"]
        return bool(orders[-1]) if orders else bool(self.model._meta.ordering)

    # What is done

    def first(self) -> Any:
        if self._shape is None or self._is_sliced:
            return super().first()
        rows = self if self.ordered else self.order_by("pk")
        return next(iter(rows[:1]), None)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        if self._shape is not None and not self._is_sliced:
            found = self.filter(*args, **kwargs).order_by()[:_MAX_ROWS_OF_GET]
            rows = list(found)
            if len(rows) == 1:
                return rows[0]
            if not rows:
                raise self.model.DoesNotExist
        return super().get(*args, **kwargs)

    def in_bulk(self, id_list: Any = None, *, field_name: str = "pk") -> Any:
        wanted = None if id_list is None else tuple(id_list)
        models_only = self._shape is not None and self._iterable_class is ModelIterable
        known = wanted is None or 0 < len(wanted) <= MAX_LIST
        if not models_only or not known or self._is_sliced:
            return super().in_bulk(wanted, field_name=field_name)
        rows = self if wanted is None else self.filter(**{f"{field_name}__in": wanted})
        return {getattr(row, field_name): row for row in rows}

    def exists(self) -> bool:
        if self._result_cache is None and self._shape is not None and not self._is_sliced:
            known = statement((*self._shape, "exists"), self, exists_of)
            if known is not None:
                return bool(known.rows(self._bound))
        return super().exists()

    def update(self, **values: Any) -> int:
        if self._shape is not None and not self._is_sliced and self._result_cache is None:
            try:
                names, bound = assignments_of(self.model, values)
            except Unknown:
                return super().update(**values)
            everything = (*bound, *self._bound)
            known = statement(
                (*self._shape, "update", names),
                self,
                lambda made: update_of(made, values),
                bound=everything,
            )
            if known is not None:
                with transaction.mark_for_rollback_on_error(using=known.using):
                    return known.run(everything)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        # Mostly there is nothing, and to find out how to delete it costs most.
        if self._shape is not None and not self._is_sliced and not self.exists():
            return 0, {}
        return super().delete()

    def _update(self, values: Any) -> int:
        """What `save` does with a stored row."""
        if self._shape is None or type(self).update is not Remembering.update:
            return int(super()._update(values))  # type: ignore[misc]
        return self.update(**{field.name: value for field, _, value in values})

    def _insert(self, objs: Any, fields: Any, **options: Any) -> Any:
        """What `save` does with a new row."""
        if len(objs) == 1 and not (options.keys() - _PLAIN_INSERT) and not options.get("raw"):
            returning = tuple(options.get("returning_fields") or ())
            bound = values_of(self.model, fields, objs[0])
            known = bound and statement(
                (self.model, "insert", tuple(fields), returning),
                self,
                lambda _: insert_of(objs[0], fields, returning, self.db),
                bound=bound,
            )
            if known and not returning:
                known.run(bound)
                return []
            if known:
                return known.rows(bound)
        return super()._insert(objs, fields, **options)  # type: ignore[misc]

    def _fetch_all(self) -> None:
        if self._result_cache is None and self._shape is not None:
            known = statement(self._shape, self, select_of)
            if known is not None:
                self._result_cache = known.read(self._bound)
                return
        super()._fetch_all()

    # How

    def _noted(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        bound: tuple[Bound, ...],
        shape: Hashable = None,
    ) -> Any:
        made = self.__class__(self.model, using=self._db, hints=self._hints)
        made._calls = (*self._calls, (name, args, kwargs))
        if shape is None:
            shape = (args, *kwargs.items())
        made._shape = (*(self._shape or ()), name, shape)
        made._bound = self._bound + bound
        made._iterable_class, made._fields = self._iterable_class, self._fields
        made._for_write, made._is_sliced = self._for_write, self._is_sliced
        return made

    def _named(self, name: str, names: tuple[Any, ...]) -> Any:
        if self._shape is None or self._is_sliced or any(type(n) is not str for n in names):
            return getattr(super(), name)(*names)
        return self._noted(name, names, {}, ())

    def _conditions(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._shape is not None and not self._is_sliced:
            bound: list[Bound] = []
            try:
                shape, taken = conditions_of(self.model, args, kwargs, bound)
            except Unknown:
                return getattr(super(), name)(*args, **kwargs)
            return self._noted(name, args, taken, tuple(bound), shape)
        return getattr(super(), name)(*args, **kwargs)

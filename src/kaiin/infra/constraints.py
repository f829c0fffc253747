"""What tables of several contexts share: columns of enumerations, indexes of a few rows, and what
they refuse: what code never writes, raw SQL can't either."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, NoReturn

from django.db.migrations import RunPython
from django.db.models import CharField, CheckConstraint, F, Index, Manager, Q, QuerySet


def enumerated(
    kinds: Iterable[Enum], default: Enum | None = None, *, max_length: int = 16
) -> "CharField[str, str]":
    """A column of an enumeration's values."""
    choices = [(each.value, each.value) for each in kinds]
    if default is None:
        return CharField(max_length=max_length, choices=choices)
    return CharField(max_length=max_length, choices=choices, default=default.value)


def where_set(name: str, column: str, *fields: str) -> Index:
    """An index of the rows in which a column is set: by it and the key, or by other `fields`."""
    by = fields or (column, "id")
    return Index(fields=[*by], name=name, condition=Q(**{f"{column}__isnull": False}))


def known(
    table: str, *, or_empty: Iterable[str] = (), **columns: Iterable[Enum]
) -> list[CheckConstraint]:
    """Columns have values of their enumerations, "" too where named in `or_empty`; NULL passes.

    One unknown value would fail the reading of every set that it is in.
    """
    return [
        CheckConstraint(
            condition=Q(
                **{
                    f"{name}__in": sorted(str(each.value) for each in values)
                    + ([""] if name in or_empty else [])
                }
            ),
            name=f"{table}_{name}_known",
        )
        for name, values in columns.items()
    ]


def within(table: str, field: str, low: int, high: int) -> CheckConstraint:
    """A number from `low` to `high`; NULL passes."""
    return CheckConstraint(
        condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=f"{table}_{field}_within",
    )


def in_order(table: str, earlier: str, later: str) -> CheckConstraint:
    """Two instants of which one is not after the other; NULL passes."""
    return CheckConstraint(
        condition=Q(**{f"{earlier}__lte": F(later)}), name=f"{table}_{earlier}_first"
    )


def dated(table: str, state: str, value: str, instant: str) -> CheckConstraint:
    """`instant` is set if and only if the row's `state` is `value`."""
    return CheckConstraint(
        condition=Q(**{state: value, f"{instant}__isnull": False})
        | (~Q(**{state: value}) & Q(**{f"{instant}__isnull": True})),
        name=f"{table}_{value}_dated",
    )


def one_of(table: str, *instants: str) -> CheckConstraint:
    """Exactly one of the instants is set."""
    condition = Q()
    for each in instants:
        condition |= Q(**{f"{other}__isnull": other != each for other in instants})
    return CheckConstraint(condition=condition, name=f"{table}_in_one_state")


class IsAppendOnly(Exception):
    """An attempt to change or delete rows of history, which is only added to."""


class _AppendOnly(QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise IsAppendOnly

    def delete(self) -> NoReturn:
        raise IsAppendOnly

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise IsAppendOnly


# Named, so that the type checker finds it again in its cache.
AppendOnlyManager = Manager.from_queryset(_AppendOnly)


def append_only(*tables: str, unless: str = "FALSE", droppable: bool = False) -> RunPython:
    """A migration's step, by which the database itself refuses to change and, unless they are
    `droppable`, to delete rows of the tables. `unless`: SQL over OLD and NEW, by which a change
    passes all the same.

    TRUNCATE and DROP stay the owner's. A later migration that alters such a table must make its
    triggers anew on SQLite, where altering means copying the table.
    """

    refused = {"update": f" WHEN (NOT ({unless}))"} | ({} if droppable else {"delete": ""})

    def create(_apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        for table in tables:
            if postgresql:
                schema_editor.execute(
                    f"CREATE FUNCTION {table}_refuse() RETURNS trigger AS $$"
                    f" BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql"
                )
                refuse = f"EXECUTE FUNCTION {table}_refuse()"
            else:
                refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for event, when in refused.items():
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table}"
                    f" FOR EACH ROW{when} {refuse}"
                )

    def drop(_apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        for table in tables:
            on = f" ON {table}" if postgresql else ""
            for event in refused:
                schema_editor.execute(f"DROP TRIGGER {table}_no_{event}{on}")
            if postgresql:
                schema_editor.execute(f"DROP FUNCTION {table}_refuse()")

    return RunPython(create, drop)

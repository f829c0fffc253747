"""CHECK constraints that several contexts share: what code never writes, raw SQL can't either."""

from collections.abc import Iterable
from enum import Enum

from django.db.models import CheckConstraint, F, Q


def known(
    table: str, *, or_empty: Iterable[str] = (), **columns: Iterable[Enum]
) -> list[CheckConstraint]:
    """Columns hold values of their enumerations, "" too where named in `or_empty`; NULL passes.

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

"""A club of any size in seconds: one member who joined and paid, copied by the database itself."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

# Tables that have rows of each member; the rows of one member are fewer than STEP in each,
# with five years of history, too.
CLONED = (
    "identity.Member", "identity.LoginIdentifier", "payments.Mandate", "payments.Payment",
    "payments.PaymentReference", "billing.Membership", "billing.Subscription", "billing.Charge",
    "billing.Period", "billing.LedgerEntry", "billing.LedgerPosting", "billing.Receipt",
    "billing.Grant", "billing.Entitlement",
)  # fmt: skip
STEP = 1000
_BEYOND = 1_000_000_000_000
# What must differ, where it is neither a key nor a number.
_OWN_TEXTS = {
    "member_id", "value", "provider_mandate_id", "intent_key", "provider_payment_id", "key",
    "number", "event_id",
}  # fmt: skip


@dataclass(frozen=True)
class _Dialect:
    numbers: str
    uuid: str
    evidence: str


def clone(first: int, last: int) -> None:
    """Copy the one member there is: copies number `first` to `last`, from 1. Call it on a database
    whose only rows of members are that member's."""
    models_ = [apps.get_model(name) for name in CLONED]
    dialect = _dialect()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As a restore does: the copies are consistent by construction.
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
        for model in models_:
            cursor.execute(_statement(model, set(models_), dialect), [first, last])
        for model in models_:
            _move_sequence(cursor, model)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
            for model in models_:
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')  # noqa: SLF001
        else:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("ANALYZE")


def multiply(row: models.Model, count: int, *, with_: type[models.Model] | None = None) -> None:
    """So many copies of a row; `with_`: each of a copy of the row of that model that it is of."""
    model = type(row)
    cloned = {with_} if with_ is not None else set()
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, cloned, _dialect(), f"t.id = {row.pk}"), [1, count])
        _move_sequence(cursor, model)
        cursor.execute(f'ANALYZE "{model._meta.db_table}"')  # noqa: SLF001


def _dialect() -> _Dialect:
    if connection.vendor == "postgresql":
        return _Dialect(
            "SELECT generate_series(%s, %s) AS n",
            "(lpad(to_hex(n), 8, '0') || substr({0}::text, 9))::uuid",
            "(SELECT jsonb_agg(split_part(ref, ':', 1) || ':' ||"  # noqa: S608
            f" (split_part(ref, ':', 2)::bigint + n * {STEP}) ORDER BY at)"
            " FROM jsonb_array_elements_text({0}) WITH ORDINALITY AS refs (ref, at))",
        )
    return _Dialect(
        "WITH RECURSIVE every(n, last) AS (SELECT %s, %s UNION ALL "
        "SELECT n + 1, last FROM every WHERE n < last) SELECT n FROM every",
        "printf('%%08x', n) || substr({0}, 9)",
        "(SELECT json_group_array(substr(value, 1, instr(value, ':')) ||"  # noqa: S608
        f" (CAST(substr(value, instr(value, ':') + 1) AS integer) + n * {STEP}))"
        " FROM json_each({0}))",
    )


def _statement(
    model: type[models.Model],
    cloned: set[type[models.Model]],
    dialect: _Dialect,
    original: str = "",
) -> str:
    options = model._meta  # noqa: SLF001
    columns = [field.column for field in options.local_concrete_fields]
    wanted = ", ".join(_copied(field, cloned, dialect) for field in options.local_concrete_fields)
    names = ", ".join(f'"{column}"' for column in columns)
    # The copies' keys are larger; payments are distinguished by their member's.
    is_uuid = options.pk.get_internal_type() == "UUIDField"
    original = original or (f"t.member_ref < {STEP}" if is_uuid else f"t.id < {STEP}")
    return (
        f'INSERT INTO "{options.db_table}" ({names}) SELECT {wanted} '  # noqa: S608
        f'FROM "{options.db_table}" AS t, ({dialect.numbers}) AS numbers WHERE {original}'
    )


def _copied(
    field: "models.Field[Any, Any]", cloned: set[type[models.Model]], dialect: _Dialect
) -> str:
    column = f't."{field.column}"'
    target = field.remote_field.model if isinstance(field, models.ForeignKey) else None
    if field.primary_key or target in cloned:
        kind = field.target_field if isinstance(field, models.ForeignKey) else field
        if kind.get_internal_type() == "UUIDField":
            return dialect.uuid.format(column)
        return f"{column} + n * {STEP}"
    if field.name in {"member_ref", "member_number", "seal_number"}:
        return f"{column} + n * {STEP}"
    if field.name == "evidence":
        # `["period:1", "period:2"]`: the records behind each window.
        return dialect.evidence.format(column)
    if field.name in _OWN_TEXTS:
        # Receipts' numbers and others' keys have an end of their own.
        return f"substr({column}, 1, 30) || '#' || n"
    return column


def _move_sequence(cursor: Any, model: type[models.Model]) -> None:
    """The database's own numbers go on beyond those of every copy yet to be made."""
    options = model._meta  # noqa: SLF001
    if options.pk.get_internal_type() == "UUIDField":
        return
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT setval(s, greatest(nextval(s), %s)) "
            "FROM (SELECT pg_get_serial_sequence(%s, 'id') AS s) AS sequence",
            [_BEYOND, f'"{options.db_table}"'],
        )
    else:
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s",
            [_BEYOND, options.db_table],
        )

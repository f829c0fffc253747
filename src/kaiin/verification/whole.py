"""What no single membership shows: strangers' rows, numbers given twice, the database itself."""

from collections.abc import Iterator
from uuid import UUID

from kaiin.verification.reading import Reader
from kaiin.verification.violation import Violation


def parts(reader: Reader) -> Iterator[Iterator[Violation]]:
    """Each check by itself, so that what stops one does not stop the next."""
    yield _strangers(reader)
    yield _provider_ids(reader)
    yield _numbers(reader)
    if reader.on_sqlite:
        yield _foreign_keys(reader)
        yield _file(reader)


def _strangers(reader: Reader) -> Iterator[Violation]:
    found = reader.stream(
        "SELECT p.id, p.state, p.intent_key FROM payments_payment p"
        " LEFT JOIN billing_charge c ON c.intent_key = p.intent_key"
        " WHERE c.id IS NULL ORDER BY p.id"
    )
    for key, state, intent_key in found:
        yield Violation(
            "payment.without_intent",
            (f"payment:{UUID(key)}", intent_key),
            f"{state}, but nothing was to be paid",
        )


def _provider_ids(reader: Reader) -> Iterator[Violation]:
    """What the provider calls one charge is one payment here."""
    found = reader.stream(
        "SELECT id, provider, provider_payment_id, state FROM payments_payment"
        " ORDER BY provider, provider_payment_id, id"
    )
    before = None
    for key, provider, name, state in found:
        if not name:
            if state in {"paid", "partly_refunded", "disputed", "refunded", "charged_back"}:
                yield Violation(
                    "payment.unnamed", (f"payment:{UUID(key)}",), f"{state}, by no provider's name"
                )
        elif before is not None and before[1:] == (provider, name):
            yield Violation(
                "payment.twice",
                (f"payment:{UUID(before[0])}", f"payment:{UUID(key)}"),
                f"both are {name} at {provider}",
            )
        before = (key, provider, name)


def _numbers(reader: Reader) -> Iterator[Violation]:
    found = reader.stream(
        "SELECT m.id, m.site_id, m.member_number, n.last_number FROM billing_membership m"
        " LEFT JOIN billing_numbercounter n ON n.site_id = m.site_id"
        " WHERE m.member_number IS NOT NULL ORDER BY m.site_id, m.member_number, m.id"
    )
    before = None
    for key, site, number, last in found:
        if last is None or number > last:
            yield Violation(
                "number.uncounted",
                (f"membership:{key}",),
                f"it has number {number}, the site's counter is at {last}",
            )
        if before is not None and before[1:] == (site, number):
            yield Violation(
                "number.twice",
                (f"membership:{before[0]}", f"membership:{key}"),
                f"both have number {number}",
            )
        before = (key, site, number)


def _foreign_keys(reader: Reader) -> Iterator[Violation]:
    for table, rowid, parent, _ in reader.stream("PRAGMA foreign_key_check"):
        yield Violation(
            "database.foreign_key",
            (f"{table}:{rowid}",),
            f"its row of {parent} is gone",
        )


def _file(reader: Reader) -> Iterator[Violation]:
    """Once over the whole file; if it is damaged, table by table, to name what is lost."""
    whole = _damage(reader, "PRAGMA integrity_check")
    if not whole:
        return
    named = False
    for (table,) in reader.stream("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for says in _damage(reader, f'PRAGMA integrity_check("{table}")'):
            named = True
            yield Violation("database.integrity", ("database", table), says)
    if not named:
        yield from (Violation("database.integrity", ("database",), says) for says in whole)


def _damage(reader: Reader, pragma: str) -> list[str]:
    try:
        return [str(says) for (says,) in reader.stream(pragma) if says != "ok"]
    except Exception as error:  # noqa: BLE001 - damage that even the check stumbles over
        return [f"{pragma}: {error}"]

"""The audit trail: its chain is whole, and everything that must have left a row did."""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from kaiin.verification.reading import Reader, Row, as_object, marks
from kaiin.verification.violation import Violation

_START = "0" * 64
# How it is told that a payment brought money, whatever became of that since.
_MONEY_CAME = (
    "payments.paid",
    "payments.partly_refunded",
    "payments.disputed",
    "payments.refunded",
    "payments.charged_back",
    "billing.period_paid",
    "billing.payment_parked",
)


def check_chain(reader: Reader, *, after: int = 0) -> Iterator[Violation]:
    """Every digest follows from the row before, and the last is the head's."""
    before = _START
    if after:
        row = reader.one("SELECT digest FROM infra_auditrow WHERE id = %s", (after,))
        before = row[0] if row else _START
    found = reader.stream(
        "SELECT id, at, action, subject, actor, details, digest FROM infra_auditrow"
        " WHERE id > %s ORDER BY id",
        (after,),
    )
    for key, at, action, subject, actor, details, digest in found:
        content = [before, at.isoformat(), action, subject, actor, as_object(details)]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            yield Violation(
                "audit.chain", (f"audit:{key}",), "its digest does not follow from the row before"
            )
        before = digest
    head = reader.one("SELECT digest FROM infra_audithead WHERE id = 1")
    if before != (head[0] if head else _START):
        yield Violation("audit.head", ("audit:head",), "the newest rows of the chain are gone")


def check_completeness(reader: Reader) -> Iterator[Violation]:
    """Every paid period and every payment with money left its row in the trail."""
    should = reader.stream(
        f"SELECT {reader.hex_of('payment_id')} FROM billing_period"  # noqa: S608
        " WHERE payment_id IS NOT NULL ORDER BY 1"
    )
    for key in _missing(should, _told(reader, "billing.period_paid")):
        yield Violation("audit.period", (f"payment:{UUID(key)}",), "no audit row of its period")
    should = reader.stream(
        f"SELECT {reader.hex_of('id')} FROM payments_payment"  # noqa: S608
        " WHERE state IN"
        " ('paid', 'partly_refunded', 'disputed', 'refunded', 'charged_back') ORDER BY 1"
    )
    # What was recorded in one transaction with its payment has one row for both.
    told = _told(reader, *_MONEY_CAME)
    for key in _missing(should, told):
        yield Violation("audit.payment", (f"payment:{UUID(key)}",), "no audit row of its money")


def _told(reader: Reader, *actions: str) -> Iterator[Row]:
    payment = reader.hex_of(reader.text_of("details", "payment"))
    return reader.stream(
        f"SELECT {payment} FROM infra_auditrow"  # noqa: S608
        f" WHERE action IN ({marks(actions)}) ORDER BY 1",
        actions,
    )


def _missing(should: Iterator[Row], is_: Iterator[Row]) -> Iterator[str]:
    """Keys of one ordered stream that the other lacks."""
    there = (key for key, _ in groupby(row[0] for row in is_ if row[0] is not None))
    other = next(there, None)
    for (key,) in should:
        while other is not None and other < key:
            other = next(there, None)
        if other != key:
            yield key

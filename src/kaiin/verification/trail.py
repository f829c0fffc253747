"""The audit trail: its chain is whole, and everything that must have left a row did."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID

from kaiin.verification.reading import Reader, Row, as_object, marks
from kaiin.verification.violation import Violation

_START = "0" * 64
_text_of = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
# The actions that say that a payment brought money, even if it went back since.
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
    """Seals are numbered without a gap, each digest follows from the seal before, and the last
    is the head's. `after`: the seal to begin behind."""
    last, before = after, _START
    if after:
        row = reader.one("SELECT digest FROM infra_auditrow WHERE seal_number = %s", (after,))
        before = row[0] if row else _START
    found = reader.stream(
        "SELECT id, at, action, subject, actor, details, seal_number, sealed_at, digest"
        " FROM infra_auditrow WHERE seal_number > %s ORDER BY seal_number",
        (after,),
    )
    for key, at, action, subject, actor, details, number, sealed_at, digest in found:
        if number > last + 1:
            # What follows from a row that is gone can't be computed.
            yield Violation(
                "audit.missing",
                (f"seal:{last + 1}", f"audit:{key}"),
                f"seals {last + 1} to {number - 1} are gone, before this row",
            )
        else:
            covered = [number, sealed_at.isoformat(), key, at.isoformat(), action, subject, actor]
            text = _text_of([before, *covered, as_object(details)])
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                yield Violation(
                    "audit.chain",
                    (f"audit:{key}",),
                    "its digest does not follow from the seal before",
                )
        last, before = number, digest
    head = reader.one("SELECT seal_number, digest FROM infra_audithead WHERE id = 1")
    if (last, before) != (head or (0, _START)):
        yield Violation("audit.head", ("audit:head",), "the newest seals of the chain are gone")


def check_unsealed(reader: Reader, late: datetime) -> Iterator[Violation]:
    """The tail that is not sealed yet is young: nothing proves that its rows are all there."""
    row = reader.one(
        "SELECT id, at FROM infra_auditrow WHERE seal_number IS NULL ORDER BY at, id LIMIT 1"
    )
    if row is not None and row[1] < late:
        yield Violation(
            "audit.unsealed", (f"audit:{row[0]}",), f"it has waited for its seal since {row[1]}"
        )


def check_completeness(reader: Reader) -> Iterator[Violation]:
    """Every paid period and every payment with money left its row in the trail."""
    should = reader.stream(
        f"SELECT {reader.hex_of('payment_id')} FROM billing_period"  # noqa: S608
        " WHERE payment_id IS NOT NULL ORDER BY 1"
    )
    for key in _missing(should, _audited(reader, "billing.period_paid")):
        yield Violation("audit.period", (f"payment:{UUID(key)}",), "no audit row of its period")
    should = reader.stream(
        f"SELECT {reader.hex_of('id')} FROM payments_payment"  # noqa: S608
        " WHERE state IN"
        " ('paid', 'partly_refunded', 'disputed', 'refunded', 'charged_back') ORDER BY 1"
    )
    # What was recorded in one transaction with its payment has one row for both.
    audited = _audited(reader, *_MONEY_CAME)
    for key in _missing(should, audited):
        yield Violation("audit.payment", (f"payment:{UUID(key)}",), "no audit row of its money")


def _audited(reader: Reader, *actions: str) -> Iterator[Row]:
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

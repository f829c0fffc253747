"""Nothing is stuck: what was received is applied, what happened is delivered, what is due is done.

Each question is answered by an index over what is still to do, however much was done before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from kaiin.verification import terms
from kaiin.verification.news import News
from kaiin.verification.reading import Reader
from kaiin.verification.violation import Violation


def check(reader: Reader, *, now: datetime, patience: timedelta) -> Iterator[Violation]:
    """`patience`: how far the worker may be behind."""
    late = now - patience
    yield from _inbox(reader, late)
    yield from _outbox(reader, late)
    yield from _payments(reader, late)
    yield from _overdue(reader, late)
    yield from _parked(reader)
    yield from _abandoned(reader, late)
    yield from _mandates(reader)


def _inbox(reader: Reader, late: datetime) -> Iterator[Violation]:
    found = reader.stream(
        "SELECT id, state, due_at, received_at, event_id FROM payments_providerevent"
        " WHERE state = 'failed' OR (state IN ('received', 'waiting')"
        " AND (due_at IS NULL OR due_at < %s)) ORDER BY id",
        (late,),
    )
    for key, state, due_at, received_at, event_id in found:
        ids = (f"event:{key}", str(event_id))
        if state == "failed":
            yield Violation("inbox.failed", ids, f"given up; it was received at {received_at}")
        elif due_at is None:
            yield Violation("inbox.lost", ids, f"{state}, but never to be tried again")
        else:
            yield Violation("inbox.overdue", ids, f"{state}, to be tried since {due_at}")


def _outbox(reader: Reader, late: datetime) -> Iterator[Violation]:
    """That each delivery is due, made or given up, the table's own check sees to."""
    select = (
        "SELECT d.id, d.lane, d.consumer, e.topic, e.key, {column}, d.last_error"
        " FROM infra_delivery d JOIN infra_event e ON e.id = d.event_id WHERE "
    )
    dead = reader.stream(
        select.format(column="d.dead_at") + "d.dead_at IS NOT NULL ORDER BY d.dead_at, d.id"
    )
    for key, lane, consumer, topic, name, at, error in dead:
        yield Violation(
            "outbox.dead",
            (f"outbox:{key}", f"{topic} {name}"),
            f"{lane}: given up for {consumer} at {at}: {error}",
        )
    overdue = reader.stream(
        select.format(column="d.due_at") + "d.due_at < %s ORDER BY d.due_at, d.id", (late,)
    )
    for key, lane, consumer, topic, name, at, error in overdue:
        yield Violation(
            "outbox.overdue",
            (f"outbox:{key}", f"{topic} {name}"),
            f"{lane}: to be delivered to {consumer} since {at}. {error}",
        )


def _payments(reader: Reader, late: datetime) -> Iterator[Violation]:
    """All that may still bring or give back money is asked about."""
    for table, states, never, late_by in (
        (
            "payment",
            "('intent', 'pending', 'unknown')",
            "payment.unpolled",
            "payment.poll_overdue",
        ),
        ("refund", "('requested', 'unknown')", "refund.unpolled", "refund.poll_overdue"),
    ):
        found = reader.stream(
            f"SELECT id, state, ask_at FROM payments_{table}"  # noqa: S608 (names from above)
            f" WHERE state IN {states} AND (ask_at IS NULL OR ask_at < %s) ORDER BY id",
            (late,),
        )
        for key, state, ask_at in found:
            ids = (f"{table}:{UUID(key)}",)
            if ask_at is None:
                yield Violation(never, ids, f"{state}, and no one asks the provider")
            else:
                yield Violation(late_by, ids, f"{state}, to be asked since {ask_at}")


def _overdue(reader: Reader, late: datetime) -> Iterator[Violation]:
    for check, table, column in (
        ("subscription.charge_overdue", "subscription", "next_due_at"),
        ("subscription.end_overdue", "subscription", "lapse_due_at"),
        ("membership.end_overdue", "membership", "dormant_until"),
        ("period.recognition_overdue", "period", "recognise_due_at"),
    ):
        found = reader.stream(
            f"SELECT id, {column} FROM billing_{table}"  # noqa: S608 (names from above)
            f" WHERE {column} < %s ORDER BY {column}, id",
            (late,),
        )
        for key, at in found:
            yield Violation(check, (f"{table}:{key}",), f"it was due at {at}")


def _parked(reader: Reader) -> Iterator[Violation]:
    """What a job could not process; `kind` is the row's table and the work."""
    found = reader.stream(
        "SELECT id, kind, key, attempts, first_at, due_at, error FROM infra_parkedrow ORDER BY id"
    )
    for parked, kind, key, attempts, first_at, due_at, error in found:
        table, _, work = kind.partition(".")
        row = f"{table}:{UUID(key)}" if table in {"payment", "refund"} else f"{table}:{key}"
        yield Violation(
            "row.parked",
            (f"parked:{parked}", row),
            f"{work} failed since {first_at}, {attempts} times; next try {due_at}: {error}",
        )


def _abandoned(reader: Reader, late: datetime) -> Iterator[Violation]:
    """Intents that no payment followed, and that are waited for: a renewal's own, and a member's
    that holds a renewal up once it is due."""
    found = reader.stream(
        "SELECT c.id, c.created_at, c.automatic OR s.failures = 0, s.id, k.terms, s.failures,"
        " s.paused_until, s.paid_until, f.closed_at FROM billing_charge c"
        " JOIN billing_subscription s ON s.id = c.subscription_id"
        " JOIN billing_course k ON k.id = s.course_id"
        " LEFT JOIN payments_payment p ON p.intent_key = c.intent_key"
        " LEFT JOIN billing_charge f ON f.id = (SELECT max(id) FROM billing_charge"
        " WHERE subscription_id = s.id AND automatic AND state = 'closed')"
        " WHERE c.state = 'open' AND c.created_at < %s AND p.id IS NULL"
        " AND (c.automatic OR (s.state <> 'ended'"
        " AND COALESCE(s.paused_until, s.paid_until) < %s)) ORDER BY c.id",
        (late, late),
    )
    for key, at, due, subscription, text, failures, paused, paid, failed_at in found:
        ends_at = paused or paid
        if due or terms.retried_at(text, failures, ends_at, failed_at or ends_at) < late:
            yield Violation(
                "charge.abandoned",
                (f"charge:{key}", f"subscription:{subscription}"),
                f"intended at {at}, and payments never heard of it",
            )


def _mandates(reader: Reader) -> Iterator[Violation]:
    """No right to charge is kept once it is not needed."""
    news = News(reader)
    found = reader.stream(
        "SELECT m.id, p.id, c.state FROM payments_mandate m"
        " LEFT JOIN payments_payment p ON p.mandate_id = m.id"
        " LEFT JOIN billing_charge c ON c.intent_key = p.intent_key"
        " WHERE m.state = 'active' AND NOT EXISTS (SELECT 1 FROM billing_subscription s"
        " WHERE s.mandate_id = m.id AND s.state <> 'ended') ORDER BY m.id"
    )
    for mandate, rows in groupby(found, key=itemgetter(0)):
        # A member on the way to paying by it may need it yet.
        wanted = any(state == "open" or news.of_payment(payment) for _, payment, state in rows)
        if not wanted and not news.of_release(mandate):
            yield Violation(
                "mandate.unreleased",
                (f"mandate:{mandate}",),
                "active, and nothing is charged to it",
            )

"""What must be true after every day, read by plain SQL."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from kaiin.domain.periods import JST
from kaiin.infra.locks import transaction
from kaiin.lab.simulation.provider import Provider
from kaiin.verification.checking import checks
from kaiin.verification.provider import provider_checks
from kaiin.verification.violation import Violation

# Every change ends up in a day's fingerprint through the newest seal of the audit chain; what is
# not sealed yet is in the next day's, and counts in this one's.
_FINGERPRINT = "SELECT digest, (SELECT max(id) FROM infra_auditrow) FROM infra_audithead"
_LEFT_OVER = {
    "outbox": "SELECT id, consumer, last_error FROM infra_delivery WHERE delivered_at IS NULL",
    "payment": (
        "SELECT id, state, intent_key FROM payments_payment WHERE state IN ('intent', 'unknown')"
    ),
    "event": (
        "SELECT id, kind, last_error FROM payments_providerevent"
        " WHERE state IN ('received', 'waiting', 'failed')"
    ),
}
_NUMBERED = ("infra_event", "infra_delivery", "payments_providerevent", "billing_period")


class Checks:
    """The checks of a run, and how many there were."""

    def __init__(self, provider: Provider) -> None:
        self.done = 0
        self._provider = provider
        self._since: datetime | None = None

    def daily(self, now: datetime, swept_since: datetime | None) -> Iterator[Violation]:
        """After a day: what anything happened to; on the first of a month, everything.

        `swept_since`: what the provider knew by then has been asked about.
        """
        self.done += 1
        everything = now.astimezone(JST).day == 1
        since = None if everything else self._since
        self._since = now
        yield from _verified(now, since)
        if everything:
            yield from self._notices_stored()
            yield from self._as_the_provider_says(now, swept_since)

    def settled(self, now: datetime) -> Iterator[Violation]:
        """After the end, when faults are off and the worker had days to catch up."""
        self.done += 1
        yield from _verified(now, None)
        yield from self._notices_stored()
        yield from self._as_the_provider_says(now, now)
        for name, sql in _LEFT_OVER.items():
            for row in _rows(sql):
                yield Violation(
                    f"settled.{name}", (f"{name}:{row[0]}",), f"still not settled: {row}"
                )

    def _as_the_provider_says(
        self, now: datetime, swept_since: datetime | None
    ) -> Iterator[Violation]:
        if swept_since is not None:
            self._provider.close()
            yield from provider_checks(
                connection, self._provider.store_path, now=now, patience=now - swept_since
            )

    def _notices_stored(self) -> Iterator[Violation]:
        """Every notice that was acknowledged is there, once."""
        sent = self._provider.rows(
            "SELECT DISTINCT event_id FROM delivery WHERE status = 'delivered' ORDER BY event_id"
        )
        stored = {row[0] for row in _rows("SELECT event_id FROM payments_providerevent")}
        for row in sent:
            if row["event_id"] not in stored:
                yield Violation(
                    "notices.lost", (row["event_id"],), "acknowledged, but it is not stored"
                )


def _verified(now: datetime, since: datetime | None) -> list[Violation]:
    # In a transaction of ours: to forbid writing, as `kaiin verify` does, has SQLite prepare every
    # statement of the run anew.
    with transaction():
        return list(checks(connection, now=now, since=since))


def fingerprint() -> str:
    """The database's content, in one line."""
    newest = [_rows(f"SELECT max(id) FROM {table}")[0][0] for table in _NUMBERED]
    head = _rows(_FINGERPRINT)
    text = f"{newest} {head}"
    return hashlib.sha256(text.encode()).hexdigest()


def member_of(violation: Violation) -> int | None:
    """The member that a violation is about, as far as its ids say."""
    for each in violation.ids:
        table, _, key = each.partition(":")
        sql = _MEMBER_OF.get(table)
        found = _rows(sql, key) if sql else []
        if found:
            return int(found[0][0])
    return None


_MEMBER_OF = {
    "member": "SELECT CAST(%s AS integer)",
    "membership": "SELECT member_id FROM billing_membership WHERE id = %s",
    "payment": "SELECT member_ref FROM payments_payment WHERE id = %s",
    "mandate": "SELECT member_ref FROM payments_mandate WHERE id = %s",
    **{
        name: f"SELECT member_id FROM billing_{table} t JOIN billing_membership m"
        " ON m.id = t.membership_id WHERE t.id = %s"
        for name, table in (
            ("subscription", "subscription"),
            ("charge", "charge"),
            ("entry", "ledgerentry"),
            ("entitlement", "entitlement"),
            ("grant", "grant"),
            ("refund_case", "refundcase"),
        )
    },
    "period": "SELECT member_id FROM billing_period t JOIN billing_subscription s"
    " ON s.id = t.subscription_id JOIN billing_membership m ON m.id = s.membership_id"
    " WHERE t.id = %s",
}


def records_of(violation: Violation) -> Iterator[str]:
    """The member's rows: payments, charges, periods, books, notices."""
    member = member_of(violation)
    if member is None:
        return
    for name, sql in _RECORDS.items():
        yield f"\n{name}:"
        yield from ("  " + " | ".join(map(str, row)) for row in _rows(sql, member))


_OF_MEMBER = "(SELECT id FROM billing_membership WHERE member_id = %s)"
_RECORDS = {
    "memberships": "SELECT id, site_id, standing, standing_changed_at, dormant_until, withdrawn_at"
    " FROM billing_membership WHERE member_id = %s",
    "subscriptions": "SELECT id, membership_id, method, state, period_count, paid_until,"
    " next_due_at, lapse_due_at, mandate_id, cancel_at_period_end, mandate_end_reason, end_reason,"
    f" ended_at FROM billing_subscription WHERE membership_id IN {_OF_MEMBER} ORDER BY id",
    "charges": "SELECT id, subscription_id, period_index, attempt, state, failure_code, automatic,"
    f" method, price, payment_id, created_at, closed_at FROM billing_charge WHERE membership_id IN"
    f" {_OF_MEMBER} ORDER BY id",
    "payments": "SELECT id, intent_key, method, state, amount, received_amount, failure_code,"
    " created_at, paid_at, expires_at, ask_at FROM payments_payment WHERE member_ref = %s"
    " ORDER BY created_at",
    "windows": "SELECT membership_id, starts_at, ends_at, kind, evidence FROM billing_entitlement"
    f" WHERE membership_id IN {_OF_MEMBER} ORDER BY starts_at",
    "books": "SELECT key, kind, occurred_at, recorded_at, period_id FROM billing_ledgerentry"
    f" WHERE membership_id IN {_OF_MEMBER} ORDER BY id",
    "audit": "SELECT at, action, actor, details FROM infra_auditrow"
    " WHERE subject = 'member:' || %s ORDER BY id",
}


def _rows(sql: str, *values: int | str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())

"""When each job has something to do next, read from the tables: quiet hours cost nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.db import connection

from kaiin.domain.payments import PaymentState
from kaiin.infra.consumers import Lane
from kaiin.lab.life import order_of
from kaiin.lab.sandbox.store import read


class Provider(Protocol):
    """Reads the provider's tables."""

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]: ...


NETWORK = "network"
ASKING = "payments.ask"
# Job, table, column. A job that is not here and delivers no lane runs at midnight and noon.
_DUE = (
    ("payments.notices", "payments_providerevent", "due_at"),
    (ASKING, "payments_payment", "ask_at"),
    (ASKING, "payments_refund", "ask_at"),
    ("billing.renew", "billing_subscription", "next_due_at"),
    ("billing.expire", "billing_subscription", "lapse_due_at"),
    ("billing.expire", "billing_membership", "dormant_until"),
    ("billing.remind", "billing_subscription", "notice_due_at"),
    ("billing.remind", "billing_membership", "notice_due_at"),
    ("billing.recognise", "billing_period", "recognise_due_at"),
)
_LANES = {f"events.{lane}": lane for lane in Lane}
_SEALING = "audit.seal"
# A worker seals every second; here rows wait for each other, so that it costs less. With the
# longest pause of a run's worker (110 minutes) that stays within the two hours of `verify`.
_SEALED_AFTER = timedelta(minutes=5)
_JOBS = (*_LANES, *(job for job, _, _ in _DUE))
KNOWN = {NETWORK, _SEALING, *_JOBS}
_STORE = (
    "SELECT min(due) AS due FROM ("
    "SELECT min(due_at) AS due FROM delivery WHERE due_at IS NOT NULL"
    " UNION ALL SELECT min(closes_at) FROM payment WHERE closes_at IS NOT NULL"
    " UNION ALL SELECT min(report_at) FROM payment WHERE report_at IS NOT NULL"
    " UNION ALL SELECT min(settles_at) FROM refund WHERE settles_at IS NOT NULL"
    " UNION ALL SELECT min(due_at) FROM late_call WHERE due_at IS NOT NULL)"
)
_QUERY = "SELECT " + ", ".join(
    [
        "(SELECT min(at) FROM infra_auditrow WHERE seal_number IS NULL)",
        *(
            f"(SELECT min(due_at) FROM infra_delivery WHERE lane = '{lane}' AND due_at IS NOT NULL)"
            for lane in _LANES.values()
        ),
        *(
            f"(SELECT min({column}) FROM {table} WHERE {column} IS NOT NULL)"
            for _, table, column in _DUE
        ),
    ]
)


def dues(provider: Provider) -> Mapping[str, datetime]:
    """The earliest instant at which each job, or the network, has something to do."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY)
        unsealed, *row = cursor.fetchone()
    found: dict[str, datetime] = {}
    unsealed_since = _instant(unsealed)
    if unsealed_since is not None:
        found[_SEALING] = unsealed_since + _SEALED_AFTER
    for job, value in zip(_JOBS, row, strict=True):
        at = _instant(value)
        if at is not None:
            found[job] = min(at, found.get(job, at))
    at_provider = provider.rows(_STORE)[0]["due"]
    if at_provider:
        found[NETWORK] = read(at_provider)
    return found


_ASKED_ABOUT = (
    "SELECT id, state, last_asked_at, received_amount FROM payments_payment WHERE ask_at <= %s"
)
_AT_PROVIDER = (
    "SELECT order_id, status, received_amount, (SELECT max(created_at) FROM event"
    " WHERE event.order_id = payment.order_id) AS reported_at FROM payment WHERE order_id IN "
)


def has_news(provider: Provider, now: datetime) -> bool:
    """Whether asking about what is due for it can bring anything: something happened there since
    it was last asked about, or its state is unknown, or money that came was not written down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM payments_refund WHERE ask_at <= %s LIMIT 1", [now])
        if cursor.fetchone() is not None:
            return True
        cursor.execute(_ASKED_ABOUT, [now])
        ours = {order_of(key): rest for key, *rest in cursor.fetchall()}
    if not ours:
        return False
    marks = ", ".join("?" * len(ours))
    theirs = {row["order_id"]: row for row in provider.rows(f"{_AT_PROVIDER} ({marks})", *ours)}
    return any(is_news(rest, theirs.get(order)) for order, rest in ours.items())


def is_news(ours: Sequence[Any], theirs: Mapping[str, Any] | None) -> bool:
    """`ours`: a pending payment's state, when it was last asked about, what was received."""
    state, last_asked_at, received = ours
    asked_at = _instant(last_asked_at)
    if theirs is None or asked_at is None or state != PaymentState.PENDING:
        return True
    if theirs["reported_at"] is not None and read(theirs["reported_at"]) >= asked_at:
        return True
    return theirs["status"] != "open" and (not received or received != theirs["received_amount"])


def _instant(value: datetime | str | None) -> datetime | None:
    if value is None:
        return None
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)

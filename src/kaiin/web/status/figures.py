"""An installation's figures for its operators, read from the database when asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from kaiin.billing.views.figures import count_overdue
from kaiin.billing.views.refunds import refund_figures
from kaiin.identity import queries as identity
from kaiin.infra import audit, clock, counts, deliveries, front, parking
from kaiin.payments import queries as payments
from kaiin.web.base.middleware import bad_hosts

_AN_HOUR = timedelta(hours=1)
_ABOUT = {
    "kaiin_outbox_waiting": "Events and mails not yet delivered.",
    "kaiin_outbox_due": "Those of them whose time has come.",
    "kaiin_outbox_oldest_seconds": "Age of the oldest event or mail not yet delivered.",
    "kaiin_outbox_dead": "Events and mails that were given up.",
    "kaiin_inbox_waiting": "Providers' notices not yet applied.",
    "kaiin_inbox_oldest_seconds": "Age of the oldest notice not yet applied.",
    "kaiin_inbox_failed": "Notices that staff must look at.",
    "kaiin_parked_rows": "Rows that a job could not process and tries again.",
    "kaiin_parked_oldest_seconds": "How long the first of them has failed.",
    "kaiin_provider_open_payments": "Payments that a provider should have news of.",
    "kaiin_provider_silent_seconds": (
        "How long nothing was heard while payments are open; 0 until that is too long."
    ),
    "kaiin_renewals_due": "Renewals that wait for a worker.",
    "kaiin_renewals_oldest_seconds": "How long the first of them has been due.",
    "kaiin_refund_cases": (
        "Refunds that wait for staff (open, failed), and those under way (requested)."
    ),
    "kaiin_refund_cases_oldest_seconds": (
        "How long the first of those that wait for staff has waited."
    ),
    "kaiin_memberships": "Memberships of the sites that are open, as last counted.",
    "kaiin_memberships_counted_seconds": "How long ago that was.",
    "kaiin_subscriptions": "Subscriptions, as last counted.",
    "kaiin_subscriptions_counted_seconds": "How long ago that was.",
    "kaiin_audit_unsealed_seconds": "Age of the oldest audit row that is not sealed yet.",
    "kaiin_open_payments": "Payments that may still bring money.",
    "kaiin_bad_hosts": "Requests to this node whose Host header is no host, since its start.",
    "kaiin_refused_requests": (
        "Requests that this node refused before any work began, since its start."
    ),
    "kaiin_login_attempts_last_hour": "Tries to log in during the last hour.",
}
_LABELS = {"memberships": ("site", "standing"), "subscriptions": ("state",)}


class Figures(Collector):
    """One query a family, so that every node says the same; requests refused are each node's.

    Each query is over a partial index or a few rows: asking costs the same however old and large
    a club is.
    """

    def describe(self) -> Sequence[Metric]:
        """Nothing: registering this collector must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        for part in (_outbox, _inbox, _parked, _providers, _renewals, _refunds, _counted):
            yield from part(now)
        yield _one("kaiin_audit_unsealed_seconds", _age(audit.oldest_unsealed(), now))
        yield _by("kaiin_open_payments", ("state", "method"), payments.open_payment_figures())
        attempts = identity.attempt_figures(since=now - _AN_HOUR)
        yield _by("kaiin_login_attempts_last_hour", ("outcome",), attempts)
        name = "kaiin_bad_hosts"
        yield CounterMetricFamily(name, _ABOUT[name], value=bad_hosts.value)
        name = "kaiin_refused_requests"
        refused = CounterMetricFamily(name, _ABOUT[name], labels=["reason"])
        for reason, count in front.refused_requests().items():
            refused.add_metric([reason], count)
        yield refused


def _outbox(now: datetime) -> Iterator[Metric]:
    lanes = deliveries.backlog(now).items()
    ages = {lane: _age(each.oldest_at, now) for lane, each in lanes}
    yield _by("kaiin_outbox_waiting", ("lane",), {lane: each.waiting for lane, each in lanes})
    yield _by("kaiin_outbox_due", ("lane",), {lane: each.due for lane, each in lanes})
    yield _by("kaiin_outbox_oldest_seconds", ("lane",), ages)
    yield _by("kaiin_outbox_dead", ("lane",), {lane: each.dead for lane, each in lanes})


def _inbox(now: datetime) -> Iterator[Metric]:
    inbox = payments.inbox_figures()
    yield _one("kaiin_inbox_waiting", inbox.waiting)
    yield _one("kaiin_inbox_oldest_seconds", _age(inbox.oldest_at, now))
    yield _one("kaiin_inbox_failed", inbox.failed)


def _parked(now: datetime) -> Iterator[Metric]:
    found = parking.figures()
    counts = {kind: figures.count for kind, figures in found.items()}
    yield _by("kaiin_parked_rows", ("kind",), counts)
    oldest_at = min((figures.oldest_at for figures in found.values()), default=None)
    yield _one("kaiin_parked_oldest_seconds", _age(oldest_at, now))


def _providers(now: datetime) -> Iterator[Metric]:
    seen = payments.silence(now)
    waiting = {each.provider: each.open_payments for each in seen}
    yield _by("kaiin_provider_open_payments", ("provider",), waiting)
    silent = {each.provider: _age(each.silent_since, now) for each in seen}
    yield _by("kaiin_provider_silent_seconds", ("provider",), silent)


def _renewals(now: datetime) -> Iterator[Metric]:
    overdue = count_overdue(now)
    yield _one("kaiin_renewals_due", overdue.count)
    yield _one("kaiin_renewals_oldest_seconds", _age(overdue.oldest_at, now))


def _refunds(now: datetime) -> Iterator[Metric]:
    refunds = refund_figures()
    by_state = {
        "open": refunds.open,
        "failed": refunds.failed,
        "requested": refunds.under_way,
    }
    yield _by("kaiin_refund_cases", ("state",), by_state)
    yield _one("kaiin_refund_cases_oldest_seconds", _age(refunds.oldest_at, now))


def _counted(now: datetime) -> Iterator[Metric]:
    """What the worker counts over whole tables; nothing before it has."""
    for name, kept in counts.kept().items():
        yield _by(f"kaiin_{name}", _LABELS[name], kept.counts)
        yield _one(f"kaiin_{name}_counted_seconds", _age(kept.counted_at, now))


def _one(name: str, value: float) -> Metric:
    return GaugeMetricFamily(name, _ABOUT[name], value=value)


def _by(name: str, labels: Sequence[str], counts: Mapping[Any, float]) -> Metric:
    """`counts` are by a label's value, or by a tuple of several labels' values."""
    family = GaugeMetricFamily(name, _ABOUT[name], labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values if isinstance(values, tuple) else (values,), count)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0

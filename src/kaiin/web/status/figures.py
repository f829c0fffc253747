"""An installation's figures for its operators, read from the database when asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
_COUNTED = {
    "memberships": ("Memberships of the sites that are open", ("site", "standing")),
    "subscriptions": ("Subscriptions", ("state",)),
}


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
        yield from _outbox(now)
        yield from _inbox(now)
        yield from _parked(now)
        yield from _providers(now)
        yield from _renewals(now)
        yield from _refunds(now)
        yield _one(
            "kaiin_audit_unsealed_seconds",
            "Age of the oldest audit row that is not sealed yet.",
            _age(audit.oldest_unsealed(), now),
        )
        yield _by(
            "kaiin_open_payments",
            "Payments that may still bring money.",
            ("state", "method"),
            payments.open_payment_figures(),
        )
        yield from _counted(now)
        yield CounterMetricFamily(
            "kaiin_bad_hosts",
            "Requests to this node whose Host header is no host, since its start.",
            value=bad_hosts.value,
        )
        yield _refused()
        yield _by(
            "kaiin_login_attempts_last_hour",
            "Tries to log in during the last hour.",
            ("outcome",),
            {
                (outcome,): count
                for outcome, count in identity.attempt_figures(since=now - _AN_HOUR).items()
            },
        )


def _refused() -> Metric:
    family = CounterMetricFamily(
        "kaiin_refused_requests",
        "Requests that this node refused before any work began, since its start.",
        labels=["reason"],
    )
    for reason, count in front.refused_requests().items():
        family.add_metric([reason], count)
    return family


def _outbox(now: datetime) -> Iterator[Metric]:
    backlog = deliveries.backlog(now)

    def by_lane(name: str, about: str, value: Callable[[deliveries.Backlog], float]) -> Metric:
        counts = {(lane.value,): value(each) for lane, each in backlog.items()}
        return _by(name, about, ("lane",), counts)

    yield by_lane(
        "kaiin_outbox_waiting", "Events and mails not yet delivered.", lambda lane: lane.waiting
    )
    yield by_lane("kaiin_outbox_due", "Those of them whose time has come.", lambda lane: lane.due)
    yield by_lane(
        "kaiin_outbox_oldest_seconds",
        "Age of the oldest event or mail not yet delivered.",
        lambda lane: _age(lane.oldest_at, now),
    )
    yield by_lane(
        "kaiin_outbox_dead", "Events and mails that were given up.", lambda lane: lane.dead
    )


def _inbox(now: datetime) -> Iterator[Metric]:
    inbox = payments.inbox_figures()
    yield _one("kaiin_inbox_waiting", "Providers' notices not yet applied.", inbox.waiting)
    yield _one(
        "kaiin_inbox_oldest_seconds",
        "Age of the oldest notice not yet applied.",
        _age(inbox.oldest_at, now),
    )
    yield _one("kaiin_inbox_failed", "Notices that staff must look at.", inbox.failed)


def _parked(now: datetime) -> Iterator[Metric]:
    found = parking.figures()
    yield _by(
        "kaiin_parked_rows",
        "Rows that a job could not process and tries again.",
        ("kind",),
        {(kind,): figures.count for kind, figures in found.items()},
    )
    oldest_at = min((figures.oldest_at for figures in found.values()), default=None)
    yield _one(
        "kaiin_parked_oldest_seconds",
        "How long the first of them has failed.",
        _age(oldest_at, now),
    )


def _providers(now: datetime) -> Iterator[Metric]:
    seen = payments.silence(now)
    yield _by(
        "kaiin_provider_open_payments",
        "Payments that a provider should have news of.",
        ("provider",),
        {(each.provider,): each.open_payments for each in seen},
    )
    yield _by(
        "kaiin_provider_silent_seconds",
        "How long nothing was heard while payments are open; 0 until that is too long.",
        ("provider",),
        {(each.provider,): _age(each.silent_since, now) for each in seen},
    )


def _renewals(now: datetime) -> Iterator[Metric]:
    overdue = count_overdue(now)
    yield _one("kaiin_renewals_due", "Renewals that wait for a worker.", overdue.count)
    yield _one(
        "kaiin_renewals_oldest_seconds",
        "How long the first of them has been due.",
        _age(overdue.oldest_at, now),
    )


def _refunds(now: datetime) -> Iterator[Metric]:
    refunds = refund_figures()
    yield _by(
        "kaiin_refund_cases",
        "Refunds that wait for staff (open, failed), and those under way (requested).",
        ("state",),
        {("open",): refunds.open, ("failed",): refunds.failed, ("requested",): refunds.under_way},
    )
    yield _one(
        "kaiin_refund_cases_oldest_seconds",
        "How long the first of those that wait for staff has waited.",
        _age(refunds.oldest_at, now),
    )


def _counted(now: datetime) -> Iterator[Metric]:
    """What the worker counts over whole tables; nothing before it has."""
    for name, kept in counts.kept().items():
        about, labels = _COUNTED[name]
        yield _by(f"kaiin_{name}", f"{about}, as last counted.", labels, kept.counts)
        yield _one(
            f"kaiin_{name}_counted_seconds", "How long ago that was.", _age(kept.counted_at, now)
        )


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _by(name: str, about: str, labels: Sequence[str], counts: Mapping[Any, float]) -> Metric:
    """`counts` are by a tuple of the labels' values."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0

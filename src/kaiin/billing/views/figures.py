"""Counts for those who watch over an installation, without personal data."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from kaiin.billing.models import Membership, Subscription
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class Overdue:
    """Renewals whose time has come and which no worker has taken on yet."""

    count: int
    oldest_at: datetime | None


def count_overdue(now: datetime) -> Overdue:
    """How far behind renewals are; one query over an index."""
    due = Subscription.objects.filter(next_due_at__lte=now)
    return Overdue(**due.aggregate(count=Count("pk"), oldest_at=Min("next_due_at")))


def count_subscriptions() -> dict[tuple[str, ...], int]:
    """How many subscriptions there are by state; reads the whole table."""
    counted = Subscription.objects.values_list("state").annotate(Count("pk"))
    nothing: dict[tuple[str, ...], int] = {(state.value,): 0 for state in SubscriptionState}
    return nothing | {(state,): count for state, count in counted}


def count_memberships() -> dict[tuple[str, ...], int]:
    """How many memberships there are by key of the site and standing; reads the whole table."""
    keys = {site.id: site.key for site in sites.sites()}
    counted = Membership.objects.values_list("site", "standing").annotate(Count("pk"))
    return {(keys[site], standing): count for site, standing, count in counted if site in keys}

"""Counts for those who watch over an installation. Nobody in particular is in them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from kaiin.billing.models import Membership, Subscription
from kaiin.domain.subscriptions import SubscriptionState


@dataclass(frozen=True)
class Overdue:
    """Renewals whose time has come and which no worker has taken on yet."""

    count: int
    oldest_at: datetime | None


def overdue(now: datetime) -> Overdue:
    """How far behind renewals are; one query over an index."""
    due = Subscription.objects.filter(next_due_at__lte=now)
    return Overdue(**due.aggregate(count=Count("pk"), oldest_at=Min("next_due_at")))


def subscription_figures() -> dict[str, int]:
    """How many subscriptions there are in each state; one query over the whole table."""
    counted = Subscription.objects.values_list("state").annotate(Count("pk"))
    return {state.value: 0 for state in SubscriptionState} | dict(counted)


def membership_figures() -> dict[tuple[int, str], int]:
    """How many memberships there are by (id of the site, standing); one query."""
    counted = Membership.objects.values_list("site", "standing").annotate(Count("pk"))
    return {(site, standing): count for site, standing, count in counted}

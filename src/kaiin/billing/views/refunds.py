"""Money that goes back, and what leaving would bring."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from kaiin.billing.choices import RefundReason
from kaiin.billing.errors import NoMembership
from kaiin.billing.models import (
    RefundCase,
    Subscription,
)
from kaiin.billing.outcomes import refunding
from kaiin.domain.money import Money, total
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites

# Staff have to act on these.
_FOR_STAFF = (RefundCaseState.OPEN, RefundCaseState.FAILED)


@dataclass(frozen=True)
class RefundCaseView:
    """Money that bought nothing, or is to go back. `reason` and `state` are those of
    `billing.models`: words under `billing.refund_reason.…` and `billing.refund_state.…`."""

    id: int
    membership_id: int
    payment_id: UUID
    amount: Money
    reason: RefundReason
    state: RefundCaseState
    failure_code: str


@dataclass(frozen=True)
class RefundFigures:
    """Refund cases that wait for staff, since when; and refunds that are under way."""

    open: int
    failed: int
    under_way: int
    oldest_at: datetime | None


def refund_on_leaving(*, member_pk: int, site_key: str, at: datetime) -> Money:
    """What goes back to a member who leaves at once at `at`, to the yen; zero where no unused day
    is left. Raises SiteUnknown, NoMembership."""
    running = Subscription.objects.filter(
        membership__member_id=member_pk, membership__site_id=sites.site(site_key).id
    ).exclude(state=SubscriptionState.ENDED)
    subscription = running.select_related("course").first()
    if subscription is None:
        raise NoMembership(site=site_key)
    currency = subscription.course.terms.currency
    if subscription.paid_until is None or subscription.paid_until <= at:
        return Money(0, currency)
    periods = refunding.running(subscription, at)
    return total((refunding.unused_days(period, at).total for period in periods), currency)


def refund_cases(member_pk: int) -> tuple[RefundCaseView, ...]:
    """A member's refund cases, newest first; without those that another refund made void."""
    found = RefundCase.objects.filter(membership__member_id=member_pk).exclude(
        state=RefundCaseState.DECLINED, decided_by=refunding.PROVIDER
    )
    return tuple(
        RefundCaseView(
            row.pk,
            row.membership_id,
            row.payment_id,
            row.money,
            RefundReason(row.reason),
            RefundCaseState(row.state),
            row.failure_code,
        )
        for row in found.order_by("-opened_at", "-pk")
    )


def refund_figures() -> RefundFigures:
    """How many refund cases wait; one query over a partial index."""
    # As in the index's condition: SQLite takes it for no other order of the values.
    unsettled = (RefundCaseState.OPEN, RefundCaseState.REQUESTED, RefundCaseState.FAILED)
    rows = RefundCase.objects.filter(state__in=unsettled).values("state")
    found = {row["state"]: row for row in rows.annotate(count=Count("pk"), oldest=Min("opened_at"))}
    waiting = [found[state]["oldest"] for state in _FOR_STAFF if state in found]

    def count(state: RefundCaseState) -> int:
        return int(found[state]["count"]) if state in found else 0

    return RefundFigures(
        open=count(RefundCaseState.OPEN),
        failed=count(RefundCaseState.FAILED),
        under_way=count(RefundCaseState.REQUESTED),
        oldest_at=min(waiting, default=None),
    )

"""Money that goes back, and what leaving would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from kaiin.billing.choices import RefundReason
from kaiin.billing.errors import NoMembership
from kaiin.billing.models import (
    RefundCase,
    Subscription,
)
from kaiin.billing.outcomes import refunding
from kaiin.domain.money import Money, total
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after, last_day
from kaiin.domain.refund_cases import RefundCaseState
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites

# Staff have to act on these.
_FOR_STAFF = (RefundCaseState.OPEN, RefundCaseState.FAILED)


@dataclass(frozen=True)
class LeavePreview:
    """What leaving would be now, at the end of what is paid or at once.

    `ends_at` is the end of what is paid, None where nothing is: leaving then takes effect at
    once anyway. `refund` is what goes back to members who leave at once, to the yen, zero where
    no unused day is left. `keeps_until`: until then they keep join date and number if they come
    back, having left at once; one who leaves at the end has `rejoin_days` days from there.
    """

    site_key: str
    course_key: str
    course_name: Mapping[str, str]
    method: Method
    ends_at: datetime | None
    refund: Money
    keeps_until: datetime
    rejoin_days: int

    @property
    def last_day(self) -> date | None:
        """The last day in Japan that is paid."""
        return None if self.ends_at is None else last_day(self.ends_at)


@dataclass(frozen=True)
class RefundCaseView:
    """Money that bought nothing, or is to go back. `reason` and `state` are those of
    `billing.models`: words under `billing.refund_reason.…` and `billing.refund_state.…`."""

    id: int
    membership_id: int
    member_pk: int
    site_name: Mapping[str, str]
    course_name: Mapping[str, str]
    method: Method
    payment_id: UUID
    amount: Money
    reason: RefundReason
    state: RefundCaseState
    opened_at: datetime
    decided_at: datetime | None
    settled_at: datetime | None
    failure_code: str


@dataclass(frozen=True)
class RefundFigures:
    """Refund cases that wait for staff, since when; and refunds that are under way."""

    open: int
    failed: int
    under_way: int
    oldest_at: datetime | None


def preview_leave(*, member_pk: int, site_key: str, at: datetime) -> LeavePreview:
    """What leaving at `at` would be. Raises SiteUnknown, NoMembership."""
    site = sites.site(site_key)
    subscription = (
        Subscription.objects.filter(membership__member_id=member_pk, membership__site_id=site.id)
        .exclude(state=SubscriptionState.ENDED)
        .select_related("course")
        .first()
    )
    if subscription is None:
        raise NoMembership(site=site_key)
    course, paid_until = subscription.course, subscription.paid_until
    running = paid_until is not None and paid_until > at
    unused = (
        [refunding.unused_days(period, at) for period in refunding.running(subscription, at)]
        if running
        else []
    )
    return LeavePreview(
        site_key=site_key,
        course_key=course.key,
        course_name=course.name,
        method=Method(subscription.method),
        ends_at=paid_until if running else None,
        refund=total((each.total for each in unused), course.terms.currency),
        keeps_until=days_after(at, site.rejoin_days),
        rejoin_days=site.rejoin_days,
    )


def refund_cases(member_pk: int) -> tuple[RefundCaseView, ...]:
    """A member's refund cases, newest first; without those that another refund made void."""
    found = RefundCase.objects.filter(membership__member_id=member_pk)
    return _views(found.exclude(state=RefundCaseState.DECLINED, decided_by=refunding.PROVIDER))


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


def _views(found: QuerySet[RefundCase]) -> tuple[RefundCaseView, ...]:
    places = {site.id: site.name for site in sites.sites()}
    rows = found.select_related("charge__course", "membership").order_by("-opened_at", "-pk")
    return tuple(_view(row, places.get(row.membership.site_id, {})) for row in rows)


def _view(row: RefundCase, site_name: Mapping[str, str]) -> RefundCaseView:
    return RefundCaseView(
        id=row.pk,
        membership_id=row.membership_id,
        member_pk=row.membership.member_id,
        site_name=site_name,
        course_name=row.charge.course.name,
        method=Method(row.charge.method),
        payment_id=row.payment_id,
        amount=row.money,
        reason=RefundReason(row.reason),
        state=RefundCaseState(row.state),
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        settled_at=row.settled_at,
        failure_code=row.failure_code,
    )

"""What a site offers, and what it would cost and buy now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypedDict
from uuid import UUID

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.courses import catalog
from kaiin.billing.membership import late_renewals, payable, scheduling
from kaiin.billing.membership.last_periods import last_spans
from kaiin.billing.models import Course, Membership, Subscription
from kaiin.domain import previews
from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after, last_day
from kaiin.domain.previews import Preview, PriceUnit, ShortStart
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView


@dataclass(frozen=True)
class CourseView:
    """A version of a course, offered or a member's own."""

    key: str
    version: int
    name: Mapping[str, str]
    summary: Mapping[str, str]
    terms: CourseTerms

    @property
    def price(self) -> Money:
        """What one period costs, without what a way to pay adds."""
        return Money(self.terms.price, self.terms.currency)

    @property
    def fees(self) -> Mapping[Method, Money]:
        """What a way to pay adds to each payment, where it does."""
        return {way: Money(fee, self.terms.currency) for way, fee in self.terms.fees.items()}

    @property
    def unit(self) -> PriceUnit:
        """What the price is for."""
        return self.terms.unit


@dataclass(frozen=True)
class JoinPreview(Preview):
    """What the final confirmation page shows, and joining then charges, to the yen.

    The words of a line's code are `billing.line.<code>`. `period` counts from `at`; where the
    member pays later (a slip), from the payment. `continues`: it follows a period that still runs.
    `late_after`: the last day of one that is over, from which a late renewal counts.
    `leave_at_once`: the course pays unused days back to who leaves before its time. `short_start`:
    its first month has begun.
    `purpose`: what the payment is for. `member_number` and `joined_date` are those that a member
    keeps, None for who gets new ones; `keeps_until`: if the money comes before it, None: anyway.
    """

    continues: bool
    late_after: date | None
    renews: bool
    unit: PriceUnit
    short_start: ShortStart | None
    leave_at_once: bool
    slip_days: int | None
    purpose: ChargePurpose
    member_number: int | None
    joined_date: date | None
    keeps_until: datetime | None

    @property
    def last_day(self) -> date:
        """The last day in Japan that is paid."""
        return last_day(self.period.ends_at)


def list_courses(site_key: str) -> tuple[CourseView, ...]:
    """What can be bought at a site, in the order of the tenant file. Raises SiteUnknown."""
    return _offered(sites.site(site_key).id, sites.revision())


@lru_cache(maxsize=64)
def _offered(site_id: int, _revision: UUID) -> tuple[CourseView, ...]:
    """Read once a process and apply."""
    found = Course.objects.filter(site_id=site_id, offered=True)
    return tuple(view_of_course(row) for row in found.order_by("position", "pk"))


def preview_join(
    *,
    site_key: str,
    course_key: str,
    method: Method,
    at: datetime,
    member_pk: int | None = None,
) -> JoinPreview:
    """What would be charged and bought at `at`, by a member who may have something already.

    Raises SiteUnknown, CourseNotOffered, WayNotOffered, SlipTooLate, AlreadyMember,
    OtherCourseRunning.
    """
    site = sites.site(site_key)
    course = catalog.offered(site.id, course_key, method)
    terms = course.terms.by(method)
    previous, under_way = None, False
    membership = _membership(member_pk, site.id)
    subscription = _open_subscription(membership)
    if subscription is not None:
        payable.check(subscription, course, at)
        under_way = scheduling.under_way(subscription)
        previous = previews.continued(
            last_spans([subscription]).get(subscription.pk),
            paused_until=subscription.paused_until,
            paid_at=at,
            automatic=False,
        )
    lapsed = late_renewals.lapsed(membership.pk if membership else None, course)
    late_renewals.check_slip(lapsed, course, method, at)
    found = previews.preview(
        terms,
        at=at,
        previous=previous,
        under_way=under_way,
        lapsed=lapsed,
    )
    follows = previous is not None and found.period.starts_at == previous.ends_at
    is_late = lapsed is not None and found.period.starts_at == lapsed.period.ends_at <= at
    is_late = is_late and found.period.starts_at < at
    return JoinPreview(
        lines=found.lines,
        total=found.total,
        period=found.period,
        continues=follows and not is_late,
        late_after=last_day(found.period.starts_at) if is_late else None,
        renews=terms.renews,
        renewal=found.renewal,
        unit=terms.unit,
        short_start=previews.short_start(terms.rule, found.period),
        leave_at_once=course.terms.leave_at_once,
        slip_days=course.terms.slip_days if method is Method.KONBINI else None,
        purpose=payable.purpose(membership, subscription),
        **_kept(membership, site, at),
    )


def next_purpose(*, site_key: str, member_pk: int) -> ChargePurpose:
    """What a payment that the member makes at a site now is for."""
    membership = _membership(member_pk, sites.site(site_key).id)
    return payable.purpose(membership, _open_subscription(membership))


class _Kept(TypedDict):
    member_number: int | None
    joined_date: date | None
    keeps_until: datetime | None


def _kept(membership: Membership | None, site: SiteView, at: datetime) -> _Kept:
    keeps_until = None
    if membership is not None and membership.withdrawn_at is not None:
        keeps_until = days_after(membership.withdrawn_at, site.rejoin_days)
    if membership is None or (keeps_until is not None and at >= keeps_until):
        return _Kept(member_number=None, joined_date=None, keeps_until=None)
    return _Kept(
        member_number=membership.member_number,
        joined_date=membership.joined_date,
        keeps_until=keeps_until,
    )


def _membership(member_pk: int | None, site_id: int) -> Membership | None:
    if member_pk is None:
        return None
    return Membership.objects.filter(member_id=member_pk, site_id=site_id).first()


def _open_subscription(membership: Membership | None) -> Subscription | None:
    if membership is None:
        return None
    found = Subscription.objects.filter(membership=membership).exclude(
        state=SubscriptionState.ENDED
    )
    subscription = found.first()
    if subscription is not None:
        catalog.read_courses([subscription])
    return subscription


def view_of_course(row: Course) -> CourseView:
    """A version of a course, offered or a member's own."""
    return CourseView(row.key, row.version, row.name, row.summary, row.terms)

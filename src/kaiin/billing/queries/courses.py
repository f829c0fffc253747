"""What a site offers, and what it would cost and buy now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kaiin.billing import courses as rows, payable, upkeep
from kaiin.billing.models import Course, Subscription
from kaiin.billing.spans import last_spans
from kaiin.domain import previews
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, TermRuleSpec, last_day
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra.business_days import is_business_day
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class CourseView:
    """A course as it is offered. `fees` are added to each payment; `renews` is False for a lump
    sum; `term` may differ by way to pay (`term_by_method`)."""

    key: str
    version: int
    name: Mapping[str, str]
    summary: Mapping[str, str]
    price: Money
    renews: bool
    term: TermRuleSpec
    term_by_method: Mapping[Method, TermRuleSpec]
    ways: tuple[Method, ...]
    fees: Mapping[Method, Money]
    slip_days: int
    dormant_months: int
    renewal_opens_months: int

    @property
    def months(self) -> int:
        """How many months one payment pays for."""
        return self.term.months

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways to pay, in the order in which they are shown."""
        return self.ways


@dataclass(frozen=True)
class JoinPreview:
    """What the final confirmation page shows, and joining then charges, to the yen.

    `lines` are (code, amount), the code's words are `billing.line.<code>`. `period` counts from
    `at`; where the member pays later (a slip), from the payment. `continues`: it follows a
    period that still runs. `next_charge_at` is None where nothing is charged again; leaving
    before `cancel_by` avoids it.
    """

    course_key: str
    course_name: Mapping[str, str]
    method: Method
    lines: tuple[tuple[str, Money], ...]
    total: Money
    period: PeriodSpan
    continues: bool
    renews: bool
    next_charge_at: datetime | None
    next_amount: Money | None
    cancel_by: datetime | None
    slip_days: int | None

    @property
    def last_day(self) -> date:
        """The last day in Japan that is paid."""
        return last_day(self.period.ends_at)


def courses(site_key: str) -> tuple[CourseView, ...]:
    """What can be bought at a site, in the order of the tenant file. Raises SiteUnknown."""
    found = Course.objects.filter(site_id=sites.site(site_key).id, offered=True)
    return tuple(_view(row) for row in found.order_by("position", "pk"))


def preview(
    *,
    site_key: str,
    course_key: str,
    method: Method,
    at: datetime,
    member_pk: int | None = None,
) -> JoinPreview:
    """What would be charged and bought at `at`, by a member who may have something already.

    Raises SiteUnknown, CourseNotOffered, WayNotOffered, AlreadyMember, OtherCourseRunning.
    """
    site = sites.site(site_key)
    course = rows.offered(site.id, course_key, method)
    terms = rows.terms(course, method)
    previous, under_way = None, False
    subscription = _open_subscription(member_pk, site.id)
    if subscription is not None:
        payable.check(subscription, course, at)
        under_way = upkeep.under_way(subscription)
        previous = previews.continued(
            last_spans([subscription]).get(subscription.pk),
            paused_until=subscription.paused_until,
            paid_at=at,
            automatic=False,
        )
    found = previews.preview(
        terms, at=at, previous=previous, under_way=under_way, is_business_day=is_business_day
    )
    return JoinPreview(
        course_key=course.key,
        course_name=course.name,
        method=method,
        lines=found.lines,
        total=found.total,
        period=found.period,
        continues=previous is not None and found.period.starts_at == previous.ends_at,
        renews=terms.renews,
        next_charge_at=found.next_charge_at,
        next_amount=found.next_amount,
        cancel_by=found.next_charge_at,
        slip_days=course.slip_days if method is Method.KONBINI else None,
    )


def _open_subscription(member_pk: int | None, site_id: int) -> Subscription | None:
    if member_pk is None:
        return None
    found = Subscription.objects.filter(
        membership__member_id=member_pk, membership__site_id=site_id
    ).exclude(state=SubscriptionState.ENDED)
    return found.select_related("course", "next_course").first()


def _view(row: Course) -> CourseView:
    return CourseView(
        key=row.key,
        version=row.version,
        name=row.name,
        summary=row.summary,
        price=Money(row.price, row.currency),
        renews=row.renews,
        term=rows.term(row),
        term_by_method={way: rows.rule(row, way) for way in rows.ways(row)},
        ways=rows.ways(row),
        fees={Method(way): Money(fee, row.currency) for way, fee in row.fees.items()},
        slip_days=row.slip_days,
        dormant_months=row.dormant_months,
        renewal_opens_months=row.renewal_opens_months,
    )

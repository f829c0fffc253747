"""A subscription's rows read as the domain's change: one answer for previews, offers and the
operation itself."""

from datetime import datetime

from kaiin.billing import courses, payable, upkeep
from kaiin.billing.errors import NoMembership
from kaiin.billing.models import Course, Period, Subscription
from kaiin.domain import changes
from kaiin.domain.changes import Change, Held, Wanted
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra.business_days import is_business_day


def target(subscription: Subscription, site_id: int, key: str, method: Method) -> Course:
    """The version of a course that a change leads to: the member's own, or else the one that is
    offered. Raises CourseNotOffered, WayNotOffered."""
    for known in (subscription.course, subscription.next_course):
        if known is not None and known.key == key and method in courses.ways(known):
            return known
    return courses.offered(site_id, key, method)


def last_period(subscription: Subscription) -> Period:
    """The last period that was paid. Raises NoMembership where none was, or where it was given
    up: then there is nothing to change from."""
    last = Period.objects.filter(
        subscription=subscription, index=subscription.period_count, ended_early_at=None
    ).first()
    if last is None:
        raise NoMembership
    return last


def plan(
    subscription: Subscription, last: Period, course: Course, method: Method, at: datetime
) -> Change:
    """What changing to a course by a way to pay would be at `at`. Raises ChangeRefused."""
    return changes.plan(
        held(subscription, last, at),
        Wanted(course.key, method, courses.terms(course, method)),
        at=at,
        is_business_day=is_business_day,
    )


def held(subscription: Subscription, last: Period, at: datetime) -> Held:
    """What the member has at `at`."""
    method = Method(subscription.method)
    coming = courses.coming(subscription)
    return Held(
        course=subscription.course.key,
        method=method,
        terms=courses.terms(subscription.course, method),
        coming_course=coming.key,
        coming=courses.terms(coming, method),
        period=PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1),
        # What was given back of it already is not credited a second time.
        fee=Money(last.amount - last.credited, last.currency),
        has_mandate=subscription.mandate_id is not None and not subscription.mandate_end_reason,
        past_due=subscription.state == SubscriptionState.PAST_DUE,
        opens_at=payable.window_opens_at(subscription),
        fixed=upkeep.is_fixed(subscription, at),
        paused_until=subscription.paused_until,
        imported=last.import_key is not None,
    )

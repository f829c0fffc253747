"""A subscription's rows read as the domain's change: one answer for previews, offers and the
operation itself."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoMembership
from kaiin.billing.membership import payable, scheduling
from kaiin.billing.models import Course, Period, Subscription
from kaiin.domain.changes import Change, Current, Wanted, plan
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.subscriptions import SubscriptionState


def target(subscription: Subscription, site_id: int, key: str, method: Method) -> Course:
    """The version of a course that a change leads to: the member's own, or else the one that is
    offered. Raises CourseNotOffered, WayNotOffered."""
    for known in (subscription.course, subscription.next_course):
        if known is not None and known.key == key and method in known.terms.ways:
            return known
    return catalog.offered(site_id, key, method)


def last_period(subscription: Subscription) -> Period:
    """The last period that was paid. Raises NoMembership where none was, or where it was given
    up: then there is nothing to change from."""
    last = Period.objects.filter(
        subscription=subscription, index=subscription.period_count, ended_early_at=None
    ).first()
    if last is None:
        raise NoMembership
    return last


def _current(subscription: Subscription, last: Period, at: datetime) -> Current:
    """What the member has at `at`."""
    method = Method(subscription.method)
    coming = catalog.coming(subscription)
    return Current(
        course=subscription.course.key,
        method=method,
        terms=subscription.course.terms.by(method),
        coming_course=coming.key,
        coming=coming.terms.by(method),
        period=PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1),
        # What was given back of it already is not credited a second time.
        fee=Money(last.amount - last.credited, last.currency),
        has_mandate=subscription.mandate_id is not None and not subscription.mandate_end_reason,
        past_due=subscription.state == SubscriptionState.PAST_DUE,
        opens_at=payable.window_opens_at(subscription),
        fixed=scheduling.is_fixed(subscription, at),
        paused_until=subscription.paused_until,
        imported=last.import_key is not None,
    )


@dataclass(frozen=True)
class ChangePreview(Change):
    """What the confirmation page of a change shows, and the change then posts, to the yen. Join
    date and number are always kept. `slip_days`: how long a slip lives, None for other ways."""

    course_key: str
    course_name: Mapping[str, str]
    method: Method
    slip_days: int | None


def preview_of(
    subscription: Subscription, *, last: Period, course: Course, method: Method, at: datetime
) -> ChangePreview:
    """What changing to a course by a way to pay would be at `at`. Raises ChangeRefused."""
    terms = course.terms
    wanted = Wanted(course.key, method, terms.by(method))
    change = plan(_current(subscription, last, at), wanted, at=at)
    slip = method is Method.KONBINI
    return ChangePreview(
        **{field.name: getattr(change, field.name) for field in fields(change)},
        course_key=course.key,
        course_name=course.name,
        method=method,
        slip_days=payable.slip_days(terms, ends_at=change.from_at, at=at) if slip else None,
    )

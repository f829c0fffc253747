"""When a member may pay for what they have: one answer for the pages, previews and joining."""

from datetime import datetime

from kaiin.billing import courses
from kaiin.billing.errors import AlreadyMember, OtherCourseRunning, Paused
from kaiin.billing.models import Course, Subscription
from kaiin.domain.payments import Method
from kaiin.domain.periods import renewal_opens_at
from kaiin.domain.subscriptions import SubscriptionState, may_pay


def window_opens_at(subscription: Subscription) -> datetime | None:
    """From when the period after the paid one can be bought ahead; None where always: months that
    are charged one by one, or where nothing is paid yet."""
    course, method = subscription.course, Method(subscription.method)
    by_month = course.renews and courses.rule(course, method).months == 1
    if subscription.paid_until is None or by_month:
        return None
    return renewal_opens_at(subscription.paid_until, course.renewal_opens_months)


def opens_at(subscription: Subscription) -> datetime | None:
    """When the member may renew; None where nothing is paid yet or renewals run alone."""
    terms = courses.terms(subscription.course, Method(subscription.method))
    return None if terms.renews else window_opens_at(subscription)


def payable(subscription: Subscription, at: datetime) -> bool:
    """Whether the member may pay for this open subscription now."""
    return may_pay(
        SubscriptionState(subscription.state),
        opens_at=opens_at(subscription),
        mandate_lost=bool(subscription.mandate_end_reason),
        at=at,
    )


def check(subscription: Subscription, course: Course, at: datetime) -> None:
    """Raises AlreadyMember, OtherCourseRunning or Paused where `course` can't be paid for now."""
    resting = subscription.paused_until is not None and not subscription.mandate_end_reason
    if resting and subscription.state == SubscriptionState.ACTIVE:
        raise Paused(course=subscription.course.key)
    if not payable(subscription, at):
        raise AlreadyMember(course=subscription.course.key)
    if subscription.period_count and subscription.course.key != course.key:
        raise OtherCourseRunning(course=subscription.course.key)

"""When a member may pay for what they have: one answer for the pages, previews and joining."""

from datetime import datetime

from kaiin.billing.errors import AlreadyMember, OtherCourseRunning
from kaiin.billing.models import Course, Subscription
from kaiin.domain.periods import renewal_opens_at
from kaiin.domain.subscriptions import SubscriptionState, may_pay


def opens_at(subscription: Subscription) -> datetime | None:
    """When a lump sum's renewal opens; None where nothing is paid yet or renewals run alone."""
    if subscription.paid_until is None or subscription.course.renews:
        return None
    return renewal_opens_at(subscription.paid_until, subscription.course.renewal_opens_months)


def payable(subscription: Subscription, at: datetime) -> bool:
    """Whether the member may pay for this open subscription now."""
    return may_pay(
        SubscriptionState(subscription.state),
        opens_at=opens_at(subscription),
        mandate_lost=bool(subscription.mandate_end_reason),
        at=at,
    )


def check(subscription: Subscription, course: Course, at: datetime) -> None:
    """Raises AlreadyMember or OtherCourseRunning where `course` can't be paid for now."""
    if not payable(subscription, at):
        raise AlreadyMember(course=subscription.course.key)
    if subscription.period_count and subscription.course.key != course.key:
        raise OtherCourseRunning(course=subscription.course.key)

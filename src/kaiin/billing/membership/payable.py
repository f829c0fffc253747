"""When a member may pay for what they have: one answer for the pages, previews and joining."""

from datetime import datetime

from kaiin.billing.choices import ChargePurpose
from kaiin.billing.courses import catalog
from kaiin.billing.errors import AlreadyMember, OtherCourseRunning, Paused
from kaiin.billing.models import Course, Membership, Subscription
from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.documents import MissingConsent
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day, months_after, renewal_opens_at
from kaiin.domain.subscriptions import Standing, SubscriptionState, may_pay
from kaiin.identity import queries as identity
from kaiin.sites.queries import DocumentView


def window_opens_at(subscription: Subscription) -> datetime | None:
    """From when the period after the paid one can be bought ahead; None where always: months that
    are charged one by one, or where nothing is paid yet."""
    terms, method = subscription.course.terms, Method(subscription.method)
    by_month = terms.renews and terms.rule(method).months == 1
    if subscription.paid_until is None or by_month:
        return None
    return renewal_opens_at(subscription.paid_until, terms.renewal_opens_months)


def opens_at(subscription: Subscription) -> datetime | None:
    """From when the member may renew by hand; None where nothing is paid yet, or where renewals
    run alone. A month whose mandate has ended is bought ahead once: within the paid one."""
    runs_alone = catalog.running_terms(subscription).renews and not subscription.mandate_end_reason
    if subscription.paid_until is None or runs_alone:
        return None
    months = catalog.running_terms(subscription).rule.months
    return window_opens_at(subscription) or months_after(subscription.paid_until, -months)


def payable(subscription: Subscription, at: datetime) -> bool:
    """Whether the member may pay for this open subscription now."""
    return may_pay(
        SubscriptionState(subscription.state),
        opens_at=opens_at(subscription),
        renews=catalog.running_terms(subscription).renews,
        mandate_lost=bool(subscription.mandate_end_reason),
        at=at,
    )


def purpose(membership: Membership | None, subscription: Subscription | None) -> ChargePurpose:
    """What a payment that the member makes now is for; `subscription` is the open one."""
    if membership is None or membership.standing == Standing.PENDING:
        return ChargePurpose.JOIN
    if membership.standing == Standing.WITHDRAWN:
        return ChargePurpose.REJOIN
    if subscription is None:
        return ChargePurpose.RENEWAL
    past_due = subscription.state == SubscriptionState.PAST_DUE
    return (
        ChargePurpose.DUE if past_due or subscription.mandate_end_reason else ChargePurpose.RENEWAL
    )


def missing_consents(
    *, member_pk: int, purpose: ChargePurpose, at: datetime
) -> tuple[MissingConsent[DocumentView], ...]:
    """The documents that the member has to agree to before such a payment. None for what is due:
    that contract runs, and who pays for it gets in."""
    if purpose is ChargePurpose.DUE:
        return ()
    return identity.missing_consents(member_pk, at)


def slip_days(terms: CourseTerms, *, ends_at: datetime | None, at: datetime) -> int:
    """How many days a slip issued at `at` lives: for a change that begins at `ends_at`, until the
    day before it at the latest, but not less than a day."""
    if ends_at is None:
        return terms.slip_days
    left = (last_day(ends_at) - japanese_date(at)).days
    return max(1, min(terms.slip_days, left))


def check(subscription: Subscription, course: Course, at: datetime) -> None:
    """Raises AlreadyMember, OtherCourseRunning or Paused where `course` can't be paid for now."""
    resting = subscription.paused_until is not None and not subscription.mandate_end_reason
    if resting and subscription.state == SubscriptionState.ACTIVE:
        raise Paused(course=subscription.course.key)
    if not payable(subscription, at):
        raise AlreadyMember(course=subscription.course.key)
    if subscription.period_count and subscription.course.key != course.key:
        raise OtherCourseRunning(course=subscription.course.key)

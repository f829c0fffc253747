"""What the worker does next with a paid subscription, and the grace around it."""

from datetime import datetime, timedelta

from django.db.models import Max

from kaiin.billing import courses
from kaiin.billing.batch import Batch
from kaiin.billing.holding import Holding
from kaiin.billing.models import Grant, GrantReason, Subscription
from kaiin.domain import dunning
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after, renewal_opens_at

_MARGIN = timedelta(hours=2)


def plan(holding: Holding, subscription: Subscription, batch: Batch) -> None:
    """Set what the worker does next with a paid subscription, and open its grace if it renews."""
    paid_until = subscription.paid_until
    course = subscription.course
    if paid_until is None:
        return
    subscription.next_due_at = subscription.lapse_due_at = subscription.notice_due_at = None
    if renews(subscription):
        subscription.next_due_at = paid_until
        until = dunning.grace_until(courses.policy(course), paid_until)
        _grant(holding, GrantReason.RENEWAL, paid_until, until, batch)
        return
    subscription.lapse_due_at = paid_until
    if not course.renews:
        opens_at = renewal_opens_at(paid_until, course.renewal_opens_months)
        # Whoever renews inside the window has just been told the new end.
        subscription.notice_due_at = opens_at if opens_at > batch.now else None


def renews(subscription: Subscription) -> bool:
    """Whether the next period is charged without anybody doing anything."""
    return (
        courses.terms(subscription.course, Method(subscription.method)).renews
        and subscription.mandate_id is not None
        and not subscription.cancel_at_period_end
        and not subscription.mandate_end_reason
    )


def keep_open(holding: Holding, subscription: Subscription, batch: Batch) -> None:
    """Nobody knows whether a renewal was paid: that must not close the site, whatever the grace.

    Opens one more day whenever what is open runs out within two hours.
    """
    if subscription.paid_until is None:
        return
    open_grants = Grant.objects.filter(
        membership=holding.membership, kind=WindowKind.GRACE, revoked_at=None
    )
    last = open_grants.aggregate(last=Max("ends_at"))["last"] or subscription.paid_until
    starts_at = max(last, subscription.paid_until)
    if starts_at <= batch.now + _MARGIN:
        until = days_after(batch.now, 1)
        _grant(holding, GrantReason.PAYMENT_UNKNOWN, starts_at, until, batch)
        batch.note("billing.grace_extended", holding, until=until.isoformat())


def _grant(
    holding: Holding, reason: GrantReason, starts_at: datetime, ends_at: datetime, batch: Batch
) -> None:
    if starts_at >= ends_at:
        return
    grant = Grant(
        membership=holding.membership,
        kind=WindowKind.GRACE.value,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.value,
        granted_by=batch.actor,
        granted_at=batch.now,
    )
    batch.grants.append(grant)

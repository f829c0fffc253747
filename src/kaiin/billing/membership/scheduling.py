"""What the worker does next with a paid subscription, and the grace around it."""

from datetime import datetime, timedelta

from kaiin.billing.choices import GrantReason
from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoPause
from kaiin.billing.membership import payable, staff_mails
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import (
    Grant,
    Period,
    Subscription,
)
from kaiin.domain import dunning, previews, reminders
from kaiin.domain.changes import RenewalFixed
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.periods import (
    PeriodSpan,
    days_after,
    fixed_from,
    japanese_date,
    next_period,
    passed_over,
)
from kaiin.domain.previews import Renewal
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.sites import queries as sites

_MARGIN = timedelta(hours=2)
_MAX_UNKNOWN_DAYS_AFTER_BREAK = 7


def plan(locked: LockedMembership, subscription: Subscription) -> None:
    """Set what the worker does next with a paid subscription, and open its grace if it renews."""
    ends_at = runs_until(subscription)
    if ends_at is None:
        return
    subscription.next_due_at = subscription.lapse_due_at = subscription.notice_due_at = None
    if renews(subscription):
        coming = renewal(subscription)
        subscription.next_due_at = coming.charge_at if coming else None
        until = grace_until(subscription)
        if until is not None:
            _grant(locked, GrantReason.RENEWAL, ends_at, until)
    else:
        subscription.lapse_due_at = ends_at
    subscription.notice_due_at = next_reminder(subscription, locked.now)


def next_reminder(subscription: Subscription, now: datetime) -> datetime | None:
    """When the member is next reminded of the coming renewal, or of the end."""
    ends_at = runs_until(subscription)
    if ends_at is None or subscription.cancel_at_period_end:
        return None
    coming = renewal(subscription)
    if coming is None:
        # A member who renews inside the window has just read the new end.
        opens_at = payable.opens_at(subscription)
        return reminders.next_after(reminders.of_end(ends_at, opens_at), now)
    if not coming.terms.unit.each_month:
        days = sites.tenant().renewal_reminder_days
    elif subscription.paused_until is not None:
        days = reminders.BREAK_DAYS
    else:
        return None
    return reminders.next_after(reminders.of_renewal(coming.stop_day, days), now)


def runs_until(subscription: Subscription) -> datetime | None:
    """Where the next period begins: the end of the paid one, or of the pause after it."""
    return subscription.paused_until or subscription.paid_until


def grace_until(subscription: Subscription) -> datetime | None:
    """Until when the door stays open while a renewal is tried again. None after a break: nothing
    was paid for the time before it, so the door opens with the money."""
    if subscription.paid_until is None or subscription.paused_until is not None:
        return None
    return dunning.grace_until(subscription.course.terms.dunning, subscription.paid_until)


def renews(subscription: Subscription) -> bool:
    """Whether the next period is charged automatically."""
    stays = not subscription.cancel_at_period_end or subscription.renewal_fixed
    return (
        catalog.coming_terms(subscription).renews
        and subscription.mandate_id is not None
        and stays
        and not subscription.mandate_end_reason
    )


def under_way(subscription: Subscription) -> bool:
    """Whether a late payment is for a renewal that is charged by itself, so that it keeps the
    grid; the member's own ones begin anew (`previews.paid_period`). The coming course decides: a
    lump sum that is paid by hand may be followed by months that a card is charged for."""
    return catalog.coming_terms(subscription).renews


def renewal(subscription: Subscription) -> Renewal | None:
    """The renewal that follows; None where none is coming."""
    ends_at = runs_until(subscription)
    if ends_at is None or not renews(subscription):
        return None
    return previews.renewal(
        catalog.coming_terms(subscription),
        PeriodSpan(ends_at, ends_at, subscription.anchor_day or 1),
        running=catalog.running_terms(subscription),
    )


def fixed_at(subscription: Subscription) -> datetime | None:
    """From when the coming renewal can't be changed or left out any more; None where it always
    can, or where none is coming."""
    ends_at = runs_until(subscription)
    if ends_at is None or not renews(subscription):
        return None
    return fixed_from(ends_at, subscription.course.terms.lock_day)


def is_fixed(subscription: Subscription, at: datetime) -> bool:
    """Whether the lock day has passed."""
    fixed = fixed_at(subscription)
    return fixed is not None and at >= fixed


def leaves_at(subscription: Subscription, at: datetime) -> datetime | None:
    """When a member who leaves at `at` is out: with the paid period, or, where the lock day has
    passed, with the one that the coming renewal still buys. None where nothing is paid."""
    ends_at = subscription.paid_until
    fixed = subscription.renewal_fixed or is_fixed(subscription, at)
    if ends_at is None or ends_at <= at or not fixed:
        return ends_at
    previous = PeriodSpan(ends_at, ends_at, subscription.anchor_day or 1)
    return next_period(catalog.coming_terms(subscription).rule, previous).ends_at


def pause_until(subscription: Subscription, last: Period, periods: int, at: datetime) -> datetime:
    """Where a pause of so many periods after the paid one ends, on the subscription's own grid.

    Raises NoPause (the course allows none or fewer, one runs already, the member leaves or pays
    by hand, a renewal has failed), RenewalFixed (the lock day has passed).
    """
    if not 1 <= periods <= _most_paused(subscription, at):
        raise NoPause(most=subscription.course.terms.pause_periods)
    if is_fixed(subscription, at):
        raise RenewalFixed(free_from=japanese_date(last.ends_at))
    previous = PeriodSpan(last.starts_at, last.ends_at, subscription.anchor_day or 1)
    return passed_over(catalog.running_terms(subscription).rule, previous, periods).ends_at


def pause_periods(subscription: Subscription, at: datetime) -> int:
    """The most periods that may be paused at `at`; 0 where nothing may."""
    return 0 if is_fixed(subscription, at) else _most_paused(subscription, at)


def _most_paused(subscription: Subscription, at: datetime) -> int:
    runs = subscription.paid_until is not None and at < subscription.paid_until
    stays = subscription.paused_until is None and not subscription.cancel_at_period_end
    may = subscription.state == SubscriptionState.ACTIVE and renews(subscription)
    return subscription.course.terms.pause_periods if runs and stays and may else 0


def keep_open(locked: LockedMembership, subscription: Subscription) -> None:
    """The outcome of a renewal is unknown: that must not close the site, even after the grace.

    Opens one more day whenever what is open runs out within two hours. After a break nothing was
    paid for the time before: there it stays open for seven days, and then staff get a mail. Once a
    charge after the break was refused it is closed, and what is unknown of the next opens nothing.
    """
    ends_at = runs_until(subscription)
    if ends_at is None:
        return
    until = days_after(locked.now, 1)
    if subscription.paused_until is not None:
        limit = days_after(subscription.paused_until, _MAX_UNKNOWN_DAYS_AFTER_BREAK)
        if locked.now >= limit - _MARGIN:
            staff_mails.renewal_unknown(locked, subscription)
        if subscription.failures:
            return
        until = min(until, limit)
    open_grants = Grant.objects.filter(
        membership=locked.membership, kind=WindowKind.GRACE, revoked_at=None
    )
    last = open_grants.order_by("-ends_at").values_list("ends_at", flat=True).first()
    starts_at = max(last or ends_at, ends_at)
    if starts_at <= locked.now + _MARGIN and starts_at < until:
        _grant(locked, GrantReason.PAYMENT_UNKNOWN, starts_at, until)
        locked.note("billing.grace_extended", until=until.isoformat())


def _grant(
    locked: LockedMembership, reason: GrantReason, starts_at: datetime, ends_at: datetime
) -> None:
    if starts_at >= ends_at:
        return
    grant = Grant(
        membership=locked.membership,
        kind=WindowKind.GRACE.value,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.value,
        granted_by=locked.work.actor,
        granted_at=locked.now,
    )
    locked.work.grants.append(grant)

"""How subscriptions and memberships end, and the standing that follows.

Works on a `LockedMembership`, collects into a `UnitOfWork`."""

from datetime import datetime

from kaiin.billing import events
from kaiin.billing.membership import failures, mails, scheduling
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import EarlyEnd, Period, Subscription
from kaiin.domain import dunning, reminders
from kaiin.domain.endings import Ending
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    standing_after,
)
from kaiin.infra import event_log

# What was paid is not paid any more.
_TAKEN_BACK = (EndReason.REFUNDED, EndReason.CHARGED_BACK)


def end(
    locked: LockedMembership,
    subscription: Subscription,
    reason: EndReason,
    *,
    detail: str = "",
    notified: bool = False,
    left_at: datetime | None = None,
) -> None:
    """End a subscription and set the membership's standing. `notified`: the member has a mail
    about it already. `left_at`: when someone left for whom nothing paid runs any more; from then
    on their number is kept for a while."""
    subscription.move(SubscriptionEvent.ENDED)
    subscription.ended_at = locked.now
    subscription.end_reason, subscription.end_detail = reason.value, detail
    subscription.next_due_at = subscription.lapse_due_at = subscription.notice_due_at = None
    locked.work.revoked.append(locked.membership.pk)
    release(subscription.mandate_id)
    locked.note(
        "billing.subscription_ended",
        subscription=subscription.pk,
        reason=reason.value,
        detail=detail,
    )
    paid_until = subscription.paid_until
    if reason is EndReason.REPLACED or paid_until is None:
        return
    if reason is EndReason.LEFT:
        at = left_at or (locked.now if subscription.paused_until else paid_until)
        withdraw(locked, max(at, locked.membership.created_at), notified=notified)
    else:
        _lapse(locked, subscription, paid_until, reason)


def give_up(
    locked: LockedMembership, subscription: Subscription, reason: EndReason, code: str
) -> None:
    """End a subscription whose renewal failed for good, but not before what is paid is over: one
    that is charged before its end fails before it, too."""
    ends_at = scheduling.runs_until(subscription)
    if ends_at is None or ends_at <= locked.now:
        end(locked, subscription, reason, detail=code)
        return
    subscription.end_detail = code
    if reason is EndReason.MANDATE_ENDED:
        subscription.mandate_end_reason = code
    subscription.next_due_at, subscription.lapse_due_at = None, ends_at
    locked.work.revoked.append(locked.membership.pk)


def end_early(
    locked: LockedMembership, period: Period, at: datetime, why: EarlyEnd, *, credited: int = 0
) -> None:
    """End a paid period before its time: access ends there, and what is left of its fee is
    recognised there. `credited` of the fee was given back or moved elsewhere. Call it under the
    membership's lock, with a row that is locked: the worker may be recognising its income."""
    period.ended_early_at = max(at, period.starts_at)
    period.early_end = why
    period.credited += credited
    if period.recognise_due_at is not None:
        period.recognise_due_at = period.ended_early_at
    period.save(update_fields=["ended_early_at", "early_end", "credited", "recognise_due_at"])
    locked.work.access_changes(period.ended_early_at)


def lived_until(subscription: Subscription, at: datetime) -> datetime:
    """The end of what was paid for, of a subscription that is over at `at`: that of its periods
    that had begun, early or not. One paid ahead may begin after a gap."""
    begun = Period.objects.filter(subscription=subscription, starts_at__lt=at)
    ends = begun.values_list("ends_at", "ended_early_at")
    return min(at, max((early or end for end, early in ends), default=at))


def withdraw(locked: LockedMembership, at: datetime, *, notified: bool = False) -> None:
    """The membership's end: content closed, number kept for the site's rejoin days only."""
    membership = locked.membership
    set_standing(locked, StandingEvent.WITHDRAWN, locked.now)
    membership.dormant_until, membership.withdrawn_at = None, at
    membership.notice_due_at = None
    if not notified:
        ending = _ending_of(locked)
        mails.send(
            locked,
            "withdrawn",
            at.isoformat(),
            keeps_until=days_after(at, locked.site.rejoin_days),
            ending=None if ending is not None and ending.reason is EndReason.LEFT else ending,
        )
    locked.note("billing.membership_withdrawn", at=at.isoformat())
    locked.publish(events.MEMBERSHIP_WITHDRAWN, f"{membership.pk}:{at.isoformat()}")


def set_standing(locked: LockedMembership, event: StandingEvent, at: datetime) -> None:
    """Move the membership by the table."""
    membership = locked.membership
    before = Standing(membership.standing)
    after = standing_after(before, event)
    if after is not before:
        membership.standing, membership.standing_changed_at = after.value, at


def release_unless_charged(locked: LockedMembership, mandate_id: int | None) -> None:
    """Give the card or contract of a payment back that no open subscription is charged to,
    however the payment ended: parked, refused, for a course that does not renew."""
    charged = {
        subscription.mandate_id
        for subscription in locked.subscriptions.values()
        if subscription.is_open
    }
    if mandate_id not in charged:
        release(mandate_id)


def release(mandate_id: int | None) -> None:
    """Have payments give a mandate back that is not needed any more."""
    if mandate_id is not None:
        event_log.publish(
            topic=events.MANDATE_RELEASED,
            key=str(mandate_id),
            payload={"mandate_id": mandate_id},
        )


def _ending_of(locked: LockedMembership) -> Ending | None:
    """Why the last subscription that was paid for ended."""
    ended = [
        each
        for each in locked.subscriptions.values()
        if each.period_count and each.state == SubscriptionState.ENDED
    ]
    last = max(ended, key=lambda each: each.pk, default=None)
    if last is None:
        last = (
            Subscription.objects.filter(
                membership=locked.membership, period_count__gt=0, state=SubscriptionState.ENDED
            )
            .order_by("-pk")
            .first()
        )
    return _ending(locked, last) if last is not None else None


def _ending(locked: LockedMembership, subscription: Subscription) -> Ending | None:
    """Why it ended; the charge that was refused just now is not stored yet."""
    charges = {charge.pk: charge for charge in failures.refused(subscription)}
    return failures.ending(subscription, (charges | locked.charges).values())


def _lapse(
    locked: LockedMembership, subscription: Subscription, paid_until: datetime, reason: EndReason
) -> None:
    membership = locked.membership
    set_standing(locked, StandingEvent.LAPSED, locked.now)
    ended_at = scheduling.runs_until(subscription) or paid_until
    until = dunning.dormant_until(subscription.course.terms.dunning, ended_at)
    membership.dormant_until = until
    membership.notice_due_at = reminders.next_after(reminders.of_withdrawal(until), locked.now)
    ending = _ending(locked, subscription)
    key = f"{subscription.pk}:{subscription.period_count}"
    mails.send(
        locked,
        # Of a lump sum, or of a renewal that was not charged.
        "expired" if reason is EndReason.EXPIRED else "dormant",
        key,
        course=subscription.course.name,
        paid_until=paid_until,
        dormant_until=until,
        paid=ending is None or ending.reason not in _TAKEN_BACK,
        ending=ending,
    )
    locked.note("billing.membership_lapsed", reason=reason.value, until=until.isoformat())
    locked.publish(events.MEMBERSHIP_LAPSED, key, reason=reason.value)

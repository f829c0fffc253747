"""How subscriptions and memberships end, and the standing that follows. Works on a `Holding`,
collects into a `Batch`."""

from datetime import datetime

from kaiin.billing import courses, events, failures, letters, upkeep
from kaiin.billing.batch import Batch
from kaiin.billing.holding import Holding
from kaiin.billing.models import EarlyEnd, Period, Subscription
from kaiin.domain import dunning, reminders
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    StandingEvent,
    SubscriptionEvent,
    SubscriptionState,
    standing_after,
    subscription_after,
)
from kaiin.infra import event_log


def end(
    holding: Holding,
    subscription: Subscription,
    reason: EndReason,
    batch: Batch,
    *,
    detail: str = "",
    told: bool = False,
) -> None:
    """End a subscription and let the membership's standing follow. `told`: the member has a mail
    about it already."""
    subscription.state = subscription_after(
        SubscriptionState(subscription.state), SubscriptionEvent.ENDED
    ).value
    subscription.ended_at = batch.now
    subscription.end_reason, subscription.end_detail = reason.value, detail
    subscription.next_due_at = subscription.lapse_due_at = subscription.notice_due_at = None
    batch.revoked.append(holding.membership.pk)
    release(subscription.mandate_id)
    batch.note(
        "billing.subscription_ended",
        holding,
        subscription=subscription.pk,
        reason=reason.value,
        detail=detail,
    )
    paid_until = subscription.paid_until
    if reason is EndReason.REPLACED or paid_until is None:
        return
    if reason is EndReason.LEFT:
        left_at = batch.now if subscription.paused_until else paid_until
        withdraw(holding, max(left_at, holding.membership.created_at), batch, told=told)
    else:
        _lapse(holding, subscription, paid_until, reason, batch)


def give_up(
    holding: Holding, subscription: Subscription, reason: EndReason, code: str, batch: Batch
) -> None:
    """End a subscription whose renewal failed for good, but not before what is paid is over: one
    that is charged before its end fails before it, too."""
    ends_at = upkeep.stands_until(subscription)
    if ends_at is None or ends_at <= batch.now:
        end(holding, subscription, reason, batch, detail=code)
        return
    subscription.end_detail = code
    if reason is EndReason.MANDATE_ENDED:
        subscription.mandate_end_reason = code
    subscription.next_due_at, subscription.lapse_due_at = None, ends_at
    batch.revoked.append(holding.membership.pk)


def end_early(
    period: Period, at: datetime, why: EarlyEnd, batch: Batch, *, credited: int = 0
) -> None:
    """End a paid period before its time: access ends there, and what is left of its fee is
    recognised there. `credited` of the fee was given back or moved elsewhere. Call it under the
    membership's lock, with a row read by `locked`: the worker may be recognising its income."""
    period.ended_early_at = max(at, period.starts_at)
    period.early_end = why
    period.credited += credited
    if period.recognise_due_at is not None:
        period.recognise_due_at = period.ended_early_at
    period.save(update_fields=["ended_early_at", "early_end", "credited", "recognise_due_at"])
    batch.access_changes(period.ended_early_at)


def withdraw(holding: Holding, at: datetime, batch: Batch, *, told: bool = False) -> None:
    """The membership's end: content closed, number kept for the site's rejoin days only."""
    membership = holding.membership
    set_standing(holding, StandingEvent.WITHDRAWN, batch.now)
    membership.dormant_until, membership.withdrawn_at = None, at
    membership.notice_due_at = None
    if not told:
        keeps_until = days_after(at, holding.site.rejoin_days)
        letters.withdrawn(
            holding, at.isoformat(), keeps_until=keeps_until, ending=_ending_of(holding)
        )
    batch.note("billing.membership_withdrawn", holding, at=at.isoformat())
    batch.tell(holding, events.MEMBERSHIP_WITHDRAWN, f"{membership.pk}:{at.isoformat()}", {})


def set_standing(holding: Holding, event: StandingEvent, at: datetime) -> None:
    """Move the membership by the table."""
    membership = holding.membership
    before = Standing(membership.standing)
    after = standing_after(before, event)
    if after is not before:
        membership.standing, membership.standing_changed_at = after.value, at


def release_unless_charged(holding: Holding, mandate_id: int | None) -> None:
    """Give the card or contract of a payment back that no open subscription is charged to,
    whatever became of the payment: parked, refused, for a course that does not renew."""
    charged = {
        subscription.mandate_id
        for subscription in holding.subscriptions.values()
        if SubscriptionState(subscription.state).is_open
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


def _ending_of(holding: Holding) -> failures.Ending | None:
    """Why the last subscription that was paid for ended."""
    ended = [
        each
        for each in holding.subscriptions.values()
        if each.period_count and each.state == SubscriptionState.ENDED
    ]
    last = max(ended, key=lambda each: each.pk, default=None)
    if last is None:
        last = (
            Subscription.objects.filter(
                membership=holding.membership, period_count__gt=0, state=SubscriptionState.ENDED
            )
            .order_by("-pk")
            .first()
        )
    return _told_ending(holding, last) if last is not None else None


def _told_ending(holding: Holding, subscription: Subscription) -> failures.Ending | None:
    """Why it ended; the charge that was refused just now is not stored yet."""
    charges = {charge.pk: charge for charge in failures.refused(subscription)}
    return failures.ending(subscription, (charges | holding.charges).values())


def _lapse(
    holding: Holding,
    subscription: Subscription,
    paid_until: datetime,
    reason: EndReason,
    batch: Batch,
) -> None:
    membership = holding.membership
    set_standing(holding, StandingEvent.LAPSED, batch.now)
    ended_at = upkeep.stands_until(subscription) or paid_until
    until = dunning.dormant_until(courses.policy(subscription.course), ended_at)
    membership.dormant_until = until
    membership.notice_due_at = reminders.next_after(reminders.of_withdrawal(until), batch.now)
    ending = _told_ending(holding, subscription)
    letters.lapsed(
        holding,
        f"{subscription.pk}:{subscription.period_count}",
        template="expired" if reason is EndReason.EXPIRED else "dormant",
        course=subscription.course,
        paid_until=paid_until,
        dormant_until=until,
        ending=ending,
    )
    batch.note("billing.membership_lapsed", holding, reason=reason.value, until=until.isoformat())
    key = f"{subscription.pk}:{subscription.period_count}"
    batch.tell(holding, events.MEMBERSHIP_LAPSED, key, {"reason": reason.value})

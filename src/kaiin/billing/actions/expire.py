"""What ends by itself: subscriptions without a next period, dormant time; and what time brings
along: reminders, recognised income. All found by index, in sets."""

from collections.abc import Callable, Collection
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from kaiin.billing.ledger import posting
from kaiin.billing.membership import intents, mails, scheduling
from kaiin.billing.membership.endings import end, withdraw
from kaiin.billing.membership.locking import LockedMembership, lock_memberships
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import (
    Membership,
    Period,
    Subscription,
)
from kaiin.billing.outcomes.recording import SYSTEM
from kaiin.domain import ledger
from kaiin.domain.money import Money
from kaiin.domain.periods import japanese_date
from kaiin.domain.subscriptions import NOT_IMPORTED, EndReason, Standing, SubscriptionState
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.parking import Parking, StillDue

# Does what is due for a membership; False where nothing was.
_Act = Callable[[LockedMembership], bool]


def expire_due(*, now: datetime, limit: int) -> int:
    """End subscriptions whose last period is over, and dormant memberships whose time is up.

    A lump sum that was not renewed, and a contract that ended outside, leave the membership
    dormant; a member who left is withdrawn. Returns how many were looked at.
    """
    lapsing = Subscription.objects.filter(lapse_due_at__lte=now).order_by("lapse_due_at", "pk")
    dormant = Membership.objects.filter(dormant_until__lte=now).order_by("dormant_until", "pk")
    return _lapse(lapsing, now, limit) + _withdraw(dormant, now, limit)


def expire_member(*, member_pk: int, now: datetime) -> int:
    """What `expire_due` does, for one member who wants to enter before the worker came by."""
    lapsing = Subscription.objects.filter(membership__member=member_pk, lapse_due_at__lte=now)
    dormant = Membership.objects.filter(member=member_pk, dormant_until__lte=now)
    return _lapse(lapsing, now) + _withdraw(dormant, now)


def _lapse(due: "QuerySet[Subscription]", now: datetime, limit: int | None = None) -> int:
    parking = Parking[int]("membership.lapse", now)
    return _each(parking, due, "membership_id", _end_if_over, limit)


def _withdraw(due: "QuerySet[Membership]", now: datetime, limit: int | None = None) -> int:
    return _each(Parking("membership.withdraw", now), due, "pk", _withdraw_if_over, limit)


def remind_due(*, now: datetime, limit: int) -> int:
    """Remind members of a renewal to come, of a lump sum or a dormant time that runs out; returns
    how many."""
    coming = Subscription.objects.filter(notice_due_at__lte=now).order_by("notice_due_at", "pk")
    dormant = Membership.objects.filter(notice_due_at__lte=now).order_by("notice_due_at", "pk")
    of_end = Parking[int]("membership.remind", now)
    of_withdrawal = Parking[int]("membership.remind_of_withdrawal", now)
    count = _each(of_end, coming, "membership_id", _remind, limit)
    return count + _each(of_withdrawal, dormant, "pk", _remind_of_withdrawal, limit)


def recognise_due(*, now: datetime, limit: int) -> int:
    """Book the fees of periods that are over as income; returns of how many.

    A period's fee is recognised whole at its end, early or not, without what was given back of
    it or moved to another period.
    """
    due = Period.objects.filter(recognise_due_at__lte=now).order_by("recognise_due_at", "pk")
    parking = Parking[int]("period.recognise", now)
    ids = parking.keys(due, "pk", limit)
    done = parking.in_halves(ids, lambda some: _recognise(some, now))
    return parking.settle(chain.from_iterable(done))


def _recognise(period_ids: Collection[int], now: datetime) -> list[int]:
    with transaction():
        due = Period.objects.filter(pk__in=period_ids, recognise_due_at__lte=now)
        periods = list(claimed(due.select_related("subscription"), "recognise_due_at"))
        entries = [
            posting.NewEntry(
                ledger.recognition(
                    f"recognition:{period.pk}",
                    period.ended_early_at or period.ends_at,
                    Money(period.amount - period.credited, period.currency),
                ),
                period.subscription.membership_id,
                period.subscription_id,
                period=period,
            )
            for period in periods
            if period.credited < period.amount
        ]
        posting.write(entries, recorded_at=now)
        keys = [period.pk for period in periods]
        Period.objects.filter(pk__in=keys).update(recognise_due_at=None)
    return keys


def _each(
    parking: Parking[int], due: "QuerySet[Any]", membership: str, act: _Act, limit: int | None
) -> int:
    """`act` on the memberships of rows that are due, in one transaction; `membership` is the
    column with their key. One that fails is parked. Returns how many were looked at."""

    def together(membership_ids: Collection[int]) -> list[int]:
        with transaction():
            memberships = lock_memberships(membership_ids, skip_locked=True)
            work = UnitOfWork(now=parking.now, actor=SYSTEM, memberships=list(memberships.values()))
            idle = [pk for pk, locked in memberships.items() if not act(locked)]
            work.write()
            if idle and due.filter(**{f"{membership}__in": idle}).exists():
                raise StillDue
        return list(memberships)

    ids = parking.keys(due, membership, limit)
    return parking.settle(chain.from_iterable(parking.in_halves(ids, together)))


def _end_if_over(locked: LockedMembership) -> bool:
    subscription = locked.open_subscription
    if subscription is None or not _passed(subscription.lapse_due_at, locked.now):
        return False
    if subscription.cancel_at_period_end and _pays_again(locked, subscription):
        subscription.cancel_at_period_end = False
    if subscription.cancel_at_period_end:
        reason, detail = EndReason.LEFT, ""
    elif subscription.mandate_end_reason not in ("", NOT_IMPORTED):
        reason, detail = EndReason.MANDATE_ENDED, subscription.mandate_end_reason
    elif subscription.state == SubscriptionState.PAST_DUE:
        # Its renewal was charged before the end, and given up then (`endings.give_up`).
        reason, detail = EndReason.RENEWAL_FAILED, subscription.end_detail
    else:
        reason, detail = EndReason.EXPIRED, ""
    end(locked, subscription, reason, detail=detail)
    return True


def _pays_again(locked: LockedMembership, subscription: Subscription) -> bool:
    """Whether a member who left has since asked to pay for more: the money may be on its way, by a
    slip that outlives what was paid for. It then finds the membership dormant, not withdrawn."""
    charge = locked.open_charge
    return (
        charge is not None
        and charge.subscription_id == subscription.pk
        and not charge.automatic
        and charge.failure_code != intents.LEFT
    )


def _withdraw_if_over(locked: LockedMembership) -> bool:
    until = locked.membership.dormant_until
    dormant = locked.membership.standing == Standing.DORMANT
    if not dormant or until is None or until > locked.now:
        return False
    withdraw(locked, until)
    return True


def _remind(locked: LockedMembership) -> bool:
    subscription = locked.open_subscription
    due_at = subscription.notice_due_at if subscription else None
    if subscription is None or due_at is None or due_at > locked.now:
        return False
    subscription.notice_due_at = scheduling.next_reminder(subscription, locked.now)
    key = f"{subscription.pk}:{subscription.period_count}:{due_at.isoformat()}"
    coming = scheduling.renewal(subscription)
    if coming is not None and japanese_date(locked.now) <= coming.stop_day:
        mails.send(
            locked,
            "renewal_coming",
            key,
            course=subscription.course.name,
            method=subscription.method,
            renewal=coming,
            stop_on=coming.stop_day,
            paused_until=subscription.paused_until,
        )
    elif coming is None and subscription.paid_until is not None:
        mails.send(
            locked,
            "expiring",
            key,
            course=subscription.course.name,
            paid_until=subscription.paid_until,
            # It was to renew by itself, but its card or contract has ended.
            mandate_lost=bool(subscription.mandate_end_reason),
        )
    return True


def _remind_of_withdrawal(locked: LockedMembership) -> bool:
    membership = locked.membership
    due_at, until = membership.notice_due_at, membership.dormant_until
    if due_at is None or due_at > locked.now:
        return False
    membership.notice_due_at = None
    if until is not None and until > locked.now:
        mails.send(locked, "withdrawing", due_at.isoformat(), dormant_until=until)
    return True


def _passed(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now

"""Leaving, at the end of what is paid or at once, and taking it back before it takes effect."""

from kaiin.billing.choices import RefundReason
from kaiin.billing.errors import LeaveAtOnceNotOffered, NoMembership, RefundDiffers
from kaiin.billing.membership import intents, mails, scheduling
from kaiin.billing.membership.endings import end, end_early, lived_until
from kaiin.billing.membership.locking import LockedMembership, lock_at_site
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import EarlyEnd, Subscription
from kaiin.billing.outcomes import refunding
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import EndReason, SubscriptionState
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction


def leave_site(
    *,
    member_pk: int,
    site_key: str,
    at_once: bool = False,
    agreed: Money | None = None,
    actor: str = "",
) -> None:
    """Leave a site: to the end of what is paid, at once where nothing is.

    Nothing is charged again. The card or carrier contract is given back when the subscription
    ends, so that `undo_leave` needs no new one. `at_once`: what is paid ends now, and its unused
    days are paid back (`refund_on_leaving` says how much; `agreed` is what was shown, if
    anything was). `actor` defaults to the member. Leaving twice changes nothing.
    Raises NoMembership, LeaveAtOnceNotOffered (the course does not let members; staff always
    may), RefundDiffers (a day has passed since it was shown).
    """
    with transaction():
        locked = lock_at_site(member_pk, site_key)
        subscription = locked.open_subscription
        if subscription is None:
            if at_once and _has_left(locked):
                return
            raise NoMembership(site=site_key)
        actor = actor or f"member:{member_pk}"
        if at_once and actor.startswith("member:") and not subscription.course.terms.leave_at_once:
            raise LeaveAtOnceNotOffered(course=subscription.course.key)
        if subscription.cancel_at_period_end and not at_once:
            return
        work = UnitOfWork(now=clock.now(), actor=actor, memberships=[locked])
        locked.note("billing.left", subscription=subscription.pk, at_once=at_once)
        charge = locked.open_charge
        if charge is not None and not charge.automatic:
            # A member who leaves must not be charged by a page or slip that is still open.
            intents.supersede(charge, intents.LEFT, work.now)
        paid_until = subscription.paid_until
        running = paid_until is not None and paid_until > work.now
        if running and at_once:
            _end_at_once(locked, subscription, agreed)
        else:
            _end_in_time(locked, subscription, running=running)
        work.write()


def undo_leave(*, member_pk: int, site_key: str) -> None:
    """Stay after all: renewals go on as before. Raises NoMembership if there is nothing to undo."""
    with transaction():
        locked = lock_at_site(member_pk, site_key)
        subscription = locked.open_subscription
        if subscription is None or not subscription.cancel_at_period_end:
            raise NoMembership(site=site_key)
        work = UnitOfWork(now=clock.now(), actor=f"member:{member_pk}", memberships=[locked])
        subscription.cancel_at_period_end = subscription.renewal_fixed = False
        scheduling.plan(locked, subscription)
        locked.note("billing.leaving_undone", subscription=subscription.pk)
        work.write()


def _end_in_time(locked: LockedMembership, subscription: Subscription, *, running: bool) -> None:
    pending = subscription.state == SubscriptionState.PENDING
    leaves_at = scheduling.leaves_at(subscription, locked.now) if running else None
    if running:
        # Past the lock day the coming renewal is made all the same, and is the last.
        subscription.renewal_fixed = scheduling.is_fixed(subscription, locked.now)
        subscription.cancel_at_period_end = True
        locked.work.revoked.append(locked.membership.pk)
        scheduling.plan(locked, subscription)
    else:
        end(locked, subscription, EndReason.LEFT, notified=True, left_at=locked.now)
    if not pending:
        mails.send(
            locked,
            "left",
            f"{subscription.pk}:{locked.now.isoformat()}",
            course=subscription.course.name,
            paid_until=leaves_at,
            keeps_until=days_after(leaves_at or locked.now, locked.site.rejoin_days),
            # Past the lock day, what is still charged.
            last_renewal=scheduling.renewal(subscription),
        )


def _end_at_once(
    locked: LockedMembership, subscription: Subscription, agreed: Money | None
) -> None:
    """End every period that is not over, and have its unused days paid back."""
    refund = Money(0, subscription.course.terms.currency)
    for period in for_update(refunding.running(subscription, locked.now)):
        unused = refunding.unused_days(period, locked.now)
        end_early(locked, period, locked.now, EarlyEnd.LEFT, credited=unused.total.amount)
        refunding.give_back(locked, unused, RefundReason.LEFT)
        refund += unused.total
    if agreed not in (None, refund):
        raise RefundDiffers(refund=refund.amount)
    subscription.paid_until = lived_until(subscription, locked.now)
    method = Method(subscription.method)
    mails.send(
        locked,
        "left_at_once",
        f"{subscription.pk}:{locked.now.isoformat()}",
        course=subscription.course.name,
        refund=refund,
        method=method.value,
        carrier=method.is_carrier,
        keeps_until=days_after(locked.now, locked.site.rejoin_days),
    )
    end(locked, subscription, EndReason.LEFT, notified=True, left_at=locked.now)


def _has_left(locked: LockedMembership) -> bool:
    last = Subscription.objects.filter(membership=locked.membership).order_by("-pk").first()
    return last is not None and last.end_reason == EndReason.LEFT

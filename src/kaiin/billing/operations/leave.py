"""Leaving, at the end of what is paid or at once, and taking it back before it takes effect."""

from kaiin.billing import intents, letters, refunding, upkeep
from kaiin.billing.batch import Batch
from kaiin.billing.choices import RefundReason
from kaiin.billing.endings import end, end_early
from kaiin.billing.errors import LeaveAtOnceNotOffered, NoMembership, RefundDiffers
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import (
    EarlyEnd,
    Membership,
    Subscription,
)
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import EndReason, SubscriptionState
from kaiin.infra import clock
from kaiin.infra.locks import locked, transaction
from kaiin.sites import queries as sites


def leave(
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
    days are paid back (`queries.preview_leave` says how much; `agreed` is what was shown, if
    anything was). `actor` is the member unless told otherwise. Leaving twice changes nothing.
    Raises NoMembership, LeaveAtOnceNotOffered (the course does not let members; staff always
    may), RefundDiffers (a day has passed since it was shown).
    """
    with transaction():
        holding = _hold(member_pk, site_key)
        subscription = holding.open_subscription
        if subscription is None:
            if at_once and _has_left(holding):
                return
            raise NoMembership(site=site_key)
        actor = actor or f"member:{member_pk}"
        if at_once and actor.startswith("member:") and not subscription.course.leave_at_once:
            raise LeaveAtOnceNotOffered(course=subscription.course.key)
        if subscription.cancel_at_period_end and not at_once:
            return
        batch = Batch(now=clock.now(), actor=actor, held=[holding])
        batch.note("billing.left", holding, subscription=subscription.pk, at_once=at_once)
        charge = holding.open_charge
        if charge is not None and not charge.automatic:
            # Whoever leaves must not be charged by a page or slip that is still open.
            intents.supersede(charge, intents.LEFT, batch.now)
        paid_until = subscription.paid_until
        running = paid_until is not None and paid_until > batch.now
        if running and at_once:
            _end_at_once(holding, subscription, batch, agreed)
        else:
            _end_in_time(holding, subscription, batch, running=running)
        batch.write()


def undo_leave(*, member_pk: int, site_key: str) -> None:
    """Stay after all: renewals go on as before. Raises NoMembership if there is nothing to undo."""
    with transaction():
        holding = _hold(member_pk, site_key)
        subscription = holding.open_subscription
        if subscription is None or not subscription.cancel_at_period_end:
            raise NoMembership(site=site_key)
        batch = Batch(now=clock.now(), actor=f"member:{member_pk}", held=[holding])
        subscription.cancel_at_period_end = subscription.renewal_fixed = False
        upkeep.plan(holding, subscription, batch)
        batch.note("billing.leaving_undone", holding, subscription=subscription.pk)
        batch.write()


def _end_in_time(
    holding: Holding, subscription: Subscription, batch: Batch, *, running: bool
) -> None:
    pending = subscription.state == SubscriptionState.PENDING
    leaves_at = upkeep.leaves_at(subscription, batch.now) if running else None
    if running:
        # Past the lock day the coming renewal is made all the same, and is the last.
        subscription.renewal_fixed = upkeep.is_fixed(subscription, batch.now)
        subscription.cancel_at_period_end = True
        batch.revoked.append(holding.membership.pk)
        upkeep.plan(holding, subscription, batch)
    else:
        end(holding, subscription, EndReason.LEFT, batch, told=True)
    if not pending:
        letters.left(
            holding,
            f"{subscription.pk}:{batch.now.isoformat()}",
            course=subscription.course,
            paid_until=leaves_at,
            keeps_until=days_after(leaves_at or batch.now, holding.site.rejoin_days),
            renewal=upkeep.renewal(subscription),
        )


def _end_at_once(
    holding: Holding, subscription: Subscription, batch: Batch, agreed: Money | None
) -> None:
    """End every period that is not over, and have its unused days paid back."""
    refund = Money(0, subscription.course.currency)
    for period in locked(refunding.running(subscription, batch.now)):
        unused = refunding.unused_days(period, batch.now)
        end_early(period, batch.now, EarlyEnd.LEFT, batch, credited=unused.total.amount)
        refunding.give_back(holding, unused, RefundReason.LEFT, batch)
        refund += unused.total
    if agreed not in (None, refund):
        raise RefundDiffers(refund=refund.amount)
    subscription.paid_until = batch.now
    letters.left_at_once(
        holding,
        f"{subscription.pk}:{batch.now.isoformat()}",
        course=subscription.course,
        refund=refund,
        method=Method(subscription.method),
        keeps_until=days_after(batch.now, holding.site.rejoin_days),
    )
    end(holding, subscription, EndReason.LEFT, batch, told=True)


def _has_left(holding: Holding) -> bool:
    last = Subscription.objects.filter(membership=holding.membership).order_by("-pk").first()
    return last is not None and last.end_reason == EndReason.LEFT


def _hold(member_pk: int, site_key: str) -> Holding:
    site = sites.site(site_key)
    found = Membership.objects.filter(member_id=member_pk, site_id=site.id)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NoMembership(site=site_key)
    return hold([pk])[pk]

"""Leaving, and taking it back before it takes effect."""

from kaiin.billing import intents, letters, upkeep
from kaiin.billing.batch import Batch
from kaiin.billing.endings import end
from kaiin.billing.errors import NoMembership
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import Membership
from kaiin.domain.subscriptions import EndReason, SubscriptionState
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.sites import queries as sites


def leave(*, member_pk: int, site_key: str) -> None:
    """Leave a site: to the end of what is paid, at once where nothing is.

    Nothing is charged again. The card or carrier contract is given back when the subscription
    ends, so that `undo_leave` needs no new one. Leaving twice changes nothing. Raises
    NoMembership.
    """
    with transaction():
        holding = _hold(member_pk, site_key)
        subscription = holding.open_subscription
        if subscription is None:
            raise NoMembership(site=site_key)
        if subscription.cancel_at_period_end:
            return
        batch = Batch(now=clock.now(), actor=f"member:{member_pk}", held=[holding])
        paid_until = subscription.paid_until
        running = paid_until is not None and paid_until > batch.now
        batch.note("billing.left", holding, subscription=subscription.pk)
        if subscription.state != SubscriptionState.PENDING:
            letters.left(
                holding,
                f"{subscription.pk}:{batch.now.isoformat()}",
                course=subscription.course,
                paid_until=paid_until if running else None,
            )
        charge = holding.open_charge
        if charge is not None and not charge.automatic:
            # Whoever leaves must not be charged by a page or slip that is still open.
            intents.supersede(charge, "left", batch.now)
        if running:
            subscription.cancel_at_period_end = True
            batch.revoked.append(holding.membership.pk)
            upkeep.plan(holding, subscription, batch)
        else:
            end(holding, subscription, EndReason.LEFT, batch)
        batch.write()


def undo_leave(*, member_pk: int, site_key: str) -> None:
    """Stay after all: renewals go on as before. Raises NoMembership if there is nothing to undo."""
    with transaction():
        holding = _hold(member_pk, site_key)
        subscription = holding.open_subscription
        if subscription is None or not subscription.cancel_at_period_end:
            raise NoMembership(site=site_key)
        batch = Batch(now=clock.now(), actor=f"member:{member_pk}", held=[holding])
        subscription.cancel_at_period_end = False
        upkeep.plan(holding, subscription, batch)
        batch.note("billing.leaving_undone", holding, subscription=subscription.pk)
        batch.write()


def _hold(member_pk: int, site_key: str) -> Holding:
    site = sites.site(site_key)
    found = Membership.objects.filter(member_id=member_pk, site_id=site.id)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NoMembership(site=site_key)
    return hold([pk])[pk]

"""A membership with everything that hangs on it, read under its lock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import F, Q

from kaiin.billing.models import Charge, ChargeState, Membership, Period, Subscription
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity import queries as identity
from kaiin.identity.queries import MemberView
from kaiin.infra.locks import claimed, locked
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView


@dataclass
class Holding:
    """One locked membership. `charges` are its open ones and those that were asked for;
    `last_periods` are by subscription."""

    membership: Membership
    member: MemberView
    site: SiteView
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    charges: dict[int, Charge] = field(default_factory=dict)
    last_periods: dict[int, PeriodSpan] = field(default_factory=dict)

    @property
    def open_subscription(self) -> Subscription | None:
        return next(
            (s for s in self.subscriptions.values() if SubscriptionState(s.state).is_open), None
        )

    @property
    def open_charge(self) -> Charge | None:
        return next((c for c in self.charges.values() if c.state == ChargeState.OPEN), None)

    @property
    def subject(self) -> str:
        """What audit rows about it are about."""
        return f"member:{self.membership.member_id}"


def hold(
    membership_ids: Collection[int],
    *,
    charge_ids: Collection[int] = (),
    pass_over_held: bool = False,
) -> Mapping[int, Holding]:
    """Lock memberships, in key order, and read what a decision about them needs.

    Six queries, whatever their number. Call it first thing in a transaction. `pass_over_held`
    leaves out those that another worker holds, rather than wait for them.
    """
    lock = claimed if pass_over_held else locked
    rows = {row.pk: row for row in lock(Membership.objects.filter(pk__in=membership_ids))}
    members = {view.pk: view for view in identity.members({r.member_id for r in rows.values()})}
    places = {view.id: view for view in sites.sites()}
    held = {
        pk: Holding(row, members[row.member_id], places[row.site_id]) for pk, row in rows.items()
    }
    wanted = Q(state=ChargeState.OPEN) | Q(pk__in=charge_ids)
    for charge in Charge.objects.filter(wanted, membership_id__in=rows).select_related("course"):
        held[charge.membership_id].charges[charge.pk] = charge
    subscription_ids = {c.subscription_id for h in held.values() for c in h.charges.values()}
    wanted = ~Q(state=SubscriptionState.ENDED) | Q(pk__in=subscription_ids)
    found = Subscription.objects.filter(wanted, membership_id__in=rows).select_related(
        "course", "next_course"
    )
    for subscription in found:
        held[subscription.membership_id].subscriptions[subscription.pk] = subscription
    last = Period.objects.filter(
        subscription_id__in=[pk for h in held.values() for pk in h.subscriptions],
        index=F("subscription__period_count"),
    ).select_related("subscription")
    for period in last:
        owner = period.subscription
        # A subscription with a period has an anchor: the database checks it.
        anchor_day = owner.anchor_day or period.ends_at.day
        held[owner.membership_id].last_periods[owner.pk] = PeriodSpan(
            period.starts_at, period.ends_at, anchor_day
        )
    return held

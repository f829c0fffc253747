"""A membership with everything that hangs on it, read under its lock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoMembership
from kaiin.billing.membership.last_periods import last_spans
from kaiin.billing.models import Charge, Membership, Subscription
from kaiin.domain.charges import ChargeState
from kaiin.domain.periods import PeriodSpan
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity import queries as identity
from kaiin.identity.queries import MemberView
from kaiin.infra import audit, bulk, event_log
from kaiin.infra.locks import claimed, for_update
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView

if TYPE_CHECKING:
    from kaiin.billing.membership.unit_of_work import UnitOfWork


class _Members:
    """The members of memberships that were locked together, read where one is needed: most
    decisions need none."""

    def __init__(self, member_pks: Collection[int]) -> None:
        self._pks = member_pks

    def __getitem__(self, member_pk: int) -> MemberView:
        return self._views[member_pk]

    @cached_property
    def _views(self) -> Mapping[int, MemberView]:
        return {view.pk: view for view in identity.members(self._pks)}


@dataclass
class LockedMembership:
    """One locked membership. `charges` are its open ones and those that were asked for;
    `last_periods` are by subscription. `work` stores what changes; there is one where something is
    decided."""

    membership: Membership
    site: SiteView
    _members: _Members
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    charges: dict[int, Charge] = field(default_factory=dict)
    last_periods: dict[int, PeriodSpan] = field(default_factory=dict)
    work: "UnitOfWork" = field(init=False, repr=False, compare=False)

    @property
    def member(self) -> MemberView:
        return self._members[self.membership.member_id]

    @property
    def open_subscription(self) -> Subscription | None:
        return next((s for s in self.subscriptions.values() if s.is_open), None)

    @property
    def open_charge(self) -> Charge | None:
        return next((c for c in self.charges.values() if c.state == ChargeState.OPEN), None)

    @property
    def subject(self) -> str:
        """What audit rows about it are about."""
        return f"member:{self.membership.member_id}"

    @property
    def now(self) -> datetime:
        """The instant of the `work`."""
        return self.work.now

    def record(self, action: str, **details: object) -> None:
        """An audit row, now, of what its member does."""
        details = {"site": self.site.key, **details}
        audit.record(action=action, subject=self.subject, actor=self.subject, details=details)

    def note(self, action: str, **details: object) -> None:
        """An audit row, at the end of the `work`."""
        details = {"membership": self.membership.pk, "site": self.site.key, **details}
        self.work.facts.append(audit.Fact(action, self.subject, self.work.actor, details))

    def publish(self, topic: str, key: str, **more: object) -> None:
        """Publish an event about it; the same topic and key only once."""
        payload = {
            "membership_id": self.membership.pk,
            "member_pk": self.membership.member_id,
            "site_key": self.site.key,
            **more,
        }
        event_log.publish(topic=topic, key=key, payload=payload)


def lock_memberships(
    membership_ids: Collection[int],
    *,
    charge_ids: Collection[int] = (),
    skip_locked: bool = False,
) -> Mapping[int, LockedMembership]:
    """Lock memberships, in key order, and read what a decision about them needs.

    Some four queries for any number. Call it first thing in a transaction.
    `skip_locked` leaves out those that another worker has locked, rather than wait for them.
    """
    lock = claimed if skip_locked else for_update
    rows = {
        row.pk: bulk.remember(row) for row in lock(Membership.objects.filter(pk__in=membership_ids))
    }
    members = _Members({row.member_id for row in rows.values()})
    places = {view.id: view for view in sites.sites()}
    memberships = {
        pk: LockedMembership(row, places[row.site_id], members) for pk, row in rows.items()
    }
    charges = _charges(memberships.keys(), charge_ids)
    subscriptions = _subscriptions(memberships.keys(), {c.subscription_id for c in charges})
    catalog.read_courses(subscriptions, charges)
    for charge in charges:
        locked = memberships[charge.membership_id]
        charge.membership = locked.membership
        locked.charges[charge.pk] = bulk.remember(charge)
    for subscription in subscriptions:
        locked = memberships[subscription.membership_id]
        subscription.membership = locked.membership
        locked.subscriptions[subscription.pk] = bulk.remember(subscription)
    spans = last_spans(subscriptions)
    for subscription in subscriptions:
        if subscription.pk in spans:
            memberships[subscription.membership_id].last_periods[subscription.pk] = spans[
                subscription.pk
            ]
    return memberships


def lock_membership(membership_id: int, *, charge_ids: Collection[int] = ()) -> LockedMembership:
    """As `lock_memberships`, one."""
    return lock_memberships([membership_id], charge_ids=charge_ids)[membership_id]


def lock_at_site(member_pk: int, site_key: str) -> LockedMembership:
    """As `lock_memberships`, a member's own at a site. Raises SiteUnknown, NoMembership."""
    found = Membership.objects.filter(member_id=member_pk, site_id=sites.site(site_key).id)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NoMembership(site=site_key)
    return lock_membership(pk)


def lock_or_make(member_pk: int, site: SiteView, now: datetime) -> LockedMembership:
    """As `lock_at_site`; a member who has none there is given one."""
    row, _ = Membership.objects.get_or_create(
        member_id=member_pk,
        site_id=site.id,
        defaults={"standing_changed_at": now, "created_at": now},
    )
    return lock_membership(row.pk)


def lock_alone(membership_id: int) -> None:
    """Lock a membership for a change that needs to read nothing of it."""
    list(for_update(Membership.objects.filter(pk=membership_id)).values_list("pk", flat=True))


def _charges(membership_ids: Collection[int], charge_ids: Collection[int]) -> list[Charge]:
    """Two queries and no OR: each has an index of its own, and the second is rarely needed."""
    found = list(Charge.objects.filter(membership_id__in=membership_ids, state=ChargeState.OPEN))
    missing = set(charge_ids) - {charge.pk for charge in found}
    if missing:
        found += Charge.objects.filter(pk__in=missing, membership_id__in=membership_ids)
    return found


def _subscriptions(
    membership_ids: Collection[int], subscription_ids: Collection[int]
) -> list[Subscription]:
    running = ~Q(state=SubscriptionState.ENDED)
    found = list(Subscription.objects.filter(running, membership_id__in=membership_ids))
    missing = set(subscription_ids) - {subscription.pk for subscription in found}
    if missing:
        found += Subscription.objects.filter(pk__in=missing)
    return found

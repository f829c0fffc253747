"""A member's memberships at all sites, with what is paid, what comes next and what went wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kaiin.billing.courses import catalog
from kaiin.billing.membership import payable, scheduling
from kaiin.billing.membership.failures import ending, last_failure
from kaiin.billing.models import (
    Charge,
    Entitlement,
    Membership,
    Period,
    Subscription,
)
from kaiin.domain.charges import ChargeState
from kaiin.domain.endings import Ending, Failure
from kaiin.domain.entitlements import Window, WindowKind, open_until
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, days_after, last_day
from kaiin.domain.previews import PriceUnit, Renewal
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.payments import queries as payments
from kaiin.payments.queries import MandateView, PaymentView
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView


@dataclass(frozen=True)
class MembershipView:
    """A member at a site, by their open subscription or else the last one.

    `price` is what a period costs by its terms, with what of it is `handling`, and `unit` what
    it is for. `period` is the one that runs now; `paid_until` the end of the last one bought.
    `next_charge_at` and `next_amount` are None where nothing is charged by itself;
    `next_try_at` is set while a failed renewal is being tried again, else `renewal` says what
    that charge is. `payable`: the member may pay now (first payment, failed renewal, open
    renewal window, after the end). `rejoin_until`: until then a withdrawn member keeps join
    date and number. `mandate_lost`: the card or contract behind the renewals has ended.
    `next_course_name`: a change that was agreed to, from the next period on. `paused_until`:
    the end of a pause that runs or is to come; `pause_periods`: the most that may be paused
    now, 0 where nothing may. `fixed`: past the lock day (`fixed_at`), the coming renewal can't
    be left out any more; `leaves_at`: the end of access for a member who leaves now, or has
    left. `may_leave_at_once`: with unused days paid back. `ending`: why what was paid for last
    has ended, None while something paid runs. `windows` are all windows of access, `open_until`
    how long entry goes on from now, None if it is closed.
    """

    id: int
    member_pk: int
    site_key: str
    course_key: str
    course_name: Mapping[str, str]
    renews: bool
    price: Money
    handling: Money
    unit: PriceUnit
    method: Method
    mandate: MandateView | None
    mandate_lost: bool
    standing: Standing
    state: SubscriptionState
    joined_date: date | None
    member_number: int | None
    period: PeriodSpan | None
    paid_until: datetime | None
    next_charge_at: datetime | None
    next_amount: Money | None
    next_try_at: datetime | None
    renewal: Renewal | None
    cancel_at_period_end: bool
    next_course_name: Mapping[str, str] | None
    paused_until: datetime | None
    pause_periods: int
    fixed_at: datetime | None
    fixed: bool
    leaves_at: datetime | None
    may_leave_at_once: bool
    payable: bool
    renewal_opens_at: datetime | None
    dormant_until: datetime | None
    withdrawn_at: datetime | None
    rejoin_until: datetime | None
    open_payment: PaymentView | None
    last_failure: Failure | None
    ending: Ending | None
    windows: tuple[Window, ...]
    open_until: datetime | None

    @property
    def end_reason(self) -> EndReason | None:
        """Why what was paid for last has ended; None while something paid runs."""
        return self.ending.reason if self.ending else None

    @property
    def last_day(self) -> date | None:
        """The last day in Japan that is paid."""
        return None if self.paid_until is None else last_day(self.paid_until)


def list_memberships(member_pk: int, *, at: datetime) -> tuple[MembershipView, ...]:
    """A member's memberships at `at`, in the order of the sites; eight queries at most."""
    return _views(Membership.objects.filter(member_id=member_pk), at)


def find_membership(member_pk: int, site_key: str, *, at: datetime) -> MembershipView | None:
    """The member's membership at a site, if they ever had one."""
    found = list_memberships(member_pk, at=at)
    return next((each for each in found if each.site_key == site_key), None)


def membership_of_payment(payment_id: UUID, *, at: datetime) -> MembershipView | None:
    """The membership that a payment is for; None if it is not billing's."""
    found = Membership.objects.filter(
        pk__in=Charge.objects.filter(payment_id=payment_id).values("membership")
    )
    return next(iter(_views(found, at)), None)


@dataclass(frozen=True)
class _Gathered:
    """What hangs on the memberships, by membership or subscription id. `ended` is the last one
    that was paid for, where the one to show was not."""

    subscriptions: Mapping[int, Subscription]
    ended: Mapping[int, Subscription]
    running: Mapping[int, Period]
    charges: Mapping[int, list[Charge]]
    windows: Mapping[int, list[Window]]
    payments: Mapping[UUID, PaymentView]
    mandates: Mapping[int, MandateView]


def _views(found: Iterable[Membership], at: datetime) -> tuple[MembershipView, ...]:
    rows = list(found)
    if not rows:
        return ()
    places = {site.id: (position, site) for position, site in enumerate(sites.sites())}
    gathered = _gather([row.pk for row in rows], at)
    rows = [row for row in rows if row.pk in gathered.subscriptions and row.site_id in places]
    rows.sort(key=lambda row: places[row.site_id][0])
    return tuple(_view(row, places[row.site_id][1], gathered, at) for row in rows)


def _gather(membership_ids: list[int], at: datetime) -> _Gathered:
    found = list(Subscription.objects.filter(membership__in=membership_ids))
    catalog.read_courses(found)
    # The open one is shown, or else the last that was paid, or else the last.
    every = sorted(
        found,
        key=lambda row: (row.is_open, row.period_count > 0, row.pk),
    )
    chosen = {row.membership_id: row for row in every}
    paid = {row.membership_id: row for row in every if row.period_count}
    ids = [row.pk for row in chosen.values()]
    running = {
        period.subscription_id: period
        for period in Period.objects.filter(subscription__in=ids, starts_at__lte=at, ends_at__gt=at)
    }
    charges: dict[int, list[Charge]] = {}
    for charge in (
        Charge.objects.filter(membership__in=membership_ids)
        .exclude(state=ChargeState.PAID)
        .order_by("pk")
    ):
        charges.setdefault(charge.membership_id, []).append(charge)
    windows: dict[int, list[Window]] = {}
    for window in Entitlement.objects.filter(membership__in=membership_ids).order_by("starts_at"):
        windows.setdefault(window.membership_id, []).append(
            Window(
                window.starts_at, window.ends_at, WindowKind(window.kind), tuple(window.evidence)
            )
        )
    waiting = [
        charge.payment_id
        for each in charges.values()
        for charge in each
        if charge.state == ChargeState.OPEN and charge.payment_id is not None
    ]
    mandate_ids = [row.mandate_id for row in chosen.values() if row.mandate_id is not None]
    return _Gathered(
        subscriptions=chosen,
        ended={pk: row for pk, row in paid.items() if not row.is_open},
        running=running,
        charges=charges,
        windows=windows,
        payments=payments.payments(waiting) if waiting else {},
        mandates=payments.mandates(mandate_ids) if mandate_ids else {},
    )


def _view(row: Membership, site: SiteView, gathered: _Gathered, at: datetime) -> MembershipView:
    subscription = gathered.subscriptions[row.pk]
    paid_last = gathered.ended.get(row.pk)
    if subscription.period_count and paid_last is not subscription:
        paid_last = None
    state = SubscriptionState(subscription.state)
    charges = gathered.charges.get(row.pk, [])
    windows = tuple(gathered.windows.get(row.pk, ()))
    running = gathered.running.get(subscription.pk)
    anchor_day = subscription.anchor_day or 1
    retrying = state is SubscriptionState.PAST_DUE
    next_charge_at = subscription.next_due_at
    terms = catalog.running_terms(subscription)
    withdrawn_at = row.withdrawn_at
    return MembershipView(
        id=row.pk,
        member_pk=row.member_id,
        site_key=site.key,
        course_key=subscription.course.key,
        course_name=subscription.course.name,
        renews=terms.renews,
        price=terms.total,
        handling=terms.handling,
        unit=terms.unit,
        method=Method(subscription.method),
        mandate=gathered.mandates.get(subscription.mandate_id or 0),
        mandate_lost=state.is_open and bool(subscription.mandate_end_reason),
        standing=Standing(row.standing),
        state=state,
        joined_date=row.joined_date,
        member_number=row.member_number,
        period=PeriodSpan(running.starts_at, running.ends_at, anchor_day) if running else None,
        paid_until=subscription.paid_until or (paid_last.paid_until if paid_last else None),
        next_charge_at=next_charge_at,
        next_amount=_next_amount(subscription) if next_charge_at else None,
        next_try_at=next_charge_at if retrying else None,
        renewal=scheduling.renewal(subscription) if next_charge_at and not retrying else None,
        cancel_at_period_end=subscription.cancel_at_period_end,
        next_course_name=subscription.next_course.name if subscription.next_course else None,
        paused_until=subscription.paused_until if state.is_open else None,
        pause_periods=scheduling.pause_periods(subscription, at),
        fixed_at=scheduling.fixed_at(subscription) if state.is_open else None,
        fixed=state.is_open and scheduling.is_fixed(subscription, at),
        leaves_at=scheduling.leaves_at(subscription, at) if state.is_open else None,
        may_leave_at_once=subscription.course.terms.leave_at_once and running is not None,
        payable=not state.is_open or payable.payable(subscription, at),
        renewal_opens_at=payable.opens_at(subscription) if state.is_open else None,
        dormant_until=row.dormant_until,
        withdrawn_at=withdrawn_at,
        rejoin_until=days_after(withdrawn_at, site.rejoin_days) if withdrawn_at else None,
        open_payment=_open_payment(charges, gathered.payments),
        last_failure=last_failure(subscription, charges),
        ending=ending(paid_last, charges) if paid_last else None,
        windows=windows,
        open_until=open_until(windows, at),
    )


def _next_amount(subscription: Subscription) -> Money:
    return catalog.coming_terms(subscription).total


def _open_payment(charges: list[Charge], found: Mapping[UUID, PaymentView]) -> PaymentView | None:
    for charge in charges:
        if charge.state == ChargeState.OPEN and charge.payment_id is not None:
            return found.get(charge.payment_id)
    return None

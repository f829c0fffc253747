"""A member's memberships at all sites, with what is paid, what comes next and what went wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kaiin.billing import courses as course_rows, payable, upkeep
from kaiin.billing.models import (
    Charge,
    ChargePurpose,
    ChargeState,
    Entitlement,
    Membership,
    Period,
    Subscription,
)
from kaiin.domain.entitlements import Window, WindowKind, open_until
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import days_after, last_day
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState
from kaiin.infra import clock
from kaiin.payments import queries as payments
from kaiin.payments.queries import MandateView, PaymentView
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView

# Reasons of ours for giving a charge up: nothing went wrong with the member's money.
_OUR_REASONS = ("superseded", "left", "not_executed")


@dataclass(frozen=True)
class PeriodView:
    """A paid stretch `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime

    @property
    def last_day(self) -> date:
        """The last day in Japan that is paid."""
        return last_day(self.ends_at)


@dataclass(frozen=True)
class Failure:
    """The last charge of the present period that came to nothing. The code's words are
    `payments.failure.<code>`."""

    code: str
    at: datetime


@dataclass(frozen=True)
class MembershipView:
    """A member at a site, by their open subscription or else the last one.

    `period` is the one that runs now; `paid_until` the end of the last one bought. `next_charge_at`
    and `next_amount` are None where nothing is charged by itself; `next_try_at` is set while a
    failed renewal is being tried again. `payable`: the member may pay now (first payment, failed
    renewal, open renewal window, after the end). `rejoin_until`: until then a withdrawn member
    keeps join date and number. `next_course_name`: a change that was agreed to, from the next
    period on. `paused_until`: the end of a pause that runs or is to come; `pause_periods`: the
    most that may be paused now, 0 where nothing may. `fixed`: past the lock day (`fixed_at`),
    the coming renewal can't be left out any more; `leaves_at`: the end of access for somebody who
    leaves now, or has left. `may_leave_at_once`: with unused days paid back.
    `windows` are all windows of access, `open_until` how long entry
    goes on from now, None if it is closed.
    """

    id: int
    member_pk: int
    site_key: str
    course_key: str
    course_name: Mapping[str, str]
    renews: bool
    method: Method
    mandate: MandateView | None
    standing: Standing
    state: SubscriptionState
    joined_date: date | None
    member_number: int | None
    period: PeriodView | None
    paid_until: datetime | None
    next_charge_at: datetime | None
    next_amount: Money | None
    next_try_at: datetime | None
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
    end_reason: EndReason | None
    end_detail: str
    ended_at: datetime | None
    windows: tuple[Window, ...]
    open_until: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day in Japan that is paid."""
        return None if self.paid_until is None else last_day(self.paid_until)

    @property
    def mandate_label(self) -> str:
        """`Visa 4242` for a card; empty for carriers and slips."""
        if self.mandate is None:
            return ""
        return f"{self.mandate.brand} {self.mandate.last4}".strip()


def memberships(member_pk: int) -> tuple[MembershipView, ...]:
    """A member's memberships, in the order of the sites; at most nine queries, however many."""
    return _views(Membership.objects.filter(member_id=member_pk), clock.now())


def membership_of_payment(payment_id: UUID) -> MembershipView | None:
    """The membership that a payment is for; None if it is not billing's."""
    found = Membership.objects.filter(
        pk__in=Charge.objects.filter(payment_id=payment_id).values("membership")
    )
    return next(iter(_views(found, clock.now())), None)


@dataclass(frozen=True)
class _Gathered:
    """What hangs on the memberships, by membership or subscription id."""

    subscriptions: Mapping[int, Subscription]
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
    found = Subscription.objects.filter(membership__in=membership_ids).select_related(
        "course", "next_course"
    )
    # The open one, or else the last, is the one to tell of.
    every = sorted(found, key=lambda row: (SubscriptionState(row.state).is_open, row.pk))
    chosen = {row.membership_id: row for row in every}
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
        running=running,
        charges=charges,
        windows=windows,
        payments=payments.payments(waiting) if waiting else {},
        mandates=payments.mandates(mandate_ids) if mandate_ids else {},
    )


def _view(row: Membership, site: SiteView, gathered: _Gathered, at: datetime) -> MembershipView:
    subscription = gathered.subscriptions[row.pk]
    state = SubscriptionState(subscription.state)
    charges = gathered.charges.get(row.pk, [])
    windows = tuple(gathered.windows.get(row.pk, ()))
    running = gathered.running.get(subscription.pk)
    retrying = state is SubscriptionState.PAST_DUE
    next_charge_at = subscription.next_due_at
    withdrawn_at = row.withdrawn_at
    return MembershipView(
        id=row.pk,
        member_pk=row.member_id,
        site_key=site.key,
        course_key=subscription.course.key,
        course_name=subscription.course.name,
        renews=course_rows.terms(subscription.course, Method(subscription.method)).renews,
        method=Method(subscription.method),
        mandate=gathered.mandates.get(subscription.mandate_id or 0),
        standing=Standing(row.standing),
        state=state,
        joined_date=row.joined_date,
        member_number=row.member_number,
        period=PeriodView(running.starts_at, running.ends_at) if running else None,
        paid_until=subscription.paid_until,
        next_charge_at=next_charge_at,
        next_amount=_next_amount(subscription) if next_charge_at else None,
        next_try_at=next_charge_at if retrying else None,
        cancel_at_period_end=subscription.cancel_at_period_end,
        next_course_name=subscription.next_course.name if subscription.next_course else None,
        paused_until=subscription.paused_until if state.is_open else None,
        pause_periods=upkeep.pause_periods(subscription, at),
        fixed_at=upkeep.fixed_at(subscription) if state.is_open else None,
        fixed=state.is_open and upkeep.is_fixed(subscription, at),
        leaves_at=upkeep.leaves_at(subscription, at) if state.is_open else None,
        may_leave_at_once=subscription.course.leave_at_once and running is not None,
        payable=not state.is_open or payable.payable(subscription, at),
        renewal_opens_at=payable.opens_at(subscription) if state.is_open else None,
        dormant_until=row.dormant_until,
        withdrawn_at=withdrawn_at,
        rejoin_until=days_after(withdrawn_at, site.rejoin_days) if withdrawn_at else None,
        open_payment=_open_payment(charges, gathered.payments),
        last_failure=_last_failure(subscription, charges),
        end_reason=EndReason(subscription.end_reason) if subscription.end_reason else None,
        end_detail=subscription.end_detail,
        ended_at=subscription.ended_at,
        windows=windows,
        open_until=open_until(windows, at),
    )


def _next_amount(subscription: Subscription) -> Money:
    terms = course_rows.terms(course_rows.coming(subscription), Method(subscription.method))
    return terms.price + terms.handling


def _open_payment(charges: list[Charge], found: Mapping[UUID, PaymentView]) -> PaymentView | None:
    for charge in charges:
        if charge.state == ChargeState.OPEN and charge.payment_id is not None:
            return found.get(charge.payment_id)
    return None


def _last_failure(subscription: Subscription, charges: list[Charge]) -> Failure | None:
    for charge in reversed(charges):
        mine = charge.subscription_id == subscription.pk
        current = charge.period_index > subscription.period_count
        if not mine or not current or charge.state != ChargeState.CLOSED:
            continue
        if charge.purpose in (ChargePurpose.CHANGE, ChargePurpose.REGISTRATION):
            # A change that was not made: what runs is as it was.
            continue
        if charge.closed_at is not None and charge.failure_code not in _OUR_REASONS:
            return Failure(charge.failure_code, charge.closed_at)
    return None

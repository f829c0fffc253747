"""Turns what billing and payments know into what the rule looks at. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kaiin.billing.views.granted import granted_until
from kaiin.billing.views.memberships import MembershipView, list_memberships
from kaiin.domain.diagnosis.evidence import (
    Evidence,
    MembershipEvidence,
    NextCharge,
    OpenPayment,
    OtherMembership,
)
from kaiin.domain.entitlements import Window, WindowKind
from kaiin.domain.references import ReferenceKind
from kaiin.domain.subscriptions import is_given_up
from kaiin.payments.queries import PaymentView


@dataclass(frozen=True)
class Known:
    """What billing knows of a member at all sites. `granted`: until when staff have opened which
    sites, also to a member who has not joined them."""

    memberships: tuple[MembershipView, ...]
    granted: Mapping[str, datetime]

    def membership(self, site_key: str) -> MembershipView | None:
        """The membership at a site."""
        return next((each for each in self.memberships if each.site_key == site_key), None)

    @property
    def site_keys(self) -> tuple[str, ...]:
        """The sites at which anything is known."""
        joined = (each.site_key for each in self.memberships)
        return tuple(dict.fromkeys((*joined, *self.granted)))


def known(member_pk: int, now: datetime) -> Known:
    """What is known at `now`. An application that was given up before it was paid is none."""
    views = tuple(
        view
        for view in list_memberships(member_pk, at=now)
        if view.open_payment is not None or not is_given_up(view.standing, view.state)
    )
    return Known(views, granted_until(member_pk, now))


def evidence(found: Known, *, site_key: str, now: datetime) -> Evidence:
    """What bears on access to a site at `now`, for a member in good standing."""
    here = found.membership(site_key)
    return Evidence(
        site_key=site_key,
        now=now,
        windows=_windows(found, site_key, now),
        membership=_membership(here) if here else None,
        others=tuple(_other(found, key, now) for key in found.site_keys if key != site_key),
    )


def _windows(found: Known, site_key: str, now: datetime) -> tuple[Window, ...]:
    here = found.membership(site_key)
    if here is not None:
        return here.windows
    until = found.granted.get(site_key)
    return () if until is None else (Window(now, until, WindowKind.GRANT, ()),)


def _other(found: Known, site_key: str, now: datetime) -> OtherMembership:
    there = found.membership(site_key)
    goes_on = there is not None and there.next_charge_at is not None
    return OtherMembership(site_key, _windows(found, site_key, now), goes_on=goes_on)


def _membership(view: MembershipView) -> MembershipEvidence:
    ending = view.ending
    failure = ending.failure if ending else view.last_failure
    since = view.last_failure if ending and view.last_failure != failure else None
    leaves_at = view.leaves_at or view.paid_until
    charge_at, amount = view.next_charge_at, view.next_amount
    mandate = "ok"
    if view.mandate_lost:
        mandate = "ended" if view.mandate else "missing"
    return MembershipEvidence(
        standing=view.standing,
        state=view.state,
        renews=view.renews,
        method=ending.method if ending else view.method,
        paid_until=view.paid_until,
        paused_until=view.paused_until,
        next_charge=NextCharge(charge_at, amount) if charge_at and amount is not None else None,
        leaving_at=leaves_at if view.cancel_at_period_end and view.state.is_open else None,
        mandate=mandate,
        payable=view.payable,
        opens_at=view.renewal_opens_at,
        fixed=view.fixed,
        end_reason=view.end_reason,
        refusal=failure,
        refused_since=since,
        dormant_until=view.dormant_until,
        withdrawn_at=view.withdrawn_at,
        rejoin_until=view.rejoin_until,
        open_payment=_payment(view.open_payment) if view.open_payment else None,
    )


def _payment(view: PaymentView) -> OpenPayment:
    numbers = {reference.kind: reference.value for reference in view.references}
    return OpenPayment(
        payment_id=str(view.id),
        method=view.method,
        state=view.state,
        amount=view.amount,
        started_at=view.created_at,
        expires_at=view.expires_at,
        slip_number=numbers.get(ReferenceKind.KONBINI_SLIP, ""),
        confirmation_number=numbers.get(ReferenceKind.KONBINI_CONFIRMATION, ""),
        store=view.store,
        automatic=view.mandate_id is not None,
    )

"""Turns what billing and payments know into what the rule looks at."""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing.views.memberships import MembershipView
from kaiin.domain.diagnosis import Evidence, MembershipEvidence, OpenPayment, OtherMembership
from kaiin.domain.references import ReferenceKind
from kaiin.payments.queries import PaymentView


def evidence(memberships: Sequence[MembershipView], *, site_key: str, now: datetime) -> Evidence:
    """What bears on access to a site at `now`, of all memberships of a member in good standing."""
    here = next((each for each in memberships if each.site_key == site_key), None)
    return Evidence(
        site_key=site_key,
        now=now,
        windows=here.windows if here else (),
        membership=_membership(here) if here else None,
        others=tuple(
            OtherMembership(each.site_key, each.windows, goes_on=each.next_charge_at is not None)
            for each in memberships
            if each.site_key != site_key
        ),
    )


def _membership(view: MembershipView) -> MembershipEvidence:
    ending = view.ending
    failure = ending.failure if ending else view.last_failure
    return MembershipEvidence(
        standing=view.standing,
        renews=view.renews,
        method=ending.method if ending else view.method,
        goes_on=view.next_charge_at is not None,
        paid_until=view.paid_until,
        paused_until=view.paused_until,
        end_reason=view.end_reason,
        failure_code=failure.code if failure else ending.detail if ending else "",
        failed_at=failure.at if failure else None,
        next_try_at=view.next_try_at,
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
    )

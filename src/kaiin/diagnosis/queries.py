"""Gathers what the rule looks at, by the doors of identity, billing and payments."""

from collections.abc import Sequence
from datetime import datetime

from kaiin.billing import queries as billing
from kaiin.billing.queries import MembershipView
from kaiin.domain.diagnosis import Evidence, MembershipEvidence, OpenPayment, OtherMembership
from kaiin.domain.references import ReferenceKind
from kaiin.payments.queries import PaymentView


def evidence(*, member_pk: int, site_key: str, now: datetime) -> Evidence:
    """Everything that bears on the access of a member in good standing to a site at `now`."""
    return of_memberships(billing.memberships(member_pk), site_key=site_key, now=now)


def of_memberships(
    memberships: Sequence[MembershipView], *, site_key: str, now: datetime
) -> Evidence:
    """The evidence about one site among all memberships of a member."""
    here = next((each for each in memberships if each.site_key == site_key), None)
    return Evidence(
        site_key=site_key,
        now=now,
        windows=here.windows if here else (),
        membership=_membership(here) if here else None,
        others=tuple(
            OtherMembership(each.site_key, each.open_until)
            for each in memberships
            if each.site_key != site_key and each.open_until is not None
        ),
    )


def _membership(view: MembershipView) -> MembershipEvidence:
    failure = view.last_failure
    return MembershipEvidence(
        standing=view.standing,
        renews=view.renews,
        method=view.method,
        paid_until=view.paid_until,
        end_reason=view.end_reason,
        failure_code=failure.code if failure else "",
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

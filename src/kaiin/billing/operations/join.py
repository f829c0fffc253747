"""Joining, joining again, and renewing a lump sum: all are one payment for one period.

First transaction: the membership, its subscription and the intent to charge, all unique in the
database. Then, outside of it, payments is asked for the page to pay on. A second click, tab or
process finds the same intent and gets the same page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaiin.billing import courses, intents, payable
from kaiin.billing.errors import NoMembership, PaymentUnderWay
from kaiin.billing.holding import Holding, hold
from kaiin.billing.models import Charge, ChargeState, Course, Membership, Subscription
from kaiin.billing.operations.record_payment import record_payments
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.identity import queries as identity
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction
from kaiin.payments import operations as payment_operations, queries as payments
from kaiin.payments.operations import ProviderUnavailable
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView

_MOST_ROUNDS = 4
_PATIENCE_SECONDS = 2.0
_ANY_ID = UUID(int=0)


@dataclass(frozen=True)
class JoinStarted:
    """A payment to be made: `payment.checkout` leads to the provider's page, or is None while
    the provider does not answer (it is asked again)."""

    membership_id: int
    subscription_id: int
    payment: PaymentView


@dataclass(frozen=True)
class _Intended:
    """What the first transaction found or made; `in_the_way` must be stopped first."""

    charge: Charge
    in_the_way: bool


def join(
    *,
    member_pk: int,
    site_key: str,
    course_key: str,
    method: Method,
    return_url_for: Callable[[UUID], str],
    language: str,
) -> JoinStarted:
    """Start (or find again) the one payment that makes a member, or renews a lump sum.

    `return_url_for` makes the address to come back to of the payment's id. Raises
    CourseNotOffered, WayNotOffered, NoMembership (no such member), AlreadyMember (paid, and no
    renewal window is open; OtherCourseRunning is one of its kind), PaymentUnderWay (an earlier
    one can't be stopped and nobody knows how it ended), and of payments ProviderUnavailable and
    MethodUnavailable.
    """
    site = sites.site(site_key)
    course = courses.offered(site.id, course_key, method)
    member = identity.member(member_pk)
    if member is None:
        raise NoMembership(site=site_key)
    # Payments fills the id in once it is known.
    return_url = return_url_for(_ANY_ID).replace(str(_ANY_ID), "{payment_id}")
    for _ in range(_MOST_ROUNDS):
        intended = _intend(member_pk, site, course, method, clock.now())
        charge = intended.charge
        if intended.in_the_way:
            _stop(charge)
            continue
        payment = _start(charge, member.email, return_url, language)
        record_payments(payment_ids=[payment.id], actor=f"member:{member_pk}")
        charge.refresh_from_db(fields=["state"])
        if payment.is_open and not charge.is_live:
            # Another tab chose otherwise between the two steps; this payment is being voided.
            raise PaymentUnderWay
        return JoinStarted(charge.membership_id, charge.subscription_id, payment)
    raise PaymentUnderWay


def _intend(
    member_pk: int, site: SiteView, course: Course, method: Method, now: datetime
) -> _Intended:
    with transaction():
        membership, _ = Membership.objects.get_or_create(
            member_id=member_pk,
            site_id=site.id,
            defaults={"standing_changed_at": now, "created_at": now},
        )
        holding = hold([membership.pk])[membership.pk]
        charge = holding.open_charge
        if charge is not None:
            same = charge.course_id == course.pk and charge.method == method
            return _Intended(charge, in_the_way=charge.automatic or not same)
        subscription = _subscription(holding, course, method, now)
        charge = intents.open_charge(subscription, course, method, now=now)
        audit.record(
            action="billing.charge_intended",
            subject=holding.subject,
            actor=holding.subject,
            details={
                "site": site.key,
                "course": course.key,
                "version": course.version,
                "method": method.value,
                "intent": charge.intent_key,
            },
        )
        return _Intended(charge, in_the_way=False)


def _subscription(holding: Holding, course: Course, method: Method, now: datetime) -> Subscription:
    """What a payment now would be for. Raises AlreadyMember, OtherCourseRunning."""
    subscription = holding.open_subscription
    if subscription is None:
        return Subscription.objects.create(
            membership=holding.membership, course=course, method=method.value, created_at=now
        )
    payable.check(subscription, course, now)
    if subscription.period_count == 0:
        # Never paid: the member may choose anew.
        subscription.course, subscription.method = course, method.value
        subscription.save(update_fields=["course", "method"])
    return subscription


def _start(charge: Charge, email: str, return_url: str, language: str) -> PaymentView:
    terms = courses.terms(charge.course, Method(charge.method))
    return payment_operations.start_payment(
        member_ref=charge.membership.member_id,
        intent_key=charge.intent_key,
        method=Method(charge.method),
        amount=Money(charge.price + charge.handling, charge.course.currency),
        description=intents.description(charge, language),
        return_url=return_url,
        member_hint=email,
        renews=terms.renews,
        language=language,
        slip_days=charge.course.slip_days,
    )


def _stop(charge: Charge) -> None:
    """End an earlier try, so that no second one can be paid beside it. Raises PaymentUnderWay."""
    payment = payments.payment_by_intent(charge.intent_key)
    if payment is None:
        _forget(charge)
        return
    if charge.automatic:
        # A renewal whose outcome nobody knows is asked about, never voided.
        payment = payment_operations.refresh_payment(
            payment_id=payment.id, timeout_seconds=_PATIENCE_SECONDS
        )
    else:
        try:
            payment = payment_operations.cancel_payment(
                payment_id=payment.id, actor=f"member:{payment.member_ref}"
            )
        except ProviderUnavailable as error:
            raise PaymentUnderWay from error
    record_payments(payment_ids=[payment.id], actor=f"member:{payment.member_ref}")
    if payment.is_open:
        raise PaymentUnderWay


def _forget(charge: Charge) -> None:
    """Close an intent that never reached payments; should it get there yet, it is voided."""
    if charge.automatic:
        raise PaymentUnderWay
    with transaction():
        holding = hold([charge.membership_id], charge_ids=[charge.pk])[charge.membership_id]
        row = holding.charges[charge.pk]
        if row.state == ChargeState.OPEN and row.payment_id is None:
            intents.supersede(row, "superseded", clock.now())
            row.save(update_fields=["state", "closed_at", "failure_code"])

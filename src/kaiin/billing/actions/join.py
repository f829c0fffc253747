"""Joining, joining again, and renewing a lump sum: all are one payment for one period.

First transaction: the membership, its subscription and the intent to charge, all unique in the
database. Then, outside of it, payments is asked for the page to pay on. A second click, tab or
process finds the same intent and gets the same page.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaiin.billing.actions import checkout
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.courses import catalog
from kaiin.billing.errors import ConsentMissing, NoMembership, PaymentUnderWay
from kaiin.billing.membership import intents, late_renewals, payable
from kaiin.billing.membership.locking import LockedMembership, lock_or_make
from kaiin.billing.models import Charge, Course, Subscription
from kaiin.domain.payments import Method
from kaiin.identity import queries as identity
from kaiin.identity.choices import ConsentPage
from kaiin.identity.flows.consents import agree
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments import operations as payments
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.sites.queries import DocumentView, SiteView


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


def join_site(
    *,
    member_pk: int,
    site_key: str,
    course_key: str,
    method: Method,
    return_url_for: Callable[[UUID], str],
    language: str,
    agrees_to: Collection[DocumentView] = (),
) -> JoinStarted:
    """Start (or find again) the one payment that makes a member, or renews a lump sum.

    `return_url_for` makes the address to come back to of the payment's id. `agrees_to` are the
    documents that the member agreed to on the page, in its `language`. Raises ConsentMissing,
    CourseNotOffered, WayNotOffered, SlipTooLate, NoMembership (no such member), AlreadyMember
    (paid, and no renewal window is open; OtherCourseRunning is one of its kind),
    PaymentUnderWay (an earlier one can't be stopped and its outcome is unknown), and of
    payments ProviderUnavailable, MethodUnavailable and TooManyErrors (nothing was written).
    """
    site = sites.site(site_key)
    course = catalog.offered(site.id, course_key, method)
    member = identity.member(member_pk)
    if member is None:
        raise NoMembership(site=site_key)
    return_url = checkout.return_url(return_url_for)
    for _ in range(checkout.MAX_ROUNDS):
        with transaction():
            intended = _intend(member_pk, site, course, method, clock.now(), agrees_to=agrees_to)
            agree(
                member_pk=member_pk,
                documents=agrees_to,
                page=ConsentPage.CONFIRMATION,
                language=language,
                site_key=site.key,
            )
        charge = intended.charge
        if intended.in_the_way:
            checkout.stop(charge)
            continue
        payment = checkout.start(
            charge, email=member.email, return_url=return_url, language=language
        )
        checkout.act_on(payment, charge)
        return JoinStarted(charge.membership_id, charge.subscription_id, payment)
    raise PaymentUnderWay


def _intend(
    member_pk: int,
    site: SiteView,
    course: Course,
    method: Method,
    now: datetime,
    *,
    agrees_to: Collection[DocumentView],
) -> _Intended:
    """In the caller's transaction. Raises what `join` does."""
    locked = lock_or_make(member_pk, site, now)
    membership = locked.membership
    charge = locked.open_charge
    if charge is not None:
        return _Intended(charge, in_the_way=not _is_for(charge, course, method))
    late_renewals.check_slip(late_renewals.lapsed(membership.pk, course), course, method, now)
    purpose = payable.purpose(membership, locked.open_subscription)
    subscription = _subscription(locked, course, method, now)
    missing = payable.missing_consents(member_pk=member_pk, purpose=purpose, at=now)
    if {each.document.id for each in missing} - {each.id for each in agrees_to}:
        raise ConsentMissing
    payments.check_may_try(member_ref=member_pk)
    charge = intents.open_charge(subscription, course, method, now=now)
    locked.record(
        "billing.charge_intended",
        course=course.key,
        version=course.version,
        method=method.value,
        intent=charge.intent_key,
    )
    return _Intended(charge, in_the_way=False)


def _is_for(charge: Charge, course: Course, method: Method) -> bool:
    """Whether an open charge is for a whole period of this course, by this way."""
    whole = charge.purpose != ChargePurpose.REGISTRATION and charge.credit == 0
    same = (charge.course_id, charge.method) == (course.pk, method)
    return same and whole and not charge.automatic


def _subscription(
    locked: LockedMembership, course: Course, method: Method, now: datetime
) -> Subscription:
    """What a payment now would be for. Raises AlreadyMember, OtherCourseRunning."""
    subscription = locked.open_subscription
    if subscription is None:
        return Subscription.objects.create(
            membership=locked.membership, course=course, method=method.value, created_at=now
        )
    payable.check(subscription, course, now)
    if subscription.period_count == 0:
        # Never paid: the member may choose anew.
        subscription.course, subscription.method = course, method.value
        subscription.save(update_fields=["course", "method"])
    return subscription

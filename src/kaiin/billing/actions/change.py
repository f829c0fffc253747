"""Changing the course or the way to pay in one step.

As joining: the intent is committed under the membership's lock, then payments is asked. Until the
money (or the new card) is there, everything stays as it was; what the change is, `outcomes` does
then. One that costs nothing now is only written down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaiin.billing.actions import checkout
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.errors import ChangeDiffers, NoMembership, PaymentUnderWay
from kaiin.billing.membership import change_plans, intents, mails, scheduling
from kaiin.billing.membership.change_plans import ChangePreview, preview_of
from kaiin.billing.membership.locking import LockedMembership, lock_at_site
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Charge, Course, Subscription
from kaiin.domain.changes import ChangeKind
from kaiin.domain.charges import ChargeState
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments import operations as payments
from kaiin.payments.queries import PaymentView


@dataclass(frozen=True)
class ChangeStarted:
    """A change under way. `payment` is None where nothing has to be done at the provider (the
    change is agreed to); else its `checkout` leads to the provider's page, or is None where a card
    that we have was charged, or without an answer. `preview` is None where this very change
    was made a moment before, by another click."""

    payment: PaymentView | None
    preview: ChangePreview | None


@dataclass(frozen=True)
class Agreed:
    """What the page showed when the member agreed: nothing else may happen."""

    kind: ChangeKind
    total: Money


@dataclass(frozen=True)
class _Intended:
    """What the first transaction found or made: a charge to be paid, one in the way of it, or (no
    preview) the one by which this very change was made."""

    preview: ChangePreview | None
    charge: Charge | None
    mandate_id: int | None
    in_the_way: bool = False


def change_course(
    *,
    member_pk: int,
    site_key: str,
    course_key: str,
    method: Method,
    return_url_for: Callable[[UUID], str],
    language: str,
    agreed: Agreed | None = None,
) -> ChangeStarted:
    """Change to a course by a way to pay, as `preview_change` says; or find the same
    change again: a second click, tab or process gets the same payment.

    `agreed`: what was shown. Raises ChangeDiffers where that is not what would happen now,
    NoMembership, CourseNotOffered, WayNotOffered, ChangeRefused (its kinds), PaymentUnderWay (an
    earlier payment can't be stopped and its outcome is unknown), and of payments
    ProviderUnavailable, MandateEnded, MethodUnavailable and TooManyErrors (nothing was written).
    """
    member = identity.member(member_pk)
    if member is None:
        raise NoMembership(site=site_key)
    return_url = checkout.return_url(return_url_for)
    for _ in range(checkout.MAX_ROUNDS):
        intended = _intend(member_pk, site_key, course_key, method, agreed)
        charge = intended.charge
        if charge is None:
            return ChangeStarted(None, intended.preview)
        if intended.in_the_way:
            checkout.stop(charge)
            continue
        payment = _pay(intended, charge, member.email, return_url, language)
        checkout.act_on(payment, charge)
        return ChangeStarted(payment, intended.preview)
    raise PaymentUnderWay


def _intend(
    member_pk: int, site_key: str, course_key: str, method: Method, agreed: Agreed | None
) -> _Intended:
    with transaction():
        locked = lock_at_site(member_pk, site_key)
        now = clock.now()
        subscription = locked.open_subscription
        if subscription is None or subscription.period_count == 0:
            raise NoMembership(site=site_key)
        made = _made_already(subscription, course_key, method, agreed, now)
        if made is not None:
            return _Intended(None, made, None)
        course = change_plans.target(subscription, locked.site.id, course_key, method)
        last = change_plans.last_period(subscription)
        preview = preview_of(subscription, last=last, course=course, method=method, at=now)
        if agreed is not None and (preview.kind, preview.total) != (agreed.kind, agreed.total):
            raise ChangeDiffers
        mandate_id = None if preview.needs_page else subscription.mandate_id
        charge = locked.open_charge
        if charge is not None:
            same = _is_for(charge, course, method, preview)
            return _Intended(preview, charge, mandate_id, in_the_way=not same)
        if preview.kind is ChangeKind.AT_END:
            _agree(locked, subscription, course, preview, now)
            return _Intended(preview, None, None)
        if preview.needs_page:
            payments.check_may_try(member_ref=member_pk)
        charge = intents.open_charge(
            subscription,
            course,
            method,
            now=now,
            purpose=_purpose(preview),
            credit=preview.credited.amount,
            credit_period=last if preview.kind is ChangeKind.NOW_WITH_CREDIT else None,
        )
        locked.record(
            "billing.change_intended",
            kind=preview.kind.value,
            course=course.key,
            version=course.version,
            method=method.value,
            total=preview.total.amount,
            credit=charge.credit,
            intent=charge.intent_key,
        )
        return _Intended(preview, charge, mandate_id)


def _pay(
    intended: _Intended, charge: Charge, email: str, return_url: str, language: str
) -> PaymentView:
    if intended.mandate_id is not None:
        return checkout.charge_mandate(charge, mandate_id=intended.mandate_id, language=language)
    return checkout.start(
        charge,
        email=email,
        return_url=return_url,
        language=language,
        slip_ends_at=intended.preview.from_at if intended.preview else None,
    )


def _agree(
    locked: LockedMembership,
    subscription: Subscription,
    course: Course,
    preview: ChangePreview,
    now: datetime,
) -> None:
    """The coming renewal is of another course, or again of the running one."""
    next_course = None if course.key == subscription.course.key else course
    if subscription.next_course == next_course and not subscription.cancel_at_period_end:
        return
    work = UnitOfWork(now=now, actor=locked.subject, memberships=[locked])
    subscription.next_course = next_course
    subscription.cancel_at_period_end = subscription.renewal_fixed = False
    work.revoked.append(locked.membership.pk)
    scheduling.plan(locked, subscription)
    locked.note(
        "billing.change_agreed",
        subscription=subscription.pk,
        course=course.key,
        version=course.version,
        from_at=preview.from_at.isoformat(),
    )
    mails.send(
        locked,
        "change_agreed",
        f"{subscription.pk}:{work.now.isoformat()}",
        course=course.name,
        from_on=preview.from_at,
        renewal=preview.renewal,
        undone=preview.undoes,
    )
    work.write()


def _purpose(preview: ChangePreview) -> ChargePurpose:
    if preview.kind is ChangeKind.REGISTER:
        return ChargePurpose.REGISTRATION
    return ChargePurpose.CHANGE


def _is_for(charge: Charge, course: Course, method: Method, preview: ChangePreview) -> bool:
    """Whether an open charge is of this very change, at this very price."""
    return (
        not charge.automatic
        and (charge.course_id, charge.method) == (course.pk, method)
        and charge.purpose == _purpose(preview)
        and charge.total == preview.total
        and charge.credit == preview.credited.amount
    )


def _made_already(
    subscription: Subscription,
    course_key: str,
    method: Method,
    agreed: Agreed | None,
    now: datetime,
) -> Charge | None:
    """The change that was agreed to, where its money has come between two clicks: without this
    the second click would begin another."""
    runs = subscription.paid_until is not None and subscription.paid_until > now
    if agreed is None or not runs or subscription.state != SubscriptionState.ACTIVE:
        return None
    charge = Charge.objects.filter(
        subscription=subscription,
        period_index=subscription.period_count,
        state=ChargeState.PAID,
        purpose=ChargePurpose.CHANGE,
        course__key=course_key,
        method=method.value,
    ).first()
    return charge if charge is not None and charge.total == agreed.total else None

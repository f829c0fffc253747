"""Pausing: whole periods are passed over after the paid one, and coming back before that."""

from datetime import datetime

from kaiin.billing.actions import checkout
from kaiin.billing.choices import ChargePurpose
from kaiin.billing.errors import NoMembership, PaymentUnderWay
from kaiin.billing.membership import change_plans, intents, mails, scheduling
from kaiin.billing.membership.locking import LockedMembership, lock_at_site
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Charge, Subscription
from kaiin.billing.outcomes.recording import record_views
from kaiin.domain.payments import Method
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments.errors import MandateEnded
from kaiin.payments.queries import PaymentView


def pause_membership(*, member_pk: int, site_key: str, periods: int) -> None:
    """Pause for `periods` periods from the end of the paid one, as `pauses_offered` says.

    Nothing is charged and nothing is open until then; join date, number and anchor are kept.
    Pausing twice changes nothing. Raises NoMembership, NoPause, RenewalFixed, PaymentUnderWay.
    """
    for _ in range(checkout.MAX_ROUNDS):
        in_the_way = _pause(member_pk, site_key, periods)
        if in_the_way is None:
            return
        checkout.stop(in_the_way)
    raise PaymentUnderWay


def _pause(member_pk: int, site_key: str, periods: int) -> Charge | None:
    """Agree to a pause; or return the charge that has to be stopped first."""
    with transaction():
        locked, subscription = _lock(member_pk, site_key)
        if subscription.paused_until is not None:
            return None
        now = clock.now()
        last = change_plans.last_period(subscription)
        until = scheduling.pause_until(subscription, last, periods, now)
        if locked.open_charge is not None:
            return locked.open_charge
        subscription.paused_until = until
        work = UnitOfWork(now=now, actor=locked.subject, memberships=[locked])
        work.revoked.append(locked.membership.pk)
        scheduling.plan(locked, subscription)
        locked.note(
            "billing.paused",
            subscription=subscription.pk,
            from_at=last.ends_at.isoformat(),
            until=until.isoformat(),
        )
        mails.send(
            locked,
            "paused",
            f"{subscription.pk}:{now.isoformat()}",
            course=subscription.course.name,
            paid_until=last.ends_at,
            paused_until=until,
            renewal=scheduling.renewal(subscription),
        )
        work.write()
    return None


def resume_membership(*, member_pk: int, site_key: str) -> PaymentView | None:
    """Come back before the pause is over, as `preview_resume` says.

    Within the pause the card or contract is charged for a first period from now, which may fail:
    then the pause goes on. A second click finds the same charge. None where the pause had not
    begun: it was taken back. Raises NoMembership (not paused), PaymentUnderWay, and of payments
    ProviderUnavailable and MandateEnded.
    """
    member = identity.member(member_pk)
    if member is None:
        raise NoMembership(site=site_key)
    for _ in range(checkout.MAX_ROUNDS):
        charge, mandate_id = _start(member_pk, site_key)
        if charge is None:
            return None
        if charge.automatic or charge.purpose != ChargePurpose.RENEWAL or mandate_id is None:
            checkout.stop(charge)
            continue
        payment = checkout.charge_mandate(charge, mandate_id=mandate_id, language=member.language)
        record_views([payment], actor=f"member:{member_pk}")
        return payment
    raise PaymentUnderWay


def _start(member_pk: int, site_key: str) -> tuple[Charge | None, int | None]:
    """The charge by which the member comes back, made or found, or another that is in its way;
    none where the pause has not begun, and is taken back by this."""
    with transaction():
        locked, subscription = _lock(member_pk, site_key)
        if subscription.paused_until is None:
            raise NoMembership(site=site_key)
        if subscription.mandate_id is None or subscription.mandate_end_reason:
            raise MandateEnded(mandate=subscription.mandate_id)
        now = clock.now()
        if subscription.paid_until is not None and now < subscription.paid_until:
            _take_back(locked, subscription, now)
            return None, None
        return locked.open_charge or _intend(locked, subscription, now), subscription.mandate_id


def _intend(locked: LockedMembership, subscription: Subscription, now: datetime) -> Charge:
    """The intent to charge for a first period, before the pause is over."""
    method = Method(subscription.method)
    course = subscription.next_course or subscription.course
    charge = intents.open_charge(
        subscription, course, method, now=now, purpose=ChargePurpose.RENEWAL
    )
    locked.record("billing.resume_intended", intent=charge.intent_key)
    return charge


def _take_back(locked: LockedMembership, subscription: Subscription, now: datetime) -> None:
    """The pause has not begun: everything is as if it had never been agreed to."""
    work = UnitOfWork(now=now, actor=locked.subject, memberships=[locked])
    subscription.paused_until = None
    work.revoked.append(locked.membership.pk)
    scheduling.plan(locked, subscription)
    locked.note("billing.resumed", subscription=subscription.pk)
    mails.send(
        locked,
        "resumed",
        f"{subscription.pk}:{work.now.isoformat()}",
        course=subscription.course.name,
        renewal=scheduling.renewal(subscription),
    )
    work.write()


def _lock(member_pk: int, site_key: str) -> tuple[LockedMembership, Subscription]:
    locked = lock_at_site(member_pk, site_key)
    subscription = locked.open_subscription
    if subscription is None or subscription.period_count == 0:
        raise NoMembership(site=site_key)
    return locked, subscription

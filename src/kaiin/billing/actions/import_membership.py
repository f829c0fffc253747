"""Memberships that a club brings along when it moves here.

The time that was paid for elsewhere is a period without a payment and without a price: it opens
the site, the next renewal follows it, and the books have no entry of it (`domain.ledger`).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError

from kaiin.billing import events
from kaiin.billing.courses import catalog
from kaiin.billing.errors import (
    AlreadyMember,
    ImportConflict,
    ImportRefused,
    NoMembership,
    NumberTaken,
)
from kaiin.billing.membership import endings, numbers, scheduling
from kaiin.billing.membership.locking import LockedMembership, lock_or_make
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Course, Membership, Period, Subscription
from kaiin.domain import dunning, reminders
from kaiin.domain.payments import Method
from kaiin.domain.periods import PeriodSpan, imported_period, japanese_date
from kaiin.domain.subscriptions import (
    NOT_IMPORTED,
    EndReason,
    StandingEvent,
    SubscriptionState,
)
from kaiin.identity import queries as identity
from kaiin.infra import bulk, clock
from kaiin.infra.locks import transaction
from kaiin.payments.importing import ForeignMandate, import_mandate
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView

_MAX_KEY = 128


def import_membership(
    *,
    import_key: str,
    member_pk: int,
    site_key: str,
    course_key: str,
    method: Method,
    joined_date: date,
    member_number: int | None,
    paid_through: date,
    mandate: ForeignMandate | None,
    actor: str,
) -> int:
    """Take over a membership of another system; returns the membership's id.

    `paid_through` is the last day in Japan that is paid for. Until its midnight the member is in;
    then `mandate` is charged for the renewal, or, without one, the member pays. Where that day is
    over the membership is dormant, or withdrawn within the site's rejoin days. `member_number`
    None gives the next one; numbers given here later are higher than any that was imported.
    Nothing is mailed, charged or booked by the import, and nothing of the time is ever credited
    or given back.

    Idempotent by `import_key` (up to 128 characters): the same values again change nothing. Raises
    ImportConflict (the key was used with other values), ImportRefused (`reason`: key, dates, over,
    term, number, mandate), NumberTaken, AlreadyMember (has, had, or began to pay for a membership
    at this site), NoMembership (no such member), SiteUnknown, CourseNotOffered, WayNotOffered, and
    of payments MandateKnown, MethodUnavailable and ReferenceUnreadable. When it raises, nothing was
    written.
    """
    if not 0 < len(import_key) <= _MAX_KEY:
        raise ImportRefused(reason="key")
    digest = _digest(
        member_pk, site_key, course_key, method.value, joined_date.isoformat(), member_number,
        paid_through.isoformat(), _content(mandate),
    )  # fmt: skip
    known = _imported(import_key, digest)
    if known is not None:
        return known
    site = sites.site(site_key)
    course = catalog.offered(site.id, course_key, method)
    if identity.member(member_pk) is None:
        raise NoMembership(site=site_key)
    now = clock.now()
    span = _span(course, method, joined_date, paid_through, now)
    _check_mandate(mandate, course, method, span, now)
    given = _Given(import_key, digest, course, method, joined_date, member_number, span, mandate)
    try:
        return _import_once(member_pk, site, given, now, actor)
    except IntegrityError:
        # Another process imported the key meanwhile, for another member: there was no common lock.
        known = _imported(import_key, digest)
        if known is None:
            raise
        return known


@dataclass(frozen=True)
class _Given:
    key: str
    digest: str
    course: Course
    method: Method
    joined: date
    number: int | None
    span: PeriodSpan
    mandate: ForeignMandate | None


def _digest(*content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _content(mandate: ForeignMandate | None) -> object:
    if mandate is None:
        return None
    references = sorted((kind.value, text) for kind, text in mandate.references)
    return mandate.provider_mandate_id, mandate.brand, mandate.last4, references


def _imported(import_key: str, digest: str) -> int | None:
    """The membership that was imported by the key. Raises ImportConflict for other values."""
    found = Period.objects.filter(import_key=import_key)
    stored = found.values_list("subscription__membership_id", "import_digest").first()
    if stored is None:
        return None
    if stored[1] != digest:
        raise ImportConflict(key=import_key)
    return stored[0]


def _span(
    course: Course, method: Method, joined: date, paid_through: date, now: datetime
) -> PeriodSpan:
    if joined > min(paid_through, japanese_date(now)):
        raise ImportRefused(reason="dates")
    span = imported_period(
        course.terms.rule(method), at=now, joined=joined, paid_through=paid_through
    )
    if span is None:
        raise ImportRefused(reason="term")
    return span


def _check_mandate(
    mandate: ForeignMandate | None, course: Course, method: Method, span: PeriodSpan, now: datetime
) -> None:
    """A mandate comes along only where it will be charged: a member whose time is over is not
    charged because of an import."""
    if mandate is None:
        return
    if span.ends_at <= now:
        raise ImportRefused(reason="over")
    if not course.terms.by(method).renews:
        raise ImportRefused(reason="mandate")


def _import_once(member_pk: int, site: SiteView, given: _Given, now: datetime, actor: str) -> int:
    with transaction():
        locked = lock_or_make(member_pk, site, now)
        known = _imported(given.key, given.digest)
        if known is None:
            work = UnitOfWork(now=now, actor=actor, memberships=[locked])
            _import(locked, given)
            work.write()
        return known or locked.membership.pk


def _import(locked: LockedMembership, given: _Given) -> None:
    _check_new(locked)
    _number(locked, given)
    subscription = _subscription(locked, given, locked.now)
    if given.mandate is not None:
        subscription.mandate_id = import_mandate(
            member_ref=locked.membership.member_id,
            method=given.method,
            mandate=given.mandate,
            actor=locked.work.actor,
        )
    locked.work.periods.append(_period(subscription, given))
    if given.span.ends_at > locked.now:
        _start(locked, subscription)
    else:
        _lapse(locked, subscription, given.span.ends_at, locked.now)
    _note(locked, subscription, given.key)


def _check_new(locked: LockedMembership) -> None:
    membership = locked.membership
    if (
        membership.member_number is not None
        or Subscription.objects.filter(membership=membership).exists()
    ):
        raise AlreadyMember(site=locked.site.key)


def _number(locked: LockedMembership, given: _Given) -> None:
    number = given.number
    if number is None:
        number = numbers.next_number(locked.site)
    else:
        if not 1 <= number <= numbers.MAX_IMPORTED:
            raise ImportRefused(reason="number")
        numbers.skip_to(locked.site, number)
        if Membership.objects.filter(site_id=locked.site.id, member_number=number).exists():
            raise NumberTaken(number=number)
    locked.membership.member_number = number
    locked.membership.joined_date = given.joined


def _subscription(locked: LockedMembership, given: _Given, now: datetime) -> Subscription:
    row = Subscription.objects.create(
        membership=locked.membership,
        course=given.course,
        method=given.method.value,
        state=SubscriptionState.ACTIVE.value,
        anchor_day=given.span.anchor_day,
        period_count=1,
        paid_until=given.span.ends_at,
        created_at=now,
    )
    locked.subscriptions[row.pk] = bulk.remember(row)
    return row


def _period(subscription: Subscription, given: _Given) -> Period:
    return Period(
        subscription=subscription,
        index=1,
        starts_at=given.span.starts_at,
        ends_at=given.span.ends_at,
        amount=0,
        currency=given.course.terms.currency,
        import_key=given.key,
        import_digest=given.digest,
    )


def _start(locked: LockedMembership, subscription: Subscription) -> None:
    """In, and the worker's next step planned."""
    membership = locked.membership
    endings.set_standing(locked, StandingEvent.PAID, locked.now)
    renews = catalog.running_terms(subscription).renews
    if renews and subscription.mandate_id is None:
        # The member may pay ahead or register a card, as after a contract's end.
        subscription.mandate_end_reason = NOT_IMPORTED
    scheduling.plan(locked, subscription)
    locked.publish(
        events.MEMBERSHIP_STARTED,
        f"{membership.pk}:{locked.now.isoformat()}",
        member_number=membership.member_number,
    )


def _lapse(
    locked: LockedMembership, subscription: Subscription, ended_at: datetime, now: datetime
) -> None:
    """Its time was over before it came here: dormant or withdrawn since, as it would be here.
    Raises ImportRefused where the number is not kept any more."""
    membership = locked.membership
    subscription.state = SubscriptionState.ENDED.value
    subscription.ended_at, subscription.end_reason = ended_at, EndReason.EXPIRED.value
    until = dunning.dormant_until(subscription.course.terms.dunning, ended_at)
    endings.set_standing(locked, StandingEvent.PAID, now)
    endings.set_standing(locked, StandingEvent.LAPSED, now)
    if until > now:
        membership.dormant_until = until
        membership.notice_due_at = reminders.next_after(reminders.of_withdrawal(until), now)
        return
    if not dunning.keeps_number(
        withdrawn_at=until, paid_at=now, rejoin_days=locked.site.rejoin_days
    ):
        raise ImportRefused(reason="over")
    endings.set_standing(locked, StandingEvent.WITHDRAWN, now)
    membership.withdrawn_at = until


def _note(locked: LockedMembership, subscription: Subscription, import_key: str) -> None:
    membership, paid_until = locked.membership, subscription.paid_until
    locked.note(
        "billing.membership_imported",
        key=import_key,
        subscription=subscription.pk,
        course=subscription.course.key,
        method=subscription.method,
        standing=membership.standing,
        joined=str(membership.joined_date),
        member_number=membership.member_number,
        paid_until=paid_until.isoformat() if paid_until else None,
        anchor_day=subscription.anchor_day,
        mandate=subscription.mandate_id,
    )

"""Providers' notices: proven on their raw bytes, stored, acknowledged, and applied afterwards.

What a notice says is a hint. The provider's present state is fetched, once for all notices of an
order that are due together, so that duplicates, any order of arrival and days of delay come to the
same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from kaiin.domain.payments import PaymentState
from kaiin.infra import bulk, clock
from kaiin.infra.locks import transaction
from kaiin.infra.parking import Parking
from kaiin.payments import calling, polling, snapshots, watching
from kaiin.payments.calling import Answered, Ask, Outcome, Unknown
from kaiin.payments.models import OVER, EventState, Mandate, Payment, ProviderEvent
from kaiin.payments.orders import key_of, order_of, payment_id
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import (
    Acknowledgement,
    ListedEvent,
    MandateSnapshot,
    Notice,
    NoticeOutcome,
    NoticeRefused,
    VerifiedNotice,
)
from kaiin.payments.snapshots import SYSTEM, News

_log = structlog.get_logger(__name__)

_ASK_SECONDS = 5.0
# A charge is answered, and written down with its whole set, within this: its notice waits so long.
_CALL_ENDS_WITHIN = timedelta(seconds=30)
# What still can't be applied after this, and so many tries, is for people to look at.
_GIVE_UP = timedelta(days=3)
_MIN_TRIES = 12


class _Subject(NamedTuple):
    """What notices are about: an order, or a mandate alone."""

    provider: str
    order_id: str
    provider_mandate_id: str


def receive(
    *, provider: str, headers: Mapping[str, str], body: bytes, content_type: str
) -> Acknowledgement:
    """Prove a provider's notice, store it once, however often it comes, and only then acknowledge
    it; nothing is applied here.

    A notice that proves nothing is refused and leaves no row. Raises NoSuchProvider.
    """
    adapter, now = registry.get(provider), clock.now()
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        notice = adapter.read_notice(Notice(lowered, body, content_type), now=now)
    except NoticeRefused as error:
        _log.warning("payments.notice_refused", provider=provider, reason=str(error))
        return adapter.acknowledge(NoticeOutcome.REFUSED)
    row = _row(provider, notice, body, now, listed=False)
    with transaction():
        bulk.insert([row], pass_over_known=True)
        watching.heard(provider=provider, now=now)
    _log.info(
        "payments.notice_stored",
        provider=provider,
        event_id=notice.event_id,
        kind=notice.kind,
        state=row.state,
    )
    return adapter.acknowledge(NoticeOutcome.STORED)


def store_listed(*, provider: str, events: Iterable[ListedEvent], now: datetime) -> int:
    """Store what the provider's own list has and no notice reported; how many. Call it inside a
    transaction."""
    rows = {
        each.notice.event_id: _row(provider, each.notice, each.body, now, listed=True)
        for each in events
    }
    known = ProviderEvent.objects.filter(provider=provider, event_id__in=list(rows))
    for event_id in known.values_list("event_id", flat=True):
        del rows[event_id]
    bulk.insert(list(rows.values()), pass_over_known=True)
    return len(rows)


def apply_due(*, limit: int) -> int:
    """Act on events whose turn it is; each is claimed first, so that two workers share them. How
    many were looked at.

    Events of one order are claimed and applied together: the one answer is newer than all of them.
    """
    now = clock.now()
    subjects: dict[_Subject, list[ProviderEvent]] = {}
    parking = Parking[int]("event.apply", now)
    events = ProviderEvent.objects.all()
    due = parking.claim(events, "due_at", lease=polling.LEASE, limit=limit)
    for row in due:
        subject = _Subject(row.provider, row.order_id, row.provider_mandate_id)
        subjects.setdefault(subject, []).append(row)
    _put_by(subjects, now)
    for subject, rows in subjects.items():
        parking.keep()
        with parking.apart(*(row.pk for row in rows)):
            _apply_together(subject, rows, now)
    parking.give_back()
    return parking.settle(row.pk for row in due)


def retry(ids: Sequence[int]) -> int:
    """Have events that were put aside, or wait (`queries.stuck_events`), tried again now; how
    many."""
    stuck = ProviderEvent.objects.filter(
        pk__in=ids, state__in=[EventState.FAILED, EventState.WAITING]
    )
    return stuck.update(state=EventState.RECEIVED, attempts=0, due_at=clock.now())


def abandon(ids: Sequence[int]) -> int:
    """Settle events that were put aside and that nothing shall follow from; how many."""
    put_aside = [EventState.FAILED, EventState.UNREADABLE]
    stuck = ProviderEvent.objects.filter(pk__in=ids, state__in=put_aside)
    return stuck.update(state=EventState.IGNORED)


def forget_bodies(before: datetime, *, limit: int) -> int:
    """Drop the bodies of events that were received before and are over; how many. That they came
    stays on record."""
    over = ProviderEvent.objects.filter(
        state__in=OVER, body__isnull=False, received_at__lt=before
    ).order_by("received_at")
    ids = list(over.values_list("pk", flat=True)[:limit])
    if ids:
        ProviderEvent.objects.filter(pk__in=ids).update(body=None)
    return len(ids)


def _row(
    provider: str, notice: VerifiedNotice, body: bytes, now: datetime, *, listed: bool
) -> ProviderEvent:
    state = EventState.RECEIVED
    if notice.unreadable:
        state = EventState.UNREADABLE
        _log.error("payments.notice_unreadable", provider=provider, event_id=notice.event_id)
    elif notice.foreign:
        state = EventState.FOREIGN
    elif not (notice.order_id or notice.provider_mandate_id):
        state = EventState.IGNORED
    return ProviderEvent(
        provider=provider,
        event_id=notice.event_id,
        kind=notice.kind[:64],
        order_id=notice.order_id,
        provider_mandate_id=notice.provider_mandate_id,
        says=notice.says.value if notice.says else "",
        received_at=now,
        body=body,
        listed=listed,
        state=state,
        due_at=now if state is EventState.RECEIVED else None,
    )


def _put_by(subjects: dict[_Subject, list[ProviderEvent]], now: datetime) -> None:
    """Take those out that need no question: ten thousand renewals' notices would keep a member
    waiting who has just paid.

    What they say is known already; or their payment is a charge whose call is under way, and whose
    answer says more than they do.
    """
    named = defaultdict(list)
    for subject in subjects:
        named[payment_id(subject.order_id)].append(subject)
    found = Payment.objects.filter(pk__in=[key for key in named if key is not None])
    known: list[ProviderEvent] = []
    early: list[ProviderEvent] = []
    for key, state, mandate_id in found.values_list("pk", "state", "mandate_id"):
        for subject in named[key]:
            rows = subjects[subject]
            charged = state == PaymentState.INTENT and mandate_id is not None
            if all(row.says == state for row in rows):
                known += rows
            elif charged and all(now - row.received_at < _CALL_ENDS_WITHIN for row in rows):
                early += rows
            else:
                continue
            del subjects[subject]
    if known:
        _finish(known, now)
    if early:
        later = now + _CALL_ENDS_WITHIN
        ProviderEvent.objects.filter(pk__in=[row.pk for row in early]).update(due_at=later)


def _apply_together(subject: _Subject, rows: Sequence[ProviderEvent], now: datetime) -> None:
    """Fetch the present state of what events are about, and apply it."""
    apply = _apply_order if subject.order_id else _apply_mandate
    outcome = apply(subject, now)
    if outcome is None:
        _try_again(rows, now, EventState.WAITING, "")
    elif isinstance(outcome, Answered):
        _finish(rows, now)
    elif isinstance(outcome, Unknown) and outcome.is_unreadable:
        raise outcome.error
    else:
        _try_again(rows, now, None, outcome.code)


def _apply_order(subject: _Subject, now: datetime) -> Ask | None:
    """None: no such order is known, here or there."""
    named = payment_id(subject.order_id)
    payment = Payment.objects.filter(pk=named).first() if named else None
    if payment is None:
        return None
    order = order_of(payment)
    outcome = calling.ask_payment(subject.provider, order, timeout_seconds=_ASK_SECONDS)
    if isinstance(outcome, Answered):
        if outcome.answer is None:
            return None
        news = News(payment.pk, outcome.answer)
        snapshots.apply_all([news], now=now, actor=SYSTEM)
    return outcome


def _apply_mandate(subject: _Subject, now: datetime) -> Outcome[MandateSnapshot | None] | None:
    """None: no such mandate is known, here or there."""
    mandate = Mandate.objects.filter(
        provider=subject.provider, provider_mandate_id=subject.provider_mandate_id
    ).first()
    if mandate is None:
        return None
    key = key_of(mandate)
    outcome = calling.ask_mandate(subject.provider, key, timeout_seconds=_ASK_SECONDS)
    if isinstance(outcome, Answered):
        if outcome.answer is None:
            return None
        snapshots.apply_mandate(mandate_id=mandate.pk, snapshot=outcome.answer, now=now)
    return outcome


def _finish(rows: Sequence[ProviderEvent], now: datetime) -> None:
    ProviderEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=EventState.APPLIED, due_at=None, applied_at=now, last_error=""
    )


def _try_again(
    rows: Sequence[ProviderEvent], now: datetime, state: EventState | None, error: str
) -> None:
    """`state` None leaves them as they are: the provider is to blame, not the events."""
    for row in rows:
        attempts = row.attempts + 1
        late = now - row.received_at >= _GIVE_UP and attempts >= _MIN_TRIES
        if late:
            _log.error("payments.event_stuck", provider=row.provider, event_id=row.event_id)
        ProviderEvent.objects.filter(pk=row.pk).update(
            state=EventState.FAILED if late else state or row.state,
            attempts=attempts,
            due_at=None if late else polling.next_try_at(attempts=attempts, now=now),
            last_error=error[:200],
        )

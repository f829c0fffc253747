"""Providers' notices: proven on their raw bytes, stored, acknowledged, and applied afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from kaiin.infra.http import OutsideRefused, OutsideUnavailable, OutsideUnknown
from kaiin.infra.locks import claimed, transaction
from kaiin.payments import asking, providers, snapshots
from kaiin.payments.models import EventState, Mandate, Payment, ProviderEvent
from kaiin.payments.orders import key_of, order_of, payment_id
from kaiin.payments.providers.protocol import (
    Acknowledgement,
    Notice,
    NoticeOutcome,
    NoticeRefused,
    Provider,
)

_log = structlog.get_logger(__name__)

_ASK_SECONDS = 5.0
# An order that is still unknown after this is for people to look at.
_GIVE_UP = timedelta(days=3)


def receive(
    *,
    provider: Provider,
    headers: Mapping[str, str],
    body: bytes,
    content_type: str,
    now: datetime,
) -> Acknowledgement:
    """Store a proven notice once, however often it comes; refuse one that proves nothing."""
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        notice = provider.read_notice(Notice(lowered, body, content_type), now=now)
    except NoticeRefused as error:
        _log.warning("payments.notice_refused", provider=provider.name, reason=str(error))
        return provider.acknowledge(NoticeOutcome.REFUSED)
    state = EventState.FOREIGN if notice.foreign else EventState.RECEIVED
    with transaction():
        ProviderEvent.objects.bulk_create(
            [
                ProviderEvent(
                    provider=provider.name,
                    event_id=notice.event_id,
                    kind=notice.kind,
                    order_id=notice.order_id,
                    provider_mandate_id=notice.provider_mandate_id,
                    received_at=now,
                    body=body,
                    state=state,
                    due_at=None if notice.foreign else now,
                )
            ],
            ignore_conflicts=True,
        )
    _log.info(
        "payments.notice_stored",
        provider=provider.name,
        event_id=notice.event_id,
        kind=notice.kind,
        state=state.value,
    )
    return provider.acknowledge(NoticeOutcome.STORED)


def apply_due(*, limit: int, now: datetime, actor: str) -> int:
    """Act on events whose turn it is; each is claimed first, so that two workers share them."""
    with transaction():
        due = list(claimed(ProviderEvent.objects.filter(due_at__lte=now))[:limit])
        ProviderEvent.objects.filter(pk__in=[row.pk for row in due]).update(
            due_at=now + asking.CLAIM
        )
    for row in due:
        try:
            found = _apply(row, now, actor)
        except (OutsideUnavailable, OutsideUnknown, OutsideRefused) as error:
            _try_again(row, now, row.state, error.code)
        else:
            if found:
                _finish(row, now)
            else:
                _try_again(row, now, EventState.WAITING, "")
    return len(due)


def _apply(row: ProviderEvent, now: datetime, actor: str) -> bool:
    """Fetch the present state of what an event is about and apply it; False: unknown here."""
    provider = providers.get(row.provider)
    if row.provider_mandate_id and not row.order_id:
        mandate = Mandate.objects.filter(
            provider=row.provider, provider_mandate_id=row.provider_mandate_id
        ).first()
        if mandate is None:
            return False
        state = provider.fetch_mandate(key_of(mandate), timeout_seconds=_ASK_SECONDS)
        if state is not None:
            snapshots.apply_mandate(mandate_id=mandate.pk, snapshot=state, now=now, actor=actor)
        return state is not None
    named = payment_id(row.order_id)
    payment = Payment.objects.filter(pk=named).first() if named else None
    if payment is None:
        return False
    snapshot = provider.fetch_payment(order_of(payment), timeout_seconds=_ASK_SECONDS)
    if snapshot is not None:
        snapshots.apply_payment(payment_id=payment.pk, snapshot=snapshot, now=now, actor=actor)
    return snapshot is not None


def _finish(row: ProviderEvent, now: datetime) -> None:
    ProviderEvent.objects.filter(pk=row.pk).update(
        state=EventState.APPLIED, due_at=None, applied_at=now, last_error=""
    )


def _try_again(row: ProviderEvent, now: datetime, state: str, error: str) -> None:
    attempts = row.attempts + 1
    late = now - row.received_at >= _GIVE_UP
    if late:
        _log.error("payments.event_stuck", provider=row.provider, event_id=row.event_id)
    ProviderEvent.objects.filter(pk=row.pk).update(
        state=EventState.FAILED if late else state,
        attempts=attempts,
        due_at=None if late else asking.next_try_at(attempts=attempts, now=now),
        last_error=error,
    )

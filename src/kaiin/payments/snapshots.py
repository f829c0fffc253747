"""Writing down what a provider says now: lock, read, decide by the table, compare and set.

Model, references, audit rows and events go into one transaction; no network is touched here.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from kaiin.domain import plain
from kaiin.domain.payments import (
    FUNDED_STATES,
    MONEY_EVENTS,
    NEVER_ANSWERED,
    PaymentEvent,
    PaymentState,
    is_late_money,
    transition,
)
from kaiin.domain.states import UnknownTransition
from kaiin.infra import audit, bulk, clock, event_log
from kaiin.infra.gathering import gathering_transaction
from kaiin.infra.locks import for_update, transaction
from kaiin.payments import events, polling, reversals
from kaiin.payments.calling import Answered, Outcome, Refused, Unknown
from kaiin.payments.errors import ImpossibleAnswer, NoSuchPayment
from kaiin.payments.models import Mandate, MandateState, Payment, PaymentReference
from kaiin.payments.orders import order_id
from kaiin.payments.providers.protocol import (
    MandateSnapshot,
    PaymentSnapshot,
    ProviderState,
)

# The actor of what the worker does.
SYSTEM = "system:payments"

_log = structlog.get_logger(__name__)

# What a short sum does not do.
_FUNDED = frozenset(PaymentEvent(state.value) for state in FUNDED_STATES)


@dataclass(frozen=True)
class News:
    """What was learned about a payment: what the provider says it is, or what follows from having
    no answer: a time-out, a refusal, a call that never arrived."""

    payment_id: UUID
    what: PaymentSnapshot | PaymentEvent
    failure_code: str = ""

    @classmethod
    def of_call(cls, payment_id: UUID, outcome: Outcome[PaymentSnapshot] | None) -> "News | None":
        """What a call taught; None: nothing, since it was not made or surely not carried out."""
        if outcome is None:
            return None
        if isinstance(outcome, Answered):
            return cls(payment_id, outcome.answer)
        if isinstance(outcome, Refused) and not outcome.in_doubt:
            return cls(payment_id, PaymentEvent.FAILED, "refused")
        if isinstance(outcome, Unknown) and outcome.nothing_happened:
            return None
        return cls(payment_id, PaymentEvent.TIMED_OUT)


def believe(news: News, *, actor: str) -> bool:
    """As `apply_all` of one, where no worker parks what can't be true: such an answer counts as
    none, until the worker asks again. Returns whether it was believed."""
    try:
        apply_all([news], now=clock.now(), actor=actor)
    except ImpossibleAnswer as error:
        _log.error("payments.impossible_answer", payment=str(news.payment_id), **error.params)
        timed_out = News(news.payment_id, PaymentEvent.TIMED_OUT)
        apply_all([timed_out], now=clock.now(), actor=actor)
        return False
    return True


def apply_all(
    news: Sequence[News], *, now: datetime, actor: str, recorded: bool = False
) -> list[Payment]:
    """Make payments what is known of them now; repeating it changes nothing. A few statements,
    however many there are; at most one item of news for each payment. Returns their rows.

    Too little money is no payment: it is noted and stays open for people to look at. `recorded`:
    the caller acts on the outcomes within this very transaction, and its audit row of the money
    names the payment; no event is needed. Raises ImpossibleAnswer: nothing is written then.
    """
    with gathering_transaction():
        rows = _lock([each.payment_id for each in news])
        mandates = _mandates_of(news, rows, now, actor)
        numbered = _store_numbers(news)
        before = {key: row.state for key, row in rows.items()}
        for each in news:
            row = rows[each.payment_id]
            if isinstance(each.what, PaymentEvent):
                _learn(row, each.what, each.failure_code, now, actor, recorded=recorded)
            else:
                row.mandate_id = mandates.get(row.pk, row.mandate_id)
                count = numbered.get(row.pk, 0)
                _heed(row, each.what, now, actor, recorded=recorded, numbered=count)
        bulk.update(list(rows.values()), guard=("state", before))
    return list(rows.values())


def _learn(
    row: Payment,
    event: PaymentEvent,
    failure_code: str,
    now: datetime,
    actor: str,
    *,
    recorded: bool,
) -> None:
    before = PaymentState(row.state)
    after = transition(before, event)
    if after is before:
        return
    row.state = after.value
    row.failure_code = failure_code
    row.ask_at = _ask_at(row, after, now)
    _publish_change(row, before, actor, late=False, recorded=recorded)


def _heed(
    row: Payment,
    snapshot: PaymentSnapshot,
    now: datetime,
    actor: str,
    *,
    recorded: bool,
    numbered: int,
) -> None:
    if snapshot.order_id != order_id(row.pk):
        # The answer is about another order: nothing is known of this one.
        _log.error("payments.other_order", payment=str(row.pk), order=snapshot.order_id)
        _learn(row, PaymentEvent.TIMED_OUT, "", now, actor, recorded=recorded)
        return
    event = reversals.note(row, snapshot, now=now, actor=actor)
    short = event in MONEY_EVENTS and _falls_short(row, snapshot)
    noted_before = row.received_amount is not None
    before = PaymentState(row.state)
    after = _state_after(before, event, short=short)
    _take_over(row, snapshot, after, now)
    if short:
        row.failure_code = "amount_mismatch"
        if not noted_before:
            received = snapshot.received or snapshot.amount
            more = {"received": received.amount, "received_currency": received.currency}
            _record(row, "payments.amount_mismatch", actor, more)
    _publish_change(row, before, actor, late=is_late_money(before, event), recorded=recorded)
    if numbered and after is before:
        # A slip was issued: nothing is decided, but its numbers are news.
        _publish(row, key=f"{row.pk}:{row.state}:{numbered}")


def _state_after(before: PaymentState, event: PaymentEvent, *, short: bool) -> PaymentState:
    """Raises ImpossibleAnswer: a worker parks the row, a page shows the payment as it was known."""
    if short and before.took_money:
        raise ImpossibleAnswer(reason="less_than_before", state=before, news=event)
    if short:
        # It pays for nothing: it stays open for people, or is over once it has gone back.
        event = PaymentEvent.ACCEPTED if event in _FUNDED else PaymentEvent.FAILED
    try:
        return transition(before, event)
    except UnknownTransition as error:
        raise ImpossibleAnswer(reason="no_such_way", state=before, news=event) from error


def note_call(*, payment_id: UUID, now: datetime) -> bool:
    """Write down, before it is made, that a payment's call is made again; False: it was answered,
    or has ended."""
    with transaction():
        found = Payment.objects.filter(pk=payment_id, state__in=NEVER_ANSWERED)
        return found.update(called_at=now) == 1


def give_up_call(
    *, read: Payment, event: PaymentEvent, failure_code: str, now: datetime, actor: str
) -> bool:
    """End a payment that its provider does not know of; False: since it was `read` its call was
    made again, or answered."""
    with gathering_transaction():
        row = _lock([read.pk])[read.pk]
        if (row.state, row.called_at) != (read.state, read.called_at):
            return False
        _learn(row, event, failure_code, now, actor, recorded=False)
        row.save(update_fields=["state", "failure_code", "ask_at"])
    return True


def ask_later(*, payment_id: UUID, now: datetime) -> None:
    """Note that the provider was asked in vain, and when it is asked again."""
    with transaction():
        row = _lock([payment_id])[payment_id]
        row.last_asked_at = now
        row.ask_at = _ask_at(row, PaymentState(row.state), now)
        row.save(update_fields=["last_asked_at", "ask_at"])


def apply_mandate(*, mandate_id: int, snapshot: MandateSnapshot, now: datetime) -> None:
    """Make a mandate what the provider says it is; one that ended never comes back."""
    with transaction():
        row = for_update(Mandate.objects.filter(pk=mandate_id)).first()
        if row is None:
            raise NoSuchPayment(mandate=mandate_id)
        _update_mandate(row, snapshot, now, SYSTEM)


def _lock(payment_ids: Collection[UUID]) -> dict[UUID, Payment]:
    found = for_update(Payment.objects.filter(pk__in=payment_ids))
    rows = {row.pk: bulk.remember(row) for row in found}
    if missing := set(payment_ids) - rows.keys():
        raise NoSuchPayment(payment=str(min(missing)))
    return rows


def _falls_short(row: Payment, snapshot: PaymentSnapshot) -> bool:
    received = snapshot.received or snapshot.amount
    return received.currency != row.currency or received.amount < row.amount


def _take_over(row: Payment, snapshot: PaymentSnapshot, after: PaymentState, now: datetime) -> None:
    row.state = after.value
    row.provider_payment_id = snapshot.provider_payment_id
    row.expires_at = snapshot.expires_at or row.expires_at
    row.store = snapshot.store or row.store
    row.checkout = plain.write(snapshot.checkout) if after.is_open else None
    row.last_asked_at = now
    row.ask_at = _ask_at(row, after, now)
    # Stale news about a payment that has money must not take its time or sum away.
    if snapshot.received is not None:
        # Of the currency that was asked for; another is worth nothing known.
        same = snapshot.received.currency == row.currency
        row.received_amount = snapshot.received.amount if same else 0
    if snapshot.state is ProviderState.PAID:
        row.paid_at = snapshot.paid_at or row.paid_at or now
    if after.took_money or after is PaymentState.REGISTERED:
        row.failure_code = ""
    elif after.is_open or after.value == snapshot.state.value:
        row.failure_code = snapshot.failure_code


def _ask_at(row: Payment, after: PaymentState, now: datetime) -> datetime | None:
    if not after.is_open:
        return None
    return polling.next_ask_at(created_at=row.created_at, now=now)


def _mandates_of(
    news: Sequence[News], rows: Mapping[UUID, Payment], now: datetime, actor: str
) -> dict[UUID, int]:
    """The mandate behind each payment whose news has one, made or brought up to date."""
    reported = [
        (rows[each.payment_id], each.what.mandate)
        for each in news
        if isinstance(each.what, PaymentSnapshot) and each.what.mandate is not None
    ]
    if not reported:
        return {}
    stored = Mandate.objects.filter(
        provider__in={row.provider for row, _ in reported},
        provider_mandate_id__in=[mandate.provider_mandate_id for _, mandate in reported],
        state=MandateState.ACTIVE,
    ).values_list("provider", "provider_mandate_id", "pk")
    known = {(provider, theirs): pk for provider, theirs, pk in stored}
    numbers = _numbers(mandate__in=list(known.values()))
    found: dict[UUID, int] = {}
    for row, mandate in reported:
        pk = known.get((row.provider, mandate.provider_mandate_id))
        wanted = {(reference.kind.value, reference.value) for reference in mandate.references}
        if pk is None or not mandate.active or wanted - numbers[pk]:
            pk = _mandate_of(row, mandate, now, actor).pk
        found[row.pk] = pk
    return found


def _mandate_of(payment: Payment, snapshot: MandateSnapshot, now: datetime, actor: str) -> Mandate:
    Mandate.objects.get_or_create(
        provider=payment.provider,
        provider_mandate_id=snapshot.provider_mandate_id,
        defaults={
            "member_ref": payment.member_ref,
            "method": snapshot.method.value,
            "brand": snapshot.brand,
            "last4": snapshot.last4,
            "created_at": now,
        },
    )
    row = for_update(
        Mandate.objects.filter(
            provider=payment.provider, provider_mandate_id=snapshot.provider_mandate_id
        )
    ).get()
    _update_mandate(row, snapshot, now, actor)
    return row


def _update_mandate(row: Mandate, snapshot: MandateSnapshot, now: datetime, actor: str) -> None:
    PaymentReference.objects.bulk_create(
        [
            PaymentReference(kind=reference.kind.value, value=reference.value, mandate=row)
            for reference in snapshot.references
        ],
        ignore_conflicts=True,
    )
    if snapshot.active or row.state == MandateState.ENDED:
        return
    row.state = MandateState.ENDED
    row.ended_at = snapshot.ended_at or now
    row.end_reason = snapshot.end_reason
    row.save(update_fields=["state", "ended_at", "end_reason"])
    audit.record(
        action="payments.mandate_ended",
        subject=f"member:{row.member_ref}",
        actor=actor,
        details={"mandate": row.pk, "reason": row.end_reason},
    )
    event_log.publish(
        topic=events.MANDATE_ENDED,
        key=str(row.pk),
        payload={"mandate_id": row.pk, "reason": row.end_reason},
    )


def _store_numbers(news: Sequence[News]) -> dict[UUID, int]:
    """Keeps numbers that payments were given; how many each has now, of those with new ones."""
    reported = {
        each.payment_id: {(r.kind.value, r.value): None for r in each.what.references}
        for each in news
        if isinstance(each.what, PaymentSnapshot) and each.what.references
    }
    if not reported:
        return {}
    known = _numbers(payment__in=list(reported))
    fresh = {key: [n for n in numbers if n not in known[key]] for key, numbers in reported.items()}
    bulk.insert_values(
        PaymentReference,
        ("payment_id", "kind", "value"),
        [(key, *number) for key, numbers in fresh.items() for number in numbers],
        pass_over_known=True,
    )
    return {key: len(known[key]) + len(numbers) for key, numbers in fresh.items() if numbers}


def _numbers(**owners: Collection[object]) -> dict[Any, set[tuple[str, str]]]:
    found: dict[Any, set[tuple[str, str]]] = defaultdict(set)
    ((owner, _),) = owners.items()
    rows = PaymentReference.objects.filter(**owners)
    for key, kind, value in rows.values_list(owner.removesuffix("__in"), "kind", "value"):
        found[key].add((kind, value))
    return found


def _publish_change(
    row: Payment, before: PaymentState, actor: str, *, late: bool, recorded: bool
) -> None:
    if row.state == before.value:
        return
    if not recorded or late or row.state != PaymentState.PAID:
        _record(row, f"payments.{row.state}", actor, {"before": before.value, "late": late})
    if not recorded:
        # What becomes of money can bring the same state back: that is published again.
        again = f":{row.last_asked_at}" if before.took_money else ""
        _publish(row, key=f"{row.pk}:{row.state}{again}")


def _publish(row: Payment, *, key: str) -> None:
    event_log.publish(
        topic=events.PAYMENT_CHANGED,
        key=key,
        payload={"payment_id": str(row.pk), "state": row.state},
    )


def _record(row: Payment, action: str, actor: str, more: dict[str, object]) -> None:
    details = {
        "payment": str(row.pk),
        "method": row.method,
        "amount": row.amount,
        "currency": row.currency,
        "failure": row.failure_code,
        **more,
    }
    audit.record(action=action, subject=f"member:{row.member_ref}", actor=actor, details=details)

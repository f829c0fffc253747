"""Charging mandates, in sets: the intents are written first, then the providers are called, then
`snapshots` writes what they said. Each step may be the last before the process dies: the next
run finds the intents and asks before it charges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings

from kaiin.domain.errors import KaiinError
from kaiin.domain.money import Money
from kaiin.domain.payments import NEVER_ANSWERED, PaymentState
from kaiin.infra import bulk, clock
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.locks import for_update, transaction
from kaiin.infra.pacing import Pace, in_parallel
from kaiin.payments import calling, polling, queries, snapshots
from kaiin.payments.calling import Patience
from kaiin.payments.errors import (
    IntentConflict,
    MandateEnded,
    NoSuchPayment,
    NoSuchProvider,
    ProviderUnavailable,
)
from kaiin.payments.models import Installation, Mandate, MandateState, Payment
from kaiin.payments.orders import (
    id_of_intent,
    installation,
    key_of,
    may_be_charged_before,
    order_of,
)
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import ChargeRequest, Order
from kaiin.payments.queries import PaymentView
from kaiin.payments.snapshots import SYSTEM, News


@dataclass(frozen=True)
class ChargeIntent:
    """A charge that is wanted: of a member's mandate, known to its caller by `intent_key`."""

    member_ref: int
    mandate_id: int
    intent_key: str
    amount: Money
    description: str


@dataclass(frozen=True)
class Call:
    """A payment that is written down, and how its provider is called. `ask_first`: it may have
    been called before; `in_doubt`: and that call may still be carried out."""

    payment_id: UUID
    intent_key: str
    provider: str
    state: PaymentState
    request: ChargeRequest
    order: Order
    ask_first: bool
    in_doubt: bool
    opened_at: datetime


Opened = Call | KaiinError


def open_intents(intents: Sequence[ChargeIntent], *, now: datetime) -> dict[str, Opened]:
    """Write the payments of intents down, each once; touches no network.

    Call it inside the transaction that writes the caller's own intents. By intent key: how to
    call the provider, or why there is nothing to call: MandateEnded, IntentConflict,
    NoSuchPayment (no such mandate of this member), NoSuchProvider.
    """
    mandates = Mandate.objects.in_bulk({each.mandate_id for each in intents})
    ours = installation()
    fresh: dict[UUID, Payment] = {}
    for each in intents:
        mandate = mandates.get(each.mandate_id)
        if mandate is not None and _may_charge(each, mandate):
            row = _payment(each, mandate, ours, now)
            fresh[row.written_by] = row
    bulk.insert(list(fresh.values()), pass_over_known=True)
    keys = [each.intent_key for each in intents]
    stored = dict(
        Payment.objects.filter(intent_key__in=keys).values_list("intent_key", "written_by")
    )
    theirs = [key for key, written_by in stored.items() if written_by not in fresh]
    earlier = {
        row.intent_key: row for row in for_update(Payment.objects.filter(intent_key__in=theirs))
    }
    opened: dict[str, Opened] = {}
    again: list[UUID] = []
    for each in intents:
        mandate = mandates.get(each.mandate_id)
        known = earlier.get(each.intent_key)
        if known is not None and mandate is not None and known.state in NEVER_ANSWERED:
            _take_present(known, mandate)
            again.append(known.pk)
        if known is None and each.intent_key in stored:
            known = fresh[stored[each.intent_key]]
        before = each.intent_key in earlier
        opened[each.intent_key] = _opened(each, mandate, known, now, ours, before=before)
    Payment.objects.filter(pk__in=again).update(called_at=now)
    return opened


def call_providers(calls: Sequence[Call]) -> Iterator[tuple[Call, News | None]]:
    """Charge what was never answered for, asking first where it may have been charged already.

    Call it outside of any transaction. KAIIN_PROVIDER_CONCURRENCY calls are under way at once, at
    most KAIIN_PROVIDER_RATE a second begin with each provider. Yields in the order of `calls`,
    with what to write down; None where there is nothing: it was answered before, surely nothing
    happened, or it was left for the next run.
    """
    patience = Patience()

    def make(call: Call) -> tuple[Call, News | None]:
        return call, _make(call, patience)

    yield from in_parallel(make, calls, at_once=settings.KAIIN_PROVIDER_CONCURRENCY)


def record_answers(
    answers: Sequence[tuple[Call, News | None]], *, now: datetime
) -> dict[UUID, PaymentView]:
    """Write down what providers said, and return the payments as they are now, by their ids.

    Call it inside the transaction that acts on them: the outcomes are published nowhere else.
    """
    news = [each for _, each in answers if each is not None]
    rows = snapshots.apply_all(news, now=now, actor=SYSTEM, recorded=True)
    views = {view.id: view for view in queries.views_of(rows)}
    silent = [call.payment_id for call, each in answers if each is None]
    return views | queries.payments(silent) if silent else views


def charge_mandate(
    *, member_ref: int, mandate_id: int, intent_key: str, amount: Money, description: str
) -> PaymentView:
    """Charge a card or carrier contract without the member being present: one alone.

    Idempotent by `intent_key`, as `start_payment`. A decline comes back as FAILED with its
    `failure_code`; UNKNOWN: the outcome is not known yet; call again later or wait for the worker,
    never charge under another key. Raises MandateEnded, IntentConflict, NoSuchPayment (no such
    mandate of this member), ProviderUnavailable (nothing happened).
    """
    intent = ChargeIntent(member_ref, mandate_id, intent_key, amount, description)
    with transaction():
        call = open_intents([intent], now=clock.now())[intent_key]
    reach(CrashPoint.PAYMENT_COMMITTED)
    if isinstance(call, KaiinError):
        raise call
    ((_, news),) = call_providers([call])
    reach(CrashPoint.PROVIDER_ANSWERED)
    if news is not None:
        snapshots.believe(news, actor=SYSTEM)
        reach(CrashPoint.OUTCOME_COMMITTED)
    view = queries.payments([call.payment_id])[call.payment_id]
    if news is None and view.state in NEVER_ANSWERED:
        raise ProviderUnavailable(provider=call.provider)
    return view


def _make(call: Call, patience: Patience) -> News | None:
    if call.state not in NEVER_ANSWERED or patience.is_over(call.provider):
        return None
    _pace(call.provider).take_turn()
    outcome = calling.ask_then_call(
        call.order,
        lambda: calling.charge(call.provider, call.request),
        provider=call.provider,
        ask_first=call.ask_first,
        in_doubt=call.in_doubt,
        # Later, a question asked meanwhile could conclude that no call is under way.
        begin=lambda: clock.now() - call.opened_at < polling.CALL_WITHIN,
    )
    if outcome is not None:
        patience.note(call.provider, outcome)
    return News.of_call(call.payment_id, outcome)


@cache
def _pace(_provider: str) -> Pace:
    """A provider's own pace, for all threads of this process."""
    return Pace(settings.KAIIN_PROVIDER_RATE)


def _may_charge(intent: ChargeIntent, mandate: Mandate) -> bool:
    return (
        mandate.member_ref == intent.member_ref
        and mandate.state == MandateState.ACTIVE
        and mandate.provider in registry.names()
    )


def _payment(intent: ChargeIntent, mandate: Mandate, ours: Installation, now: datetime) -> Payment:
    return Payment(
        id=id_of_intent(intent.intent_key, ours),
        member_ref=intent.member_ref,
        intent_key=intent.intent_key,
        method=mandate.method,
        provider=mandate.provider,
        mandate_id=mandate.pk,
        renews=True,
        amount=intent.amount.amount,
        currency=intent.amount.currency,
        description=intent.description[:200],
        created_at=now,
        called_at=now,
        ask_at=polling.next_ask_at(created_at=now, now=now),
    )


def _take_present(known: Payment, mandate: Mandate) -> None:
    """An unanswered charge is charged to the card or contract of today."""
    same_member = known.member_ref == mandate.member_ref and known.method == mandate.method
    if known.mandate_id != mandate.pk and same_member:
        known.mandate_id = mandate.pk
        Payment.objects.filter(pk=known.pk, state=known.state).update(mandate=mandate)


def _opened(
    intent: ChargeIntent,
    mandate: Mandate | None,
    known: Payment | None,
    now: datetime,
    ours: Installation,
    *,
    before: bool,
) -> Opened:
    if mandate is None or mandate.member_ref != intent.member_ref:
        return NoSuchPayment(mandate=intent.mandate_id)
    if mandate.provider not in registry.names():
        return NoSuchProvider(provider=mandate.provider)
    if known is None:
        return MandateEnded(mandate=mandate.pk, reason=mandate.end_reason)
    same = (known.member_ref, known.method, known.amount, known.currency)
    if same != (intent.member_ref, mandate.method, intent.amount.amount, intent.amount.currency):
        return IntentConflict(intent=intent.intent_key)
    order = order_of(known)
    return Call(
        payment_id=known.pk,
        intent_key=intent.intent_key,
        provider=known.provider,
        state=PaymentState(known.state),
        request=ChargeRequest(
            order_id=order.order_id,
            idempotency_key=order.order_id,
            mandate=key_of(mandate),
            amount=intent.amount,
            description=known.description,
        ),
        order=order,
        ask_first=before or may_be_charged_before(ours, mandate.created_at),
        in_doubt=before and calling.may_arrive(known.provider, known.called_at, now),
        opened_at=now,
    )

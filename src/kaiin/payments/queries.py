"""What others may know about payments: frozen values, never models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from kaiin.domain import payments as payment_rules
from kaiin.domain.money import Money
from kaiin.domain.payments import OPEN_STATES, Dispute, Method, PaymentState, RefundState
from kaiin.domain.references import ReferenceKind, canonical
from kaiin.infra.texts import has_text, text
from kaiin.payments.models import (
    EventState,
    Mandate,
    MandateState,
    Payment,
    PaymentReference,
    ProviderCursor,
    ProviderEvent,
    Refund,
)
from kaiin.payments.orders import order_id
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import Checkout, Reference, Renewals, Scope

_MAX_MATCHES = 50


@dataclass(frozen=True)
class PaymentView:
    """One attempt to move money. `paid_at` of a konbini payment is the time at the store;
    `answered_at` is when the provider last said what became of it; `store` is the chain that a slip
    is for, "" where it is good at any."""

    id: UUID
    member_ref: int
    intent_key: str
    method: Method
    provider: str
    mandate_id: int | None
    amount: Money
    received: Money | None
    state: PaymentState
    checkout: Checkout | None
    failure_code: str
    dispute: Dispute
    paid_at: datetime | None
    expires_at: datetime | None
    created_at: datetime
    answered_at: datetime | None
    store: str
    references: tuple[Reference, ...]

    @property
    def is_open(self) -> bool:
        """Whether money may still come by itself: started, waiting, or not known."""
        return self.state.is_open


@dataclass(frozen=True)
class MandateView:
    """The right to charge. `label` data: brand and last four digits of a card, else empty."""

    id: int
    member_ref: int
    method: Method
    provider: str
    active: bool
    brand: str
    last4: str
    created_at: datetime
    ended_at: datetime | None
    end_reason: str
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class RefundView:
    """Money that goes back. `key` is the caller's, or `provider:…` where it began there;
    `failure_code` is of `payments.failure.<code>`."""

    id: UUID
    payment_id: UUID
    key: str
    amount: Money
    reason: str
    state: RefundState
    created_at: datetime
    done_at: datetime | None
    failure_code: str


@dataclass(frozen=True)
class ReferenceMatch:
    """A payment or a mandate that carries a number; exactly one of the two ids is set."""

    kind: ReferenceKind
    value: str
    member_ref: int
    payment_id: UUID | None
    mandate_id: int | None


@dataclass(frozen=True)
class NoticeView:
    """A provider's notice about a payment, as it was stored."""

    id: int
    event_id: str
    kind: str
    received_at: datetime
    state: str


def can_refund(view: PaymentView) -> bool:
    """Whether the provider can give a payment's money back the way it came."""
    return registry.get(view.provider).can_refund(view.method)


def store_name(store: str) -> str:
    """The chain that a slip is for; "" where any will do, and for one that we have no name for."""
    code = f"payments.store.{store}"
    return text(code) if store and has_text(code) else ""


def store_steps(store: str) -> str:
    """What to do at a chain's store; "" is any."""
    code = f"payments.store_how.{store}"
    return text(code if store and has_text(code) else "payments.store_how.any")


def payment(payment_id: UUID) -> PaymentView | None:
    """A payment by its id."""
    return next(iter(views_of(Payment.objects.filter(pk=payment_id))), None)


def payments(payment_ids: Sequence[UUID]) -> dict[UUID, PaymentView]:
    """Payments by their ids, in three queries for any number."""
    return {view.id: view for view in views_of(Payment.objects.filter(pk__in=payment_ids))}


def payment_by_intent(intent_key: str) -> PaymentView | None:
    """A payment by the key that its caller gave."""
    return next(iter(views_of(Payment.objects.filter(intent_key=intent_key))), None)


def open_payments(member_ref: int) -> tuple[PaymentView, ...]:
    """A member's payments that may still bring money, newest first."""
    found = Payment.objects.filter(member_ref=member_ref, state__in=OPEN_STATES)
    return tuple(views_of(found.order_by("-created_at")))


def notices(payment_id: UUID) -> tuple[NoticeView, ...]:
    """What a payment's provider sent about it, in the order of arrival."""
    found = Payment.objects.filter(pk=payment_id).values_list("provider", flat=True)
    rows = ProviderEvent.objects.filter(provider__in=found, order_id=order_id(payment_id))
    return tuple(
        NoticeView(row.pk, row.event_id, row.kind, row.received_at, row.state)
        for row in rows.defer("body").order_by("pk")
    )


def refunds(payment_id: UUID) -> tuple[RefundView, ...]:
    """A payment's refunds, wherever they began, oldest first."""
    rows = Refund.objects.filter(payment=payment_id).order_by("created_at", "pk")
    return tuple(_refund_view(row) for row in rows)


def refund(refund_id: UUID) -> RefundView | None:
    """A refund by its id."""
    return next(map(_refund_view, Refund.objects.filter(pk=refund_id)), None)


def paused_until(member_ref: int, *, now: datetime) -> datetime | None:
    """Until when a member may not try to pay again, for too many were declined; None: they may.

    Automatic renewals neither count nor are stopped.
    """
    declined = Payment.objects.filter(
        member_ref=member_ref, declined_at__gt=now - 2 * payment_rules.ERROR_WINDOW
    )
    errors = [(at, count) for at, count in declined.values_list("declined_at", "declines") if at]
    return payment_rules.paused_until(errors, now=now)


def mandate(mandate_id: int) -> MandateView | None:
    """A mandate by its id."""
    return next(iter(mandates([mandate_id]).values()), None)


def mandates(mandate_ids: Sequence[int]) -> dict[int, MandateView]:
    """Mandates by their ids, in two queries for any number."""
    rows = list(Mandate.objects.filter(pk__in=mandate_ids))
    numbers = _contract_references([row.pk for row in rows])
    return {row.pk: _mandate_view(row, tuple(numbers.get(row.pk, ()))) for row in rows}


def find_by_reference(text: str) -> tuple[ReferenceMatch, ...]:
    """Payments and mandates that carry a number, however it was typed; at most 50, newest first."""
    readings = {(kind, canonical(kind, text)) for kind in ReferenceKind}
    wanted = Q()
    for kind, value in readings:
        if value is not None:
            wanted |= Q(kind=kind.value, value=value)
    if not wanted:
        return ()
    found = (
        PaymentReference.objects.filter(wanted)
        .order_by("-pk")
        .annotate(owner=Coalesce("payment__member_ref", "mandate__member_ref"))
    )
    return tuple(
        ReferenceMatch(
            kind=ReferenceKind(row.kind),
            value=row.value,
            member_ref=row.owner,
            payment_id=row.payment_id,
            mandate_id=row.mandate_id,
        )
        for row in found[:_MAX_MATCHES]
    )


def checkout_origins() -> tuple[str, ...]:
    """Origins of the pages where members pay, for the Content-Security-Policy's form-action."""
    origins: dict[str, None] = {}
    for provider in registry.all_providers():
        origins.update(dict.fromkeys(provider.checkout_origins()))
    return tuple(origins)


def provider_names() -> tuple[str, ...]:
    """What a tenant file may name as the provider of a way to pay."""
    return registry.names()


def renewals(*, provider: str, method: Method) -> Renewals:
    """Who runs the renewals of a method at a provider."""
    return registry.get(provider).renewals(method)


@dataclass(frozen=True)
class StuckEvent:
    """A notice that could not be applied: put aside (`failed`), or waiting for its order."""

    id: int
    provider: str
    kind: str
    order_id: str
    state: str
    received_at: datetime
    due_at: datetime | None
    attempts: int
    last_error: str


def stuck_events(limit: int) -> tuple[StuckEvent, ...]:
    """Notices that were put aside, can't be read, or wait for an unknown order, oldest
    first."""
    names = [field.name for field in fields(StuckEvent)]
    stuck = [EventState.FAILED, EventState.WAITING, EventState.UNREADABLE]
    rows = ProviderEvent.objects.filter(state__in=stuck)
    return tuple(StuckEvent(**row) for row in rows.order_by("pk").values(*names)[:limit])


@dataclass(frozen=True)
class Silence:
    """How a provider's notices come in. `silent_since` is set once nothing was heard for
    KAIIN_PROVIDER_SILENCE_MINUTES while payments were open; slips that wait for their member do
    not count."""

    provider: str
    heard_at: datetime | None
    swept_at: datetime | None
    open_payments: int
    silent_since: datetime | None


def silence(now: datetime) -> tuple[Silence, ...]:
    """What each provider was last heard to say, in two queries."""
    cursors = ProviderCursor.objects.in_bulk()
    waits = Q(method=Method.KONBINI.value, state=PaymentState.PENDING.value)
    counted = Payment.objects.filter(ask_at__isnull=False).exclude(waits)
    # By way to pay, too: for the provider alone SQLite reads an index of the whole table, which is
    # in that order.
    under_way: dict[str, tuple[int, datetime]] = {}
    for _, provider, count, oldest_at in counted.values_list("method", "provider").annotate(
        Count("pk"), Min("created_at")
    ):
        others, since = under_way.get(provider, (0, oldest_at))
        under_way[provider] = others + count, min(since, oldest_at)
    found = []
    for name in registry.names():
        cursor = cursors.get(name)
        heard_at = cursor.heard_at if cursor else None
        number, oldest = under_way.get(name, (0, None))
        since = max(heard_at, oldest) if heard_at and oldest else oldest
        patience = settings.KAIIN_PROVIDER_SILENCE
        silent = bool(since and patience and now - since >= patience)
        swept_at = cursor.swept_at if cursor else None
        found.append(Silence(name, heard_at, swept_at, number, since if silent else None))
    return tuple(found)


@dataclass(frozen=True)
class InboxFigures:
    """Notices yet to be applied, since when, and those that could not be applied for days or
    can't be read."""

    waiting: int
    oldest_at: datetime | None
    failed: int


def inbox_figures() -> InboxFigures:
    """How far behind the inbox is; a query over each of two partial indexes: for both at once
    SQLite reads the whole table."""
    waiting = ProviderEvent.objects.filter(due_at__isnull=False)
    found = waiting.aggregate(waiting=Count("pk"), oldest_at=Min("received_at"))
    # As in the index's condition: SQLite takes it for no other order of the values.
    failed = ProviderEvent.objects.filter(state__in=[EventState.FAILED, EventState.UNREADABLE])
    return InboxFigures(**found, failed=failed.count())


def open_payment_figures() -> dict[tuple[str, str], int]:
    """How many payments the provider is yet to be asked about, by (state, method); one query over
    a partial index."""
    asked = Payment.objects.filter(ask_at__isnull=False).values_list("state", "method")
    counted = asked.annotate(Count("pk"))
    return {(state, method): count for state, method, count in counted}


def views_of(found: Iterable[Payment]) -> list[PaymentView]:
    """Payments as others see them, of their rows; for this context's own use."""
    rows = list(found)
    if not rows:
        return []
    numbers: dict[UUID | None, list[Reference]] = {}
    for row in PaymentReference.objects.filter(payment__in=[p.pk for p in rows]).order_by("pk"):
        reference = Reference(ReferenceKind(row.kind), row.value, Scope.CHARGE)
        numbers.setdefault(row.payment_id, []).append(reference)
    contracts = _contract_references([p.mandate_id for p in rows if p.mandate_id is not None])
    return [
        _view(row, (*numbers.get(row.pk, ()), *contracts.get(row.mandate_id, ()))) for row in rows
    ]


def _view(row: Payment, references: tuple[Reference, ...]) -> PaymentView:
    received = row.received_amount
    return PaymentView(
        id=row.pk,
        member_ref=row.member_ref,
        intent_key=row.intent_key,
        method=Method(row.method),
        provider=row.provider,
        mandate_id=row.mandate_id,
        amount=Money(row.amount, row.currency),
        received=None if received is None else Money(received, row.currency),
        state=PaymentState(row.state),
        checkout=_checkout(row.checkout),
        failure_code=row.failure_code,
        dispute=Dispute(row.dispute),
        paid_at=row.paid_at,
        expires_at=row.expires_at,
        created_at=row.created_at,
        answered_at=row.last_asked_at,
        store=row.store,
        references=references,
    )


def _refund_view(row: Refund) -> RefundView:
    return RefundView(
        id=row.pk,
        payment_id=row.payment_id,
        key=row.key,
        amount=Money(row.amount, row.currency),
        reason=row.reason,
        state=RefundState(row.state),
        created_at=row.created_at,
        done_at=row.done_at,
        failure_code=row.failure_code,
    )


def _mandate_view(row: Mandate, references: tuple[Reference, ...]) -> MandateView:
    return MandateView(
        id=row.pk,
        member_ref=row.member_ref,
        method=Method(row.method),
        provider=row.provider,
        active=row.state == MandateState.ACTIVE,
        brand=row.brand,
        last4=row.last4,
        created_at=row.created_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        references=references,
    )


def _contract_references(mandate_ids: Sequence[int]) -> dict[int | None, list[Reference]]:
    if not mandate_ids:
        return {}
    numbers: dict[int | None, list[Reference]] = {}
    for row in PaymentReference.objects.filter(mandate__in=mandate_ids).order_by("pk"):
        reference = Reference(ReferenceKind(row.kind), row.value, Scope.CONTRACT)
        numbers.setdefault(row.mandate_id, []).append(reference)
    return numbers


def _checkout(stored: Any) -> Checkout | None:
    if stored is None:
        return None
    return Checkout(**stored | {"fields": tuple(map(tuple, stored["fields"]))})

"""What others may do with payments.

Money is written down before a provider hears of it, and asked about before it is tried again.
Providers are called outside transactions; `snapshots` writes what they say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import structlog

from kaiin.domain.money import Money
from kaiin.domain.payments import NEVER_ANSWERED, Method, PaymentEvent, PaymentState
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction
from kaiin.infra.parking import Parking
from kaiin.payments import (
    calling,
    checkouts,
    polling,
    queries,
    refunds,
    snapshots,
    voiding,
)
from kaiin.payments.calling import Answered, Patience, Unknown
from kaiin.payments.errors import (
    IntentConflict,
    MethodUnavailable,
    NoSuchPayment,
    ProviderUnavailable,
    TooManyErrors,
)
from kaiin.payments.models import Mandate, MandateState, Payment, Refund
from kaiin.payments.orders import id_of_intent, installation, key_of, order_of
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import Provider
from kaiin.payments.queries import PaymentView
from kaiin.payments.snapshots import SYSTEM, News
from kaiin.sites import queries as sites

_log = structlog.get_logger(__name__)


def start_payment(
    *,
    member_ref: int,
    intent_key: str,
    method: Method,
    amount: Money,
    description: str,
    return_url: str,
    member_hint: str,
    renews: bool,
    language: str = "ja",
    slip_days: int = 7,
) -> PaymentView:
    """Open a payment that the member makes on the provider's page (see `checkout`).

    Idempotent by `intent_key`: the same key brings the same payment back, in any state; a
    call that got no answer is asked about, then made again under the same key. `{payment_id}` in
    `return_url` is replaced by the payment's id. `member_hint` is a mail address that fills in
    the provider's page, or "". `renews` asks for a mandate too. A konbini slip ends at 23:59:59
    JST, `slip_days` days from now. An amount of 0 registers a card for later and charges nothing
    (`method` card, `renews`): it ends REGISTERED, with its mandate.

    State UNKNOWN and no checkout: the provider did not answer; it is asked again by the worker.
    Raises IntentConflict (key used for something else), MethodUnavailable (the tenant does not
    offer it), TooManyErrors (this member's payments were declined four times in 24 hours; nothing
    was written), ProviderUnavailable (nothing happened: the same call may be made again).
    """
    if amount.amount == 0 and not (method is Method.CARD and renews):
        raise MethodUnavailable(method=method.value)
    provider = _provider_of(method)
    if not Payment.objects.filter(intent_key=intent_key).exists():
        check_may_try(member_ref=member_ref)
    asked = checkouts.Asked(return_url, member_hint, language, slip_days)
    now = clock.now()
    # Committed before any call.
    with transaction():
        row, created = Payment.objects.get_or_create(
            intent_key=intent_key,
            defaults={
                "id": id_of_intent(intent_key, installation()),
                "member_ref": member_ref,
                "method": method.value,
                "provider": provider.name,
                "renews": renews and method.can_renew,
                "amount": amount.amount,
                "currency": amount.currency,
                "description": description[:200],
                "request": asdict(asked),
                "created_at": now,
                "called_at": now,
                "ask_at": polling.next_ask_at(created_at=now, now=now),
            },
        )
        if created:
            _note_start(row)
    same = (row.member_ref, row.method, row.amount, row.currency)
    if same != (member_ref, method.value, amount.amount, amount.currency):
        raise IntentConflict(intent=intent_key)
    if row.checkout is None and PaymentState(row.state).is_open:
        _open_page(row, called_before=not created)
    return _view(row.pk)


def check_may_try(*, member_ref: int) -> None:
    """Raises TooManyErrors for a member who may begin no payment now; what writes something
    down before `start_payment` asks first."""
    until = queries.paused_until(member_ref, now=clock.now())
    if until is not None:
        raise TooManyErrors(until=until)


def refresh_payment(*, payment_id: UUID, timeout_seconds: float) -> PaymentView:
    """Ask the provider what became of a payment, and write it down.

    Never raises for a provider that does not answer, or whose answer can't be true: the payment
    comes back as it was known. Raises NoSuchPayment.
    """
    row = _row(payment_id)
    asked_at = clock.now()
    outcome = calling.ask_payment(row.provider, order_of(row), timeout_seconds=timeout_seconds)
    if isinstance(outcome, Answered):
        if outcome.answer is None:
            _note_unknown_there(row, asked_at)
        else:
            snapshots.believe(News(row.pk, outcome.answer), actor=SYSTEM)
    return _view(payment_id)


def poll_open(*, now: datetime, limit: int) -> int:
    """Ask about open payments and refunds whose turn it is; how many it was.

    The pauses grow with a payment's age (`asking`). A provider that does not answer three times in
    a row is left alone for the rest of this round.
    """
    parking = Parking[UUID]("payment.poll", now)
    due = parking.claim(Payment.objects.all(), "ask_at", lease=polling.LEASE, limit=limit)
    parking.in_halves(
        list(_ask_providers(due, now, parking)),
        lambda news: snapshots.apply_all(news, now=clock.now(), actor=SYSTEM),
        key=lambda news: news.payment_id,
    )
    parking.give_back()
    return parking.settle(row.pk for row in due) + refunds.poll(now=now, limit=limit)


def cancel_payment(*, payment_id: UUID, actor: str = SYSTEM) -> PaymentView:
    """Void an open payment or slip. Money that was faster comes back as PAID.

    One that the provider does not know of is voided once its call can't arrive any more; a page is
    asked for again, so that there is something to void. A payment that has ended comes back as it
    is. Raises NoSuchPayment, ProviderUnavailable (not known to be voided: try again).
    """
    row = _row(payment_id)
    if PaymentState(row.state).is_open and not voiding.void(row, actor=actor):
        raise ProviderUnavailable(provider=row.provider)
    return _view(payment_id)


def end_mandate(*, mandate_id: int) -> queries.MandateView:
    """Give a card or carrier contract back; ending an ended one changes nothing.

    Raises NoSuchPayment, ProviderUnavailable (not known to have ended: try again).
    """
    row = Mandate.objects.filter(pk=mandate_id).first()
    if row is None:
        raise NoSuchPayment(mandate=mandate_id)
    if row.state == MandateState.ACTIVE:
        outcome = calling.end_mandate(row.provider, key_of(row))
        if not isinstance(outcome, Answered):
            raise ProviderUnavailable(provider=row.provider) from outcome.error
        if outcome.answer is not None:
            snapshots.apply_mandate(mandate_id=row.pk, snapshot=outcome.answer, now=clock.now())
    view = queries.mandate(mandate_id)
    if view is None:
        raise NoSuchPayment(mandate=mandate_id)
    return view


def _note_start(row: Payment) -> None:
    audit.record(
        action="payments.started",
        subject=f"member:{row.member_ref}",
        actor=f"member:{row.member_ref}",
        details={
            "payment": str(row.pk),
            "intent": row.intent_key,
            "method": row.method,
            "amount": row.amount,
            "currency": row.currency,
        },
    )


def _open_page(row: Payment, *, called_before: bool) -> None:
    """Have a payment's page opened; one that may have been opened before is asked about first, and
    the payment is left UNKNOWN while the provider does not answer."""
    in_doubt = called_before and calling.may_arrive(row.provider, row.called_at, clock.now())
    outcome = calling.ask_then_call(
        order_of(row),
        lambda: calling.open_page(row.provider, checkouts.request_of(row)),
        provider=row.provider,
        ask_first=called_before or installation().restored_at is not None,
        in_doubt=in_doubt,
        begin=lambda: not called_before or snapshots.note_call(payment_id=row.pk, now=clock.now()),
    )
    if isinstance(outcome, Unknown) and outcome.nothing_happened:
        raise ProviderUnavailable(provider=row.provider) from outcome.error
    news = News.of_call(row.pk, outcome)
    if news is not None:
        snapshots.believe(news, actor=_actor(row))


def _ask_providers(due: Sequence[Payment], now: datetime, parking: Parking[UUID]) -> Iterator[News]:
    """What providers say of payments; one that was asked about in vain waits its turn again."""
    patience = Patience()
    left_alone: list[UUID] = []
    for row in due:
        if patience.is_over(row.provider):
            left_alone.append(row.pk)
            continue
        parking.keep()
        snapshot = None
        with parking.apart(row.pk):
            asked_at = clock.now()
            outcome = calling.ask_payment(row.provider, order_of(row))
            patience.note(row.provider, outcome)
            if isinstance(outcome, Answered):
                snapshot = outcome.answer
                if snapshot is None:
                    _note_unknown_there(row, asked_at)
            elif isinstance(outcome, Unknown) and outcome.is_unreadable:
                raise outcome.error
            else:
                snapshots.ask_later(payment_id=row.pk, now=now)
        if snapshot is not None:
            yield News(row.pk, snapshot)
    if left_alone:
        rows = Payment.objects.filter(pk__in=left_alone, ask_at__isnull=False)
        rows.update(ask_at=now + polling.LEFT_ALONE)


def _note_unknown_there(row: Payment, asked_at: datetime) -> None:
    """The provider knew of no such order when it was asked: its call is lost, or may arrive yet."""
    lost = row.state in NEVER_ANSWERED and polling.is_lost(
        called_at=row.called_at,
        now=asked_at,
        calls_end_within=registry.get(row.provider).calls_end_within(),
        repeated=row.mandate_id is not None,
    )
    if lost:
        snapshots.give_up_call(
            read=row,
            event=PaymentEvent.FAILED,
            failure_code="not_executed",
            now=clock.now(),
            actor=SYSTEM,
        )
    else:
        snapshots.ask_later(payment_id=row.pk, now=clock.now())


def _actor(row: Payment) -> str:
    """Who a payment is made by: the member on a page, or the worker on a mandate."""
    return f"member:{row.member_ref}" if row.mandate_id is None else SYSTEM


def _provider_of(method: Method) -> Provider:
    name = sites.tenant().ways_to_pay.get(method)
    if name is None:
        raise MethodUnavailable(method=method.value)
    return registry.get(name)


def after_restore(*, now: datetime) -> None:
    """The database was brought back from a backup: ask about each open payment and refund at
    once, and before each charge of what existed already. Lists of events are read on from where
    the backup's cursors are. Call it in a transaction."""
    ours = installation()
    ours.restored_at = now
    ours.save(update_fields=["restored_at"])
    for model in (Payment, Refund):
        model.objects.filter(ask_at__isnull=False).update(ask_at=now)


def _row(payment_id: UUID) -> Payment:
    row = Payment.objects.filter(pk=payment_id).first()
    if row is None:
        raise NoSuchPayment(payment=str(payment_id))
    return row


def _view(payment_id: UUID) -> PaymentView:
    view = queries.payment(payment_id)
    if view is None:
        raise NoSuchPayment(payment=str(payment_id))
    return view

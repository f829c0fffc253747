"""The one place where payment providers are called.

Every call has a time-out, is never made inside a transaction, and ends in one of three outcomes.
What brings no answer is logged here. `infra.http` has a crash point before and after each call.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from django.conf import settings

from kaiin.domain.errors import KaiinError
from kaiin.infra.http import OutsideRefused, OutsideUnavailable, OutsideUnknown, OutsideUnreadable
from kaiin.infra.locks import refuse_in_transaction
from kaiin.payments import polling
from kaiin.payments.orders import payment_id
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import (
    ChargeRequest,
    CheckoutRequest,
    EventPage,
    MandateKey,
    MandateSnapshot,
    Order,
    PaymentSnapshot,
    Provider,
    RefundRequest,
)

T = TypeVar("T")

_log = structlog.get_logger(__name__)

# A provider that was silent so often in a row is left alone for the rest of a round.
_MAX_SILENCES = 3


@dataclass(frozen=True)
class Answered(Generic[T]):
    """What the provider says now."""

    answer: T


@dataclass(frozen=True)
class Refused:
    """No, for good: this call did nothing. `in_doubt`: one before it may still be carried out."""

    error: OutsideRefused
    in_doubt: bool = False

    @property
    def code(self) -> str:
        return self.error.code


@dataclass(frozen=True)
class Unknown:
    """No answer that can be used. `asking`: to the question before the call, which was not made."""

    error: Exception
    asking: bool = False

    @property
    def code(self) -> str:
        return self.error.code if isinstance(self.error, KaiinError) else repr(self.error)

    @property
    def nothing_happened(self) -> bool:
        """Whether the call was surely not carried out."""
        return not self.asking and isinstance(self.error, OutsideUnavailable)

    @property
    def is_silence(self) -> bool:
        """Whether the provider did not answer at all."""
        silence = isinstance(self.error, OutsideUnavailable | OutsideUnknown)
        return silence and not isinstance(self.error, OutsideUnreadable)

    @property
    def is_unreadable(self) -> bool:
        """Whether our code stumbles over the answer: the fault of one row, to be parked."""
        return not self.is_silence and not isinstance(self.error, OutsideRefused)


Outcome = Answered[T] | Refused | Unknown
Ask = Outcome[PaymentSnapshot | None]


class Patience:
    """Which providers a round still calls; of all its threads."""

    def __init__(self) -> None:
        self._silences: dict[str, int] = defaultdict(int)

    def is_over(self, provider: str) -> bool:
        """Whether a provider is left alone for the rest of the round."""
        return self._silences[provider] >= _MAX_SILENCES

    def note(self, provider: str, outcome: Outcome[T]) -> None:
        """Count a silence; any answer ends the row of silences, one that can't be read apart."""
        if not isinstance(outcome, Unknown):
            self._silences[provider] = 0
        elif outcome.is_silence:
            self._silences[provider] += 1


def ask_then_call(
    order: Order,
    call: Callable[[], Outcome[PaymentSnapshot]],
    *,
    provider: str,
    ask_first: bool,
    in_doubt: bool,
    begin: Callable[[], bool] = lambda: True,
    shows: Callable[[PaymentSnapshot], bool] = lambda _: True,
) -> Outcome[PaymentSnapshot] | None:
    """Have a provider do something for an order once.

    1. `ask_first`: it may have been called for it before. Where it `shows` in the order's present
       state, that is the answer; without an answer, the call is not made.
    2. `begin` notes the call before it is made. False: not to be made (any more); None is returned.
    3. The call. `in_doubt`: one before it may still be carried out, so that a refusal of this one
       decides nothing.
    """
    if ask_first:
        asked = ask_payment(provider, order)
        if not isinstance(asked, Answered):
            # A question that is refused says nothing about the order either.
            return Unknown(asked.error, asking=True)
        if asked.answer is not None and shows(asked.answer):
            return Answered(asked.answer)
    if not begin():
        return None
    outcome = call()
    return replace(outcome, in_doubt=in_doubt) if isinstance(outcome, Refused) else outcome


def may_arrive(provider: str, called_at: datetime, now: datetime) -> bool:
    """Whether a call that the provider does not know of may still be carried out there."""
    limit = registry.get(provider).calls_end_within()
    return polling.may_arrive(called_at=called_at, now=now, calls_end_within=limit)


def ask_payment(provider: str, order: Order, *, timeout_seconds: float | None = None) -> Ask:
    """What a payment is now; None: the provider surely has no such order."""
    return _call(
        provider,
        lambda it, limit: it.fetch_payment(order, timeout_seconds=limit),
        "fetch_payment",
        order.order_id,
        timeout_seconds=timeout_seconds,
    )


def ask_mandate(
    provider: str, key: MandateKey, *, timeout_seconds: float | None = None
) -> Outcome[MandateSnapshot | None]:
    """What a mandate is now; None: unknown there."""
    return _call(
        provider,
        lambda it, limit: it.fetch_mandate(key, timeout_seconds=limit),
        "fetch_mandate",
        timeout_seconds=timeout_seconds,
    )


def open_page(provider: str, request: CheckoutRequest) -> Outcome[PaymentSnapshot]:
    """Open a payment's page, or find it open."""
    return _call(
        provider,
        lambda it, limit: it.create_checkout(request, timeout_seconds=limit),
        "create_checkout",
        request.order_id,
    )


def charge(provider: str, request: ChargeRequest) -> Outcome[PaymentSnapshot]:
    """Charge a mandate; a decline is an answer."""
    return _call(
        provider,
        lambda it, limit: it.charge(request, timeout_seconds=limit),
        "charge",
        request.order_id,
    )


def cancel_payment(provider: str, order: Order) -> Ask:
    """Void an open payment, and what it is then; None: the provider has no such order."""
    return _call(
        provider,
        lambda it, limit: it.cancel_payment(order, timeout_seconds=limit),
        "cancel_payment",
        order.order_id,
    )


def refund(provider: str, request: RefundRequest) -> Outcome[PaymentSnapshot]:
    """Give money back; the payment as it is then."""
    return _call(
        provider,
        lambda it, limit: it.refund(request, timeout_seconds=limit),
        "refund",
        request.order.order_id,
    )


def end_mandate(provider: str, key: MandateKey) -> Outcome[MandateSnapshot | None]:
    """Give a card or contract back."""
    return _call(
        provider, lambda it, limit: it.end_mandate(key, timeout_seconds=limit), "end_mandate"
    )


def list_events(provider: str, *, cursor: str, limit: int) -> Outcome[EventPage | None]:
    """Events after a cursor; None: the provider has no such list."""
    return _call(
        provider,
        lambda it, time: it.list_events(cursor=cursor, limit=limit, timeout_seconds=time),
        "list_events",
    )


def _call(
    name: str,
    call: Callable[[Provider, float], T],
    what: str,
    order_id: str = "",
    *,
    timeout_seconds: float | None = None,
) -> Outcome[T]:
    refuse_in_transaction()
    limit = settings.KAIIN_PROVIDER_TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
    outcome: Outcome[T]
    try:
        return Answered(call(registry.get(name), float(limit)))
    except OutsideRefused as error:
        event, outcome = "payments.refused", Refused(error)
    except Exception as error:  # noqa: BLE001 - what an adapter stumbles over may have happened
        event, outcome = "payments.no_answer", Unknown(error)
    _log.warning(
        event,
        provider=name,
        call=what,
        payment=str(payment_id(order_id) or ""),
        error=repr(outcome.error),
        reason=outcome.error.params.get("reason") if isinstance(outcome.error, KaiinError) else "",
    )
    return outcome

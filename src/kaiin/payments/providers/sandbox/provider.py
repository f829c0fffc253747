"""The sandbox provider behind the protocol."""

from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from kaiin.domain.payments import Method
from kaiin.payments.providers.protocol import (
    Acknowledgement,
    ChargeRequest,
    CheckoutRequest,
    EventPage,
    MandateKey,
    MandateSnapshot,
    Notice,
    NoticeOutcome,
    Order,
    PaymentSnapshot,
    RefundRequest,
    Renewals,
    VerifiedNotice,
)
from kaiin.payments.providers.sandbox import notices, wire
from kaiin.payments.providers.sandbox.client import SandboxClient


class SandboxProvider:
    """A `Provider`: signs nothing away to trust, asks the service for every truth. `transport` or
    `client` lead to a service in this process."""

    name = "sandbox"

    def __init__(
        self,
        *,
        base_url: str,
        public_url: str,
        secret: str,
        transport: httpx.BaseTransport | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        self._public_url = public_url
        self._secret = secret
        self._client = SandboxClient(
            base_url=base_url, secret=secret, transport=transport, client=client
        )

    @classmethod
    def from_settings(cls) -> "SandboxProvider":
        """Made from KAIIN_SANDBOX_URL, KAIIN_SANDBOX_PUBLIC_URL and KAIIN_SANDBOX_SECRET, once
        for all threads."""
        return _made(
            settings.KAIIN_SANDBOX_URL or "",
            settings.KAIIN_SANDBOX_PUBLIC_URL or "",
            settings.KAIIN_SANDBOX_SECRET or "",
        )

    def renewals(self, method: Method) -> Renewals:
        """All that can renew is charged by us; a slip never renews."""
        return Renewals.BY_US if method.can_renew else Renewals.NONE

    def can_refund(self, method: Method) -> bool:
        """All but cash from a store."""
        return method is not Method.KONBINI

    def calls_end_within(self) -> timedelta:
        """Ten minutes, unless its switch `late` breaks the promise."""
        return timedelta(minutes=10)

    def checkout_origins(self) -> tuple[str, ...]:
        """The service's public origin, if one is configured."""
        parts = urlsplit(self._public_url)
        return (f"{parts.scheme}://{parts.netloc}",) if parts.netloc else ()

    def create_checkout(
        self, request: CheckoutRequest, *, timeout_seconds: float
    ) -> PaymentSnapshot:
        """POST /v1/checkouts."""
        answer = self._client.post(
            "/v1/checkouts",
            {
                "application": wire.APPLICATION,
                "order_id": request.order_id,
                "method": request.method.value,
                "amount": request.amount.amount,
                "currency": request.amount.currency,
                "description": request.description,
                "customer": request.customer,
                "email": request.email,
                "language": request.language,
                "return_url": request.return_url,
                "renews": request.renews,
                "slip_days": request.slip_days,
            },
            idempotency_key=request.idempotency_key,
            timeout_seconds=timeout_seconds,
        )
        return wire.payment(answer)

    def charge(self, request: ChargeRequest, *, timeout_seconds: float) -> PaymentSnapshot:
        """POST /v1/charges."""
        answer = self._client.post(
            "/v1/charges",
            {
                "application": wire.APPLICATION,
                "order_id": request.order_id,
                "mandate_id": request.mandate.provider_mandate_id,
                "amount": request.amount.amount,
                "currency": request.amount.currency,
                "description": request.description,
            },
            idempotency_key=request.idempotency_key,
            timeout_seconds=timeout_seconds,
        )
        return wire.payment(answer)

    def fetch_payment(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        """GET /v1/orders/<our number>."""
        path = f"/v1/orders/{order.order_id}"
        answer = self._client.get(path, timeout_seconds=timeout_seconds)
        return None if answer is None else wire.payment(answer)

    def cancel_payment(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        """POST /v1/orders/<our number>/cancel."""
        path = f"/v1/orders/{order.order_id}/cancel"
        answer = self._client.post_or_none(path, timeout_seconds=timeout_seconds)
        return None if answer is None else wire.payment(answer)

    def refund(self, request: RefundRequest, *, timeout_seconds: float) -> PaymentSnapshot:
        """POST /v1/orders/<our number>/refunds."""
        answer = self._client.post(
            f"/v1/orders/{request.order.order_id}/refunds",
            {"key": request.key, "amount": request.amount.amount, "reason": request.reason},
            idempotency_key=request.key,
            timeout_seconds=timeout_seconds,
        )
        return wire.payment(answer)

    def fetch_mandate(self, key: MandateKey, *, timeout_seconds: float) -> MandateSnapshot | None:
        """GET /v1/mandates/<id>."""
        path = f"/v1/mandates/{key.provider_mandate_id}"
        answer = self._client.get(path, timeout_seconds=timeout_seconds)
        return None if answer is None else wire.mandate(answer)

    def end_mandate(self, key: MandateKey, *, timeout_seconds: float) -> MandateSnapshot | None:
        """POST /v1/mandates/<id>/end."""
        path = f"/v1/mandates/{key.provider_mandate_id}/end"
        answer = self._client.post_or_none(path, timeout_seconds=timeout_seconds)
        return None if answer is None else wire.mandate(answer)

    def read_notice(self, notice: Notice, *, now: datetime) -> VerifiedNotice:
        """Header `Sandbox-Signature`, see `notices`."""
        return notices.read(notice, secret=self._secret, now=now)

    def acknowledge(self, outcome: NoticeOutcome) -> Acknowledgement:
        """200 or 400, as Stripe and KOMOJU have it."""
        if outcome is NoticeOutcome.STORED:
            return Acknowledgement(200, b"ok", "text/plain")
        return Acknowledgement(400, b"refused", "text/plain")

    def list_events(self, *, cursor: str, limit: int, timeout_seconds: float) -> EventPage | None:
        """GET /v1/events; None where no sandbox is configured."""
        if not self._client.configured:
            return None
        answer = self._client.get(
            "/v1/events",
            params={"after": cursor, "limit": str(limit)},
            timeout_seconds=timeout_seconds,
        )
        return wire.event_page(answer or {})


@cache
def _made(base_url: str, public_url: str, secret: str) -> SandboxProvider:
    return SandboxProvider(base_url=base_url, public_url=public_url, secret=secret)

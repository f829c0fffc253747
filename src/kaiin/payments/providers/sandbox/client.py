"""HTTP with the sandbox service: bearer secret, idempotency key, named outcomes."""

from collections.abc import Mapping
from typing import Any

import httpx

from kaiin.infra import http
from kaiin.infra.http import OutsideRefused, OutsideUnavailable, OutsideUnknown
from kaiin.payments.providers.sandbox import wire

Json = dict[str, Any]

# Refusals that prove that an earlier call for the same order arrived, if not what came of it.
_USED_BEFORE = ("order_exists", "idempotency_conflict", "refund_conflict")
# The whole account is refused, or asked to wait: nothing is said about the order.
_NOT_NOW = (
    httpx.codes.UNAUTHORIZED,
    httpx.codes.FORBIDDEN,
    httpx.codes.REQUEST_TIMEOUT,
    httpx.codes.TOO_MANY_REQUESTS,
)


class SandboxClient:
    """One connection pool for all threads. Raises `infra.http` errors."""

    def __init__(
        self,
        *,
        base_url: str,
        secret: str,
        transport: httpx.BaseTransport | None,
        client: httpx.Client | None,
    ) -> None:
        self.configured = bool(base_url)
        self._client = client or http.client(
            base_url=base_url, timeout_seconds=10, transport=transport
        )
        self._client.headers["Authorization"] = f"Bearer {secret}"

    def get(
        self, path: str, *, timeout_seconds: float, params: Mapping[str, str] | None = None
    ) -> Json | None:
        """The answer's JSON; None for 404. A question that fails was surely not executed."""
        try:
            return self._send("GET", path, timeout_seconds=timeout_seconds, params=params)
        except OutsideUnknown as error:
            raise OutsideUnavailable(**error.params) from error

    def post(
        self, path: str, content: Json, *, idempotency_key: str, timeout_seconds: float
    ) -> Json:
        """The answer's JSON; a 404 is a refusal."""
        answer = self._send(
            "POST",
            path,
            timeout_seconds=timeout_seconds,
            json=content,
            headers={"Idempotency-Key": idempotency_key},
        )
        if answer is None:
            raise OutsideRefused(reason="not_found")
        return answer

    def post_or_none(self, path: str, *, timeout_seconds: float) -> Json | None:
        """The answer's JSON; None for 404. For calls that may be repeated without a key."""
        return self._send("POST", path, timeout_seconds=timeout_seconds, json={})

    def _send(self, method: str, path: str, *, timeout_seconds: float, **more: Any) -> Json | None:
        if not self.configured:
            raise OutsideUnavailable(reason="KAIIN_SANDBOX_URL is not set")
        # Connecting and waiting for the answer together stay within the time-out.
        patience = httpx.Timeout(timeout_seconds * 0.7, connect=timeout_seconds * 0.3)
        request = self._client.build_request(method, path, timeout=patience, **more)
        response = http.send(self._client, request)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.status_code == httpx.codes.CONFLICT:
            # The same call is still under way there (KOMOJU answers likewise).
            raise OutsideUnknown(reason="in_flight")
        try:
            answer = wire.loads(response.content)
        except ValueError as error:
            raise OutsideUnknown(reason="unreadable") from error
        if response.is_error:
            named = isinstance(answer, dict)
            reason = str(answer["error"]) if named and "error" in answer else "unnamed"
            if response.status_code in _NOT_NOW:
                raise OutsideUnavailable(reason=reason)
            if reason in _USED_BEFORE:
                raise OutsideUnknown(reason=reason)
            raise OutsideRefused(reason=reason)
        if not isinstance(answer, dict):
            raise OutsideUnknown(reason="unreadable")
        return answer

"""The payment provider of a run: the sandbox's own service in this process, and its network."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import cast

import httpx
from django.test import RequestFactory

from kaiin.domain.payments import Method
from kaiin.infra import clock
from kaiin.lab.sandbox import cards, events, switches
from kaiin.lab.sandbox.app import create_app
from kaiin.lab.sandbox.store import Row
from kaiin.lab.simulation.calls import Calls
from kaiin.payments.providers import registry
from kaiin.payments.providers.sandbox import wire
from kaiin.payments.providers.sandbox.provider import SandboxProvider
from kaiin.payments.queries import PaymentView
from kaiin.web.webhooks import views

_SECRET = "the simulation's own"  # noqa: S105
_HOST = "pay.simulation.localhost"
_URL = f"http://{_HOST}"
GOOD_CARD = cards.CARDS[0]
BAD_RENEWALS_CARD = cards.CARDS[-1]


class Provider:
    """What people do on the provider's pages, and what the network does with its notices."""

    def __init__(self, folder: Path, source: Random) -> None:
        self.store_path = folder / "sandbox.sqlite3"
        self._app = create_app(
            store_path=self.store_path,
            secret=_SECRET,
            notice_url=f"{_URL}/unused",
            public_url=_URL,
            source=source,
            alone=True,
        )
        self.service = self._app.service
        self._requests = RequestFactory()
        registry.use(
            "sandbox",
            SandboxProvider(
                base_url=_URL,
                public_url=_URL,
                secret=_SECRET,
                client=cast(httpx.Client, Calls(self._app, _HOST)),
            ),
        )

    @property
    def file(self) -> sqlite3.Connection:
        """The store, as it is open now."""
        return self.service.store.connection()

    def close(self) -> None:
        """Let go of the store's file, for another reader."""
        self.service.store.close()

    # People at the provider's pages. Each raises `service.Refused` where the page would say no.

    def pay(self, payment: PaymentView, card: cards.Card, *, proven: bool = True) -> None:
        """Go through the page to its end: money, or a slip."""
        now, token = clock.now(), _token(payment)
        match payment.method:
            case Method.CARD:
                row = self.service.enter_card(token, card, now)
                if row["step"] == "3ds":
                    self.service.answer_three_ds(token, now, proven=proven)
            case Method.KONBINI:
                self.service.issue_slip(token, "lawson", now)
            case _:
                self.service.enter_pin(token, now)
                self.service.agree(token, now)

    def give_up(self, payment: PaymentView) -> None:
        """Turn back on the page."""
        self.service.give_up(_token(payment), clock.now())

    def pay_slip(self, slip: str, *, amount: int | None, report_after: timedelta) -> None:
        """Hand cash over at a store."""
        self.service.pay_at_store(slip, clock.now(), report_after=report_after, amount=amount)

    def end_contract(self, mandate_id: str, by: str) -> None:
        """A contract ends behind our back."""
        self.service.end_mandate(mandate_id, by, clock.now())

    def spoil_card(self, mandate_id: str, code: str) -> None:
        """From now on, charges of a contract fail."""
        with self.service.store.transaction() as tx:
            tx.update("mandate", mandate_id, {"renewals_fail": code})

    def add_mandate(
        self, key: str, member_pk: int, method: Method, amount: int, card: cards.Card | None
    ) -> None:
        """A card or contract made before the club came here; once for each key."""
        if self.rows("SELECT 1 FROM mandate WHERE id = ?", key):
            return
        asked = {
            "application": wire.APPLICATION,
            "customer": f"m{member_pk}",
            "method": method.value,
            "amount": amount,
            "currency": "JPY",
        }
        self.service.add_mandate(key, asked, clock.now(), card)

    def mandates_of(self, member_pk: int) -> list[Row]:
        """A member's running contracts, oldest first."""
        return self.rows(
            "SELECT * FROM mandate WHERE customer = ? AND status = 'active'"
            " ORDER BY created_at, id",
            f"m{member_pk}",
        )

    def slips_of(self, member_pk: int) -> list[Row]:
        """Every slip that a member ever got, oldest first."""
        return self.rows(
            "SELECT * FROM payment WHERE customer = ? AND slip IS NOT NULL ORDER BY created_at, id",
            f"m{member_pk}",
        )

    def paid_by(self, member_pk: int) -> list[Row]:
        """What a member has paid, oldest first."""
        return self.rows(
            "SELECT * FROM payment WHERE customer = ? AND status = 'paid' AND received_amount > 0"
            " ORDER BY paid_at, id",
            f"m{member_pk}",
        )

    def is_untroubled(self, order_id: str) -> bool:
        """Whether a payment's money was never asked back."""
        return not self.rows(
            "SELECT 1 FROM payment WHERE order_id = ? AND (dispute <> 'none'"
            " OR id IN (SELECT payment_id FROM refund))",
            order_id,
        )

    def refund(self, order_id: str, *, key: str, amount: int) -> None:
        """Money is given back on the provider's own pages."""
        self.service.refund(order_id, clock.now(), key=key, amount=amount, reason="dashboard")

    def open_dispute(self, order_id: str) -> None:
        """The payer says that it was not them."""
        self.service.open_dispute(order_id, clock.now())

    def close_dispute(self, order_id: str, *, won: bool) -> None:
        """The bank decides; `won` by us."""
        self.service.close_dispute(order_id, clock.now(), won=won)

    # The network

    def switch(self, name: str, value: str) -> None:
        """Turn a fault on, or off with ""."""
        with self.service.store.transaction() as tx:
            switches.put(tx, scope=switches.GLOBAL, name=name, value=value)

    def deliver(self) -> int:
        """Send what is due to the webhook page; how many notices were tried."""
        return self._app.deliver_due(self._to_webhook, limit=100)

    def send(self, body: bytes, headers: dict[str, str]) -> int:
        """Post anything to the webhook page; the answer's status."""
        return self._to_webhook(body, headers)

    def foreign_event(self) -> None:
        """Another product on the same account sells something."""
        with self.service.store.transaction() as tx:
            events.emit(
                tx,
                self.service.numbers,
                kind="payment.paid",
                application="another-product",
                order_id=self.service.numbers.id("order"),
                now=clock.now(),
            )

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What the provider's own store says."""
        return self.service.store.reading().all(sql, values)

    def _to_webhook(self, body: bytes, headers: dict[str, str]) -> int:
        request = self._requests.post(
            "/webhooks/sandbox",
            data=body,
            content_type=headers.get("Content-Type", "application/json"),
            headers={name: value for name, value in headers.items() if name != "Content-Type"},
        )
        return views.notice(request, provider="sandbox").status_code


def _token(payment: PaymentView) -> str:
    if payment.checkout is None:
        raise LookupError("the provider gave no page to pay on")
    return payment.checkout.url.rstrip("/").rpartition("/")[2]

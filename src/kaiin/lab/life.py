"""A club's life in one process: the demo's past, the tests and the simulation are played by this.

Members act through the contexts' doors (`register`, `join`), and at the provider on the sandbox's
own service (`Provider`), each at the clock's present instant.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.test import RequestFactory

from kaiin.billing.actions.join import JoinStarted, join_site
from kaiin.domain.payments import Method
from kaiin.identity.flows.register import import_member
from kaiin.infra import clock
from kaiin.lab.sandbox import cards, switches
from kaiin.lab.sandbox.app import SandboxApp
from kaiin.lab.sandbox.cards import Card
from kaiin.lab.sandbox.service import Service
from kaiin.lab.sandbox.store import Row
from kaiin.payments.providers.sandbox import wire
from kaiin.payments.queries import PaymentView
from kaiin.sites import queries as sites
from kaiin.web.webhooks import views

GOOD_CARD = cards.CARDS[0]
FAILS_AT_RENEWAL = next(card for card in cards.CARDS if card.renewals_fail)
HAS_NO_FUNDS = next(card for card in cards.CARDS if card.declines == "insufficient_funds")
# No password matches it.
NO_PASSWORD = "!"  # noqa: S105

_requests = RequestFactory()


def register(
    email: str | None,
    *,
    actor: str,
    details: Mapping[str, object],
    language: str = "ja",
    password_hash: str = NO_PASSWORD,
    member_id: str | None = None,
    former_emails: Sequence[str] = (),
) -> int:
    """A person who has an account and no membership; returns the key."""
    return import_member(
        member_id=member_id,
        email=email,
        former_emails=tuple(former_emails),
        password_hash=password_hash,
        details=dict(details),
        language=language,
        created_at=clock.now(),
        actor=actor,
    )


def join(
    member_pk: int,
    course: str = "monthly",
    method: Method = Method.CARD,
    site: str = "official",
    *,
    language: str = "ja",
) -> JoinStarted:
    """Choose a course and a way to pay and agree to what is in force, up to the provider's page."""
    return join_site(
        member_pk=member_pk,
        site_key=site,
        course_key=course,
        method=method,
        return_url_for=return_url,
        language=language,
        agrees_to=sites.documents_in_force(clock.now()),
    )


def return_url(payment_id: UUID) -> str:
    """Where the provider sends the browser back to."""
    return sites.identity_url(f"/pay/return/{payment_id}")


@lru_cache(maxsize=1000)
def order_of(payment_id: UUID | str) -> str:
    """What the provider calls a payment."""
    return base64.b32encode(UUID(str(payment_id)).bytes).decode().rstrip("=").lower()


def receive_notice(body: bytes, headers: Mapping[str, str]) -> int:
    """A provider's notice arrives at the webhook page; the answer's status."""
    request = _requests.post(
        "/webhooks/sandbox",
        data=body,
        content_type=headers.get("Content-Type", "application/json"),
        headers={name: value for name, value in headers.items() if name != "Content-Type"},
    )
    return views.notice(request, provider="sandbox").status_code


class Provider:
    """What people, stores, carriers and banks do at the sandbox provider. What its pages would
    refuse raises `refusal.Refused`. Orders and contracts are named by the provider's own ids."""

    def __init__(self, app: SandboxApp) -> None:
        self.app = app

    @property
    def service(self) -> Service:
        return self.app.service

    # On the page of a payment

    def pay(
        self,
        payment: PaymentView,
        card: Card = GOOD_CARD,
        *,
        proven: bool = True,
        expires_at: datetime | None = None,
    ) -> None:
        """Go through the page to its end: money, or a slip that is yet to be paid."""
        token = self._token(payment)
        match payment.method:
            case Method.CARD:
                row = self.service.enter_card(token, card, expires_at=expires_at)
                if row["step"] == "3ds":
                    self.service.answer_three_ds(token, proven=proven)
            case Method.KONBINI:
                self.service.issue_slip(token, "lawson")
            case _:
                self.service.enter_pin(token)
                self.service.agree(token)

    def pay_to_the_end(self, payment: PaymentView, card: Card = GOOD_CARD) -> None:
        """As `pay`; a slip is paid at once, and reported at once."""
        self.pay(payment, card)
        if payment.method is Method.KONBINI:
            self.pay_slip(self.slip_of(payment))

    def try_in_vain(self, payment: PaymentView) -> None:
        """Until the page closes: a card without funds, or a contract that is declined (by a
        switch)."""
        token = self._token(payment)
        while self.service.fetch_by_token(token)["status"] == "open":
            self.pay(payment, HAS_NO_FUNDS)

    def give_up(self, payment: PaymentView) -> None:
        """Turn back on the page."""
        self.service.give_up(self._token(payment))

    # At the store, the carrier and the bank

    def pay_slip(
        self, slip: str, *, report_after: timedelta = timedelta(), amount: int | None = None
    ) -> None:
        """Cash over the counter; the store's report comes later (up to 3 hours in real life)."""
        self.service.pay_at_store(slip, report_after=report_after, amount=amount)

    def add_mandate(
        self,
        mandate_id: str,
        member_pk: int,
        method: Method,
        amount: int,
        card: Card | None = None,
    ) -> None:
        """A card or contract that the club made here before it came to Kaiin."""
        asked = {
            "application": wire.APPLICATION,
            "customer": f"m{member_pk}",
            "method": method.value,
            "amount": amount,
            "currency": "JPY",
        }
        self.service.add_mandate(mandate_id, asked, card)

    # The network

    def put_switch(self, name: str, value: str, *, scope: str = switches.GLOBAL) -> None:
        """Turn a fault on, or off with "", for everything or for one order."""
        with self.service.store.transaction() as tx:
            switches.put(tx, scope=scope, name=name, value=value)

    def deliver(self, *, limit: int = 100) -> int:
        """Send the notices that are due to the webhook page; how many were tried."""
        return self.app.deliver_due(receive_notice, limit=limit)

    # Its books

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What the provider's own store says."""
        return self.service.store.reading().all(sql, values)

    def row_of(self, payment: PaymentView) -> Row:
        """A payment as the provider stores it."""
        return self.service.fetch(order_of(payment.id))[0]

    def slip_of(self, payment: PaymentView) -> str:
        """The number of a payment's slip."""
        return str(self.row_of(payment)["slip"])

    def _token(self, payment: PaymentView) -> str:
        return str(self.row_of(payment)["token"])

"""The payment provider of a run: the sandbox's own service in this process, and its network."""

import sqlite3
from pathlib import Path
from random import Random
from typing import cast

import httpx

from kaiin.domain.payments import Method
from kaiin.lab import life
from kaiin.lab.sandbox import events
from kaiin.lab.sandbox.app import create_app
from kaiin.lab.sandbox.cards import Card
from kaiin.lab.sandbox.store import Row
from kaiin.lab.simulation.calls import Calls
from kaiin.payments.providers import registry
from kaiin.payments.providers.sandbox.provider import SandboxProvider

_SECRET = "the simulation's own"  # noqa: S105
_HOST = "pay.simulation.localhost"
_URL = f"http://{_HOST}"


class Provider(life.Provider):
    """The provider with what a run looks up in its books."""

    def __init__(self, folder: Path, source: Random) -> None:
        self.store_path = folder / "sandbox.sqlite3"
        app = create_app(
            store_path=self.store_path,
            secret=_SECRET,
            notice_url=f"{_URL}/unused",
            public_url=_URL,
            source=source,
            alone=True,
        )
        super().__init__(app)
        registry.use(
            "sandbox",
            SandboxProvider(
                base_url=_URL,
                public_url=_URL,
                secret=_SECRET,
                client=cast(httpx.Client, Calls(app, _HOST)),
            ),
        )

    @property
    def file(self) -> sqlite3.Connection:
        """The store, as it is open now."""
        return self.service.store.connection()

    def close(self) -> None:
        """Let go of the store's file, for another reader."""
        self.service.store.close()

    def add_mandate(
        self,
        mandate_id: str,
        member_pk: int,
        method: Method,
        amount: int,
        card: Card | None = None,
    ) -> None:
        """Once for each id: an import that was killed is run again."""
        if not self.rows("SELECT 1 FROM mandate WHERE id = ?", mandate_id):
            super().add_mandate(mandate_id, member_pk, method, amount, card)

    def mandates_of(self, member_pk: int) -> list[Row]:
        """A member's running contracts, oldest first."""
        return self.rows(
            "SELECT * FROM mandate WHERE customer = ? AND status = 'active'"
            " ORDER BY created_at, id",
            f"m{member_pk}",
        )

    def slips_of(self, member_pk: int) -> list[Row]:
        """Every slip that a member ever got, oldest first."""
        return self._payments(member_pk, "slip IS NOT NULL ORDER BY created_at, id")

    def paid_by(self, member_pk: int) -> list[Row]:
        """What a member has paid, oldest first."""
        paid = "status = 'paid' AND received_amount > 0 ORDER BY paid_at, id"
        return self._payments(member_pk, paid)

    def refused_charges(self, member_pk: int) -> list[Row]:
        """Every charge of a member that was declined, oldest first."""
        refused = "kind = 'charge' AND status = 'failed' ORDER BY created_at, id"
        return self._payments(member_pk, refused)

    def _payments(self, member_pk: int, which: str) -> list[Row]:
        sql = f"SELECT * FROM payment WHERE customer = ? AND {which}"
        return self.rows(sql, f"m{member_pk}")

    def is_untroubled(self, order_id: str) -> bool:
        """Whether a payment's money was never asked back."""
        return not self.rows(
            "SELECT 1 FROM payment WHERE order_id = ? AND (dispute <> 'none'"
            " OR id IN (SELECT payment_id FROM refund))",
            order_id,
        )

    def foreign_event(self) -> None:
        """Another product on the same account sells something."""
        with self.service.store.transaction() as tx:
            order = tx.numbers.id("order")
            events.emit(tx, "payment.paid", "another-product", order_id=order)

"""What the provider does: checkouts, charges, contracts, slips. One transaction each.

A checkout is `open` until money moved (`paid`) or it ended (`failed`, `expired`, `canceled`).
One over nothing registers a card and ends `registered`. Signing up for a contract or getting a
slip is not money. A report from a store makes a slip `paid` even after it expired: the money is
there. A contract ends by itself when its card expires.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.lab.sandbox import cards, events, mandates, reversals, switches
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.sandbox.store import Row, Store, Transaction, numbers_of, read, written
from kaiin.lab.sandbox.switches import Switch

# An unfinished page closes after this.
CHECKOUT_LIFE = timedelta(hours=24)
# Stores report within this; so long after its deadline a slip may still turn out to be paid.
REPORT_LATEST = timedelta(hours=3)
# Declines on one page before the payment has failed for good.
MAX_TRIES = 3

# Most calls find nothing: one look into four indexes.
_SOMETHING_DUE = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM payment WHERE report_at <= :now)"
    " OR EXISTS (SELECT 1 FROM payment WHERE closes_at <= :now)"
    " OR EXISTS (SELECT 1 FROM mandate WHERE expires_at <= :now)"
    " OR EXISTS (SELECT 1 FROM refund WHERE settles_at <= :now)"
)

# A payment's columns: as the merchant asked; filled in later, or never.
_ASKED = ("application", "order_id", "amount", "currency", "description")
_NOT_YET = (
    "mandate_id", "card_expires_at", "slip", "expires_at", "closes_at", "store_paid_at",
    "report_at", "store_amount", "paid_at", "received_amount",
)  # fmt: skip
_EMPTY = ("email", "return_url", "step", "failure_code", "card", "store")

STORES = ("seven_eleven", "family_mart", "lawson", "ministop", "seicomart")


def the_service() -> "Service":
    """That of the application which answers the present request."""
    service: Service = current_app.config["SERVICE"]
    return service


class Service:
    """Every change of a payment or contract goes through here."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @contextmanager
    def _now(self) -> Iterator[Transaction]:
        """A transaction in which everything that was due by now has happened."""
        with self.store.transaction() as tx:
            self._settle(tx)
            yield tx

    def settle(self) -> None:
        """Let happen what is due: stores' reports, then deadlines."""
        with self._now():
            pass

    # What the API asks for

    def create_checkout(self, asked: dict[str, Any]) -> Row:
        """Open a payment page. Raises Refused for an order number that was used before."""
        with self._now() as tx:
            payment = self._new_payment(tx, asked, Method(asked["method"]), "checkout")
            payment.update(
                email=asked.get("email", ""),
                language=asked.get("language", "ja"),
                return_url=asked["return_url"],
                renews=int(bool(asked.get("renews")) and payment["method"] != Method.KONBINI),
                slip_days=asked.get("slip_days", 7),
                expires_at=written(tx.now + CHECKOUT_LIFE),
                closes_at=written(tx.now + CHECKOUT_LIFE),
            )
            self._insert(tx, payment)
            return payment

    def charge(self, asked: dict[str, Any]) -> Row:
        """Charge a contract, now. A decline is an answer, not an error. Raises Refused for an
        unknown contract, a used order number, a sum that a carrier's contract does not allow."""
        with self._now() as tx:
            mandate = self.mandate(tx, asked["mandate_id"])
            method = Method(mandate["method"])
            payment = self._new_payment(tx, asked, method, "charge")
            if method.is_carrier and asked["amount"] != mandate["amount"]:
                raise Refused("amount_fixed_by_contract", 422)
            payment.update(
                customer=mandate["customer"],
                mandate_id=mandate["id"],
                numbers=json.dumps(tx.numbers.of_charge(method)),
                card=mandate["last4"],
            )
            self._insert(tx, payment)
            failure = switches.get(tx, Switch.DECLINE, payment["order_id"])
            if mandate["status"] == "ended":
                failure = "mandate_ended"
            failure = failure or mandate["renewals_fail"]
            if failure:
                self._end(tx, payment, "failed", failure_code=failure)
            else:
                self._paid(tx, payment)
            return payment

    def cancel(self, order_id: str) -> Row:
        """Void an open payment or slip; one that has ended comes back as it is."""
        with self._now() as tx:
            payment = self.payment_of_order(tx, order_id)
            if payment["status"] == "open":
                self._end(tx, payment, "canceled")
            return payment

    def refund(self, order_id: str, *, key: str, amount: int, reason: str) -> Row:
        """Give back all or a part of a payment; see `reversals.refund`. Raises Refused."""
        with self._now() as tx:
            payment = self.payment_of_order(tx, order_id)
            reversals.refund(tx, payment, key=key, amount=amount, reason=reason)
            return payment

    def refunds(self, payment: Row) -> list[Row]:
        """A payment's refunds, oldest first."""
        return reversals.of_payment(self.store.reading(), payment)

    def open_dispute(self, order_id: str) -> Row:
        """The payer denies a payment at the bank. Raises Refused."""
        with self._now() as tx:
            payment = self.payment_of_order(tx, order_id)
            reversals.open_dispute(tx, payment)
            return payment

    def close_dispute(self, order_id: str, *, won: bool) -> Row:
        """The bank decides. Raises Refused."""
        with self._now() as tx:
            payment = self.payment_of_order(tx, order_id)
            reversals.close_dispute(tx, payment, won=won)
            return payment

    def fetch(self, order_id: str) -> tuple[Row, Row | None]:
        """A payment by the merchant's order number, and its contract."""
        with self._now() as tx:
            payment = self.payment_of_order(tx, order_id)
            return payment, self.mandate_of(tx, payment)

    def fetch_by_token(self, token: str) -> Row:
        """A payment by the token of its page."""
        with self._now() as tx:
            return self._by_token(tx, token)

    def fetch_mandate(self, mandate_id: str) -> Row:
        """A contract by its id."""
        with self._now() as tx:
            return self.mandate(tx, mandate_id)

    def add_mandate(
        self, mandate_id: str, asked: dict[str, Any], card: cards.Card | None = None
    ) -> Row:
        """A contract made before the merchant came to this system, without a checkout here."""
        with self._now() as tx:
            return mandates.insert(tx, asked, mandate_id=mandate_id, card=card)

    def end_mandate(self, mandate_id: str, reason: str) -> Row:
        """End a contract: by the merchant, the member, or the carrier itself."""
        with self._now() as tx:
            mandate = self.mandate(tx, mandate_id)
            if mandate["status"] == "active":
                self._end_mandate(tx, mandate, reason)
            return mandate

    def refuse_charges(self, mandate_id: str, failure_code: str) -> Row:
        """Have what is charged over a contract declined from now on; "" takes it back."""
        with self._now() as tx:
            mandate = self.mandate(tx, mandate_id)
            mandate["renewals_fail"] = failure_code
            tx.update("mandate", mandate_id, {"renewals_fail": failure_code})
            return mandate

    # What the member does on the pages

    def set_language(self, token: str, language: str) -> None:
        """Remember in which language the member reads this payment's pages."""
        with self._now() as tx:
            tx.update("payment", self._by_token(tx, token)["id"], {"language": language})

    def enter_card(
        self, token: str, card: cards.Card, *, expires_at: datetime | None = None
    ) -> Row:
        """A card was typed: it is declined, or goes on to 3-D Secure (`step` = `3ds`). Its contract
        will end at `expires_at`."""
        with self._now() as tx:
            payment = self._open(tx, token, Method.CARD)
            failure = switches.get(tx, Switch.DECLINE, payment["order_id"]) or card.declines
            if failure:
                self._declined(tx, payment, failure)
            else:
                expires = written(expires_at) if expires_at else None
                values = {"card": card.last4, "card_expires_at": expires}
                self._change(tx, payment, step="3ds", failure_code="", **values)
            return payment

    def answer_three_ds(self, token: str, *, proven: bool) -> Row:
        """The member proved themselves to the card's bank, or failed to."""
        with self._now() as tx:
            payment = self._open(tx, token, Method.CARD)
            if payment["step"] != "3ds":
                raise Refused("step")
            card = cards.by_last4(payment["card"])
            if not proven or card.three_ds_fails:
                self._declined(tx, payment, "authentication_failed")
                return payment
            numbers = tx.numbers.of_charge(Method.CARD)
            if not payment["renews"]:
                numbers["card_last4"] = card.last4  # else it is the contract's
            self._sign_up(tx, payment, card=card)
            if payment["amount"] == 0:
                self._end(tx, payment, "registered")
            else:
                self._change(tx, payment, numbers=json.dumps(numbers))
                self._paid(tx, payment)
            return payment

    def enter_pin(self, token: str) -> Row:
        """Phone and PIN were right: the carrier shows what the member is about to agree to."""
        with self._now() as tx:
            payment = self._open(tx, token, None)
            self._change(tx, payment, step="agree", failure_code="")
            return payment

    def agree(self, token: str) -> Row:
        """The member agreed to the carrier's contract: sign-up first, then the first charge."""
        with self._now() as tx:
            payment = self._open(tx, token, None)
            if payment["step"] != "agree":
                raise Refused("step")
            failure = switches.get(tx, Switch.DECLINE, payment["order_id"])
            if failure:
                self._declined(tx, payment, failure)
                return payment
            method = Method(payment["method"])
            self._sign_up(tx, payment)
            self._change(tx, payment, numbers=json.dumps(tx.numbers.of_charge(method)))
            self._paid(tx, payment)
            return payment

    def issue_slip(self, token: str, store: str) -> Row:
        """A slip to pay at a store until 23:59:59 JST, `slip_days` days from today."""
        with self._now() as tx:
            payment = self._open(tx, token, Method.KONBINI)
            if payment["slip"]:
                return payment
            if store not in STORES:
                raise Refused("store")
            day = tx.now.astimezone(JST).date() + timedelta(days=payment["slip_days"])
            deadline = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=JST)
            numbers = tx.numbers.of_slip()
            while tx.one("SELECT 1 FROM payment WHERE slip = ?", (numbers["konbini_slip"],)):
                numbers = tx.numbers.of_slip()
            self._change(
                tx,
                payment,
                step="slip",
                store=store,
                slip=numbers["konbini_slip"],
                numbers=json.dumps(numbers),
                expires_at=written(deadline),
                closes_at=written(deadline + REPORT_LATEST),
            )
            events.of_payment(tx, payment, "payment.slip_issued")
            return payment

    def slip(self, number: str, confirmation: str) -> Row:
        """The slip of a number, if the second number fits and it can still be paid. Raises
        Refused."""
        with self._now() as tx:
            payment = self._payable_slip(tx, number)
            if numbers_of(payment)["konbini_confirmation"] != confirmation:
                raise Refused("slip_unknown", 404)
            return payment

    def pay_at_store(
        self,
        number: str,
        *,
        report_after: timedelta | None = None,
        amount: int | None = None,
    ) -> Row:
        """Cash was handed over. The merchant hears of it when the store's report arrives:
        `report_after`, or as the switch `store_report` says. Raises Refused for a slip that the
        store's machine does not take."""
        with self._now() as tx:
            payment = self._payable_slip(tx, number)
            if report_after is None:
                minutes = switches.number(tx, Switch.STORE_REPORT, payment["order_id"])
                report_after = timedelta(minutes=minutes)
            self._change(
                tx,
                payment,
                store_paid_at=written(tx.now),
                report_at=written(tx.now + report_after),
                store_amount=payment["amount"] if amount is None else amount,
            )
            self._settle(tx)
            return self.payment_of_order(tx, payment["order_id"])

    def give_up(self, token: str) -> Row:
        """The member turned back: the payment is canceled, unless it has ended already."""
        with self._now() as tx:
            payment = self._by_token(tx, token)
            if payment["status"] == "open" and not payment["slip"]:
                self._end(tx, payment, "canceled")
            return payment

    # Inside

    def payment_of_order(self, tx: Transaction, order_id: str) -> Row:
        """A payment by the merchant's order number. Raises Refused."""
        payment = tx.one("SELECT * FROM payment WHERE order_id = ?", (order_id,))
        if payment is None:
            raise Refused("no_such_order", 404)
        return payment

    def mandate(self, tx: Transaction, mandate_id: str) -> Row:
        """A contract by its id. Raises Refused."""
        mandate = tx.one("SELECT * FROM mandate WHERE id = ?", (mandate_id,))
        if mandate is None:
            raise Refused("no_such_mandate", 404)
        return mandate

    def mandate_of(self, tx: Transaction, payment: Row) -> Row | None:
        """The contract of a payment, if it has one."""
        return self.mandate(tx, payment["mandate_id"]) if payment["mandate_id"] else None

    def _payable_slip(self, tx: Transaction, number: str) -> Row:
        payment = tx.one("SELECT * FROM payment WHERE slip = ?", (number,))
        if payment is None:
            raise Refused("slip_unknown", 404)
        if payment["store_paid_at"]:
            raise Refused("slip_paid")
        if payment["status"] == "canceled":
            raise Refused("slip_void")
        if payment["status"] != "open" or tx.now > read(payment["expires_at"]):
            raise Refused("slip_expired")
        return payment

    def _by_token(self, tx: Transaction, token: str) -> Row:
        payment = tx.one("SELECT * FROM payment WHERE token = ?", (token,))
        if payment is None:
            raise Refused("no_such_payment", 404)
        return payment

    def _open(self, tx: Transaction, token: str, method: Method | None) -> Row:
        payment = self._by_token(tx, token)
        fits = (
            payment["method"] == method
            if method is not None
            else Method(payment["method"]).is_carrier
        )
        if not fits or payment["status"] != "open":
            raise Refused("closed", 409)
        return payment

    def _new_payment(
        self, tx: Transaction, asked: dict[str, Any], method: Method, kind: str
    ) -> Row:
        return {
            **dict.fromkeys(_NOT_YET),
            **dict.fromkeys(_EMPTY, ""),
            **{name: asked[name] for name in _ASKED},
            "id": tx.numbers.id("pay"),
            "token": tx.numbers.id("page"),
            "customer": asked.get("customer", ""),
            "method": method.value,
            "kind": kind,
            "language": "ja",
            "renews": 0,
            "slip_days": 0,
            "status": "open",
            "tries": 0,
            "numbers": "{}",
            "created_at": written(tx.now),
            "dispute": "none",
        }

    def _insert(self, tx: Transaction, payment: Row) -> None:
        used = tx.one("SELECT 1 FROM payment WHERE order_id = ?", (payment["order_id"],))
        if used:
            raise Refused("order_exists", 422)
        tx.insert("payment", payment)

    def _change(self, tx: Transaction, payment: Row, **values: object) -> None:
        payment.update(values)
        tx.update("payment", payment["id"], values)

    def _sign_up(self, tx: Transaction, payment: Row, card: cards.Card | None = None) -> None:
        """Make the contract that renewals will use; kept apart from money on purpose."""
        if not payment["renews"]:
            return
        mandate = mandates.insert(
            tx, payment,
            mandate_id=tx.numbers.id("man"), card=card, expires_at=payment["card_expires_at"],
        )  # fmt: skip
        self._change(tx, payment, mandate_id=mandate["id"])
        events.of_payment(tx, payment, "mandate.registered")

    def _paid(self, tx: Transaction, payment: Row) -> None:
        at_store = payment["store_paid_at"]
        self._change(
            tx,
            payment,
            status="paid",
            step="",
            failure_code="",
            paid_at=at_store or written(tx.now),
            received_amount=payment["store_amount" if at_store else "amount"],
            report_at=None,
            closes_at=None,
        )
        events.of_payment(tx, payment, "payment.paid")

    def _declined(self, tx: Transaction, payment: Row, code: str) -> None:
        tries = payment["tries"] + 1
        self._change(tx, payment, tries=tries, step="", card="", failure_code=code)
        if tries >= MAX_TRIES:
            self._end(tx, payment, "failed", failure_code=code)
        else:
            events.of_payment(tx, payment, "payment.declined")

    def _end(self, tx: Transaction, payment: Row, status: str, failure_code: str = "") -> None:
        self._change(tx, payment, status=status, step="", failure_code=failure_code, closes_at=None)
        events.of_payment(tx, payment, f"payment.{status}")

    def _end_mandate(self, tx: Transaction, mandate: Row, reason: str) -> None:
        change = {"status": "ended", "ended_at": written(tx.now), "end_reason": reason}
        mandate.update(change, expires_at=None)
        tx.update("mandate", mandate["id"], change | {"expires_at": None})
        about = mandate["application"]
        events.emit(tx, "mandate.ended", about, mandate_id=mandate["id"])

    def _settle(self, tx: Transaction) -> None:
        if tx.one(_SOMETHING_DUE, {"now": written(tx.now)}) is None:
            return
        for payment in tx.all("SELECT * FROM payment WHERE report_at <= ?", (written(tx.now),)):
            self._paid(tx, payment)
        for payment in tx.all("SELECT * FROM payment WHERE closes_at <= ?", (written(tx.now),)):
            self._end(tx, payment, "expired")
        for mandate in tx.all("SELECT * FROM mandate WHERE expires_at <= ?", (written(tx.now),)):
            self._end_mandate(tx, mandate, "expired")
        reversals.settle(tx)

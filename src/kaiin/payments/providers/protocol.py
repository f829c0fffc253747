"""What Kaiin asks of a payment provider, in words that fit four that differ.

Designed from the public documents of Stripe (API reference, webhooks), KOMOJU (doc.komoju.com),
SB Payment Service (link type, developer.sbpayment.jp) and GMO Payment Gateway (protocol type,
as its SDKs show it). Each member says below who needs it. How they differ, in short:

|                    | Stripe | KOMOJU | SBPS link | GMO protocol |
|--------------------|--------|--------|-----------|--------------|
| to the pay page    | redirect | redirect | Shift_JIS form POST | form POST with a token |
| our order number   | metadata | `external_order_num` | `order_id`, 38 | `OrderID`, 27 |
| the browser's way back | GET | GET | Shift_JIS form POST | form POST |
| a notice is proven | HMAC, time | HMAC of the body | SHA-1 of fields | not at all: ask |
| it names itself    | event id | event id | nothing: digest of the body | nothing: likewise |
| it is answered     | 2xx | 2xx | body `OK` or `NG` | body `0` or `1` |
| the present state  | by id | by id | by order | `SearchTradeMulti` by order |
| list of events     | 30 days | yes | none | none |
| the same call again | same answer, 24 h | same answer, 24 h | order refused | order refused |
| a refund           | by id, key | by id, key | by order | by order |
| disputes           | yes | yes | by mail | by mail |
| a card, no charge  | `mode=setup` | customer's page | `pay_type=1` | `MemberID` page |
| who runs renewals  | merchant | merchant | by method | by method |

Nothing here is called inside a database transaction. Every call takes its time-out in seconds
and raises `infra.http` errors only: OutsideRefused (no, for good), OutsideUnavailable (surely
nothing happened), OutsideUnknown (it may have happened: ask before doing it again).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from kaiin.domain.money import Money
from kaiin.domain.payments import Dispute, Method
from kaiin.domain.references import ReferenceKind


@dataclass(frozen=True)
class Checkout:
    """Where the member's browser goes to pay.

    `get`: a redirect (Stripe, KOMOJU, the sandbox). `post`: a form that the page submits, with
    its fields in `charset` (SBPS and GMO: Shift_JIS; SBPS hashes the fields in its own order and
    wants empty ones sent too, so the adapter fills them all).
    """

    method: Literal["get", "post"]
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"


class Scope(StrEnum):
    """What a number names: one charge, or the contract behind all of them (au has both)."""

    CHARGE = "charge"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Reference:
    """A number that the member or the carrier can show; canonical (`domain.references`)."""

    kind: ReferenceKind
    value: str
    scope: Scope


class ProviderState(StrEnum):
    """A payment as the provider sees it now. Being signed up or returned is OPEN; REGISTERED is
    the end of a page that registers a card and charges nothing."""

    OPEN = "open"
    REGISTERED = "registered"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


@dataclass(frozen=True)
class MandateSnapshot:
    """A mandate as the provider sees it now; `references` have contract scope."""

    provider_mandate_id: str
    method: Method
    active: bool
    brand: str = ""
    last4: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""
    references: tuple[Reference, ...] = ()


class ProviderRefundState(StrEnum):
    """A refund as the provider sees it. PENDING: accepted, the money has not left yet."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundSnapshot:
    """A refund as the provider sees it now, of any origin.

    `key` is what we asked with, "" for one from the provider's dashboard (Stripe and KOMOJU keep it
    as metadata; SBPS and GMO know one refund an order, which the adapter finds by its sum). `at`
    is when the money left, or else when it was asked for.
    """

    refund_id: str
    key: str
    amount: Money
    state: ProviderRefundState
    at: datetime
    failure_code: str = ""


@dataclass(frozen=True)
class PaymentSnapshot:
    """A payment as the provider sees it now.

    `order_id` is ours. `paid_at` is when the money moved; for konbini the time at the store.
    `received` is what really came (SBPS's konbini notices carry it), None until paid.
    `failure_code` is one of our codes (`payments.failure.<code>` in the catalogs). A payment that
    was taken stays PAID here, even if the money went back since: `refunds` and `dispute` say that.
    `declines` is how often the page declined what the member tried (Stripe counts the charges of a
    payment intent, the others' pages report the last one only). `store` is the chain that a slip is
    for, as `payments.store.<store>` in the catalogs; "" where the slip is good at any.
    """

    order_id: str
    provider_payment_id: str
    state: ProviderState
    amount: Money
    received: Money | None = None
    paid_at: datetime | None = None
    expires_at: datetime | None = None
    failure_code: str = ""
    checkout: Checkout | None = None
    references: tuple[Reference, ...] = ()
    mandate: MandateSnapshot | None = None
    refunds: tuple[RefundSnapshot, ...] = ()
    dispute: Dispute = Dispute.NONE
    declines: int = 0
    store: str = ""


@dataclass(frozen=True)
class Order:
    """What an existing payment is found by.

    `order_id` is ours and always known; `provider_payment_id` is theirs, "" while no answer has
    brought it (Stripe and KOMOJU look up by it). Stripe's search by metadata lags a minute
    behind, so that finding nothing means something only some time after `created_at`. GMO's
    `SearchTradeMulti` needs the kind of payment too, hence `method`.
    """

    order_id: str
    method: Method
    created_at: datetime
    provider_payment_id: str = ""


@dataclass(frozen=True)
class MandateKey:
    """What a mandate is found by; SBPS and GMO have another call for each carrier."""

    provider_mandate_id: str
    method: Method


@dataclass(frozen=True)
class CheckoutRequest:
    """A payment that the member makes on the provider's page.

    `order_id` has at most 26 letters and digits (GMO takes 27, SBPS 38) and is unique for ever.
    `idempotency_key` stays the same when a call without answer is made again (Stripe 24 h,
    KOMOJU 24 h and 409 while in flight; SBPS and GMO refuse a used order number instead).
    `customer` is opaque and the same for all payments of a member (SBPS `cust_code`, GMO
    `MemberID`, Stripe metadata); `email` only fills in the provider's page. `renews` asks for a
    mandate too (Stripe `setup_future_usage`, SBPS and GMO a recurring contract). An `amount` of 0
    registers a card and charges nothing: it ends REGISTERED (Stripe a session in mode `setup`,
    KOMOJU its customer page, SBPS and GMO the page that stores a card for `customer`).
    """

    order_id: str
    idempotency_key: str
    method: Method
    amount: Money
    description: str
    customer: str
    email: str
    language: str
    return_url: str
    renews: bool
    slip_days: int


@dataclass(frozen=True)
class ChargeRequest:
    """A payment on a mandate. Made again, it has the same order number and key, so that the
    provider carries out one of the two."""

    order_id: str
    idempotency_key: str
    mandate: MandateKey
    amount: Money
    description: str


@dataclass(frozen=True)
class RefundRequest:
    """Money to give back, all of a payment or a part.

    `key` names the refund for ever and is the idempotency key too; the provider keeps it with the
    refund where it can (`RefundSnapshot.key`).
    """

    order: Order
    key: str
    amount: Money
    reason: str


@dataclass(frozen=True)
class Notice:
    """A message as it arrived: untrusted bytes. Header names in lower case."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True)
class VerifiedNotice:
    """What a proven notice is about. Its content is a hint: the present state is fetched.

    `event_id` is unique for the provider and the same when it is sent again; SBPS and GMO send
    none, so the adapter makes it from a digest of the fields that do not change on a retry.
    `says`: what it says the payment came to, where it does: where that is known already, the
    provider is not asked. `unreadable`: proven, but its content can't be read: the adapter names it
    by a digest of its bytes; people look at it, nothing follows. `foreign`: of another product on
    the same account (Stripe and KOMOJU share one webhook per account; SBPS and GMO name a service
    or shop id).
    """

    event_id: str
    kind: str
    order_id: str = ""
    provider_mandate_id: str = ""
    says: ProviderState | None = None
    foreign: bool = False
    unreadable: bool = False


class NoticeRefused(Exception):
    """A notice that proves nothing: no or a wrong signature, too old."""


class NoticeOutcome(StrEnum):
    STORED = "stored"
    REFUSED = "refused"


@dataclass(frozen=True)
class Acknowledgement:
    """The answer to a notice: SBPS wants `OK` or `NG`, GMO `0` or `1`, others a status."""

    status: int
    body: bytes
    content_type: str


@dataclass(frozen=True)
class ListedEvent:
    """An event of the provider's list, proven by where it was fetched; `body` as it came."""

    notice: VerifiedNotice
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class EventPage:
    """Events after a cursor, oldest first; `cursor` is where to go on."""

    events: tuple[ListedEvent, ...]
    cursor: str
    more: bool


class Renewals(StrEnum):
    """Who runs the charges of a renewing method: us, or the provider with a notice for each."""

    BY_US = "by_us"
    BY_PROVIDER = "by_provider"
    NONE = "none"


class Provider(Protocol):
    """A payment provider. Adapters live in `providers/<name>/`, listed in `registry`."""

    name: str

    def renewals(self, method: Method) -> Renewals:
        """Who charges each period. All need it: konbini never renews; SBPS and GMO run docomo and
        au contracts themselves, and leave SoftBank's to the merchant."""

    def can_refund(self, method: Method) -> bool:
        """Whether money paid this way goes back by `refund`. SBPS, GMO and KOMOJU can't give cash
        from a store back, nor do they know its payer's bank account."""

    def calls_end_within(self) -> timedelta:
        """The provider's stated limit: a call that it does not know of so long after it was sent
        is not carried out any more. Until then "no such order" proves nothing, and afterwards the
        order is dead. (Stripe and KOMOJU end a request within minutes; SBPS and GMO say how long
        a carrier may take.)"""

    def checkout_origins(self) -> tuple[str, ...]:
        """Origins that browsers are sent to, for the pages' Content-Security-Policy."""

    def create_checkout(
        self, request: CheckoutRequest, *, timeout_seconds: float
    ) -> PaymentSnapshot:
        """Open a payment page. Stripe and KOMOJU sessions, GMO EntryTran + ExecTran; SBPS makes
        the form without a call. Asked again with the same key, the same checkout comes back."""

    def charge(self, request: ChargeRequest, *, timeout_seconds: float) -> PaymentSnapshot:
        """Charge a mandate. A decline is a snapshot in state FAILED, not an error. An order number
        or key that was used before is OutsideUnknown, never OutsideRefused: an earlier call
        arrived. So is it for `create_checkout` and `refund`."""

    def fetch_payment(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        """The present state. None only when the provider surely has no such order; one that can't
        say yet (Stripe's search, without an id) raises OutsideUnknown."""

    def cancel_payment(self, order: Order, *, timeout_seconds: float) -> PaymentSnapshot | None:
        """Void an open payment or slip; one that can't be voided any more comes back as it is,
        PAID for instance. None: the provider has no such order."""

    def refund(self, request: RefundRequest, *, timeout_seconds: float) -> PaymentSnapshot:
        """Give money back: the payment as it is then, the refund in it, PENDING perhaps. Asked
        again with the same key, nothing more is given. Stripe and KOMOJU `POST /refunds`; SBPS
        `ST02-00303`; GMO `AlterTran` with `VOID`, `RETURN` or, for a part, `ChangeTran`. A konbini
        payment can't be refunded by SBPS, GMO or KOMOJU: OutsideRefused, people transfer it."""

    def fetch_mandate(self, key: MandateKey, *, timeout_seconds: float) -> MandateSnapshot | None:
        """The mandate's present state; a carrier may have ended it. None: unknown there."""

    def end_mandate(self, key: MandateKey, *, timeout_seconds: float) -> MandateSnapshot | None:
        """Give the right to charge back. Ending an ended one is no error."""

    def read_notice(self, notice: Notice, *, now: datetime) -> VerifiedNotice:
        """Prove a notice on its raw bytes, in constant time. Raises NoticeRefused. GMO proves
        nothing but the shop's id, which is why no notice is ever acted on unasked."""

    def acknowledge(self, outcome: NoticeOutcome) -> Acknowledgement:
        """The answer that makes the provider stop (STORED) or see its mistake (REFUSED)."""

    def list_events(self, *, cursor: str, limit: int, timeout_seconds: float) -> EventPage | None:
        """Events after a cursor ("" from the start), for what no notice reported (Stripe, KOMOJU,
        the sandbox); None: the provider has no such list (SBPS, GMO), open payments are polled."""

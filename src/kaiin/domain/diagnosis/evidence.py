"""What the rules of a diagnosis look at, and what several of them ask of it."""

from dataclasses import dataclass
from datetime import date, datetime

from kaiin.domain.diagnosis.findings import Cure, CureCode, Value
from kaiin.domain.endings import Failure
from kaiin.domain.entitlements import Window, WindowKind, open_until
from kaiin.domain.money import Money
from kaiin.domain.payments import Method, PaymentState
from kaiin.domain.periods import japanese_date, shown_end
from kaiin.domain.subscriptions import EndReason, Standing, SubscriptionState


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment that may still bring money. The numbers are those on a konbini slip, `store` the
    code of its chain, or empty. `automatic`: charged without the member, who has no page for it."""

    payment_id: str
    method: Method
    state: PaymentState
    amount: Money
    started_at: datetime
    expires_at: datetime | None = None
    slip_number: str = ""
    confirmation_number: str = ""
    store: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class NextCharge:
    """What will be charged without the member doing anything."""

    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class MembershipEvidence:
    """What is known of a membership at the site in question.

    `state` is that of its subscription, `renews`: the course charges by itself, unlike a lump sum.
    `paid_until` is the exclusive end of the last paid period; `next_charge` includes a failed
    renewal that is tried again. `leaving_at`: the end of access of a member who has left.
    `mandate`: "ok", "ended", or "missing" where none came along when the membership was imported.
    `payable`: the member may pay now, else from `opens_at`. `fixed`: past the lock day of the
    coming renewal. `refusal` is the one behind the end or the last one, `refused_since` that of a
    try after the end.
    """

    standing: Standing
    renews: bool
    method: Method
    state: SubscriptionState = SubscriptionState.ACTIVE
    paid_until: datetime | None = None
    paused_until: datetime | None = None
    next_charge: NextCharge | None = None
    leaving_at: datetime | None = None
    mandate: str = "ok"
    payable: bool = False
    opens_at: datetime | None = None
    fixed: bool = False
    end_reason: EndReason | None = None
    refusal: Failure | None = None
    refused_since: Failure | None = None
    dormant_until: datetime | None = None
    withdrawn_at: datetime | None = None
    rejoin_until: datetime | None = None
    open_payment: OpenPayment | None = None

    @property
    def past_due(self) -> bool:
        return self.state is SubscriptionState.PAST_DUE


@dataclass(frozen=True, slots=True)
class OtherMembership:
    """A membership at another site; `goes_on`: it will be charged again by itself."""

    site_key: str
    windows: tuple[Window, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the rule looks at. `windows` are those of this member at `site_key`."""

    site_key: str
    now: datetime
    disabled: bool = False
    windows: tuple[Window, ...] = ()
    membership: MembershipEvidence | None = None
    others: tuple[OtherMembership, ...] = ()

    @property
    def open_now(self) -> WindowKind | None:
        """Why the door is open; None where it is closed."""
        return next((window.kind for window in self.windows if self.now in window), None)

    @property
    def open_payment(self) -> OpenPayment | None:
        return self.membership.open_payment if self.membership else None


def shown_until(windows: tuple[Window, ...], now: datetime) -> date | datetime | None:
    """The end that members are shown: grace is a kindness, not a promise, unless it has
    begun. None where nothing is open now."""
    promised = tuple(window for window in windows if window.kind is not WindowKind.GRACE)
    until = open_until(promised, now) or open_until(windows, now)
    return None if until is None else shown_end(until)


def is_paid_to_the_end(windows: tuple[Window, ...], now: datetime) -> bool:
    """Whether the end that members are shown is that of what is paid, not of grace or a grant."""
    paid = open_until([window for window in windows if window.kind is WindowKind.PAID], now)
    return paid is not None and shown_end(paid) == shown_until(windows, now)


_NEW_PAYMENTS = frozenset(
    {CureCode.PAY, CureCode.RENEW, CureCode.REJOIN, CureCode.RESUME, CureCode.JOIN}
)


def cures(evidence: Evidence, *codes: CureCode) -> tuple[Cure, ...]:
    """Cures at the site in question. While a payment is under way, only its own finding offers
    steps: no second payment."""
    if evidence.open_payment is not None:
        codes = tuple(code for code in codes if code not in _NEW_PAYMENTS)
    return tuple(Cure(code, evidence.site_key) for code in codes)


def refusal_words(refusal: Failure | None, prefix: str = "") -> dict[str, Value]:
    """What a sentence about a refusal needs; `prefix` separates two refusals of one finding."""
    if refusal is None or not refusal.code:
        return {f"{prefix}failure": "none"}
    return {f"{prefix}failure": refusal.code, f"{prefix}failed": japanese_date(refusal.at)}


def retry_words(membership: MembershipEvidence) -> dict[str, Value]:
    """When a failed renewal is tried again, and how much is charged then."""
    if not membership.past_due or membership.next_charge is None:
        return {"retry": "no"}
    charge = membership.next_charge
    return {"retry": "yes", "next_try": japanese_date(charge.at), "amount": charge.amount}

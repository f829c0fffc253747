"""Everything about one membership, gathered by reading all tables side by side in its order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kaiin.verification import terms
from kaiin.verification.reading import Feed, Reader, Row, marks


class Membership(NamedTuple):
    id: int
    member_id: int
    site_id: int
    standing: str
    joined_date: object
    member_number: int | None
    dormant_until: datetime | None
    withdrawn_at: datetime | None


class Subscription(NamedTuple):
    membership_id: int
    id: int
    state: str
    method: str
    mandate_id: int | None
    mandate_state: str | None
    anchor_day: int | None
    period_count: int
    paid_until: datetime | None
    next_due_at: datetime | None
    lapse_due_at: datetime | None
    paused_until: datetime | None
    cancel_at_period_end: bool
    mandate_end_reason: str
    ended_at: datetime | None
    end_reason: str
    course_key: str
    course_terms: str

    @property
    def is_open(self) -> bool:
        return self.state != "ended"


class Charge(NamedTuple):
    """An intent, and the payment of its key (None: payments never heard of it)."""

    membership_id: int
    id: int
    subscription_id: int
    period_index: int
    intent_key: str
    purpose: str
    method: str
    price: int
    handling: int
    credit: int
    credit_period_id: int | None
    automatic: bool
    state: str
    payment_id: str | None
    created_at: datetime
    paid_by: str | None
    payment_state: str | None
    amount: int
    payment_currency: str | None
    received: int
    paid_at: datetime | None
    member_ref: int
    dispute: str
    course_key: str
    course_terms: str

    @property
    def currency(self) -> str:
        """The payment's; where none was begun, the course's."""
        return self.payment_currency or str(terms.read(self.course_terms)["currency"])

    @property
    def rule(self) -> Mapping[str, Any]:
        """How a period ends that it pays for."""
        return terms.rule(self.course_terms, self.method)

    @property
    def total(self) -> int:
        """What is to be paid; nothing where a card is registered."""
        if self.purpose == "registration":
            return 0
        return self.price + self.handling - self.credit


class Period(NamedTuple):
    membership_id: int
    id: int
    subscription_id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    payment_id: str
    amount: int
    currency: str
    ended_early_at: datetime | None
    early_end: str
    credited: int
    recognise_due_at: datetime | None
    payment_state: str
    paid_at: datetime | None
    import_key: str | None

    @property
    def over_at(self) -> datetime:
        """When it really ends."""
        return self.ended_early_at or self.ends_at


class Entry(NamedTuple):
    """An entry of the books with its postings (account, currency, amount)."""

    id: int
    key: str
    kind: str
    subscription_id: int | None
    period_id: int | None
    payment_id: str | None
    reverses_id: int | None
    postings: tuple[tuple[str, str, int], ...]

    def sum_of(self, account: str) -> int:
        return sum(amount for name, _, amount in self.postings if name == account)


class Grant(NamedTuple):
    membership_id: int
    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


class Entitlement(NamedTuple):
    membership_id: int
    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    evidence: str


class Receipt(NamedTuple):
    membership_id: int
    id: int
    number: str
    payment_id: str
    period_id: int
    lines: str
    taxes: str
    total: int
    currency: str


class RefundCase(NamedTuple):
    membership_id: int
    id: int
    charge_id: int
    payment_id: str
    period_id: int | None
    key: str
    amount: int
    currency: str
    tries: int
    reason: str
    state: str

    @property
    def refund_key(self) -> str:
        """What payments knows the present try by."""
        return self.key if self.tries <= 1 else f"{self.key}:{self.tries}"


class Refund(NamedTuple):
    membership_id: int
    id: str
    payment_id: str
    key: str
    amount: int
    state: str


class Dossier(NamedTuple):
    membership: Membership
    subscriptions: Sequence[Subscription]
    charges: Sequence[Charge]
    periods: Sequence[Period]
    entries: Sequence[Entry]
    grants: Sequence[Grant]
    entitlements: Sequence[Entitlement]
    receipts: Sequence[Receipt]
    cases: Sequence[RefundCase]
    refunds: Sequence[Refund]


# Each begins with the membership and is in its order; {only} narrows it to some memberships.
_MEMBERSHIPS = """
    SELECT m.id, m.member_id, m.site_id, m.standing, m.joined_date, m.member_number,
           m.dormant_until, m.withdrawn_at
    FROM billing_membership m WHERE {only} ORDER BY m.id"""
_SUBSCRIPTIONS = """
    SELECT m.membership_id, m.id, m.state, m.method, m.mandate_id, x.state,
           m.anchor_day, m.period_count, m.paid_until, m.next_due_at, m.lapse_due_at,
           m.paused_until, m.cancel_at_period_end, m.mandate_end_reason, m.ended_at,
           m.end_reason, c.key, c.terms
    FROM billing_subscription m
    JOIN billing_course c ON c.id = m.course_id
    LEFT JOIN payments_mandate x ON x.id = m.mandate_id
    WHERE {only} ORDER BY m.membership_id, m.id"""
_CHARGES = """
    SELECT m.membership_id, m.id, m.subscription_id, m.period_index, m.intent_key, m.purpose,
           m.method, m.price, m.handling, m.credit, m.credit_period_id, m.automatic, m.state,
           m.payment_id, m.created_at, p.id, p.state, COALESCE(p.amount, 0), p.currency,
           COALESCE(p.received_amount, p.amount, 0), p.paid_at, COALESCE(p.member_ref, 0),
           COALESCE(p.dispute, ''), c.key, c.terms
    FROM billing_charge m
    JOIN billing_course c ON c.id = m.course_id
    LEFT JOIN payments_payment p ON p.intent_key = m.intent_key
    WHERE {only} ORDER BY m.membership_id, m.id"""
_PERIODS = """
    SELECT m.membership_id, d.id, d.subscription_id, d."index", d.starts_at, d.ends_at,
           d.payment_id, d.amount, d.currency, d.ended_early_at, d.early_end, d.credited,
           d.recognise_due_at, COALESCE(p.state, ''), p.paid_at, d.import_key
    FROM billing_subscription m
    JOIN billing_period d ON d.subscription_id = m.id
    LEFT JOIN payments_payment p ON p.id = d.payment_id
    WHERE {only} ORDER BY m.membership_id, m.id, d."index" """
_ENTRIES = """
    SELECT m.membership_id, m.id, m.key, m.kind, m.subscription_id, m.period_id, m.payment_id,
           m.reverses_id, l.account, l.currency, l.amount
    FROM billing_ledgerentry m
    LEFT JOIN billing_ledgerposting l ON l.entry_id = m.id
    WHERE {only} ORDER BY m.membership_id, m.id"""
_GRANTS = """
    SELECT m.membership_id, m.id, m.kind, m.starts_at, m.ends_at, m.revoked_at
    FROM billing_grant m WHERE {only} ORDER BY m.membership_id, m.id"""
_ENTITLEMENTS = """
    SELECT m.membership_id, m.id, m.kind, m.starts_at, m.ends_at, m.evidence
    FROM billing_entitlement m WHERE {only} ORDER BY m.membership_id, m.starts_at"""
_RECEIPTS = """
    SELECT m.membership_id, m.id, m.number, m.payment_id, m.period_id, m.lines, m.taxes, m.total,
           m.currency
    FROM billing_receipt m WHERE {only} ORDER BY m.membership_id, m.id"""
_CASES = """
    SELECT m.membership_id, m.id, m.charge_id, m.payment_id, m.period_id, m.key, m.amount,
           m.currency, m.tries, m.reason, m.state
    FROM billing_refundcase m WHERE {only} ORDER BY m.membership_id, m.id"""

_REFUNDS = """
    SELECT m.membership_id, r.id, r.payment_id, r.key, r.amount, r.state
    FROM payments_refund r
    JOIN payments_payment p ON p.id = r.payment_id
    JOIN billing_charge m ON m.intent_key = p.intent_key
    WHERE {only} ORDER BY m.membership_id, r.created_at, r.id"""


def dossiers(reader: Reader, membership_ids: Sequence[int] | None = None) -> Iterator[Dossier]:
    """One after the other, of all memberships or of some."""

    def feed(sql: str) -> Feed:
        return Feed(_rows(reader, sql, "m.membership_id", membership_ids))

    subscriptions, charges, periods = feed(_SUBSCRIPTIONS), feed(_CHARGES), feed(_PERIODS)
    entries, grants, entitlements = feed(_ENTRIES), feed(_GRANTS), feed(_ENTITLEMENTS)
    receipts, cases, refunds = feed(_RECEIPTS), feed(_CASES), feed(_REFUNDS)
    for row in _rows(reader, _MEMBERSHIPS, "m.id", membership_ids):
        key = row[0]
        yield Dossier(
            Membership._make(row),
            [Subscription._make(found) for found in subscriptions.take(key)],
            [Charge._make(found) for found in charges.take(key)],
            [Period._make(found) for found in periods.take(key)],
            _entries(entries.take(key)),
            [Grant._make(found) for found in grants.take(key)],
            [Entitlement._make(found) for found in entitlements.take(key)],
            [Receipt._make(found) for found in receipts.take(key)],
            [RefundCase._make(found) for found in cases.take(key)],
            [Refund._make(found) for found in refunds.take(key)],
        )


def _rows(
    reader: Reader, sql: str, column: str, membership_ids: Sequence[int] | None
) -> Iterator[Row]:
    if membership_ids is None:
        return reader.stream(sql.format(only="1 = 1"))
    if not membership_ids:
        return iter(())
    # Of a few lengths, so that a database meets the same few statements each day.
    length = 1 << (len(membership_ids) - 1).bit_length()
    wanted = [*membership_ids, *[membership_ids[-1]] * (length - len(membership_ids))]
    return reader.stream(sql.format(only=f"{column} IN ({marks(wanted)})"), wanted)


def _entries(rows: Sequence[Row]) -> list[Entry]:
    found: list[Entry] = []
    for row in rows:
        posting = () if row[8] is None else (row[8:11],)
        if found and found[-1].id == row[1]:
            found[-1] = found[-1]._replace(postings=found[-1].postings + posting)
        else:
            found.append(Entry._make((*row[1:8], posting)))
    return found

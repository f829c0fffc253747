"""What one transaction writes, collected first: N memberships cost a few statements, and the
audit chain's head, which all writers share, is locked last and briefly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from django.db import models

from kaiin.billing import entitling, events
from kaiin.billing.holding import Holding
from kaiin.billing.models import (
    Charge,
    Grant,
    LedgerEntry,
    LedgerPosting,
    Membership,
    Period,
    Receipt,
    Subscription,
)
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.ledger import Entry
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra import audit, outbox

_R = TypeVar("_R", bound=models.Model)

_MEMBERSHIP_FIELDS = (
    "standing",
    "standing_changed_at",
    "joined_date",
    "member_number",
    "dormant_until",
    "withdrawn_at",
)
_SUBSCRIPTION_FIELDS = (
    "course",
    "method",
    "mandate",
    "state",
    "anchor_day",
    "period_count",
    "paid_until",
    "next_due_at",
    "lapse_due_at",
    "notice_due_at",
    "cancel_at_period_end",
    "failures",
    "ended_at",
    "end_reason",
    "end_detail",
    "mandate_end_reason",
    "next_course",
    "paused_until",
    "renewal_fixed",
)
_CHARGE_FIELDS = ("state", "payment", "failure_code", "closed_at")


@dataclass
class Batch:
    """Rows and audit rows of one transaction; `write` stores them all."""

    now: datetime
    actor: str
    held: Sequence[Holding]
    periods: list[Period] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    revoked: list[int] = field(default_factory=list)
    _entries: list[tuple[LedgerEntry, Entry]] = field(default_factory=list)
    _audit: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def post(
        self,
        entry: Entry,
        *,
        charge: Charge,
        period: Period | None = None,
        reverses: LedgerEntry | None = None,
    ) -> None:
        """Post a balanced entry about a charge to the books."""
        row = LedgerEntry(
            key=entry.key,
            kind=entry.kind.value,
            occurred_at=entry.occurred_at,
            recorded_at=self.now,
            membership_id=charge.membership_id,
            subscription_id=charge.subscription_id,
            period=period,
            payment_id=charge.payment_id,
            reverses=reverses,
        )
        self._entries.append((row, entry))

    def note(self, action: str, holding: Holding, **details: object) -> None:
        """Keep an audit row for the end."""
        details = {"membership": holding.membership.pk, "site": holding.site.key, **details}
        self._audit.append((action, holding.subject, details))

    def tell(self, holding: Holding, topic: str, key: str, more: dict[str, object]) -> None:
        """Publish an event about a membership; the same topic and key only once."""
        membership = holding.membership
        payload: dict[str, object] = {
            "membership_id": membership.pk,
            "member_pk": membership.member_id,
            "site_key": holding.site.key,
            **more,
        }
        outbox.publish(topic=topic, key=key, payload=payload)

    def write(self) -> None:
        """Store everything, rebuild the windows of access, tell of those that moved."""
        self._write_books()
        Grant.objects.bulk_create(self.grants)
        if self.revoked:
            Grant.objects.filter(
                membership_id__in=self.revoked,
                kind=WindowKind.GRACE,
                revoked_at=None,
                ends_at__gt=self.now,
            ).exclude(pk__in=[grant.pk for grant in self.grants]).update(revoked_at=self.now)
        self._write_states()
        self.rebuild_access()
        audit.record_all(
            [
                audit.Fact(action, subject, self.actor, details)
                for action, subject, details in self._audit
            ]
        )

    def rebuild_access(self) -> list[Holding]:
        """Bring the windows of access up to date; tell of those that moved, and return them."""
        moved = entitling.rebuild([holding.membership.pk for holding in self.held])
        changed = [holding for holding in self.held if holding.membership.pk in moved]
        for holding in changed:
            key = f"{holding.membership.pk}:{uuid4()}"
            self.tell(holding, events.ACCESS_CHANGED, key, {})
        return changed

    def _write_books(self) -> None:
        Period.objects.bulk_create(self.periods)
        LedgerEntry.objects.bulk_create([row for row, _ in self._entries])
        LedgerPosting.objects.bulk_create(
            LedgerPosting(
                entry=row,
                account=posting.account.value,
                amount=posting.amount.amount,
                currency=posting.amount.currency,
            )
            for row, entry in self._entries
            for posting in entry.postings
        )
        Receipt.objects.bulk_create(self.receipts)

    def _write_states(self) -> None:
        """What ends goes first: only one subscription and one charge may be open at a time."""
        subscriptions = [s for h in self.held for s in h.subscriptions.values()]
        charges = [c for h in self.held for c in h.charges.values()]
        for live in (False, True):
            _store(
                Subscription.objects.all(),
                [s for s in subscriptions if SubscriptionState(s.state).is_open is live],
                _SUBSCRIPTION_FIELDS,
            )
            _store(
                Charge.objects.all(),
                [c for c in charges if c.is_live is live],
                _CHARGE_FIELDS,
            )
        _store(
            Membership.objects.all(),
            [holding.membership for holding in self.held],
            _MEMBERSHIP_FIELDS,
        )


def _store(table: models.QuerySet[_R], rows: Sequence[_R], fields: Sequence[str]) -> None:
    """Write fields of locked rows: one statement for many, a plain save for one."""
    if len(rows) == 1:
        rows[0].save(update_fields=fields)
    elif rows:
        table.bulk_update(rows, fields)

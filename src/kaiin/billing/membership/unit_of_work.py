"""What one transaction writes, collected first: N memberships cost a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kaiin.billing import events
from kaiin.billing.ledger import posting
from kaiin.billing.ledger.models import LedgerEntry, Receipt
from kaiin.billing.membership import access
from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.models import Charge, Grant, Period
from kaiin.domain import ledger
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.ledger import Entry
from kaiin.infra import audit, bulk, randomness


@dataclass
class UnitOfWork:
    """Rows and audit rows of one transaction; `write` stores them all."""

    now: datetime
    actor: str
    memberships: Sequence[LockedMembership]
    periods: list[Period] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    revoked: list[int] = field(default_factory=list)
    facts: list[audit.Fact] = field(default_factory=list)
    # From when on access may be other than it was; None: from never.
    _access_from: datetime | None = None
    _entries: list[posting.NewEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        for locked in self.memberships:
            locked.work = self

    def post(
        self,
        entry: Entry,
        *,
        charge: Charge,
        period: Period | None = None,
        reverses: LedgerEntry | None = None,
    ) -> None:
        """Post a balanced entry about a charge to the books."""
        self._entries.append(
            posting.NewEntry(
                entry,
                charge.membership_id,
                charge.subscription_id,
                period=period,
                payment_id=charge.payment_id,
                reverses=reverses,
            )
        )

    def reverse(self, row: LedgerEntry, *, charge: Charge) -> Entry:
        """Reverse an entry of a charge; returns what it was."""
        entry = posting.read(row)
        reversal = ledger.reversal(entry, f"reversal:{row.pk}", self.now)
        self.post(reversal, charge=charge, period=row.period, reverses=row)
        return entry

    def access_changes(self, at: datetime) -> None:
        """What opens the site may be other than before from `at` on: a period was ended early or
        goes on after all, a grant was given or revoked outside of this batch."""
        self._access_from = min(at, self._access_from or at)

    def write(self) -> None:
        """Store everything, bring the windows of access up to date, publish those that moved."""
        bulk.insert(self.periods)
        posting.write(self._entries, recorded_at=self.now)
        bulk.insert(self.receipts, with_keys=False)
        bulk.insert(self.grants, with_keys=bool(self.revoked))
        if self.revoked:
            self.access_changes(self.now)
            Grant.objects.filter(
                membership_id__in=self.revoked,
                kind=WindowKind.GRACE,
                revoked_at=None,
                ends_at__gt=self.now,
            ).exclude(pk__in=[grant.pk for grant in self.grants]).update(revoked_at=self.now)
        self._write_states()
        for starts_at in (
            *(period.starts_at for period in self.periods),
            *(grant.starts_at for grant in self.grants),
        ):
            self.access_changes(starts_at)
        if self._access_from is not None:
            moved = access.rebuild(
                [each.membership.pk for each in self.memberships], self._access_from
            )
            for locked in self.memberships:
                if locked.membership.pk in moved:
                    key = f"{locked.membership.pk}:{randomness.uuid()}"
                    locked.publish(events.ACCESS_CHANGED, key)
        audit.record_all(self.facts)
        # Nothing more is decided. Rows that refer to each other would wait for the collector.
        for locked in self.memberships:
            del locked.work

    def _write_states(self) -> None:
        """What ends goes first: only one subscription and one charge may be open at a time."""
        subscriptions = [s for h in self.memberships for s in h.subscriptions.values()]
        charges = [c for h in self.memberships for c in h.charges.values()]
        for live in (False, True):
            bulk.update([s for s in subscriptions if s.is_open is live])
            bulk.update([c for c in charges if c.is_live is live])
        bulk.update([locked.membership for locked in self.memberships])

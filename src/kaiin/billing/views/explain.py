"""Why a site was open to a member at an instant, or was not: the windows and the records behind."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from kaiin.billing.ledger.models import LedgerEntry, Receipt
from kaiin.billing.membership.failures import ending, refused
from kaiin.billing.models import Entitlement, Grant, Membership, Period, Subscription
from kaiin.domain.endings import Ending
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.money import Money
from kaiin.domain.subscriptions import Standing
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class PaidTime:
    """A period that opened a window, with its entries in the books. One that was
    imported has an `import_key`, and neither payment, entries nor receipt."""

    id: int
    subscription_id: int
    index: int
    starts_at: datetime
    ends_at: datetime
    ended_early_at: datetime | None
    early_end: str
    amount: Money
    payment_id: UUID | None
    import_key: str
    ledger: tuple[str, ...]
    receipt: str


@dataclass(frozen=True)
class GrantedTime:
    """A grant that opened a window. `kind` is grant or grace, `reason` why it was given, `note`
    what staff wrote to it."""

    id: int
    kind: WindowKind
    reason: str
    note: str
    granted_by: str
    granted_at: datetime
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class OpenTime:
    """A window `[starts_at, ends_at)` and the records that it rests on."""

    kind: WindowKind
    starts_at: datetime
    ends_at: datetime
    paid: tuple[PaidTime, ...]
    granted: tuple[GrantedTime, ...]


@dataclass(frozen=True)
class SubscriptionEnd:
    """The last subscription that had ended by the instant."""

    ended_at: datetime
    ending: Ending


@dataclass(frozen=True)
class Explanation:
    """May the member enter at `at`? By the windows as they are recorded now.

    `windows`: those that make up the stretch without a gap around `at`, from `since` to `until`.
    Closed: `before` is the last window that was over by then, `after` the first one to come, and
    `ended` what had ended. `membership_id` None: they never joined.
    """

    at: datetime
    membership_id: int | None = None
    standing: Standing | None = None
    allowed: bool = False
    kind: WindowKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    windows: tuple[OpenTime, ...] = ()
    before: OpenTime | None = None
    after: OpenTime | None = None
    ended: SubscriptionEnd | None = None


def explain_access(*, member_pk: int, site_key: str, at: datetime) -> Explanation:
    """Why a member may enter a site at an instant, past or to come. Raises SiteUnknown."""
    site = sites.site(site_key)
    membership = Membership.objects.filter(member_id=member_pk, site_id=site.id).first()
    if membership is None:
        return Explanation(at)
    rows = list(Entitlement.objects.filter(membership=membership).order_by("starts_at"))
    stretch = _stretch(rows, at)
    before = next((row for row in reversed(rows) if row.ends_at <= at), None)
    after = next((row for row in rows if row.starts_at > at), None)
    wanted = [*stretch, *(row for row in (before, after) if row is not None)]
    records = _Records.behind(membership.pk, wanted)
    if not stretch:
        return Explanation(
            at,
            membership.pk,
            Standing(membership.standing),
            before=records.window(before) if before else None,
            after=records.window(after) if after else None,
            ended=_ended(membership, at),
        )
    now_open = next(row for row in stretch if row.ends_at > at)
    return Explanation(
        at,
        membership.pk,
        Standing(membership.standing),
        allowed=True,
        kind=WindowKind(now_open.kind),
        since=stretch[0].starts_at,
        until=stretch[-1].ends_at,
        windows=tuple(records.window(row) for row in stretch),
    )


def _stretch(rows: Sequence[Entitlement], at: datetime) -> list[Entitlement]:
    """The windows that follow one another without a gap and have `at` among them, or none."""
    found: list[Entitlement] = []
    for row in rows:
        if found and row.starts_at > found[-1].ends_at:
            if found[-1].ends_at > at:
                break
            found = []
        found.append(row)
    return found if found and found[0].starts_at <= at < found[-1].ends_at else []


def _ended(membership: Membership, at: datetime) -> SubscriptionEnd | None:
    over = Subscription.objects.filter(membership=membership, ended_at__lte=at, period_count__gt=0)
    last = over.order_by("-ended_at").first()
    if last is None or last.ended_at is None:
        return None
    found = ending(last, refused(last))
    return SubscriptionEnd(last.ended_at, found) if found is not None else None


@dataclass(frozen=True)
class _Records:
    """What the evidence of windows names, by its name."""

    paid: Mapping[str, PaidTime]
    granted: Mapping[str, GrantedTime]

    @classmethod
    def behind(cls, membership_id: int, rows: Collection[Entitlement]) -> "_Records":
        named = [ref.partition(":") for row in rows for ref in row.evidence]
        period_ids = {int(key) for kind, _, key in named if kind == "period"}
        grant_ids = {int(key) for kind, _, key in named if kind == "grant"}
        return cls(
            paid={f"period:{view.id}": view for view in _paid(membership_id, period_ids)},
            granted={f"grant:{view.id}": view for view in _granted(grant_ids)},
        )

    def window(self, row: Entitlement) -> OpenTime:
        return OpenTime(
            kind=WindowKind(row.kind),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            paid=tuple(self.paid[ref] for ref in row.evidence if ref in self.paid),
            granted=tuple(self.granted[ref] for ref in row.evidence if ref in self.granted),
        )


def _paid(membership_id: int, period_ids: Collection[int]) -> list[PaidTime]:
    entries: dict[int | None, list[str]] = defaultdict(list)
    standing = LedgerEntry.objects.filter(
        membership_id=membership_id, period_id__in=period_ids, reverses=None, reversed_by=None
    )
    for period_id, key in standing.order_by("pk").values_list("period_id", "key"):
        entries[period_id].append(key)
    issued = Receipt.objects.filter(period_id__in=period_ids).values_list("period_id", "number")
    numbers = dict(issued)
    return [
        PaidTime(
            id=row.pk,
            subscription_id=row.subscription_id,
            index=row.index,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            ended_early_at=row.ended_early_at,
            early_end=row.early_end,
            amount=Money(row.amount, row.currency),
            payment_id=row.payment_id,
            import_key=row.import_key or "",
            ledger=tuple(entries[row.pk]),
            receipt=numbers.get(row.pk, ""),
        )
        for row in Period.objects.filter(pk__in=period_ids).order_by("starts_at")
    ]


def _granted(grant_ids: Collection[int]) -> list[GrantedTime]:
    names = [field.name for field in fields(GrantedTime)]
    rows = Grant.objects.filter(pk__in=grant_ids).values(*names)
    return [GrantedTime(**row | {"kind": WindowKind(row["kind"])}) for row in rows]

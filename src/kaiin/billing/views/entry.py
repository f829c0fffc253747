"""The question at every door: may this member enter this site at this instant?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, FilteredRelation, Q, QuerySet

from kaiin.billing.models import Membership
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.subscriptions import Standing
from kaiin.infra.prepared import Place, Select
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class EntryMembership:
    """What a members' page and the member card show. Course texts are empty without a course."""

    membership_id: int
    standing: Standing
    joined_date: date | None
    member_number: int | None
    course_key: str
    course_name: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """`allowed` at the instant asked about; `until` is the end of that window, and `kind` why
    it is open. `renews_at`: when the next renewal is charged, None where none is coming or the
    last one failed (`past_due`). `membership` is None for a member who never joined."""

    allowed: bool = False
    until: datetime | None = None
    kind: WindowKind | None = None
    renews_at: datetime | None = None
    past_due: bool = False
    membership: EntryMembership | None = None


def _membership_at(at: Place, member: Place, site: Place) -> "QuerySet[Membership, Any]":
    open_now = Q(entitlements__starts_at__lte=at, entitlements__ends_at__gt=at)
    return (
        Membership.objects.annotate(
            open_window=FilteredRelation("entitlements", condition=open_now),
            running=FilteredRelation("subscriptions", condition=~Q(subscriptions__state="ended")),
        )
        .filter(member_id=member, site_id=site)
        .order_by("pk")
        .values_list(*_COLUMNS)
    )


_COLUMNS = (
    "pk", "standing", "joined_date", "member_number", "open_window__ends_at", "open_window__kind",
    "running__state", "running__next_due_at", "running__course__key", "running__course__name",
)  # fmt: skip
# Asked at every page for members.
_MEMBERSHIP = Select(
    lambda: _membership_at(
        Place("at", DateTimeField()),
        Place("member", BigIntegerField()),
        Place("site", BigIntegerField()),
    )
)


def check_entry(*, member_pk: int, site_key: str, at: datetime) -> Entry:
    """Whether a member may enter a site at `at`: one indexed query. Raises SiteUnknown."""
    found = _MEMBERSHIP.first(at=at, member=member_pk, site=sites.site(site_key).id)
    if found is None:
        return Entry()
    row = dict(zip(_COLUMNS, found, strict=True))
    until = row["open_window__ends_at"]
    return Entry(
        allowed=until is not None,
        until=until,
        kind=WindowKind(row["open_window__kind"]) if until is not None else None,
        renews_at=row["running__next_due_at"] if row["running__state"] == "active" else None,
        past_due=row["running__state"] == "past_due",
        membership=EntryMembership(
            membership_id=row["pk"],
            standing=Standing(row["standing"]),
            joined_date=row["joined_date"],
            member_number=row["member_number"],
            course_key=row["running__course__key"] or "",
            course_name=row["running__course__name"] or {},
        ),
    )

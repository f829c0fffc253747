"""Planning and applying the part of a tenant file that is about the tenant and its sites.

Courses are billing's: `billing.courses.tenant` does both in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db.models import F, Value
from django.db.models.functions import Concat

from kaiin.domain.documents import DocumentKind
from kaiin.domain.periods import japanese_date
from kaiin.infra import audit
from kaiin.infra.locks import for_update
from kaiin.sites import queries
from kaiin.sites.models import TENANT_ID, DocumentVersion, Site, Tenant

if TYPE_CHECKING:
    # pydantic: a quarter of a second, of which most commands have no need.
    from kaiin.sites.tenant_file.models import DocumentSpec, SiteSpec, TenantFile

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_OF_TENANT = (
    "host", "former_hosts", "sender_address", "member_id_prefix", "member_id_digits",
    "member_id_legacy", "seller", "ways_to_pay", "refund_second_payments",
)  # fmt: skip
_OF_SITE = ("host", "former_hosts", "sender_address", "rejoin_days")
_OF_DOCUMENT = ("asks_members", "digest")
_KEEP_LINKS = "Mails already sent and bookmarks lead to it."


class ChangeKind(StrEnum):
    """What applying a file would do to one thing. REFUSE: nothing at all is applied."""

    CREATE = "create"
    CHANGE = "change"
    NEW_VERSION = "new version"
    REMOVE = "remove"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Change:
    """One line of a plan.

    `subject` is like `site:official`; `fields` maps a field to its values before and after;
    `note` explains, and for a refusal `instead` says what to write.
    """

    kind: ChangeKind
    subject: str
    fields: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    note: str = ""
    instead: str = ""

    def as_dict(self) -> dict[str, object]:
        """For `--json` and the audit."""
        return {
            "kind": self.kind.value.replace(" ", "_"),
            "subject": self.subject,
            "fields": {
                name: {"before": before, "after": after}
                for name, (before, after) in self.fields.items()
            },
            "note": self.note,
            "instead": self.instead,
        }


@dataclass(frozen=True)
class Plan:
    """Everything that applying a file would do; nothing at all if any of it is refused."""

    changes: tuple[Change, ...]

    @property
    def refusals(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.kind is ChangeKind.REFUSE)

    @property
    def is_empty(self) -> bool:
        return not self.changes


@dataclass(frozen=True)
class InUse:
    """What the contexts above know: whether members exist, and the sites that have some."""

    members: bool
    sites: frozenset[str]


def lock_tenant() -> None:
    """Wait until no other apply runs; none can until the caller's transaction ends."""
    # Inserting waits for the first to insert, so that even two first applies come in turn.
    Tenant.objects.bulk_create([Tenant(revision=uuid4(), applied_at=_NEVER)], ignore_conflicts=True)
    for_update(Tenant.objects.filter(pk=TENANT_ID)).get()


def plan_sites(*, file: "TenantFile", in_use: InUse, now: datetime) -> tuple[Change, ...]:
    """What applying the file would do to the tenant, its documents and sites; changes nothing."""
    changes = [*_plan_tenant(file, in_use), *_plan_documents(file, now), *_shared_hosts(file)]
    known = {row.key: row for row in Site.objects.all()}
    for position, spec in enumerate(file.sites):
        changes += _plan_site(spec, position, known.pop(spec.key, None), in_use)
    changes += [
        _plan_removal(row, in_use) for key, row in sorted(known.items()) if row.removed_at is None
    ]
    return tuple(changes)


def apply_sites(
    *, file: "TenantFile", changes: tuple[Change, ...], now: datetime, actor: str
) -> None:
    """Carry out what `plan_sites` planned, after `lock_tenant` and in the same transaction."""
    subjects = {change.subject: change for change in changes}
    for change in changes:
        if change.kind is ChangeKind.REMOVE:
            key = change.subject.removeprefix("site:")
            Site.objects.filter(key=key).update(removed_at=now)
    # Two sites may exchange their hosts: let go of both before either takes the other's.
    moving = [
        spec.key
        for spec in file.sites
        if (found := subjects.get(f"site:{spec.key}")) and "host" in found.fields
    ]
    Site.objects.filter(key__in=moving).update(host=Concat(Value("-"), F("key")))
    for position, spec in enumerate(file.sites):
        if f"site:{spec.key}" in subjects:
            columns = {**_site_columns(spec, position), "removed_at": None}
            Site.objects.update_or_create(key=spec.key, defaults=columns)
    for kind, document in file.documents.items():
        if f"document:{kind.value}" in subjects:
            DocumentVersion.objects.update_or_create(
                kind=kind.value,
                version=document.version,
                defaults=_document_columns(document),
                create_defaults={**_document_columns(document), "created_at": now},
            )
    if "tenant" in subjects:
        Tenant.objects.filter(pk=TENANT_ID).update(**_tenant_columns(file))
    for change in changes:
        record(change=change, context="sites", actor=actor)


def applied_rows() -> dict[str, dict[str, object]]:
    """Where members are led, who writes to them, who is paid and what they agree to, by the row's
    name."""
    tenant = Tenant.objects.values(*_OF_TENANT).get()
    sites = Site.objects.values("key", *_OF_SITE)
    documents = DocumentVersion.objects.values("kind", "version", *_OF_DOCUMENT)
    return (
        {"tenant": dict(tenant)}
        | {f"site:{row.pop('key')}": row for row in map(dict, sites)}
        | {f"document:{row.pop('kind')}:{row.pop('version')}": row for row in map(dict, documents)}
    )


def site_id(*, key: str) -> int:
    """The id of a site by its key, as it is within the caller's transaction."""
    return Site.objects.values_list("pk", flat=True).get(key=key)


def mark_applied(*, now: datetime) -> None:
    """Give the tenant a new revision, by which every process notices within a second."""
    Tenant.objects.filter(pk=TENANT_ID).update(revision=uuid4(), applied_at=now)
    queries.forget()


def record(*, change: Change, context: str, actor: str) -> None:
    """One audit row for one carried-out change."""
    verb = {
        ChangeKind.CREATE: "created",
        ChangeKind.CHANGE: "changed",
        ChangeKind.NEW_VERSION: "new_version",
        ChangeKind.REMOVE: "removed",
    }[change.kind]
    audit.record(
        action=f"{context}.{change.subject.partition(':')[0]}_{verb}",
        subject=change.subject,
        actor=actor,
        details=change.as_dict(),
    )


def difference(row: object, columns: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """The columns whose value in the row is another, with both values."""
    return {
        name: (getattr(row, name), value)
        for name, value in columns.items()
        if getattr(row, name) != value
    }


def _plan_tenant(file: "TenantFile", in_use: InUse) -> list[Change]:
    row = Tenant.objects.filter(pk=TENANT_ID).exclude(applied_at=_NEVER).first()
    if row is None:
        name = file.identity.name[file.identity.default_language]
        return [Change(ChangeKind.CREATE, "tenant", note=name)]
    fields = difference(row, _tenant_columns(file))
    if not fields:
        return []
    refusals = _refused_of_tenant(row, file, fields) if in_use.members else []
    return refusals or [Change(ChangeKind.CHANGE, "tenant", fields)]


def _refused_of_tenant(
    row: Tenant, file: "TenantFile", fields: Mapping[str, tuple[object, object]]
) -> list[Change]:
    refusals = []
    names = ("member_id_prefix", "member_id_digits")
    if any(name in fields for name in names):
        prefix, digits = row.member_id_prefix, row.member_id_digits
        note = (
            f"members have IDs of {prefix} and {digits} digits, printed on cards and kept in mails"
        )
        instead = f"member_id: {{prefix: {prefix}, digits: {digits}}}"
        refusals.append(_refusal("tenant", fields, names, note, instead))
    kept = [each.model_dump() for each in file.identity.member_id.legacy]
    for lost in (each for each in row.member_id_legacy if each not in kept):
        legacy = f"{{prefix: {lost['prefix']}, digits: {lost['digits']}}}"
        note = f"imported members may have IDs of the form {legacy}"
        instead = f"{legacy} in member_id.legacy"
        refusals.append(_refusal("tenant", fields, ("member_id_legacy",), note, instead))
    if "host" in fields and row.host not in file.identity.former_hosts:
        refusals.append(_host_refusal("tenant", fields, row.host))
    return refusals


def _plan_documents(file: "TenantFile", now: datetime) -> list[Change]:
    newest = {row.kind: row for row in DocumentVersion.objects.order_by("version")}
    changes: list[Change] = []
    for kind, spec in file.documents.items():
        changes += _plan_document(kind, spec, newest.pop(kind.value, None), now)
    for lost, row in newest.items():
        note = f"version {row.version} was published, and stays readable and in force"
        instead = f"{lost} in documents as it was, or a new version of it"
        changes.append(Change(ChangeKind.REFUSE, f"document:{lost}", {}, note, instead))
    return changes


def _plan_document(
    kind: DocumentKind, spec: "DocumentSpec", row: DocumentVersion | None, now: datetime
) -> list[Change]:
    subject = f"document:{kind.value}"
    begins = f"version {spec.version}, from {japanese_date(spec.starts_at)}"
    if row is None:
        return [Change(ChangeKind.CREATE, subject, note=begins)]
    fields = difference(row, _document_columns(spec))
    # The digest is shown: the text itself would fill the screen and the audit trail.
    shown = {name: both for name, both in fields.items() if name not in ("texts", "starts_at")}
    if "starts_at" in fields:
        shown["from"] = (str(japanese_date(row.starts_at)), str(japanese_date(spec.starts_at)))
    if spec.version > row.version:
        note = f"{begins}; version {row.version} stays readable"
        versions = {"version": (row.version, spec.version)}
        return [Change(ChangeKind.NEW_VERSION, subject, {**versions, **shown}, note)]
    refusal = ""
    if spec.version < row.version:
        refusal = f"version {row.version} was published already"
    elif "digest" in fields:
        refusal = f"it is not what version {row.version} said when it was published"
    elif fields and row.starts_at <= now:
        refusal = f"version {row.version} applies since {japanese_date(row.starts_at)}"
    if refusal:
        instead = f"version: {row.version + 1}, which says whether members are asked again"
        return [Change(ChangeKind.REFUSE, subject, shown, refusal, instead)]
    return [Change(ChangeKind.CHANGE, subject, shown)] if shown else []


def _shared_hosts(file: "TenantFile") -> list[Change]:
    """A label and a full name that come to the same host on this installation."""
    taken = {queries.full_host(file.identity.host): "tenant"}
    changes = []
    for spec in file.sites:
        host = queries.full_host(spec.host)
        if host in taken:
            note = f"its host {host} is also that of {taken[host]}"
            subject, instead = f"site:{spec.key}", "a host of its own"
            changes.append(Change(ChangeKind.REFUSE, subject, {}, note, instead))
        taken.setdefault(host, f"site:{spec.key}")
    return changes


def _plan_site(spec: "SiteSpec", position: int, row: Site | None, in_use: InUse) -> list[Change]:
    subject = f"site:{spec.key}"
    if row is None or row.removed_at is not None:
        return [Change(ChangeKind.CREATE, subject, note=queries.full_host(spec.host))]
    fields = difference(row, _site_columns(spec, position))
    if not fields:
        return []
    moved = "host" in fields and row.host not in spec.former_hosts
    if moved and spec.key in in_use.sites:
        return [_host_refusal(subject, fields, row.host)]
    return [Change(ChangeKind.CHANGE, subject, fields)]


def _plan_removal(row: Site, in_use: InUse) -> Change:
    subject = f"site:{row.key}"
    if row.key in in_use.sites:
        instead = "the site as it was, with offered: false on its courses"
        return Change(ChangeKind.REFUSE, subject, {}, "the site has members", instead)
    return Change(ChangeKind.REMOVE, subject, note="no one has joined it; nothing is deleted")


def _refusal(
    subject: str,
    fields: Mapping[str, tuple[object, object]],
    names: tuple[str, ...],
    note: str,
    instead: str,
) -> Change:
    shown = {name: fields[name] for name in names if name in fields}
    return Change(ChangeKind.REFUSE, subject, shown, note, instead)


def _host_refusal(subject: str, fields: Mapping[str, tuple[object, object]], host: str) -> Change:
    note = f"members know it at {queries.full_host(host)}. {_KEEP_LINKS}"
    instead = f"the new host, and the old one in former_hosts: [{host}]"
    return _refusal(subject, fields, ("host",), note, instead)


def _tenant_columns(file: "TenantFile") -> dict[str, object]:
    """Most columns are fields of the file by their names; here are the others."""
    identity = file.identity
    return {
        "identity_name": dict(identity.name),
        **identity.model_dump(mode="json", exclude={"name", "member_id", "details", "sender"}),
        "member_id_prefix": identity.member_id.prefix,
        "member_id_digits": identity.member_id.digits,
        "member_id_legacy": [form.model_dump() for form in identity.member_id.legacy],
        # Pairs and not a mapping: PostgreSQL's JSON forgets the order of keys.
        "details": [[name, how] for name, how in identity.details.items()],
        "sender_name": identity.sender.name,
        "sender_address": identity.sender.address,
        **file.model_dump(mode="json", exclude={"identity", "documents", "sites"}),
    }


def _document_columns(spec: "DocumentSpec") -> dict[str, object]:
    return {
        "starts_at": spec.starts_at,
        "asks_members": spec.ask_members,
        "texts": dict(spec.text),
        "url": spec.url,
        "digest": spec.digest,
    }


def _site_columns(spec: "SiteSpec", position: int) -> dict[str, object]:
    """As `_tenant_columns`."""
    return {
        "position": position,
        **spec.model_dump(mode="json", exclude={"sender", "member_number", "courses"}),
        "sender_name": spec.sender.name,
        "sender_address": spec.sender.address,
        "member_number_digits": spec.member_number.digits,
        "member_number_start": spec.member_number.start,
    }

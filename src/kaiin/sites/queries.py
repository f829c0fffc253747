"""What every other part asks about the tenant and its sites.

Answered from memory. The tenant's revision is read at most once a second (of real time,
not the settable clock's), so another process's `kaiin apply` is noticed within one.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from time import monotonic
from uuid import UUID

from django.conf import settings

from kaiin.domain import documents as rules
from kaiin.domain.documents import DocumentKind, Published
from kaiin.domain.errors import KaiinError
from kaiin.domain.identifiers import reading
from kaiin.domain.identifiers.member_ids import LegacyFormat, MemberIdFormat
from kaiin.domain.identifiers.reading import Identified
from kaiin.domain.payments import Method
from kaiin.infra.texts import localized, text
from kaiin.sites.models import TENANT_ID, DocumentVersion, Site, Tenant

CHECK_SECONDS = 1.0

Texts = Mapping[str, str]


class TenantMissing(KaiinError):
    """Nothing was applied yet: `kaiin apply FILE` comes first."""

    code = "sites.no_tenant"


class SiteUnknown(KaiinError):
    """No site has that key."""

    code = "sites.unknown_site"


@dataclass(frozen=True)
class Sender:
    """Whose name and address a mail carries."""

    name: str
    address: str


@dataclass(frozen=True)
class Environment:
    """A device and a browser that the tenant recommends."""

    device: Texts
    browser: Texts


@dataclass(frozen=True)
class Support:
    """Where members ask for help. `url` and `phone` may be empty."""

    email: str
    url: str
    phone: str
    hours: Texts


@dataclass(frozen=True)
class Seller:
    """The legal notice (特定商取引法に基づく表記).

    `registration_number` is that of a qualified invoice issuer, `T` + 13 digits, or empty.
    """

    name: Texts
    representative: Texts
    address: Texts
    phone: str
    registration_number: str


@dataclass(frozen=True)
class TenantView:
    """The tenant file's identity part. Texts are in each of `languages`."""

    identity_name: Texts
    formerly: str
    identity_host_label: str
    languages: tuple[str, ...]
    default_language: str
    member_id_format: MemberIdFormat
    member_number_digits: tuple[int, ...]
    details: tuple[str, ...]
    details_required: tuple[str, ...]
    consent_age: int
    sender: Sender
    support: Support
    seller: Seller
    ways_to_pay: Mapping[Method, str]
    refund_second_payments: bool
    renewal_reminder_days: tuple[int, ...]
    environments: tuple[Environment, ...]
    in_app_note: Texts


@dataclass(frozen=True)
class SiteView:
    """One site, with the tenant's sender, environments and notes where it has none itself."""

    id: int
    key: str
    name: Texts
    host_label: str
    colour: str
    tagline: Texts
    description: Texts
    what_you_get: tuple[Texts, ...]
    members_title: Texts
    members_message: Texts
    sender: Sender
    member_number_digits: int
    member_number_start: int
    rejoin_days: int
    environments: tuple[Environment, ...]
    in_app_note: Texts

    def shown_number(self, number: int | None) -> str:
        """A member number of this site as it is shown; "" where there is none."""
        return "" if number is None else f"{number:0{self.member_number_digits}}"


@dataclass(frozen=True)
class DocumentView(Published):
    """A version of a document: `texts`, or the `url` of its text. `digest` is that of both."""

    id: int
    texts: Texts
    url: str
    digest: str


@dataclass(frozen=True)
class _Directory:
    revision: UUID
    tenant: TenantView
    sites: tuple[SiteView, ...]
    documents: tuple[DocumentView, ...]
    by_key: Mapping[str, SiteView]
    by_host: Mapping[str, SiteView]
    identity_hosts: frozenset[str]
    former_hosts: frozenset[str]
    checked: float


def tenant() -> TenantView:
    """Whose installation this is. Raises TenantMissing before the first apply."""
    return _directory().tenant


def identify(typed: str) -> Identified:
    """What was typed into a login field, read by the tenant's formats. Raises TenantMissing."""
    formats = tenant()
    return reading.identify(
        typed, formats.member_id_format, member_number_digits=formats.member_number_digits
    )


def name_of_id(language: str) -> str:
    """What the tenant calls the ID that members log in with; "member ID" before the first apply."""
    try:
        return localized(tenant().identity_name, language)
    except TenantMissing:
        return text("common.id_name", language)


def sites() -> tuple[SiteView, ...]:
    """Every site, in the order of the tenant file; none before the first apply."""
    known = _applied()
    return known.sites if known else ()


def site(key: str) -> SiteView:
    """The site of a key. Raises SiteUnknown."""
    found = _directory().by_key.get(key)
    if found is None:
        raise SiteUnknown(site=key)
    return found


def documents() -> tuple[DocumentView, ...]:
    """Every version of every document, kind by kind as they are shown, the lowest version first;
    none before the first apply."""
    known = _applied()
    return known.documents if known else ()


def documents_in_force(at: datetime) -> tuple[DocumentView, ...]:
    """The versions that apply at `at`, one of each kind at most."""
    return rules.in_force(documents(), at)


def revision() -> UUID:
    """Which apply the tenant, its sites and its courses are of. What others read of these may be
    remembered under it: a newer apply is noticed with the tenant's. Raises TenantMissing."""
    return _directory().revision


def site_by_host(host: str) -> SiteView | None:
    """The site that answers at a request's Host, which may carry a port and any case."""
    known = _applied()
    return known.by_host.get(_bare(host)) if known else None


def is_identity_host(host: str) -> bool:
    """Whether a request's Host is that of the shared identity, now or formerly."""
    known = _applied()
    return known is not None and _bare(host) in known.identity_hosts


def is_former_host(host: str) -> bool:
    """Whether a Host is one that was given up: pages then lead to the present one."""
    known = _applied()
    return known is not None and _bare(host) in known.former_hosts


def identity_url(path: str) -> str:
    """An absolute address at the identity host, built from configuration alone."""
    return _address(tenant().identity_host_label, path)


def site_url(key: str, path: str) -> str:
    """An absolute address at a site's host. Raises SiteUnknown."""
    return _address(site(key).host_label, path)


def full_host(label: str) -> str:
    """The whole host name of a tenant file's host: a label joins the base domain."""
    return label if "." in label else f"{label}.{settings.KAIIN.base_domain}"


def forget() -> None:
    """Read everything anew at the next question; called where a file is applied."""
    _memory.known = None


class _Memory:
    def __init__(self) -> None:
        self.known: _Directory | None = None
        self.looking = threading.Lock()


_memory = _Memory()


def _directory() -> _Directory:
    known = _memory.known
    if known is not None and monotonic() - known.checked < CHECK_SECONDS:
        return known
    # One thread looks; the others of this moment wait for it rather than look as well.
    with _memory.looking:
        now = monotonic()
        known = _memory.known
        if known is None or now - known.checked >= CHECK_SECONDS:
            _memory.known = None
            known = _memory.known = _looked_up(known, now)
        return known


def _applied() -> _Directory | None:
    """None before the first apply."""
    try:
        return _directory()
    except TenantMissing:
        return None


def _looked_up(known: _Directory | None, now: float) -> _Directory:
    revision = Tenant.objects.filter(pk=TENANT_ID).values_list("revision", flat=True).first()
    if revision is None:
        raise TenantMissing
    if known is not None and known.revision == revision:
        return replace(known, checked=now)
    return _loaded(now)


def _loaded(now: float) -> _Directory:
    row = Tenant.objects.get(pk=TENANT_ID)
    site_rows = list(Site.objects.filter(removed_at=None).order_by("position", "key"))
    tenant_view = _tenant_view(row, site_rows)
    views = tuple(_site_view(each, tenant_view) for each in site_rows)
    hosts = {
        full_host(label): view
        for each, view in zip(site_rows, views, strict=True)
        for label in (*each.former_hosts, each.host)
    }
    former = [*row.former_hosts, *(label for each in site_rows for label in each.former_hosts)]
    names, order = [field.name for field in fields(DocumentView)], list(DocumentKind)
    documents = (
        DocumentView(**{**each, "kind": DocumentKind(each["kind"])})
        for each in DocumentVersion.objects.values(*names)
    )
    return _Directory(
        revision=row.revision,
        tenant=tenant_view,
        sites=views,
        documents=tuple(sorted(documents, key=lambda each: (order.index(each.kind), each.version))),
        by_key={view.key: view for view in views},
        by_host=hosts,
        identity_hosts=frozenset(map(full_host, (row.host, *row.former_hosts))),
        former_hosts=frozenset(map(full_host, former)),
        checked=now,
    )


def _tenant_view(row: Tenant, site_rows: list[Site]) -> TenantView:
    return TenantView(
        identity_name=row.identity_name,
        formerly=row.formerly,
        identity_host_label=row.host,
        languages=tuple(row.languages),
        default_language=row.default_language,
        member_id_format=MemberIdFormat(
            prefix=row.member_id_prefix,
            digits=row.member_id_digits,
            legacy=tuple(LegacyFormat(**form) for form in row.member_id_legacy),
        ),
        member_number_digits=tuple(sorted({each.member_number_digits for each in site_rows})),
        details=tuple(name for name, _ in row.details),
        details_required=tuple(name for name, how in row.details if how == "required"),
        consent_age=row.consent_age,
        sender=Sender(name=row.sender_name, address=row.sender_address),
        support=Support(**row.support),
        seller=Seller(**row.seller),
        ways_to_pay={way: row.ways_to_pay[way] for way in Method if way in row.ways_to_pay},
        refund_second_payments=row.refund_second_payments,
        renewal_reminder_days=tuple(row.renewal_reminder_days),
        environments=_environments(row.environments),
        in_app_note=row.in_app_note,
    )


def _site_view(row: Site, tenant_view: TenantView) -> SiteView:
    sender = Sender(
        name=row.sender_name or row.name[tenant_view.default_language],
        address=row.sender_address or tenant_view.sender.address,
    )
    return SiteView(
        id=row.pk,
        key=row.key,
        name=row.name,
        host_label=row.host,
        colour=row.colour,
        tagline=row.tagline,
        description=row.description,
        what_you_get=tuple(row.what_you_get),
        members_title=row.members_page["title"],
        members_message=row.members_page["body"],
        sender=sender,
        member_number_digits=row.member_number_digits,
        member_number_start=row.member_number_start,
        rejoin_days=row.rejoin_days,
        environments=_environments(row.environments) or tenant_view.environments,
        in_app_note=row.in_app_note or tenant_view.in_app_note,
    )


def _environments(rows: list[dict[str, Texts]]) -> tuple[Environment, ...]:
    return tuple(Environment(device=each["device"], browser=each["browser"]) for each in rows)


def _bare(host: str) -> str:
    return host.rsplit(":", 1)[0].lower().rstrip(".") if ":" in host else host.lower().rstrip(".")


def _address(label: str, path: str) -> str:
    return f"{_origin(label, settings.KAIIN.base_url)}/{path.removeprefix('/')}"


@lru_cache(maxsize=64)
def _origin(label: str, _base_url: str) -> str:
    port = f":{settings.KAIIN.port}" if settings.KAIIN.port else ""
    return f"{settings.KAIIN.scheme}://{full_host(label)}{port}"

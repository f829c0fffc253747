"""What a tenant file says, as values: defaults filled in, every text in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.documents import DocumentKind, content_digest
from kaiin.domain.payments import Method

Texts = Mapping[str, str]
Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Position:
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class IdForm:
    """One letter and `digits` digits."""

    prefix: str
    digits: int


@dataclass(frozen=True)
class SenderSpec:
    """A mail's sender; an empty part is taken from the site's name or the identity's sender."""

    name: str
    address: str


@dataclass(frozen=True)
class EnvironmentSpec:
    """A recommended device and browser."""

    device: Texts
    browser: Texts


@dataclass(frozen=True)
class SupportSpec:
    """Where members ask for help; what is not offered is empty."""

    email: str
    url: str
    phone: str
    hours: Texts


@dataclass(frozen=True)
class SellerSpec:
    """The legal notice."""

    name: Texts
    representative: Texts
    address: Texts
    phone: str
    registration_number: str


@dataclass(frozen=True)
class IdentitySpec:
    """The identity that all sites share. `details` maps what is asked to required or optional."""

    name: Texts
    formerly: str
    host: str
    former_hosts: tuple[str, ...]
    languages: tuple[str, ...]
    default_language: str
    member_id: IdForm
    legacy_member_ids: tuple[IdForm, ...]
    details: Mapping[str, str]
    consent_age: int
    sender: SenderSpec


@dataclass(frozen=True)
class CourseSpec:
    """A course."""

    key: str
    name: Texts
    summary: Texts
    offered: bool
    terms: CourseTerms
    at: Position = field(compare=False)


@dataclass(frozen=True)
class SiteSpec:
    """A site and its courses, in the order of the file."""

    key: str
    name: Texts
    host: str
    former_hosts: tuple[str, ...]
    colour: str
    tagline: Texts
    description: Texts
    what_you_get: tuple[Texts, ...]
    members_title: Texts
    members_body: Texts
    sender: SenderSpec
    member_number_digits: int
    member_number_start: int
    rejoin_days: int
    environments: tuple[EnvironmentSpec, ...]
    in_app_note: Texts
    courses: tuple[CourseSpec, ...]
    at: Position = field(compare=False)


@dataclass(frozen=True)
class DocumentSpec:
    """A version of a document: `texts`, or, where the text is elsewhere, its address `url`."""

    kind: DocumentKind
    version: int
    starts_at: datetime
    asks_members: bool
    texts: Texts
    url: str

    @property
    def digest(self) -> str:
        """The fingerprint of what it says."""
        return content_digest(self.texts, self.url)


@dataclass(frozen=True)
class TenantFile:
    """A whole, valid tenant file."""

    name: str
    identity: IdentitySpec
    support: SupportSpec
    seller: SellerSpec
    ways_to_pay: Mapping[Method, str]
    refund_second_payments: bool
    renewal_reminder_days: tuple[int, ...]
    documents: tuple[DocumentSpec, ...]
    environments: tuple[EnvironmentSpec, ...]
    in_app_note: Texts
    sites: tuple[SiteSpec, ...]

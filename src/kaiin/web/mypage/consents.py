"""What a member agreed to, document by document, and what not yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kaiin.domain.documents import DocumentKind
from kaiin.identity import queries as members
from kaiin.identity.queries import ConsentView
from kaiin.infra.texts import format_date, localized, text
from kaiin.sites.queries import SiteView


@dataclass(frozen=True)
class DocumentRow:
    """One document: each version agreed to and how that is said, the newest first; and the version
    in force that lacks a consent, or 0."""

    kind: DocumentKind
    given: tuple[tuple[int, str], ...]
    missing: int


def document_rows(
    member_pk: int, at: datetime, sites: Mapping[str, SiteView]
) -> tuple[DocumentRow, ...]:
    """The documents that concern the member, in their order."""
    consents = members.consents(member_pk)
    missing = {
        each.document.kind: each.document.version for each in members.missing_beside(consents, at)
    }
    rows = [
        DocumentRow(
            kind,
            tuple((each.version, _says(each, sites)) for each in consents if each.kind is kind),
            missing.get(kind, 0),
        )
        for kind in DocumentKind
    ]
    return tuple(row for row in rows if row.given or row.missing)


def _says(consent: ConsentView, sites: Mapping[str, SiteView]) -> str:
    site = sites.get(consent.site_key)
    return text(
        f"documents.given.{consent.page}",
        version=consent.version,
        day=format_date(consent.agreed_at),
        site=localized(site.name) if site else consent.site_key,
    )

"""Terms of use and privacy policy: which version is in force, and whose consent is missing."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar


class DocumentKind(StrEnum):
    """The documents that members agree to, in the order in which they are shown."""

    TERMS = "terms"
    PRIVACY = "privacy"


@dataclass(frozen=True)
class Published:
    """One version of a document. It applies from `starts_at` until a higher version does.

    `asks_members`: those who are members by then are asked for their consent at their next login.
    """

    kind: DocumentKind
    version: int
    starts_at: datetime
    asks_members: bool

    @property
    def name(self) -> str:
        """`terms-2`: kind and version, for forms and records."""
        return f"{self.kind.value}-{self.version}"


P = TypeVar("P", bound=Published)


@dataclass(frozen=True)
class MissingConsent(Generic[P]):
    """A document in force that has to be agreed to before anything is bought anew.

    `agreed` is the highest version that the member agreed to, 0 for none. `asked`: the consent
    is also asked for at login, and not needed to enter.
    """

    document: P
    agreed: int
    asked: bool


def in_force(published: Iterable[P], at: datetime) -> tuple[P, ...]:
    """Of each kind the highest version whose day has come."""
    newest: dict[DocumentKind, P] = {}
    for each in sorted(published, key=lambda each: each.version):
        if each.starts_at <= at:
            newest[each.kind] = each
    return tuple(newest[kind] for kind in DocumentKind if kind in newest)


def missing_consents(
    published: Iterable[P], agreed: Mapping[DocumentKind, int], at: datetime
) -> tuple[MissingConsent[P], ...]:
    """What a member who agreed to these versions (the highest of each kind) has to agree to.

    Who agreed to an earlier version need not agree again, unless one since then asks members.
    """
    every = tuple(published)
    missing = []
    for document in in_force(every, at):
        before = agreed.get(document.kind, 0)
        since = [
            each
            for each in every
            if each.kind is document.kind and before < each.version <= document.version
        ]
        asked = any(each.asks_members for each in since)
        if asked or before == 0:
            missing.append(MissingConsent(document, before, asked))
    return tuple(missing)


def content_digest(texts: Mapping[str, str], url: str) -> str:
    """The fingerprint of what a version says: SHA-256 of its texts by language and its address."""
    content = json.dumps([dict(texts), url], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()

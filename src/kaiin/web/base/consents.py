"""Asking for consent: what a form shows is what is agreed to."""

from collections.abc import Sequence

from kaiin.domain.documents import MissingConsent
from kaiin.infra.texts import text
from kaiin.sites.queries import DocumentView


def asked(missing: Sequence[MissingConsent[DocumentView]]) -> tuple[DocumentView, ...]:
    """The documents to show."""
    return tuple(each.document for each in missing)


def names(documents: Sequence[DocumentView]) -> str:
    """What a form sends along, so that nothing else is agreed to than it showed."""
    return " ".join(each.name for each in documents)


def were_shown(documents: Sequence[DocumentView], sent: object) -> bool:
    """Whether a form showed all of these versions; a newer one may have come into force since."""
    return {each.name for each in documents} <= set(str(sent).split())


def titles(documents: Sequence[DocumentView]) -> str:
    """What they are called within a sentence: 利用規約とプライバシーポリシー."""
    each = [text(f"documents.within.{document.kind.value}") for document in documents]
    return text("documents.and").join(each)

"""What is said beside the field from the shape of the text alone. Nothing is looked up."""

from dataclasses import dataclass

from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.reading import LOGIN_KINDS, Identified, TypedKind
from kaiin.infra.texts import text
from kaiin.sites import queries as sites

# True of the text, but no reason to doubt it.
_HARMLESS = frozenset({codes.OLD_CARRIER_FORM})


@dataclass(frozen=True)
class Hint:
    """Words beside the field, their code, and what may have been meant instead."""

    code: str
    words: str
    suggestion: str | None = None


def before_asking(identified: Identified, *, insisted_on: str) -> Hint | None:
    """Why this can't log anyone in, or is most likely a slip; None: ask.

    A slip of a mail domain stops only once: the same text again is meant as it is. A wrong
    check digit never stops, since imported IDs may have none.
    """
    slip = identified.kind is TypedKind.EMAIL and identified.suggestion is not None
    stops = identified.kind not in LOGIN_KINDS or (slip and identified.value != insisted_on)
    return _hint(identified) if stops else None


def after_refusal(identified: Identified) -> Hint | None:
    """What the text's shape adds to the one neutral answer."""
    says_more = any(code not in _HARMLESS for code in identified.hints)
    return _hint(identified) if says_more else None


def _hint(identified: Identified) -> Hint:
    shown = [code for code in identified.hints if code not in _HARMLESS]
    code = shown[0] if shown else "identifier.unknown"
    suggestion = identified.suggestion
    if suggestion is not None and sites.identify(suggestion).kind not in LOGIN_KINDS:
        suggestion = None  # a phone number written properly is no login either
    return Hint(code, text(code), suggestion)

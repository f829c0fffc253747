"""The numbers that bills, slips and mails show for a payment: their kinds, how each is written.

Sources of the facts, by kind:

- docomo_payment: 決済番号, 12 digits, another one for each charge. Fan clubs' public FAQ pages;
  GMO-PG's `DocomoSettlementCode` is a field of 12.
- au_contract: 継続課金ID, one for a contract. au publishes no grammar: 8 to 20 letters and digits.
- au_payment: 決済情報番号, one for each charge, at most 16. GMO-PG's `AuPayInfoNo`.
- softbank_order: 注文番号. No public grammar; SB Payment's order IDs take up to 38 characters.
- konbini_slip: 受付番号 (also お客様番号), 10 or 11 digits; 13 at 7-Eleven (払込票番号); 17 at
  FamilyMart, where a 5-digit company code precedes the order number.
- konbini_confirmation: 確認番号, typed at the store's machine beside the slip number. GMO-PG's
  `CvsConfNo` takes up to 20, Stripe's `confirmation_number` has 10 or 11 digits.
- card_payment: the payment service's own ID of a charge, the only kind in which case matters.
- card_last4: what a card statement leaves of the card's number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kaiin.domain.typed_text import compact, fold


class ReferenceKind(StrEnum):
    """A kind of number by which a payment or a mandate can be found."""

    CARD_LAST4 = "card_last4"
    CARD_PAYMENT = "card_payment"
    DOCOMO_PAYMENT = "docomo_payment"
    AU_CONTRACT = "au_contract"
    AU_PAYMENT = "au_payment"
    SOFTBANK_ORDER = "softbank_order"
    KONBINI_SLIP = "konbini_slip"
    KONBINI_CONFIRMATION = "konbini_confirmation"

    @property
    def place(self) -> int:
        """Its place among the numbers of a bill: the slip's before what confirms it."""
        return list(ReferenceKind).index(self)


@dataclass(frozen=True, slots=True)
class ReferenceFormat:
    """How the numbers of one kind are written, in canonical form.

    `accepts` is what may be stored and looked up, `speaks_for` the narrower shape that makes a
    reader think of this kind when nothing else is known. `sandbox_shape` is what the sandbox
    provider issues, with `#` for any digit; it never is the shape of a card number.
    """

    accepts: re.Pattern[str]
    speaks_for: re.Pattern[str]
    sandbox_shape: str
    keeps_case: bool = False


def _format(
    accepts: str, speaks_for: str, sandbox_shape: str, *, keeps_case: bool = False
) -> ReferenceFormat:
    # re.ASCII: otherwise \d takes every script's digits.
    patterns = re.compile(accepts, re.ASCII), re.compile(speaks_for, re.ASCII)
    return ReferenceFormat(*patterns, sandbox_shape, keeps_case)


_WITH_A_DIGIT = r"(?=.*\d)[0-9A-Z]"
# Ten digits at least: with fewer, nicknames that end in a birth date would look like these.
_LETTERS_AND_DIGITS = r"(?=.*[A-Z])(?=(?:.*\d){10})[0-9A-Z]"

FORMATS: Mapping[ReferenceKind, ReferenceFormat] = MappingProxyType(
    {
        ReferenceKind.CARD_LAST4: _format(r"\d{4}", r"\d{4}", "####"),
        ReferenceKind.CARD_PAYMENT: _format(
            r"[0-9A-Za-z_-]{4,64}",
            r"(?:ch|pi|in|py)_[0-9A-Za-z]{8,}",
            "pi_sandbox################",
            keeps_case=True,
        ),
        ReferenceKind.DOCOMO_PAYMENT: _format(r"\d{12}", r"\d{12}", "############"),
        ReferenceKind.AU_CONTRACT: _format(
            rf"{_WITH_A_DIGIT}{{8,20}}",
            rf"\d{{15}}|{_LETTERS_AND_DIGITS}{{11,20}}",
            "7##############",
        ),
        ReferenceKind.AU_PAYMENT: _format(
            rf"{_WITH_A_DIGIT}{{4,16}}", r"\d{13,16}", "9###############"
        ),
        ReferenceKind.SOFTBANK_ORDER: _format(
            rf"{_WITH_A_DIGIT}{{6,38}}",
            rf"\d{{18,38}}|{_LETTERS_AND_DIGITS}{{11,38}}",
            "SB################",
        ),
        ReferenceKind.KONBINI_SLIP: _format(
            r"\d{10,20}", r"[1-9]\d{9,10}|\d{13}|\d{17}", "2##########"
        ),
        ReferenceKind.KONBINI_CONFIRMATION: _format(r"\d{4,20}", r"\d{6}", "######"),
    }
)


def canonical(kind: ReferenceKind, text: str) -> str | None:
    """The look-up form of a number whose kind is known, or None where it can't be such a number.

    ASCII, upper case, no separators; only card_payment keeps its case, hyphens and underscores,
    which are part of payment services' IDs.
    """
    format_ = FORMATS[kind]
    folded = fold(text)
    value = folded.text.replace(" ", "") if format_.keeps_case else compact(folded).text.upper()
    return value if format_.accepts.fullmatch(value) else None


def candidates(text: str) -> tuple[ReferenceKind, ...]:
    """The kinds whose shape this text has, in `ReferenceKind`'s order: none, one or several."""
    forms = ((kind, canonical(kind, text)) for kind in ReferenceKind)
    return tuple(kind for kind, form in forms if form and FORMATS[kind].speaks_for.fullmatch(form))

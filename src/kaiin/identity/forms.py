"""Members' details: from what was typed to what is stored, or a code for each field at fault.

Names keep every character that was typed (NFKC damages names); only the kana field is brought
to one form, because it is there to be sorted and searched.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date

from kaiin.domain.card_numbers import has_card_number
from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.reading import Identified, TypedKind, identify
from kaiin.domain.mail_addresses import breaks_rfc5321
from kaiin.domain.typed_text import fold, shows_something
from kaiin.identity.choices import ABROAD, PREFECTURES
from kaiin.identity.errors import DetailsInvalid

LONGEST_NICKNAME = 30  # as the eye counts
LONGEST_NAME = 60
_OLDEST_YEARS = 120

_KANA = "legal_name_kana"
# Voicing marks on their own -> those that join the letter before them.
_VOICING = {0x309B: 0x3099, 0x309C: 0x309A}
_MISSING = "details.missing"
_TOO_LONG = "details.too_long"
_CARD_NUMBER = "identifier.is_card_number"
# 10 digits, or 11 where three of them are the kind of network. Not by a list of ranges in use:
# new ones are opened all the time.
_JAPANESE_PHONE = re.compile(r"0[1-9][0-9]{8}|0[2-9]0[0-9]{8}")
# Written by hand, forced directions let a name rewrite the text around it.
_FORCED_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Invalid(Exception):
    """One field's fault, on its way to the others'."""


def validate(
    details: Mapping[str, str],
    asked: Collection[str],
    *,
    required: Collection[str],
    today: date,
    read: Callable[[str], Identified] = identify,
) -> dict[str, object]:
    """The details asked for, as stored. Raises DetailsInvalid with every field's fault.

    `today` is the day in Japan: no birthday is after it. `read` is what reads the login field,
    so that a mail address is stored as login looks for it. Who lives abroad need not write kana.
    """
    cleaned: dict[str, object] = {}
    errors: dict[str, str] = {}
    abroad = details.get("prefecture") == ABROAD
    required = required_of(required, abroad=abroad)
    cleaners = {**_CLEANERS, _KANA: _legal_name} if abroad else _CLEANERS
    for name in asked:
        typed = _printable(details.get(name) or "")
        if not shows_something(typed):
            cleaned[name] = None if name == "birth_date" else ""
            if name in required:
                errors[name] = _MISSING
            continue
        if has_card_number(typed):
            errors[name] = _CARD_NUMBER
            continue
        try:
            cleaned[name] = _email(read(typed)) if name == "email" else cleaners[name](typed, today)
        except _Invalid as fault:
            errors[name] = str(fault)
    if errors:
        raise DetailsInvalid(errors)
    return cleaned


def required_of(required: Collection[str], *, abroad: bool) -> tuple[str, ...]:
    """Which details may not be empty."""
    return tuple(name for name in required if not (abroad and name == _KANA))


def _nickname(typed: str, _today: date) -> str:
    if _seen_length(typed) > LONGEST_NICKNAME or len(typed) > 4 * LONGEST_NICKNAME:
        raise _Invalid(_TOO_LONG)
    return typed


def _legal_name(typed: str, _today: date) -> str:
    if _seen_length(typed) > LONGEST_NAME or len(typed) > 100:
        raise _Invalid(_TOO_LONG)
    return typed


def _legal_name_kana(typed: str, _today: date) -> str:
    # Here NFKC is right: half-width kana with their loose voicing marks become one letter. Of the
    # full-width ones (U+309B, U+309C) it would make a space and a mark.
    joined = typed.translate(_VOICING)
    folded = " ".join(unicodedata.normalize("NFKC", joined).split()).replace("=", "\u30a0")
    kana = "".join(chr(ord(c) + 0x60) if _is_hiragana(c) else c for c in folded)
    kana = re.sub("[-\u2010-\u2015\u2212]", "ー", kana)
    # Drawn lines and the kanji one are the long mark where they follow kana.
    kana = re.sub("(?<=[\u30a1-\u30fa\u30fc\u31f0-\u31ff])[\u2500\u2501\u4e00]", "ー", kana)
    if len(kana) > LONGEST_NAME:
        raise _Invalid(_TOO_LONG)
    if not re.fullmatch("[\u30a0-\u30fe\u31f0-\u31ff\u309a ]+", kana):
        raise _Invalid("details.not_kana")
    return kana


def _is_hiragana(character: str) -> bool:
    """Letters and iteration marks, each of which has its katakana 96 places on."""
    return "\u3041" <= character <= "\u3096" or character in "\u309d\u309e"


def _birth_date(typed: str, today: date) -> date:
    folded = unicodedata.normalize("NFKC", typed).strip()
    parts = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", folded) or re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", folded
    )
    if parts is None:
        raise _Invalid("details.not_a_date")
    try:
        day = date(*(int(part) for part in parts.groups()))
    except ValueError:
        raise _Invalid("details.not_a_date") from None
    if day > today:
        raise _Invalid("details.date_ahead")
    if today.year - day.year > _OLDEST_YEARS:
        raise _Invalid("details.date_too_old")
    return day


def _prefecture(typed: str, _today: date) -> str:
    if typed not in PREFECTURES:
        raise _Invalid("details.unknown_prefecture")
    return typed


def _phone(typed: str, _today: date) -> str:
    import phonenumbers  # noqa: PLC0415 - large, and seldom needed

    folded = re.sub("^00(?=[1-9])", "+", fold(typed).text[:40])
    try:
        number = phonenumbers.parse(folded, "JP")
    except phonenumbers.NumberParseException:
        raise _Invalid("details.not_a_phone") from None
    national = f"0{number.national_number}"
    # Without a country code, what does not begin with 0 may be a number of anywhere.
    is_ours = number.country_code == 81 and re.match(r"[^0-9+]*[0+]", folded)
    known = (
        _JAPANESE_PHONE.fullmatch(national)
        if is_ours
        else number.country_code != 81 and phonenumbers.is_valid_number(number)
    )
    if not known or number.extension:
        raise _Invalid("details.not_a_phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _email(typed: Identified) -> str:
    """All that RFC 5321 allows, quoted local parts too, and the carriers' old forms."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - as above

    if codes.SEVERAL in typed.hints:
        raise _Invalid("details.several_addresses")
    address = typed.value
    # Without quotes, dots in a row or at an end are no address but a carrier's.
    if typed.kind is not TypedKind.EMAIL or address is None or codes.DOTS in typed.hints:
        raise _Invalid("details.not_an_address")
    if breaks_rfc5321(address):
        return address
    try:
        validate_email(address, check_deliverability=False, allow_quoted_local=True)
    except EmailNotValidError:
        raise _Invalid("details.not_an_address") from None
    return address


_CLEANERS: Mapping[str, Callable[[str, date], object]] = {
    "nickname": _nickname,
    "legal_name": _legal_name,
    "legal_name_kana": _legal_name_kana,
    "birth_date": _birth_date,
    "prefecture": _prefecture,
    "phone": _phone,
}


def _printable(typed: str) -> str:
    """Without control characters, lone surrogates, forced directions and outer white space."""
    kept = (
        " " if c in "\t\r\n" else c
        for c in typed
        if c in "\t\r\n"
        or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _FORCED_DIRECTION)
    )
    return "".join(kept).strip()


def _seen_length(text: str) -> int:
    """About as many characters as the eye counts: marks, joiners, skin tones belong to others."""
    length = 0
    joined = False
    for character in text:
        belongs = unicodedata.category(character) in {"Mn", "Me", "Mc", "Cf"} or (
            "\U0001f3fb" <= character <= "\U0001f3ff"
        )
        if not belongs and not joined:
            length += 1
        joined = character == "\u200d"
    return length

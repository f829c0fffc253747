"""Members' details: from what was typed to what is stored, or a code for each field at fault.

Names keep every character that was typed (NFKC damages names); only the kana field is brought
to one form, because it is there to be sorted and searched.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from kaiin.domain.mail_addresses import breaks_rfc5321, canonical_email, is_carrier_address
from kaiin.identity.errors import DetailsInvalid

ABROAD = "abroad"
# ISO 3166-2:JP, which follows the official order from Hokkaido to Okinawa.
PREFECTURES = (*(f"JP-{number:02}" for number in range(1, 48)), ABROAD)

LONGEST_NICKNAME = 30  # as the eye counts
LONGEST_NAME = 60
_OLDEST_YEARS = 120

_MISSING = "details.missing"
_TOO_LONG = "details.too_long"
# Written by hand, forced directions let a name rewrite the text around it.
_FORCED_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Invalid(Exception):
    """One field's fault, on its way to the others'."""


def validate(
    details: Mapping[str, str], asked: Collection[str], *, required: Collection[str], today: date
) -> dict[str, object]:
    """The details asked for, as stored. Raises DetailsInvalid with every field's fault.

    `today` is the day in Japan: nobody is born after it.
    """
    cleaned: dict[str, object] = {}
    errors: dict[str, str] = {}
    for name in asked:
        typed = _printable(details.get(name) or "")
        if not _is_visible(typed):
            cleaned[name] = None if name == "birth_date" else ""
            if name in required:
                errors[name] = _MISSING
            continue
        try:
            cleaned[name] = _CLEANERS[name](typed, today)
        except _Invalid as fault:
            errors[name] = str(fault)
    if errors:
        raise DetailsInvalid(errors)
    return cleaned


def _nickname(typed: str, _today: date) -> str:
    if _seen_length(typed) > LONGEST_NICKNAME or len(typed) > 4 * LONGEST_NICKNAME:
        raise _Invalid(_TOO_LONG)
    return typed


def _legal_name(typed: str, _today: date) -> str:
    if _seen_length(typed) > LONGEST_NAME or len(typed) > 100:
        raise _Invalid(_TOO_LONG)
    return typed


def _legal_name_kana(typed: str, _today: date) -> str:
    # Here NFKC is right: half-width kana with their loose voicing marks become one letter.
    folded = " ".join(unicodedata.normalize("NFKC", typed).split())
    kana = "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in folded)
    kana = re.sub("[-\u2010-\u2015\u2212]", "ー", kana)
    if len(kana) > LONGEST_NAME:
        raise _Invalid(_TOO_LONG)
    if not re.fullmatch("[\u30a1-\u30fa\u30fc\u30fb ]+", kana):
        raise _Invalid("details.not_kana")
    return kana


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
    # phonenumbers itself reads full-width digits and most dashes; NFKC spares it the rest.
    folded = unicodedata.normalize("NFKC", typed)[:40].replace("ー", "-")
    try:
        number = phonenumbers.parse(folded, "JP")
    except phonenumbers.NumberParseException:
        raise _Invalid("details.not_a_phone") from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise _Invalid("details.not_a_phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _email(typed: str, _today: date) -> str:
    address = canonical_email(typed)
    if address is None:
        raise _Invalid("details.not_an_address")
    if breaks_rfc5321(address):
        # docomo and au once gave such addresses out, and they still receive mail.
        if not is_carrier_address(address):
            raise _Invalid("details.not_an_address")
        return address
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise _Invalid("details.not_an_address") from None
    return address


_CLEANERS: Mapping[str, Callable[[str, date], object]] = {
    "email": _email,
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


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


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

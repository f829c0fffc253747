"""Member IDs: a prefix letter and digits, the last of which is a Damm check digit.

Damm's check digit finds every single wrong digit and every exchange of neighbours. Only digits
enter it, never the prefix. Forms from before (legacy) have no check digit.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import damm

from kaiin.domain.identifiers import codes
from kaiin.domain.typed_text import Folded, Reading, is_kana


@dataclass(frozen=True, slots=True)
class LegacyFormat:
    """A form that imported members keep: no check digit."""

    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class MemberIdFormat:
    """How a tenant writes member IDs. `digits` counts the check digit."""

    prefix: str = "E"
    digits: int = 9
    legacy: tuple[LegacyFormat, ...] = (LegacyFormat("E", 8),)


DEFAULT_FORMAT = MemberIdFormat()


def generate_member_id(
    random_digits: Callable[[int], str], format_: MemberIdFormat = DEFAULT_FORMAT
) -> str:
    """A new ID from `random_digits(count)`, which returns that many ASCII digits."""
    digits = random_digits(format_.digits - 1)
    return format_.prefix + digits + damm.calc_check_digit(digits)


def is_valid_member_id(value: str, format_: MemberIdFormat = DEFAULT_FORMAT) -> bool:
    """Whether a canonical ID can exist: its form is known and its check digit, if any, is right."""
    return any(
        value.startswith(form.prefix)
        and _is_digits(digits := value.removeprefix(form.prefix))
        and len(digits) == form.digits
        and _check_digit_fits(form, digits)
        for form in _forms(format_)
    )


def read_member_id(bare: Folded, format_: MemberIdFormat) -> Reading | None:
    """Read an ID from a text without separators; None where it does not look like one at all."""
    typed = _prefixed(bare.text, format_)
    text = typed.text
    forms = [form for form in _forms(format_) if len(text) == form.digits]
    if typed.prefix:
        forms = [form for form in forms if form.prefix == typed.prefix]
    if not _is_digits(text):
        return _with_look_alikes(typed, forms)
    if forms:
        form = _likeliest(forms, text)
        missing = () if typed.prefix or not form.prefix else (codes.MISSING_PREFIX,)
        hints = () if _check_digit_fits(form, text) else (codes.CHECK_DIGIT,)
        return Reading(form.prefix + text, (*typed.forgiven, *missing), hints)
    if typed.prefix:
        return Reading(None, typed.forgiven, (codes.WRONG_LENGTH,))
    return None


@dataclass(frozen=True, slots=True)
class PrefixBefore:
    """A prefix found before digits: where it begins, and how the tenant writes it."""

    start: int
    value: str


def prefix_before(text: str, at: int, format_: MemberIdFormat) -> PrefixBefore | None:
    """The prefix right before a place, in any case, script or repetition: `E：123`, `#E 123`."""
    before = text[max(0, at - _REACH) : at]
    letters = before.rstrip(_BETWEEN_PREFIX_AND_DIGITS)
    for prefix in dict.fromkeys(form.prefix for form in _forms(format_) if form.prefix):
        rest = letters
        while _latin(rest[-len(prefix) :]).upper() == prefix.upper():
            rest = rest[: -len(prefix)]
        kana = letters[len(rest) :].translate(_VOWEL_OF) != letters[len(rest) :]
        if rest != letters and not (kana and rest and is_kana(rest[-1])):
            return PrefixBefore(at - len(before) + len(rest), prefix)
    return None


def bare_forms(digits: str, format_: MemberIdFormat) -> tuple[str, ...]:
    """The prefixes that digits of this length may have lost, the likeliest first."""
    forms = [form for form in _forms(format_) if form.digits == len(digits)]
    return tuple(dict.fromkeys(form.prefix for form in forms))


_REACH = 12
_BETWEEN_PREFIX_AND_DIGITS = " -_.~・ー:=#/\"'("


@dataclass(frozen=True, slots=True)
class _Prefixed:
    """A text without its prefix. `prefix` is "" where none was typed."""

    prefix: str
    text: str
    forgiven: tuple[str, ...] = ()


# Letters of other scripts that look like Latin ones. On a phone they come from a keyboard of
# another language, on a desk from a copied text.
_LATIN_OF = str.maketrans(
    "АВЕКМНОРСТХУІЈЅавекмнорстхуіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικμνορτυχ",
    "ABEKMHOPCTXYIJSabekmhopctxyijsABEZHIKMNOPTYXabezhikmnoptyx",
)
# What an input method left on makes of the keys for vowels: "e123" becomes "え123".
_VOWEL_OF = str.maketrans("あいうえおアイウエオァィゥェォぁぃぅぇぉ", "aiueo" * 4)

# Letters that people read where only digits are possible.
_DIGIT_OF = str.maketrans("OoОоΟο〇○◯IlIi|ǀıZzSsB", "000000000111111122558")
_MAX_LOOK_ALIKES = 2


def _prefixed(text: str, format_: MemberIdFormat) -> _Prefixed:
    """Take the prefix off, in any case, script or number of times it was typed."""
    for prefix in dict.fromkeys(form.prefix for form in _forms(format_) if form.prefix):
        times, seen, rest = 0, "", text
        while _latin(rest[: len(prefix)]).upper() == prefix.upper():
            times, seen, rest = times + 1, seen + rest[: len(prefix)], rest[len(prefix) :]
        if times and rest:
            return _Prefixed(prefix, rest, _prefix_forgiven(prefix, seen, times))
    return _Prefixed("", text)


def _prefix_forgiven(prefix: str, seen: str, times: int) -> tuple[str, ...]:
    kana = seen.translate(_VOWEL_OF)
    latin = _latin(seen)
    forgiven = {
        codes.KANA: kana != seen,
        codes.LOOK_ALIKE: latin != kana,
        codes.CASE: kana == seen and latin != prefix * times,
        codes.REPEATED_PREFIX: times > 1,
    }
    return tuple(code for code, happened in forgiven.items() if happened)


def _latin(text: str) -> str:
    # Accents go too: a long press on "e" offers "é".
    parts = unicodedata.normalize("NFD", text.translate(_VOWEL_OF))
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    return letters.translate(_LATIN_OF)


def _with_look_alikes(typed: _Prefixed, forms: list["_Form"]) -> Reading | None:
    """Read letters as the digits they look like; believed only where the check digit proves it."""
    digits = typed.text.translate(_DIGIT_OF)
    changed = sum(one != other for one, other in zip(typed.text, digits, strict=True))
    if not forms or not _is_digits(digits) or changed > _MAX_LOOK_ALIKES:
        return None
    form = _likeliest(forms, digits)
    value = form.prefix + digits
    if not typed.prefix and not _check_digit_fits(form, digits):
        return None
    if not _check_digit_fits(form, digits):
        hints = (codes.LOOK_ALIKE, codes.CHECK_DIGIT)
        return Reading(None, typed.forgiven, hints)
    if form.has_check_digit and typed.prefix:
        return Reading(value, (*typed.forgiven, codes.LOOK_ALIKE))
    return Reading(None, typed.forgiven, (codes.LOOK_ALIKE,), value)


@dataclass(frozen=True, slots=True)
class _Form:
    prefix: str
    digits: int
    has_check_digit: bool


def _forms(format_: MemberIdFormat) -> tuple[_Form, ...]:
    legacy = (_Form(form.prefix, form.digits, has_check_digit=False) for form in format_.legacy)
    return (_Form(format_.prefix, format_.digits, has_check_digit=True), *legacy)


def _likeliest(forms: list[_Form], digits: str) -> _Form:
    """Of forms of the same length: the one that the check digit speaks for, else a legacy one."""
    return next((form for form in forms if _check_digit_fits(form, digits)), forms[0])


def _check_digit_fits(form: _Form, digits: str) -> bool:
    return not form.has_check_digit or damm.is_valid(digits)


def _is_digits(text: str) -> bool:
    # str.isdigit() alone is True for full-width, Arabic-Indic and circled digits.
    return text.isascii() and text.isdigit()

"""What did this person type into the login field? Said from the text's shape alone.

Readers stand in a fixed order, the first that recognises the text decides. Where several kinds
have the shape, the answer is `unknown` with hints, never a guess.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kaiin.domain import references
from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.labels import Labelled, without_label
from kaiin.domain.identifiers.member_ids import DEFAULT_FORMAT, MemberIdFormat, read_member_id
from kaiin.domain.mail_addresses import read_mail, suggest_at, unwrapped
from kaiin.domain.references import ReferenceKind
from kaiin.domain.typed_text import Folded, compact, fold, is_kana, merged

MAX_TYPED = 1024  # characters; the longest identifier, a mail address, has 254


class TypedKind(StrEnum):
    """What a typed text can be. Only the first two log anyone in."""

    MEMBER_ID = "member_id"
    EMAIL = "email"
    PHONE = "phone"
    DOCOMO_PAYMENT = "docomo_payment"
    AU_CONTRACT = "au_contract"
    AU_PAYMENT = "au_payment"
    SOFTBANK_ORDER = "softbank_order"
    KONBINI_SLIP = "konbini_slip"
    KONBINI_CONFIRMATION = "konbini_confirmation"
    CARD_LAST4 = "card_last4"
    CARD_NUMBER = "card_number"
    MEMBER_NUMBER = "member_number"
    UNKNOWN = "unknown"


LOGIN_KINDS = frozenset({TypedKind.MEMBER_ID, TypedKind.EMAIL})


@dataclass(frozen=True, slots=True)
class Identified:
    """What a text was read as.

    `value` is the canonical form for look-ups: mails NFKC and lower case, the rest ASCII without
    separators. It is None for `unknown`, and for `card_number`, which nobody may keep.
    `forgiven` and `hints` are codes of docs/identifiers.md; `suggestion` is what may be meant.
    """

    # Kept out of repr, and so out of logs: people paste passwords and card numbers.
    input: str = field(repr=False)
    kind: TypedKind
    value: str | None = None
    forgiven: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    suggestion: str | None = None


def identify(
    text: str,
    formats: MemberIdFormat = DEFAULT_FORMAT,
    *,
    member_number_digits: Collection[int] = (),
) -> Identified:
    """Read what a person typed where a login ID belongs. Never raises, for any text.

    `member_number_digits` are the lengths of the tenant's member numbers: digits alone of such a
    length are a member number unless they can be a member ID.
    """
    if len(text) > MAX_TYPED:
        return Identified(text, TypedKind.UNKNOWN, hints=(codes.TOO_LONG,))
    folded = unwrapped(fold(text))
    if not folded.text:
        return Identified(text, TypedKind.UNKNOWN, None, folded.forgiven, (codes.EMPTY,))
    typed = _Typed(text, folded, formats, frozenset(member_number_digits))
    labelled = without_label(folded)
    if labelled is None:
        return _read(typed)
    return _read_labelled(typed, labelled)


@dataclass(frozen=True, slots=True)
class _Typed:
    input: str
    folded: Folded
    formats: MemberIdFormat
    member_number_digits: frozenset[int]

    @property
    def bare(self) -> Folded:
        return compact(self.folded)

    def found(
        self,
        kind: TypedKind,
        value: str | None,
        forgiven: tuple[str, ...] = (),
        hints: tuple[str, ...] = (),
        suggestion: str | None = None,
    ) -> Identified:
        if kind not in LOGIN_KINDS and kind is not TypedKind.UNKNOWN:
            hints = merged([codes.is_a(kind)], hints)
        return Identified(self.input, kind, value, merged(forgiven), merged(hints), suggestion)


def _read(typed: _Typed) -> Identified:
    found = (reader(typed) for reader in _READERS)
    return next(identified for identified in found if identified is not None)


def _read_labelled(typed: _Typed, labelled: Labelled) -> Identified:
    """With a label on, the rest decides; the whole text only where the rest says nothing."""
    rest = replace(typed, folded=unwrapped(labelled.rest))
    told = _told_by_label(rest, labelled.kind) or _read(rest)
    if told.kind is not TypedKind.UNKNOWN:
        return told
    whole = _read(typed)
    return told if whole.kind is TypedKind.UNKNOWN else whole


def _told_by_label(rest: _Typed, kind: str) -> Identified | None:
    bare = rest.bare
    if kind == TypedKind.MEMBER_NUMBER:
        # Longer ones are member IDs, which many people call their 会員番号.
        number = re.fullmatch(r"([0-9]{1,7})番?", bare.text)
        return number and rest.found(TypedKind.MEMBER_NUMBER, number.group(1), bare.forgiven)
    if not kind:
        return None
    value = references.canonical(ReferenceKind(kind), rest.folded.text)
    # Asked for a carrier's number, people give their phone number; slips can look like one.
    if value is None or (_phone(bare.text) and kind != ReferenceKind.KONBINI_SLIP):
        return None
    return rest.found(TypedKind(kind), value, bare.forgiven)


def _read_mail(typed: _Typed) -> Identified | None:
    if "@" not in typed.folded.text:
        return None
    mail = read_mail(typed.folded)
    if mail.value is None:
        hints = (*mail.hints, *_kana_hint(typed))
        return typed.found(TypedKind.UNKNOWN, None, mail.forgiven, hints, mail.suggestion)
    return typed.found(TypedKind.EMAIL, mail.value, mail.forgiven, mail.hints, mail.suggestion)


def _read_member_id(typed: _Typed) -> Identified | None:
    bare = typed.bare
    reading = read_member_id(bare, typed.formats)
    if reading is None:
        return None
    kind = TypedKind.UNKNOWN if reading.value is None else TypedKind.MEMBER_ID
    hints = reading.hints
    if codes.MISSING_PREFIX in reading.forgiven and _DATE.fullmatch(bare.text):
        hints = (*hints, codes.COULD_BE_DATE)
    forgiven = (*bare.forgiven, *reading.forgiven)
    return typed.found(kind, reading.value, forgiven, hints, reading.suggestion)


def _read_phone(typed: _Typed) -> Identified | None:
    bare = typed.bare
    number = _phone(bare.text)
    if number is None:
        return None
    forgiven = list(bare.forgiven)
    if _BRACKETS.search(bare.text):
        forgiven.append(codes.SEPARATORS)
    if number != _BRACKETS.sub("", bare.text):
        forgiven.append(codes.COUNTRY_CODE)
    return typed.found(TypedKind.PHONE, number, tuple(forgiven))


def _read_digits(typed: _Typed) -> Identified | None:
    """Digits alone whose number tells the kind."""
    digits = typed.bare.text
    if not _DIGITS.fullmatch(digits):
        return None
    if _is_card_number(digits):
        return typed.found(TypedKind.CARD_NUMBER, None, typed.bare.forgiven)
    if len(digits) in typed.member_number_digits:
        return typed.found(TypedKind.MEMBER_NUMBER, digits, typed.bare.forgiven)
    kind = next((kind for shape, kind in _KIND_OF_DIGITS if shape.fullmatch(digits)), None)
    if kind is None:
        return None
    international = digits.startswith("81") and _phone(f"+{digits}")
    hints = (codes.could_be(TypedKind.PHONE),) if international else ()
    suggestion = international or None
    return typed.found(kind, digits, typed.bare.forgiven, hints, suggestion)


def _read_unknown(typed: _Typed) -> Identified:
    bare = typed.bare
    hints = [codes.could_be(kind) for kind in references.candidates(typed.folded.text)]
    suggestion = suggest_at(typed.folded)
    if suggestion is not None:
        hints.insert(0, codes.MISSING_AT)
    if re.fullmatch(r"[0-9]{1,7}", bare.text):
        hints.append(codes.could_be(TypedKind.MEMBER_NUMBER))
    if _MOBILE_WITHOUT_ZERO.fullmatch(bare.text):
        hints.append(codes.could_be(TypedKind.PHONE))
        suggestion = f"0{bare.text}"
    if re.fullmatch(r"[A-Za-z][0-9]{8,9}", bare.text):
        hints.append(codes.OTHER_PREFIX)
    if _WRITTEN_DATE.fullmatch(typed.folded.text):
        hints.append(codes.COULD_BE_DATE)
    hints.extend(_kana_hint(typed))
    return typed.found(TypedKind.UNKNOWN, None, typed.folded.forgiven, tuple(hints), suggestion)


_READERS: tuple[Callable[[_Typed], Identified | None], ...] = (
    _read_mail,
    _read_phone,
    _read_member_id,
    _read_digits,
    _read_unknown,
)

_DIGITS = re.compile(r"[0-9]+")
_BRACKETS = re.compile(r"[()\[\]]")
# Within Japan a number has 10 digits, mobile and IP telephony 11, the leading 0 counted.
_NATIONAL = re.compile(r"0[0-9]{9,10}")
_FROM_ABROAD = re.compile(r"(?:\+|00)810?([1-9][0-9]{8,9})")
_FOREIGN = re.compile(r"\+[1-9][0-9]{7,14}")
_MOBILE_WITHOUT_ZERO = re.compile(r"[789]0[0-9]{8}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_WRITTEN_DATE = re.compile(r"(?:19|20)?[0-9]{2}[/年][0-9]{1,2}[/月][0-9]{1,2}日?")

# The first shape that fits. Ten digits from 70, 80 or 90 on are as likely a mobile number that a
# spreadsheet took the 0 from, so they stay unknown.
_KIND_OF_DIGITS = (
    (re.compile(r"[0-9]{12}"), TypedKind.DOCOMO_PAYMENT),
    (re.compile(r"(?![789]0[0-9]{8}$)[1-9][0-9]{9,10}"), TypedKind.KONBINI_SLIP),
)


def _phone(bare: str) -> str | None:
    """The number as dialled within Japan, digits only; foreign ones as `+` and digits."""
    number = _BRACKETS.sub("", bare)
    if _NATIONAL.fullmatch(number):
        return number
    if from_abroad := _FROM_ABROAD.fullmatch(number):
        return f"0{from_abroad.group(1)}"
    return number if _FOREIGN.fullmatch(number) and not number.startswith("+81") else None


def _is_card_number(digits: str) -> bool:
    """13 to 19 digits of a card scheme (3 to 6 and Mastercard's 2 in front) that pass Luhn's."""
    if not re.fullmatch(r"(?:[3-6]|2[2-7])[0-9]{11,18}", digits) or len(digits) < 13:
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _kana_hint(typed: _Typed) -> tuple[str, ...]:
    """Kana where Latin letters belong, beside digits or an `@`: an input method was left on."""
    text = typed.folded.text
    before_at = text.partition("@")[0]
    left_on = any(map(is_kana, text)) and not re.search("[A-Za-z]", before_at)
    return (codes.KANA,) if left_on and re.search("[0-9@]", text) else ()

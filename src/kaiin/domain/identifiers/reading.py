"""What did this person type into the login field? Said from the text's shape alone.

In this order, and the first that recognises the text decides:

1. the whole text, if it is a valid mail address: it is never altered;
2. a card number anywhere in it;
3. with an `@`: the one address, or else the one member ID, in the text;
4. the whole text as an ID or number, without wrapping, label and separators;
5. the one member ID in the text.

Where several kinds have the shape, or a text has several IDs or addresses, the answer is
`unknown` with hints, never a guess.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from string import ascii_letters

from kaiin.domain import references
from kaiin.domain.card_numbers import has_card_number
from kaiin.domain.identifiers import codes
from kaiin.domain.identifiers.extraction import (
    Candidates,
    find_member_ids,
    is_proven,
    spreadsheet_value,
)
from kaiin.domain.identifiers.labels import MEMBER_NUMBER, OTHER, Labelled, without_label
from kaiin.domain.identifiers.member_ids import (
    DEFAULT_FORMAT,
    MemberIdFormat,
    is_valid_member_id,
    read_member_id,
)
from kaiin.domain.mail_addresses import (
    exact_address,
    normalised,
    suggest_at,
    unwrapped,
)
from kaiin.domain.mail_search import DECORATIONS, read_mail
from kaiin.domain.references import ReferenceKind
from kaiin.domain.typed_text import Folded, Reading, compact, fold, fold_lines, is_kana, merged

MAX_TYPED = 4000  # characters: a pasted mail; the login field takes 4096


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
    separators. It is None for `unknown`, and for `card_number`, which is never stored.
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
    typed = _Typed(text, fold(text), formats, frozenset(member_number_digits))
    whole = _read_text(typed)
    unlisted = _LIST_SIGN.sub(" ", text)
    if unlisted == text:
        return whole
    forgiven = merged(typed.folded.forgiven, [codes.SURROUNDED])
    rest = Folded(fold(unlisted).text, forgiven)
    return _listed(typed, whole, _read_text(replace(typed, shown=unlisted, folded=rest)))


def canonical_email(text: str, formats: MemberIdFormat = DEFAULT_FORMAT) -> str | None:
    """The look-up form of the one address in a text in any writing, or None: as `identify`."""
    identified = identify(text, formats)
    return identified.value if identified.kind is TypedKind.EMAIL else None


def _read_text(typed: "_Typed") -> Identified:
    if not unwrapped(typed.folded).text:
        return typed.found(TypedKind.UNKNOWN, None, typed.folded.forgiven, (codes.EMPTY,))
    found = (reader(typed) for reader in _READERS)
    return next(identified for identified in found if identified is not None)


def _listed(typed: "_Typed", whole: Identified, rest: Identified) -> Identified:
    """Of a text that begins like a list's entry (`1. E…`, `①taro@…`): with or without the sign."""
    if TypedKind.CARD_NUMBER in {whole.kind, rest.kind}:
        return typed.found(TypedKind.CARD_NUMBER, None, typed.folded.forgiven)
    if codes.SEVERAL in whole.hints and rest.value and rest.value[0] in DECORATIONS:
        return whole  # "(1)=taro@…": the mark is the list's or the address's
    valid = rest.kind in LOGIN_KINDS and codes.CHECK_DIGIT not in rest.hints
    if whole.kind not in LOGIN_KINDS or codes.CHECK_DIGIT in whole.hints:
        return rest if valid or rest.kind is not TypedKind.UNKNOWN else whole
    if (valid and rest.value != whole.value) or codes.SEVERAL in rest.hints:
        return typed.found(TypedKind.UNKNOWN, None, typed.folded.forgiven, (codes.SEVERAL,))
    return whole


@dataclass(frozen=True, slots=True)
class _Typed:
    input: str
    folded: Folded
    formats: MemberIdFormat
    member_number_digits: frozenset[int]
    shown: str = ""  # the part of `input` that is read, where it is not all

    @property
    def bare(self) -> Folded:
        # Only here, where no date or amount is asked for, do slashes and commas group digits.
        return compact(replace(self.folded, text=_GROUPING.sub("-", self.folded.text)))

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


def _read_whole_address(typed: _Typed) -> Identified | None:
    if exact_address(normalised(typed.folded).text) is None:
        return None
    return _mail(typed, read_mail(typed.folded))


def _read_card(typed: _Typed) -> Identified | None:
    if not has_card_number(typed.folded.text):
        return None
    return typed.found(TypedKind.CARD_NUMBER, None, typed.bare.forgiven)


def _read_twice(typed: _Typed) -> Identified | None:
    """The same ID or address pasted two or more times: `E123456786E123456786`."""
    text = typed.folded.text.replace(" ", "")
    length = (text + text).find(text, 1)
    if length == len(text):
        return None
    unit = text[:length]
    once = replace(typed, folded=Folded(unit, merged(typed.folded.forgiven, [codes.REPEATED])))
    if exact_address(unit) is not None:
        return _mail(once, read_mail(once.folded))
    reading = _read_member_id(once)
    valid = reading is not None and is_valid_member_id(reading.value or "", typed.formats)
    return reading if valid else None


def _read_with_at(typed: _Typed) -> Identified | None:
    if "@" not in typed.folded.text:
        return None
    mail = read_mail(typed.folded, fold_lines(typed.shown or typed.input))
    beside = find_member_ids(
        _AROUND_AT.sub(" x ", typed.folded.text), typed.formats, beside_others=bool(mail.value)
    )
    if beside.ids and (mail.value is not None or codes.SEVERAL in mail.hints):
        return typed.found(TypedKind.UNKNOWN, None, mail.forgiven, (codes.SEVERAL,))
    if mail.value is None and mail.hints != (codes.SEVERAL,):
        found = _from_candidates(typed, beside)
        if found is not None:
            return found
    return _mail(typed, mail)


def _mail(typed: _Typed, mail: Reading) -> Identified:
    if mail.value is None:
        hints = (*mail.hints, *_kana_hint(typed))
        return typed.found(TypedKind.UNKNOWN, None, mail.forgiven, hints, mail.suggestion)
    return typed.found(TypedKind.EMAIL, mail.value, mail.forgiven, mail.hints, mail.suggestion)


def _read_spreadsheet(typed: _Typed) -> Identified | None:
    values = dict.fromkeys(spreadsheet_value(typed.folded.text, typed.formats))
    if not values:
        return None
    if len(values) > 1:
        return typed.found(TypedKind.UNKNOWN, None, typed.folded.forgiven, (codes.SEVERAL,))
    forgiven = (*typed.folded.forgiven, codes.SPREADSHEET, codes.MISSING_PREFIX)
    return typed.found(TypedKind.MEMBER_ID, next(iter(values)), forgiven)


def _read_number(typed: _Typed) -> Identified:
    """The whole text as one ID or number; else the one ID in it."""
    bare = replace(typed, folded=unwrapped(typed.folded))
    labelled = without_label(bare.folded)
    whole = _read(bare) if labelled is None else _read_labelled(bare, labelled)
    if whole.kind is not TypedKind.UNKNOWN:
        return whole
    text = typed.folded.text
    found = _from_candidates(typed, find_member_ids(text, typed.formats, beside_others=False))
    return found or whole


def _from_candidates(typed: _Typed, candidates: Candidates) -> Identified | None:
    forgiven = (*typed.folded.forgiven, codes.SURROUNDED)
    if len(candidates.ids) > 1:
        return typed.found(TypedKind.UNKNOWN, None, typed.folded.forgiven, (codes.SEVERAL,))
    if candidates.ids:
        value = candidates.ids[0]
        bare = value.lstrip(ascii_letters)
        # As with the digits alone: tried as an ID, and the hint comes after the failure.
        doubt = len(bare) in typed.member_number_digits and value not in _upper(typed)
        hints = (codes.could_be(TypedKind.MEMBER_NUMBER),) if doubt else ()
        return typed.found(TypedKind.MEMBER_ID, value, forgiven, hints)
    if len(candidates.doubtful) == 1:
        hints = (codes.CHECK_DIGIT,)
        return typed.found(TypedKind.MEMBER_ID, candidates.doubtful[0], forgiven, hints)
    if len(candidates.labelled) == 1:
        kind, digits = candidates.labelled[0]
        rest = replace(typed, folded=Folded(digits, (*forgiven, codes.LABEL)))
        return _read_by_label(rest, kind) or _read_proven(rest)
    return None


def _upper(typed: _Typed) -> str:
    return typed.folded.text.upper()


def _read_proven(typed: _Typed) -> Identified | None:
    """An ID under another number's label, where its check digit proves it."""
    reading = _read_member_id(typed)
    return (
        reading if reading is not None and is_proven(reading.value or "", typed.formats) else None
    )


def _read(typed: _Typed) -> Identified:
    found = (reader(typed) for reader in _NUMBER_READERS)
    return next(identified for identified in found if identified is not None)


def _read_labelled(typed: _Typed, labelled: Labelled) -> Identified:
    """With a label on, the rest decides; the whole text only where the rest says nothing."""
    rest = replace(typed, folded=unwrapped(labelled.rest))
    found = _read_by_label(rest, labelled.kind) or _read_spreadsheet(rest) or _read(rest)
    of_others = labelled.kind not in {"", MEMBER_NUMBER}
    if of_others and codes.MISSING_PREFIX in found.forgiven:
        # Eight digits under "電話：" or "受付番号：" are no ID; a check digit may prove nine.
        found = _read_proven(rest) or _read_unknown(rest)
    if found.kind is not TypedKind.UNKNOWN:
        return found
    whole = _read(typed)
    return found if whole.kind is TypedKind.UNKNOWN else whole


def _read_by_label(rest: _Typed, kind: str) -> Identified | None:
    bare = rest.bare
    if kind == TypedKind.MEMBER_NUMBER:
        number = re.fullmatch(r"([0-9]{1,12})番?", bare.text)
        if number is None or not _is_member_number(rest, number.group(1)):
            return None
        return rest.found(TypedKind.MEMBER_NUMBER, number.group(1), bare.forgiven)
    if kind in {"", OTHER}:
        return None
    value = references.canonical(ReferenceKind(kind), rest.folded.text)
    # Asked for a carrier's number, people give their phone number; slips can look like one.
    if value is None or (_phone(bare.text) and kind != ReferenceKind.KONBINI_SLIP):
        return None
    return rest.found(TypedKind(kind), value, bare.forgiven)


def _is_member_number(typed: _Typed, digits: str) -> bool:
    """Whether labelled digits are one; many people call their member ID their 会員番号."""
    if len(digits) in typed.member_number_digits:
        return True
    as_id = read_member_id(Folded(digits), typed.formats)
    if as_id is None or as_id.value is None:
        return len(digits) < _SHORTEST_PAYMENT_NUMBER
    return len(digits) < typed.formats.digits


def _read_member_id(typed: _Typed) -> Identified | None:
    bare = typed.bare
    reading = read_member_id(bare, typed.formats)
    if reading is None or _WRITTEN_DATE.fullmatch(typed.folded.text):
        return None
    kind = TypedKind.UNKNOWN if reading.value is None else TypedKind.MEMBER_ID
    hints = reading.hints
    if codes.MISSING_PREFIX in reading.forgiven and _DATE.fullmatch(bare.text):
        hints = (*hints, codes.COULD_BE_DATE)
    if codes.MISSING_PREFIX in reading.forgiven and len(bare.text) in typed.member_number_digits:
        hints = (*hints, codes.could_be(TypedKind.MEMBER_NUMBER))
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
    """Digits alone whose number decides the kind."""
    digits = typed.bare.text
    if not _DIGITS.fullmatch(digits) or _WRITTEN_DATE.fullmatch(typed.folded.text):
        return None
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
    _read_whole_address,
    _read_card,
    _read_twice,
    _read_with_at,
    _read_spreadsheet,
    _read_number,
)
_NUMBER_READERS: tuple[Callable[[_Typed], Identified | None], ...] = (
    _read_phone,
    _read_member_id,
    _read_digits,
    _read_unknown,
)

# What numbers a list's entries: "1. ", "(1) ", and a circled number that no other follows.
_ENCLOSED = "\u2460-\u249b\u24ea-\u24f4\u24f5-\u24fe\u2776-\u2793\u3251-\u325f\u32b1-\u32bf"
_LIST_SIGN = re.compile(
    rf"^\s*\(?[0-9０-９]{{1,2}}(?:[.)．）]\s+|[)）、])"
    rf"|(?<![A-Za-z0-9Ａ-Ｚａ-ｚ０-９{_ENCLOSED}])[{_ENCLOSED}](?![{_ENCLOSED}])"
)
_AROUND_AT = re.compile(r"[^ ,;:、：\"「」()<>|/]{0,254} ?@ ?[^ ,;:、：\"「」()<>|/]{0,254}")
_SHORTEST_PAYMENT_NUMBER = 10
_GROUPING = re.compile(r"(?<=[0-9])[,/](?=[0-9])|(?<=[A-Za-z])/(?=[0-9])")
_DIGITS = re.compile(r"[0-9]+")
_BRACKETS = re.compile(r"[()\[\]]")
# Within Japan a number has 10 digits, mobile and IP telephony 11, the leading 0 counted.
_NATIONAL = re.compile(r"0[0-9]{9,10}")
_FROM_ABROAD = re.compile(r"(?:\+|00)810?([1-9][0-9]{8,9})")
_FOREIGN = re.compile(r"\+[1-9][0-9]{7,14}")
_MOBILE_WITHOUT_ZERO = re.compile(r"[789]0[0-9]{8}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_WRITTEN_DATE = re.compile(
    r"(?:19|20)?[0-9]{2}[/年][0-9]{1,2}[/月][0-9]{1,2}日?|[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}"
)

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


def _kana_hint(typed: _Typed) -> tuple[str, ...]:
    """Kana where Latin letters belong, beside digits or an `@`: an input method was left on."""
    text = typed.folded.text
    before_at = text.partition("@")[0]
    left_on = any(map(is_kana, text)) and not re.search("[A-Za-z\u3400-\u9fff]", before_at)
    return (codes.KANA,) if left_on and re.search("[0-9@]", text) else ()

"""Finding member IDs inside a pasted text: beside names, labels, brackets and sentences.

Digits with separators between them are one run, and a run is never read in part, but for a
prefixed or labelled ID that another number follows after a space, a slash or a comma. With a
prefix before it a run is a candidate anywhere; bare digits are one only where nothing
says that they are another thing: no label of another number, no unit behind, no form of a date.
"""

import re
from dataclasses import dataclass

from kaiin.domain.identifiers.labels import OTHER, is_label, label_before
from kaiin.domain.identifiers.member_ids import (
    MemberIdFormat,
    bare_forms,
    is_valid_member_id,
    prefix_before,
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a text contains. `ids` are valid member IDs, each once; `doubtful` prefixed ones whose
    check digit is wrong; `labelled` digits under a label of another number, with its kind."""

    ids: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    labelled: tuple[tuple[str, str], ...] = ()


def find_member_ids(text: str, formats: MemberIdFormat, *, beside_others: bool) -> Candidates:
    """The member IDs in a folded text.

    `beside_others`: something else was found in it already, so that bare digits without a check
    digit say nothing.
    """
    ids: dict[str, bool] = {}
    doubtful: dict[str, None] = {}
    labelled: dict[tuple[str, str], None] = {}
    text = _without_web_addresses(text)
    at = 0
    while run := _RUN.search(text, at):
        start, at = run.span()
        label = label_before(text, start)
        if label not in {None, "", OTHER}:
            labelled[label or "", _digits(run.group())] = None
        prefix = prefix_before(text, start, formats)
        if prefix is not None:
            value, length = _prefixed(prefix.value, _without_count(text, run), formats)
            if value is not None and _is_separate(text, prefix.start, start + length):
                known = is_valid_member_id(value, formats)
                ids.update({value: True} if known else {})
                doubtful.update({} if known else {value: None})
                at = start + length
        elif label == "" and (value := _labelled(_without_count(text, run), formats)):
            known = is_valid_member_id(value, formats)
            ids.update({value: True} if known else {})
            doubtful.update({} if known else {value: None})
        elif label in {None, ""} and _may_be_an_id(text, start, at):
            for value in _bare(_without_amount(text, run), formats):
                proven = label == "" or is_proven(value, formats)
                ids[value] = ids.get(value, False) or proven
    prefixed_or_proven = tuple(value for value, proven in ids.items() if proven)
    if prefixed_or_proven or beside_others:
        return Candidates(prefixed_or_proven, tuple(doubtful), tuple(labelled))
    return Candidates(tuple(ids), tuple(doubtful), tuple(labelled))


def spreadsheet_value(text: str, formats: MemberIdFormat) -> tuple[str, ...]:
    """The IDs that a spreadsheet may have made this number of: `123456786.0`, `1.23456786E+8`.

    Both readings, where the last zero may also be the ID's own.
    """
    number = text.strip("=\"' ").replace(",", "")
    if power := _POWER.fullmatch(number):
        digits = power["whole"] + power["rest"]
        return _valid_bare(digits, formats) if len(power["rest"]) == int(power["power"]) else ()
    if _WITH_ZERO.fullmatch(number):
        whole, _, zero = number.partition(".")
        return (*_valid_bare(whole, formats), *_valid_bare(whole + zero, formats))
    return ()


def is_proven(value: str, formats: MemberIdFormat) -> bool:
    """Whether a valid ID has a check digit, which numbers of other kinds rarely pass."""
    return len(value) == len(formats.prefix) + formats.digits and is_valid_member_id(
        value, MemberIdFormat(formats.prefix, formats.digits, ())
    )


_RUN = re.compile(r"[0-9](?:[-_.~・ー/, ]{0,3}[0-9])*")
_PIECES = re.compile(r"[ ,/・]+(?:- )?|(?<= )-+ ")
_LAST_PIECE = re.compile(r"(?:^|[-_.~・ー/, ]*[ ,/・][-_.~・ー/, ]*)[-_.~ー0-9]*$")
_LETTER = re.compile(r"[A-Za-z]")
_WORD_BEFORE = re.compile(r"[A-Za-z0-9]+$")
_WORD_BEFORE_SIGN = re.compile(r"([A-Za-z]+)[-_/.]?$")
_WEB_ADDRESS = re.compile(r"https?://[!-{}~]+")
_POWER = re.compile(r"(?P<whole>[1-9])\.(?P<rest>[0-9]{1,20})[eE]\+?0?(?P<power>[0-9]{1,2})")
_WITH_ZERO = re.compile(r"[0-9]{1,20}\.0{1,2}")
_COUNTED = re.compile(r" ?(?:円|桁|年|月|日|時|分|点|名|人|枚|通|件|個|歳|才|%|yen)", re.IGNORECASE)
_UNIT = re.compile(rf"{_COUNTED.pattern}| ?[A-Za-z@]", re.IGNORECASE)
_MONEY_OR_COUNTRY = re.compile(r"[¥$€+] ?$")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/. ,]?(?:0?[1-9]|1[0-2])[-/. ,]?(?:0?[1-9]|[12][0-9]|3[01])"
    r"|[0-3]?[0-9][-/. ,][0-3]?[0-9][-/. ,](?:19|20)[0-9]{2}"
)


def _prefixed(prefix: str, run: str, formats: MemberIdFormat) -> tuple[str | None, int]:
    """The ID of a run behind a prefix, and how much of the run it takes.

    All of it, else up to a separator before other numbers. Where the digits up to a later
    separator are as many as an ID has, they are one that was mistyped, and no shorter one of the
    former system. Where no part is a valid ID, the longest one of an ID's length.
    """
    first: tuple[str | None, int] = (None, len(run))
    while run:
        value = prefix + _digits(run)
        if is_valid_member_id(value, formats):
            if first[0] is None or is_proven(value, formats):
                return value, len(run)
            return first
        if first[0] is None and len(_digits(run)) == formats.digits:
            first = (value, len(run))
        zero = run.removesuffix(".0")
        run = zero if zero != run else _LAST_PIECE.sub("", run)
    return first


def _bare(run: str, formats: MemberIdFormat) -> tuple[str, ...]:
    """The IDs of digits without a prefix: the run as one, or its spaced pieces."""
    if whole := _piece(run, formats):
        return whole
    if sheet := spreadsheet_value(run, formats):
        return sheet
    pieces = [_piece(piece, formats) for piece in _PIECES.split(run)]
    values = tuple(value for piece in pieces for value in piece)
    # Beside other numbers only a check digit proves an ID.
    return values if all(pieces) else tuple(each for each in values if is_proven(each, formats))


def _piece(piece: str, formats: MemberIdFormat) -> tuple[str, ...]:
    return () if _DATE.fullmatch(piece) else _valid_bare(_digits(piece), formats)


def _labelled(run: str, formats: MemberIdFormat) -> str | None:
    """The ID of digits without a prefix under a label of IDs."""
    return _prefixed(formats.prefix, run, formats)[0] or next(iter(_bare(run, formats)), None)


def _without_amount(text: str, run: re.Match[str]) -> str:
    """The run without its last piece where a unit or a word follows: that is no ID."""
    return _LAST_PIECE.sub("", run.group()) if _UNIT.match(text, run.end()) else run.group()


def _without_count(text: str, run: re.Match[str]) -> str:
    """The run of a prefixed ID without the count that follows it: `E123456786 5分前`."""
    if _COUNTED.match(text, run.end()) is None:
        return run.group()
    return _LAST_PIECE.sub("", run.group()) or run.group()


def _valid_bare(digits: str, formats: MemberIdFormat) -> tuple[str, ...]:
    values = (form + digits for form in bare_forms(digits, formats))
    return tuple(value for value in values if is_valid_member_id(value, formats))[:1]


def _may_be_an_id(text: str, start: int, end: int) -> bool:
    """Whether bare digits are no part of a word, an amount, a date or another reference."""
    before = text[max(0, start - 20) : start]
    if _MONEY_OR_COUNTRY.search(before) or _DATE.fullmatch(text[start:end]):
        return False
    word = _WORD_BEFORE_SIGN.search(before)
    return word is None or is_label(word.group(1))


def _is_separate(text: str, start: int, end: int) -> bool:
    """Whether a prefix begins a word, or follows a label without a sign: `会員IDE123456786`."""
    before = _WORD_BEFORE.search(text[max(0, start - 20) : start])
    return not _LETTER.match(text, end) and (before is None or is_label(before.group()))


def _digits(run: str) -> str:
    return re.sub("[^0-9]", "", run)


def _without_web_addresses(text: str) -> str:
    """Numbers in links are no candidates; everything else keeps its place."""
    return _WEB_ADDRESS.sub(lambda match: "x" * len(match.group()), text)

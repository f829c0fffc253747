"""Finding mail addresses inside a pasted text: beside names, labels, brackets and sentences.

From each `@` the local part is read to the left and the domain to the right, as far as their
characters go. An address counts only where it surely begins: the character before it must be a
space, a line's end, a bracket, a sign that no address has, or Japanese. Where it could begin at
two places (`taro yamada@…`, `login idtaro@…`), both readings are found, and the caller says that
there are several.

Linear in the text's length: each `@` looks at most at an address's length to either side.
"""

import re
from dataclasses import dataclass

from kaiin.domain.identifiers import codes
from kaiin.domain.mail_addresses import (
    LOCAL_CHARACTERS,
    MAX_ADDRESS,
    MAX_LOCAL_PART,
    exact_address,
    fault_of,
    joined,
    normalised,
    reading_of,
)
from kaiin.domain.mail_domains import (
    COMMON_ENDINGS,
    canonical_domain,
    is_carrier_domain,
    meant_domain,
)
from kaiin.domain.typed_text import Folded, Reading, is_kana, merged

# Signs that lists, spreadsheets and mark-up put before a text; an address may begin with them.
DECORATIONS = "=#*/|~&^!?$%`'{}"


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """One reading of an address at `[start, end)` of a text; `mended`: it was written otherwise."""

    address: str
    start: int
    end: int
    mended: tuple[str, ...] = ()


def read_mail(folded: Folded, lines: str = "") -> Reading:
    """The one address in a folded text with an `@`: the whole text first, then what is in it.

    `lines` is the same text with its line ends, which part words more surely than spaces do.
    """
    text = normalised(folded)
    whole = exact_address(text.text)
    if whole is not None:
        return _whole(whole, text)
    inner = _unwrapped(text)
    if inner is not text and (whole := exact_address(inner.text)) is not None:
        return _whole(whole, inner)
    searched = normalised(Folded(lines)).text
    found = find_addresses(searched)
    if not found:
        searched = inner.text
        found = find_addresses(searched)
    addresses = {each.address for each in found}
    if len(addresses) > 1:
        return Reading(None, inner.forgiven, (codes.SEVERAL,))
    if found:
        first = found[0]
        forgiven = merged(inner.forgiven, first.mended, _around(searched, first))
        return reading_of(first.address, forgiven, quoted=searched[first.start] == '"')
    # Nothing inside is one, so the spaces are the only thing wrong: "t a r o @ e x a m p l e . jp".
    spaced = find_addresses(inner.text.replace(" ", "")) if " " in inner.text else []
    if len(spaced) == 1 and _is_typed_with_spaces(inner.text):
        forgiven = merged(inner.forgiven, [codes.SPACES], spaced[0].mended)
        return reading_of(spaced[0].address, forgiven)
    return Reading(None, inner.forgiven, (fault_of(inner.text),))


def find_addresses(text: str) -> list[FoundAddress]:
    """Every address in a folded text, in its order; two readings of one place follow each other.

    Parts of web addresses (`https://user@host/`) are none.
    """
    found: list[FoundAddress] = []
    for at in _AT.finditer(text):
        domain = _domain_after(text, at.end())
        if domain is None:
            continue
        starts = _starts(text, at.start(), domain.end)
        for start in starts:
            if (
                text.startswith("..", start)
                and len(starts) > 1
                and not is_carrier_domain(domain.text)
            ):
                continue  # only old carrier addresses begin so
            local, end = text[start : at.start()].replace(" ", ""), domain.end
            address = joined(local, domain.text)
            if address is not None:
                mended = _mended(text[start:end], at.group(), domain, address)
                found.append(FoundAddress(address, start, end, mended))
    return found


_AT = re.compile(r" ?@(?: ?@)* ?")
_LABEL = re.compile(r"(?:[^\W_]|[-ー]){1,80}")
_SEPARATOR = re.compile(r" ?[.。,、・·•][ .。,、・·•]{0,3}")
_ASCII_BEFORE_OTHERS = re.compile(r"[A-Za-z]+(?=[^\x00-\x7f]|-)")
_IN_ANGLES = re.compile(r"<\s*(?:mailto:)?([^<>@]*@[^<>@]*)>", re.IGNORECASE)
_MAILTO = re.compile(r"[\"'“‘「『(<\[]*mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
# Marks that wrap a text in pairs, though an address may begin with the opening one.
_PAIRS = {mark: mark for mark in "'\"*_`|~/=-+"} | dict(
    zip("{(<[「『【〔〈《“‘«≪", "})>]」』】〕〉》”’»≫", strict=True)
)
# Those that may also be between a label and an address: "メール=taro@…".
_SIGNS_OF_LABELS = "=/|#"
# All of them, where a letter precedes.
_SIGNS = f"{DECORATIONS}.-+_"
_ELLIPSES = frozenset((2, 3, 6))  # how many dots make "‥", "…" and "……"
_PARTICLES = "はがのをもへとでにて"
# Behind these no label goes on: "メールアドレスはid2007@…", but "私のIDtaro@…".
_ENDS_OF_LABELS = "はが"
# Words that end a label and may begin an address: "会員ID=taro@…", "login idtaro@…".
_LABEL_END = re.compile(
    r"(?P<word>id|e-?mail|mail|addr(?:ess)?|name|user(?:name)?|login|account|contact|no)"
    r"(?P<sign>[=/|]|[~.-]{0,4})(?P<rest>.+)",
    re.IGNORECASE,
)
# Their other halves: "login ID", "mail address", "user name".
_HALF_BEFORE = re.compile(
    r"(?:login|member|membership|user|your|my|account|emtg|apple) id"
    r"|(?:e?-?mail|your|my|web|contact) (?:address|addr)"
    r"|(?:user|login|account|your|my|full) name|(?:member|membership) no"
    r"|(?:your|my|web) (?:e-?mail|mail|account|login|contact|username|user)",
    re.IGNORECASE,
)

# No word of `_LABEL_END` goes on from these; from "連絡先" and "メール" one may ("連絡先mail").
_WHOLE_LABELS = re.compile(r"(?:アドレス|メアド|メルアド)$")


@dataclass(frozen=True, slots=True)
class _Domain:
    text: str
    end: int
    written: str


def _unwrapped(folded: Folded) -> Folded:
    """Without what wraps the whole text: `mailto:`, angle brackets, pairs of quotes or marks."""
    text = folded.text
    angles = _IN_ANGLES.findall(text)
    if len(angles) == 1 and text.count("@") == angles[0].count("@"):
        text = angles[0].strip()
    if mailto := _MAILTO.fullmatch(text):
        text = mailto.group(1)
    while len(text) > 2 and _PAIRS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    if text == folded.text:
        return folded
    return Folded(text, merged(folded.forgiven, [codes.WRAPPING]))


def _whole(address: str, folded: Folded) -> Reading:
    other_case = [codes.CASE] if folded.text.lower() != folded.text else []
    forgiven = merged(folded.forgiven, other_case)
    return reading_of(address, forgiven, quoted=folded.text.startswith('"'))


def _domain_after(text: str, start: int) -> _Domain | None:
    """The domain at a place: up to the last label that completes one."""
    labels: list[str] = []
    ends: list[int] = []
    at = start
    while (label := _LABEL.match(text, at)) and at - start < MAX_ADDRESS:
        labels.append(label.group())
        ends.append(label.end())
        separator = _SEPARATOR.match(text, label.end())
        if separator is None or not _goes_on(text, separator, labels):
            break
        at = separator.end()
    return _longest_domain(text, start, labels, ends)


def _goes_on(text: str, separator: re.Match[str], labels: list[str]) -> bool:
    """Whether a label follows that belongs to the domain rather than to the sentence."""
    following = _LABEL.match(text, separator.end())
    if following is None:
        return False
    if separator.group() == ".":
        return True
    complete = len(labels) > 1 and canonical_domain(".".join(labels)) is not None
    return not complete or COMMON_ENDINGS.fullmatch(following.group().lower()) is not None


def _longest_domain(text: str, start: int, labels: list[str], ends: list[int]) -> _Domain | None:
    for count in range(len(labels), 0, -1):
        last, end = labels[count - 1], ends[count - 1]
        sentence = text[end : end + 1] not in {"", "_", "@"} or end == len(text)
        tight = last.rstrip("-ー")
        shapes = [(tight, end - len(last) + len(tight))]
        if count == len(labels) and (cut := _ASCII_BEFORE_OTHERS.match(last)):
            shapes.append((cut.group(), end - len(last) + cut.end()))
        for shape, until in shapes:
            domain = canonical_domain(".".join([*labels[: count - 1], shape]))
            known = domain is not None and (count > 1 or meant_domain(domain) is not None)
            if domain is not None and known and (sentence or until < end):
                return _Domain(domain, until, text[start:until])
        if last.isascii():
            # Only a word in another script can be the sentence going on after a final dot.
            return None
    return None


def _starts(text: str, at: int, end: int) -> list[int]:
    """Where the local part that ends at `at` may begin: nowhere, at one place, or at two."""
    if text[at - 1 : at] == '"':
        opening = text.rfind('"', max(0, at - MAX_LOCAL_PART - 2), at - 1)
        return [] if opening < 0 else [opening]
    start = _begin_of_run(text, at)
    before = text[start - 1 : start]
    if start == at or before == "@" or (before == ":" and text.startswith("//", start)):
        return []
    inside = _inside_pairs(text, start, end, at)
    if inside != start:
        return [inside]
    return _unpaired_starts(text, start, at) if _may_end_before(text, start) else []


def _unpaired_starts(text: str, start: int, at: int) -> list[int]:
    before, run = text[start - 1 : start], text[start:at]
    glued = before.isalpha()
    rest = run.lstrip(_SIGNS if glued else f"{DECORATIONS}.")
    signs = run.removesuffix(rest)
    if not run.strip("."):
        return []
    if (glued and signs) or (len(run) > 1 and signs not in {"", "."}):
        return _behind_signs(signs, rest, start, is_label=glued and before not in _PARTICLES)
    if (behind := _behind_label(text, start, at)) is not None:
        return behind
    joined_from = _joined_from(text, start)
    return [start] if joined_from is None else [joined_from, start]


def _behind_signs(signs: str, rest: str, start: int, *, is_label: bool) -> list[int]:
    """Where an address may begin in signs of which any may be its own: at each of them.

    The one sign right behind a label is the label's ("メール=taro@…"), and so is an ellipsis
    ("メール…taro@…"), though an old carrier address may begin with its dots.
    """
    behind = start + len(signs)
    if not signs.strip(".") and len(signs) in _ELLIPSES:
        return [start, behind]
    if is_label and len(signs) == 1 and signs in _SIGNS_OF_LABELS:
        return [behind] if rest else []
    return [*range(start, behind), *([behind] if rest else [])]


def _behind_label(text: str, start: int, at: int) -> list[int] | None:
    """Where an address may begin whose run begins with the end of a label; None for any other.

    With a sign between, the label's other half precedes it ("会員ID=taro@…"), or the word
    is the address's own ("連絡先：mail=taro@…"). Without one it is undecided
    ("会員IDtaro@…").
    """
    word = _LABEL_END.fullmatch(text, start, at)
    if word is None:
        return None
    before = text[max(0, start - 20) : start]
    inside_a_word = before[-1:].isalpha() and before[-1:] not in _ENDS_OF_LABELS
    words = f"{before.rpartition(' ')[0].rpartition(' ')[2]} {word['word']}"
    half_before = inside_a_word or (before.endswith(" ") and _HALF_BEFORE.fullmatch(words))
    behind_whole_label = inside_a_word and _WHOLE_LABELS.search(before)
    behind = word.start("rest")
    if word["sign"] and word["sign"] in _SIGNS_OF_LABELS:
        if half_before and not behind_whole_label and word["rest"][0] not in f"{DECORATIONS}.":
            return [behind]
        return [start, word.end("word"), behind] if before.strip() else None
    return [start, behind] if half_before and not behind_whole_label else None


def _begin_of_run(text: str, at: int) -> int:
    """Where the characters of a local part begin that end at a place."""
    start = at
    while start > 0 and at - start <= MAX_LOCAL_PART and text[start - 1].lower() in _LOCAL:
        start -= 1
    return start


_LOCAL = LOCAL_CHARACTERS


def _inside_pairs(text: str, start: int, end: int, at: int) -> int:
    """Step over marks before an address that also follow it: `*taro@example.com*`."""
    while start < at - 1 and end < len(text) and _PAIRS.get(text[start]) == text[end]:
        start, end = start + 1, end + 1
    return start


def _may_end_before(text: str, start: int) -> bool:
    """Whether what precedes an address can't be its beginning.

    A letter of another alphabet may be (`éric@…`), so may a single Japanese one: an input method
    was left on. Hiragana ends only with a particle: `やまda@…` is half an address, `私のはda@…`
    is none.
    """
    before = text[start - 1 : start]
    if not before or not before.isalpha():
        return before != "\\"
    if not _is_japanese(before) or start < 2 or text[start - 2].isspace():
        return False
    if before in _PARTICLES:
        return True
    return _is_japanese(text[start - 2]) and (
        not "\u3041" <= before <= "\u309f" or text[start] in _SIGNS_OF_LABELS
    )


def _is_japanese(character: str) -> bool:
    return is_kana(character) or character == "ー" or "\u3400" <= character <= "\u9fff"


def _joined_from(text: str, start: int) -> int | None:
    """Where the address would begin if the space before it were a slip; None where it is none.

    A label or several words before it are no part of an address: `mail taro@…`, `Taro Yamada
    taro@…`. One word alone may be: `taro yamada@…`.
    """
    if text[start - 1 : start] != " ":
        return None
    begin = _begin_of_run(text, start - 1)
    word = text[begin : start - 1]
    if not any(character.isalnum() for character in word):
        return None
    if word.lower().rstrip(".=-#*") in _WORDS_BEFORE or _is_prose(text[max(0, begin - 80) : start]):
        return None
    return begin


_WORDS_BEFORE = frozenset(
    (
        *("mail", "email", "e-mail", "address", "addr", "id", "user", "username", "account"),
        *("to", "from", "cc", "is", "contact", "name", "login"),
        *("at", "and", "or", "reply-to"),
    )
)
_WORD = re.compile(r"[A-Za-z]{3,}|\b[A-Za-z]\. ")


def _is_prose(before: str) -> bool:
    return len(_WORD.findall(before)) > 1


def _is_typed_with_spaces(text: str) -> bool:
    """Whether spaces are between single characters, or beside the `@` or a dot alone."""
    return all(
        character.lower() in _LOCAL or character in ' @"。' or ord(character) > 0x7F
        for character in text
    )


def _mended(written: str, at: str, domain: _Domain, address: str) -> tuple[str, ...]:
    mended = {
        codes.SPACES: " " in written,
        codes.DOT_MARK: "。" in domain.written,
        codes.COMMA: re.search("[,、・·•]", domain.written) is not None,
        codes.DOUBLED: at.count("@") > 1 or re.search(r"[.。] ?[.。]", domain.written) is not None,
        codes.CASE: written.lower() != written and address != written,
    }
    return tuple(code for code, happened in mended.items() if happened)


def _around(text: str, found: FoundAddress) -> tuple[str, ...]:
    """What surrounded an address: marks alone, or words too."""
    outside = text[: found.start] + text[found.end :]
    if any(character.isalnum() for character in outside):
        return (codes.SURROUNDED,)
    return (codes.WRAPPING,) if outside.strip() else ()

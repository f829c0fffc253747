"""What keyboards, IMEs and the clipboard do to text, undone before anything is read from it.

NFKC alone is not enough: it mends width, but leaves zero-width characters and most hyphen
look-alikes. Nothing here is for passwords or names: a password is verified as typed, and NFKC
damages legal names.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from kaiin.domain.identifiers import codes

# Show nothing, yet are not in Unicode's category Cf: combining grapheme joiner, the Hangul
# fillers, the Khmer inherent vowels, the blank braille pattern, blanks of music and hieroglyphs.
# Then the keycap of emoji digits.
_BLANKS = frozenset(
    "\u20e3\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159\U00013441\U00013442"
)
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Written as a hyphen though Unicode does not count them as dashes (category Pd): minus signs,
# horizontal box-drawing lines, the modifier minus, the hyphen bullet, the Hangul vowel eu.
_HYPHEN_LIKE = frozenset("\u02d7\u2043\u2212\u2500\u2501\u2796\u1173\u3161\u23af")
_LONG_MARK = "\u30fc"
# The kanji "one", which an IME offers for the hyphen key.
_KANJI_ONE_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])\u4e00(?=[0-9])")
# A colon only after a letter ("E:123…"): between digits it writes a time.
_NUMBER_SEPARATORS = re.compile(r"[-_.~\u30fb\u30fc]|(?<=[A-Za-z]):")


def _digit_signs() -> dict[int, str]:
    """Digits in circles (white, black, double), in brackets, with a full stop or comma.

    NFKC leaves the black and double ones as they are, and makes "(1)" of a bracketed 1.
    """
    blocks = (range(0x2460, 0x2500), range(0x2776, 0x2794), range(0x1F100, 0x1F10D))
    signs = {}
    for code in chain(*blocks, range(0x3248, 0x3250), range(0x3251, 0x3260), range(0x32B1, 0x32C0)):
        value = unicodedata.numeric(chr(code), None)
        if value is not None:
            signs[code] = str(int(value))
    return signs


# Where the 26 letters in brackets, in black circles and in black squares begin.
_LETTER_SIGNS = {
    start + at: chr(ord("A") + at)
    for start in (0x249C, 0x1F110, 0x1F150, 0x1F170)
    for at in range(26)
}
# What NFKC would leave, or tear into pieces. The acute accent is a keyboard's apostrophe.
_SIGNS = {**_digit_signs(), **_LETTER_SIGNS, 0xB4: "'"}


@dataclass(frozen=True, slots=True)
class Folded:
    """Text with its writing accidents undone, and the codes of what was undone."""

    text: str
    forgiven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The address or ID that a text was read as. `value` is None where none can be made out."""

    value: str | None
    forgiven: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    suggestion: str | None = None


def fold(typed: str) -> Folded:
    """Undo width, invisible characters, exotic spaces and hyphen look-alikes; keep the case.

    Every run of white space becomes one space, the outer ones go. A kana long mark stays a letter
    beside kana ("メール") and is a hyphen elsewhere ("090ー1234"). Idempotent.
    """
    if typed.isascii() and typed.isprintable():
        # Nothing to undo but spaces; most texts are, and all fields of a login are read.
        return Folded(" ".join(typed.split()), () if typed == typed.strip() else (codes.SPACES,))
    visible = _without_invisible(typed)
    signs = visible.translate(_SIGNS)
    normal = _without_invisible(unicodedata.normalize("NFKC", signs))
    spaced = " ".join(normal.split())
    hyphenated = "".join(_hyphen(spaced, at) for at in range(len(spaced)))
    undone = {
        codes.FULL_WIDTH: signs != visible or any(map(_is_of_other_width, signs)),
        codes.INVISIBLE: visible != typed,
        codes.SPACES: visible != visible.strip(),
        codes.HYPHEN: hyphenated != spaced,
    }
    return Folded(hyphenated, tuple(code for code, seen in undone.items() if seen))


def fold_lines(typed: str) -> str:
    """The same with its line ends, but for those after a hyphen or dot that may be torn apart."""
    lines = "\n".join(filter(None, (fold(line).text for line in typed.splitlines())))
    return re.sub(r"(?<=[-._+])\n", " ", lines)


def compact(folded: Folded) -> Folded:
    """Drop what people put between the digits of a number: spaces, hyphens, dots, underscores."""
    hyphenated = _KANJI_ONE_BETWEEN_DIGITS.sub("-", folded.text)
    unspaced = hyphenated.replace(" ", "")
    bare = _NUMBER_SEPARATORS.sub("", unspaced)
    # The hyphen, of any kind, is gone: SEPARATORS says so, HYPHEN would say it twice.
    forgiven = [code for code in folded.forgiven if code != codes.HYPHEN]
    if unspaced != hyphenated:
        forgiven.append(codes.SPACES)
    if bare != unspaced:
        forgiven.append(codes.SEPARATORS)
    return Folded(bare, merged(forgiven))


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """All codes of all groups, each once, in the order of first appearance."""
    return tuple(dict.fromkeys(code for group in groups for code in group))


def shows_something(text: str) -> bool:
    """Whether a text has a letter, digit or sign that is seen. Marks alone show nothing."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and not _is_invisible(character)
        for character in text
    )


def is_kana(character: str) -> bool:
    """Whether it is a kana letter; the long mark and the middle dot are not letters here."""
    return "\u3041" <= character <= "\u30ff" and character not in "\u30fb\u30fc"


def _without_invisible(text: str) -> str:
    return "".join(character for character in text if not _is_invisible(character))


def _is_invisible(character: str) -> bool:
    if character in _BLANKS or _VARIATION_SELECTORS.match(character):
        return True
    category = unicodedata.category(character)
    # Control characters that separate (tab, line ends) are white space, not nothing.
    return category == "Cf" or (category == "Cc" and not character.isspace())


def _is_of_other_width(character: str) -> bool:
    if character.isascii() or character.isspace():
        return False
    return unicodedata.normalize("NFKC", character) != character


def _hyphen(text: str, at: int) -> str:
    character = text[at]
    if character.isascii():
        return character
    if character == _LONG_MARK:
        beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        return character if any(map(is_kana, beside)) else "-"
    if character in _HYPHEN_LIKE or unicodedata.category(character) == "Pd":
        return "-"
    return character

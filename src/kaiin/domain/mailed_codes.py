"""The digits of a mailed code in a typed or pasted text: the code, the subject, the mail."""

import re
import unicodedata
from dataclasses import dataclass

NOT_READ = "identity.code_not_read"
SEVERAL = "identity.code_several"

# A whole mail fits; what is longer is no code.
_LONGEST = 5000
_GROUP = re.compile(r"[0-9]+")
# What may be within one code: spaces and what looks like a hyphen, a dot or a slash.
_WITHIN = r"[\s\-‐-―−ーｰ_.,・/]{1,5}"
# Digits that touch a letter are part of a name ("JO1"), not a piece of a code.
_PIECES = re.compile(rf"(?<![A-Za-z0-9])[0-9]+(?:{_WITHIN}[0-9]+)+(?![A-Za-z0-9])")


@dataclass(frozen=True)
class ReadCode:
    """The digits, or the `fault` in the text: it has no such group, or several."""

    digits: str | None
    fault: str | None


def read_code(typed: str, length: int) -> ReadCode:
    """The one group of exactly `length` digits in the text, of any width.

    A group in one piece goes before one in pieces ("923 936"): a date beside the
    code is in pieces, too. Of several different groups none is chosen.
    """
    text = _folded(typed)
    whole = {group for group in _GROUP.findall(text) if len(group) == length}
    found = whole or {
        digits
        for pieces in _PIECES.findall(text)
        if len(digits := "".join(_GROUP.findall(pieces))) == length
    }
    if len(found) == 1:
        return ReadCode(found.pop(), None)
    return ReadCode(None, SEVERAL if found else NOT_READ)


def _folded(typed: str) -> str:
    """With plain digits and without invisible characters."""
    folded = unicodedata.normalize("NFKC", typed[:_LONGEST])
    return "".join(_plain(c) for c in folded if unicodedata.category(c) != "Cf")


def _plain(character: str) -> str:
    return str(unicodedata.digit(character, character)) if character.isdigit() else character

import unicodedata

import pytest
from hypothesis import given, strategies as st

from kaiin.domain.identifiers.codes import HYPHEN, INVISIBLE, SPACES
from kaiin.domain.typed_text import compact, fold

HYPHENS = (
    "\u002d\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63"
    "\uff0d\uff70\u2796\u301c\u207b"
)
NOTHING_TO_SEE = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\ufe0f\ufe0e\U000e0100"
    "\u034f\u3164\uffa0\u180e\u061c\x00\x08\x1b\x7f"
)
BLANKS = " \t\u00a0\u3000\u2003\u2009\u202f\u205f\u2028\u2029\u0085\x0b\x0c\r\n"


@pytest.mark.parametrize("hyphen", HYPHENS, ids=unicodedata.name)
def test_every_hyphen_is_one(hyphen: str) -> None:
    assert fold(f"090{hyphen}1234").text == "090-1234"
    assert compact(fold(f"090{hyphen}1234")).text == "0901234"


@pytest.mark.parametrize("invisible", NOTHING_TO_SEE, ids=lambda c: f"U+{ord(c):04X}")
def test_invisible_characters_are_removed(invisible: str) -> None:
    folded = fold(f"{invisible}E1{invisible}2{invisible}")
    assert folded.text == "E12"
    assert INVISIBLE in folded.forgiven


@pytest.mark.parametrize("blank", BLANKS, ids=lambda c: f"U+{ord(c):04X}")
def test_every_blank_is_a_space(blank: str) -> None:
    assert fold(f"{blank}E1{blank}{blank}2{blank}").text == "E1 2"
    assert SPACES in fold(f"E12{blank}").forgiven
    assert compact(fold(f"E1{blank}2")).text == "E12"


def test_the_long_mark_is_a_letter_beside_kana() -> None:
    assert fold("ﾒｰﾙ").text == "メール"
    assert fold("ー1ー").text == "-1-"


def test_number_signs_between_digits() -> None:
    assert compact(fold("090一1234一5678")).text == "09012345678"
    assert compact(fold("一二三")).text == "一二三"


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    once = fold(text)
    again = fold(once.text)
    assert again.text == once.text
    assert HYPHEN not in again.forgiven

"""The fonts of receipts: Noto Sans JP, and what draws the names that it has no letters for.

Fonts come from data-only packages (SIL Open Font License), so a receipt looks the same on every
machine. A fallback is opened only when a character asks for it: each costs some 0.2 s.
"""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import fontpkg_noto_sans
from fpdf import FPDF
from pylopdf_fonts_jp import sans_path as japanese
from pylopdf_fonts_ko import sans_path as korean
from pylopdf_fonts_th import sans_path as thai
from pylopdf_fonts_zh_cn import sans_path as simplified_chinese

MAIN = "noto"

_COMBINED = re.compile(r".[\u0300-\u036f\u3099\u309a]+")
# Variation selectors, emoji's skin tones and joiners: they draw nothing of their own.
_UNSEEN = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff\u200b-\u200f]")


def _latin() -> Path:
    return Path(fontpkg_noto_sans.__file__).parent / "files" / "NotoSans[wdth,wght].ttf"


# In the order in which they are asked; Noto Sans draws Latin, Greek and Cyrillic with all marks.
_FALLBACKS: dict[str, Callable[[], str | Path]] = {
    "noto-latin": _latin,
    "noto-korean": korean,
    "noto-thai": thai,
    "noto-chinese": simplified_chinese,
}


class Fonts:
    """The fonts of one document."""

    def __init__(self, document: FPDF) -> None:
        self._document = document
        self._waiting = dict(_FALLBACKS)
        self._known: set[int] = set()
        self._open(MAIN, japanese())

    def printable(self, said: str) -> str:
        """`said` in characters that the document's fonts draw, opening fallbacks as needed.

        Combining marks are joined to their letters. What no font draws (emoji, above all) is left
        out: a receipt has no replacement signs. Nothing else is normalised: NFC would turn
        one name's 神 into another's.
        """
        joined = _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), said)
        seen = _UNSEEN.sub("", joined)
        spaced = "".join(" " if unicodedata.category(each)[0] in "ZC" else each for each in seen)
        return "".join(each for each in spaced if each == " " or self._draws(each))

    def _draws(self, character: str) -> bool:
        is_letter = unicodedata.category(character)[0] in "LM"
        while ord(character) not in self._known and self._waiting and is_letter:
            name = next(iter(self._waiting))
            self._open(name, self._waiting.pop(name)())
            opened = [each for each in _FALLBACKS if each not in self._waiting]
            self._document.set_fallback_fonts(opened, exact_match=False)
            # Thai marks are placed above each other by the font's own rules.
            self._document.set_text_shaping(use_shaping_engine=True)
        return ord(character) in self._known

    def _open(self, name: str, path: str | Path) -> None:
        self._document.add_font(name, fname=path)
        font = self._document.fonts[name]
        # The box around all letters stays that of the whole font: measuring those that are used
        # would take a sixth of the time.
        font.ttfont.recalcBBoxes = False  # type: ignore[union-attr]
        self._known |= set(font.cmap)  # type: ignore[union-attr]

"""A receipt on paper: one A4 page as PDF, its letters embedded, the same bytes each time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import WrapMode

from kaiin.infra.texts import text
from kaiin.web.base.explanations import Fact
from kaiin.web.mypage.receipt_fonts import MAIN, Fonts
from kaiin.web.mypage.receipt_words import ReceiptWords
from kaiin.web.parts.words import money_words, rate_words

# All in millimetres but the sizes of letters, which are in points.
_LEFT, _RIGHT, _TOP, _BOTTOM = 22.0, 188.0, 18.0, 284.0
_WIDTH = _RIGHT - _LEFT
_SELLER_LEFT = 118.0
_INK, _SOFT = (28, 28, 30), (95, 95, 100)
_LINE, _BAND = (190, 190, 195), (243, 243, 245)
_HAIR, _RULE = 0.15, 0.4


def receipt_pdf(words: ReceiptWords, *, language: str, issued_at: datetime) -> bytes:
    """The receipt as PDF; `language` is what its words are in, `ja` or `en`."""
    sheet = _Sheet(words)
    sheet.set_lang("ja-JP" if language == "ja" else "en")
    sheet.set_creation_date(issued_at)
    _head(sheet, words)
    _amount(sheet, words)
    sheet.facts((*words.facts, words.period))
    _lines(sheet, words)
    if words.rates:
        _rates(sheet, words)
    if words.refunds:
        _refunds(sheet, words)
    if words.numbers:
        sheet.heading(text("receipt.bill"))
        sheet.facts(words.numbers)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """An A4 page and the few ways in which something is put on it."""

    def __init__(self, words: ReceiptWords) -> None:
        super().__init__(format="A4")
        # A member may be called {nb}.
        self.alias_nb_pages("")
        self._fonts = Fonts(self)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_title(f"{words.title} {words.number}")
        self.set_author(words.seller_name)
        self.set_subject(f"{words.number} {words.addressee}")
        self.set_creator("Kaiin")
        self.set_margins(_LEFT, _TOP, 210 - _RIGHT)
        self.c_margin = 0
        # Rows break as a whole: `need` begins another page.
        self.set_auto_page_break(auto=False)
        self.add_page()

    def put(
        self,
        said: str,
        *,
        left: float = _LEFT,
        width: float = _WIDTH,
        size: float = 9.5,
        soft: bool = False,
        align: str = "L",
        leading: float = 1.55,
    ) -> float:
        """Write at the present height, in as many lines as it takes; returns where they end."""
        self.set_font(MAIN, size=size)
        self.set_text_color(*(_SOFT if soft else _INK))
        top = self.get_y()
        self.set_x(left)
        # Which breaks between any two characters.
        is_japanese = any(ord(each) >= 0x3000 for each in said)
        self.multi_cell(
            width,
            size * leading * 0.3528,
            self._fonts.printable(said),
            align=align,
            padding=0,
            new_x="LMARGIN",
            new_y="NEXT",
            wrapmode=WrapMode.CHAR if is_japanese else WrapMode.WORD,
        )
        end = self.get_y()
        self.set_y(top)
        return end

    def need(self, height: float) -> None:
        """Go on at the top of another page unless there is room for so much."""
        if self.get_y() + height > _BOTTOM:
            self.add_page()

    def rule(self, *, strong: bool = False, right: float = _RIGHT) -> None:
        """A line at the present height."""
        self.set_draw_color(*(_INK if strong else _LINE))
        self.set_line_width(_RULE if strong else _HAIR)
        self.line(_LEFT, self.get_y(), right, self.get_y())

    def heading(self, said: str) -> None:
        """The name of what follows."""
        self.need(26)
        self.set_y(self.get_y() + 5.5)
        self.set_y(self.put(said, size=10.5) + 1)

    def facts(self, facts: Sequence[Fact]) -> None:
        """Labels and what they name, a line under each."""
        self.rule()
        for fact in facts:
            self.row((fact.label, fact.value), widths=(48, _WIDTH - 48), aligns="LL", softs=(0,))
            self.rule()

    def row(
        self,
        cells: Sequence[str],
        *,
        widths: Sequence[float],
        aligns: str,
        softs: Collection[int] = (),
        size: float = 9.5,
        air: float = 1.0,
    ) -> None:
        """Cells beside each other; the highest of them says how high the row is."""
        self.need(12)
        self.set_y(self.get_y() + air)
        left, ends = _LEFT, []
        for place, (cell, width, align) in enumerate(zip(cells, widths, aligns, strict=True)):
            soft = place in softs
            ends.append(self.put(cell, left=left, width=width, size=size, soft=soft, align=align))
            left += width
        self.set_y(max(ends) + air)


def _head(sheet: _Sheet, words: ReceiptWords) -> None:
    end = sheet.put(words.title, size=24, leading=1.3)
    for label, value in (("receipt.number", words.number), ("receipt.issued", words.issued)):
        label_end = sheet.put(text(label), left=_SELLER_LEFT, width=26, size=8.5, soft=True)
        value_end = sheet.put(value, left=_SELLER_LEFT + 26, width=44, size=8.5, align="R")
        sheet.set_y(max(label_end, value_end))
    sheet.set_y(end)
    if words.kind:
        sheet.set_y(sheet.put(words.kind, size=8.5, soft=True, width=90))
    sheet.set_y(max(sheet.get_y(), end) + 10)
    seller_end = _seller(sheet, words)
    sheet.set_y(sheet.put(words.addressee, size=15, width=86, leading=1.4) + 1.5)
    sheet.rule(strong=True, right=_LEFT + 86)
    sheet.set_y(max(sheet.get_y(), seller_end) + 9)


def _seller(sheet: _Sheet, words: ReceiptWords) -> float:
    """Who gives the receipt, on the right; returns where it ends."""
    top, width = sheet.get_y(), _RIGHT - _SELLER_LEFT
    sheet.set_y(sheet.put(words.seller_name, left=_SELLER_LEFT, width=width, size=11) + 0.8)
    said = [words.seller_address, text("receipt.phone", phone=words.seller_phone)]
    if words.registration:
        said.append(text("receipt.registration_number", number=words.registration))
    for each in said:
        sheet.set_y(sheet.put(each, left=_SELLER_LEFT, width=width, size=8.5))
    end = sheet.get_y()
    sheet.set_y(top)
    return end


def _amount(sheet: _Sheet, words: ReceiptWords) -> None:
    top = sheet.get_y()
    sheet.set_fill_color(*_BAND)
    sheet.rect(_LEFT, top, _WIDTH, 19, style="F")
    sheet.set_y(top + 6.8)
    sheet.put(text("receipt.total"), left=_LEFT + 6, width=70, size=10)
    sheet.set_y(top + 3.2)
    total, width = money_words(words.total), _WIDTH - 76
    sheet.put(total, left=_LEFT + 70, width=width, size=22, align="R", leading=1.6)
    sheet.set_y(top + 19 + 3)
    sheet.set_y(sheet.put(words.void or words.received, size=9.5) + 6)


def _lines(sheet: _Sheet, words: ReceiptWords) -> None:
    sheet.heading(text("receipt.lines"))
    rate = text("receipt.rate_column") if words.rates else ""
    _table(
        sheet,
        (text("receipt.item"), rate, text("receipt.amount")),
        [(line.label, line.rate, money_words(line.amount)) for line in words.lines],
        (_WIDTH - 74, 24, 50),
        total=(text("receipt.sum"), "", money_words(words.total)),
    )
    if words.reduced:
        sheet.set_y(sheet.get_y() + 1)
        sheet.set_y(sheet.put(words.reduced, size=8, soft=True))


def _rates(sheet: _Sheet, words: ReceiptWords) -> None:
    sheet.heading(text("receipt.rates"))
    _table(
        sheet,
        ("", text("receipt.rate_total"), text("receipt.rate_tax")),
        [
            (rate_words(each.percent), money_words(each.total), money_words(each.tax))
            for each in words.rates
        ],
        (_WIDTH - 100, 50, 50),
    )


def _refunds(sheet: _Sheet, words: ReceiptWords) -> None:
    sheet.heading(text("receipt.refunds"))
    rows: list[Sequence[str]] = []
    for refund in words.refunds:
        rows += [
            (refund.day, rate_words(each.percent), money_words(-each.total), money_words(-each.tax))
            for each in refund.rates
        ] or [(refund.day, "", money_words(-refund.amount), "")]
    kept = words.kept if words.kept is not None else words.total
    _table(
        sheet,
        (
            text("receipt.refund_day"),
            text("receipt.rate_column") if words.rates else "",
            text("receipt.refund_amount"),
            text("receipt.rate_tax") if words.rates else "",
        ),
        rows,
        (_WIDTH - 110, 30, 42, 38),
        total=(text("receipt.kept"), "", money_words(kept), ""),
    )


def _table(
    sheet: _Sheet,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    total: Sequence[str] = (),
) -> None:
    """The first column reads from the left, what is counted from the right."""
    aligns = "L" + "R" * (len(widths) - 1)
    sheet.row(head, widths=widths, aligns=aligns, softs=range(len(head)), size=8, air=0.8)
    sheet.rule(strong=True)
    for row in rows:
        sheet.row(row, widths=widths, aligns=aligns)
        sheet.rule()
    if total:
        sheet.row(total, widths=widths, aligns=aligns, size=10.5)
        sheet.rule(strong=True)

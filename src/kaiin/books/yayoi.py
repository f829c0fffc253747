"""The journal as Yayoi Accounting (弥生会計) imports it: cp932, 25 columns, a voucher for each day,
site and kind of entry.

Source: Yayoi's support page of the format (弥生取り込み形式, of 弥生会計 05 and later). An entry of
one line has the flag 2000 and type 0; a voucher of several begins with 2110, goes on with 2100,
ends with 2101 and has type 3 (振替伝票). Names take 24 half-width characters, descriptions 64.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from kaiin.billing.views.ledger import JournalLine
from kaiin.domain import taxes
from kaiin.domain.accounting import Chart
from kaiin.domain.closing import BookMonth
from kaiin.domain.errors import KaiinError
from kaiin.domain.ledger import Account, EntryKind
from kaiin.domain.money import Money
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites

ENCODING = "cp932"
_NAME, _DESCRIPTION = 24, 64
_ONLY, _FIRST, _BETWEEN, _LAST = "2000", "2110", "2100", "2101"
_JOURNAL, _TRANSFER = "0", "3"
# Characters that cp932 has under another number, and the substitute for one that it lacks.
_IN_CP932 = str.maketrans(
    {"\u301c": "\uff5e", "\u2212": "\uff0d", "\u2014": "\u2015", "\xa5": "\\"}
)
_GETA, _GETAS = "\u3013", "kaiin.books.getas"
codecs.register_error(_GETAS, lambda error: (_GETA, error.start + 1))  # type: ignore[attr-defined]


class OnlyYen(KaiinError):
    """Yayoi's books are in yen."""

    code = "closing.only_yen"


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes one voucher."""

    day: date
    late_for: BookMonth | None
    site_key: str
    kind: EntryKind

    def order(self) -> tuple[object, ...]:
        return (self.day, self.late_for is not None, str(self.late_for or ""), self.site_key,
                list(EntryKind).index(self.kind))  # fmt: skip


_Side = dict[tuple[Account, int | None], int]


class _Voucher:
    """Sums of many entries: two small tables, however many there were."""

    def __init__(self) -> None:
        self.debits: _Side = {}
        self.credits: _Side = {}
        self.entries = 0
        self._last = ""

    def add(self, line: JournalLine) -> None:
        amount = line.amount.amount
        side = self.debits if amount > 0 else self.credits
        place = (line.account, line.percent)
        side[place] = side.get(place, 0) + abs(amount)
        # Postings of an entry follow each other.
        self.entries += line.entry != self._last
        self._last = line.entry


def vouchers(lines: Iterable[JournalLine], chart: Chart) -> Iterator[bytes]:
    """The file. Balanced voucher by voucher, because entries are. Raises OnlyYen."""
    found: dict[_Key, _Voucher] = {}
    for line in lines:
        if line.amount.currency != "JPY":
            raise OnlyYen(currency=line.amount.currency)
        key = _Key(line.booking.day, line.booking.late_for, line.site_key, line.kind)
        found.setdefault(key, _Voucher()).add(line)
    names = {site.key: localized(site.name, "ja") for site in sites.sites()}
    for number, key in enumerate(sorted(found, key=_Key.order), start=1):
        yield _written(_rows(number, key, found[key], chart, names))


def _rows(
    number: int, key: _Key, voucher: _Voucher, chart: Chart, names: Mapping[str, str]
) -> Iterator[Sequence[str]]:
    site = names.get(key.site_key, key.site_key)
    sub_account = site if chart.by_site else ""
    debits = [_side(e, chart, sub_account, debit=True) for e in voucher.debits.items()]
    credits_ = [_side(e, chart, sub_account, debit=False) for e in voucher.credits.items()]
    count = max(len(debits), len(credits_))
    kind = text(f"closing.kind_{key.kind.value}", "ja")
    said = text("closing.voucher", "ja", site=site, kind=kind, count=voucher.entries)
    if key.late_for is not None:
        said = text("closing.voucher_late", "ja", said=said, month=str(key.late_for))
    nothing = ("", "", "", "", "0", "")
    flags = [_FIRST, *[_BETWEEN] * (count - 2), _LAST] if count > 1 else [_ONLY]
    lines = zip_longest(debits, credits_, fillvalue=nothing)
    for flag, (debit, credit) in zip(flags, lines, strict=True):
        yield (
            flag,
            str(number % 1_000_000),
            "",
            f"{key.day:%Y/%m/%d}",
            *debit,
            *credit,
            _cut(said, _DESCRIPTION),
            "",
            "",
            _JOURNAL if count == 1 else _TRANSFER,
            "",
            "",
            "0",
            "0",
            "no",
        )


def _side(
    entry: tuple[tuple[Account, int | None], int], chart: Chart, sub_account: str, *, debit: bool
) -> Sequence[str]:
    """Account, sub-account, department, tax class, amount, tax in it."""
    (account, percent), amount = entry
    tax = "" if percent is None else str(taxes.contained(Money(amount), percent).amount)
    return (
        _cut(chart.names[account], _NAME),
        _cut(sub_account, _NAME),
        "",
        chart.tax_class(percent, debit=debit),
        str(amount),
        tax,
    )


def _cut(said: str, width: int) -> str:
    """As much as fits, in characters that cp932 has; most that are not ASCII are as wide as two."""
    encoded = said.translate(_IN_CP932).encode(ENCODING, _GETAS)
    return encoded[:width].decode(ENCODING, "ignore")


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode(ENCODING)

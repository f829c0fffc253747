"""The books of a month as files: balances and journal as CSV, and what accounting programs import.

A file is a stream of bytes: a million postings pass through and are never all in memory. The same
ledger gives the same bytes. docs/books.md describes every column.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal

from kaiin.billing.views import ledger
from kaiin.billing.views.ledger import AccountMonth, JournalLine
from kaiin.books import yayoi
from kaiin.domain.accounting import Chart
from kaiin.domain.closing import BookMonth
from kaiin.domain.periods import JST

_BATCH = 500
# Excel reads UTF-8 as UTF-8 only behind this mark.
_BOM = "\ufeff"

BALANCE_COLUMNS = (
    "month", "state", "site", "account", "account_name", "currency", "tax_percent",
    "opening", "debits", "credits", "late_debits", "late_credits", "closing",
)  # fmt: skip
JOURNAL_COLUMNS = (
    "booked_on", "late_for", "occurred_at", "recorded_at", "entry", "kind", "site", "account",
    "account_name", "tax_percent", "currency", "debit", "credit", "membership", "subscription",
    "period", "payment",
)  # fmt: skip


@dataclass(frozen=True)
class BookFile:
    """A file's name and its bytes, made while they are read."""

    name: str
    content: Iterator[bytes]


def closing_files(
    *,
    month: BookMonth,
    form: Literal["csv", "yayoi"],
    chart: Chart,
    now: datetime,
    site_key: str | None = None,
    so_far: bool = False,
) -> tuple[BookFile, ...]:
    """The files of a month, of one site or of all; `so_far`: of one whose books are open still.
    `csv`: balances and journals; `yayoi`: what 弥生会計 imports.

    Raises MonthNotOver, BooksBehind, SiteUnknown, OnlyYen.
    """
    ledger.stop_unless_closed(month=month, now=now, so_far=so_far)
    site = f"-{site_key}" if site_key else ""
    stem = f"closing-{month}{site}{'-so-far' if so_far else ''}"
    journal = ledger.month_journal(month=month, late=False, site_key=site_key)
    late = ledger.month_journal(month=month, late=True, site_key=site_key)
    if form == "yayoi":
        return (BookFile(f"{stem}-yayoi.csv", yayoi.vouchers(chain(journal, late), chart)),)
    balances = (
        _balance_row(month, each, chart, so_far=so_far)
        for each in ledger.month_balances(month=month, site_key=site_key)
    )
    return (
        BookFile(f"{stem}-balances.csv", _csv(BALANCE_COLUMNS, balances)),
        BookFile(f"{stem}-journal.csv", _csv(JOURNAL_COLUMNS, _journal_rows(journal, chart))),
        BookFile(f"{stem}-late.csv", _csv(JOURNAL_COLUMNS, _journal_rows(late, chart))),
    )


def _balance_row(
    month: BookMonth, each: AccountMonth, chart: Chart, *, so_far: bool
) -> tuple[object, ...]:
    return (
        str(month),
        "so_far" if so_far else "closed",
        each.site_key,
        each.account.value,
        chart.names[each.account],
        each.currency,
        "" if each.percent is None else each.percent,
        each.opening,
        each.debits,
        -each.credits,
        each.late_debits,
        -each.late_credits,
        each.closing,
    )


def _journal_rows(lines: Iterable[JournalLine], chart: Chart) -> Iterator[tuple[object, ...]]:
    for line in lines:
        amount = line.amount.amount
        yield (
            line.booking.day.isoformat(),
            line.booking.late_for or "",
            _instant(line.occurred_at),
            _instant(line.recorded_at),
            line.entry,
            line.kind.value,
            line.site_key,
            line.account.value,
            chart.names[line.account],
            "" if line.percent is None else line.percent,
            line.amount.currency,
            max(amount, 0),
            max(-amount, 0),
            line.membership_id,
            line.subscription_id or "",
            line.period_id or "",
            line.payment_id or "",
        )


def _instant(at: datetime) -> str:
    return at.astimezone(JST).isoformat(timespec="milliseconds")


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_BOM)
    writer.writerow(columns)
    for count, row in enumerate(rows, start=1):
        writer.writerow(row)
        if count % _BATCH == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content

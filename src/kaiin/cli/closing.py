"""`kaiin closing`: the books of a month, as files for the accountant."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kaiin.cli.loading import load_installation

if TYPE_CHECKING:
    from kaiin.billing.views.ledger import AccountMonth
    from kaiin.books.closing import BookFile


def closing(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="A month in Japan.")],
    *,
    site: Annotated[str | None, typer.Option(help="The key of one site; all without it.")] = None,
    form: Annotated[
        Literal["csv", "yayoi"],
        typer.Option("--format", help="csv: balances and journals. yayoi: what Yayoi imports."),
    ] = "csv",
    output: Annotated[Path, typer.Option(help="Where the files go.")] = Path(),
    accounts: Annotated[
        Path | None, typer.Option(help="Your own names of accounts and tax classes, YAML.")
    ] = None,
    so_far: Annotated[
        bool, typer.Option("--so-far", help="A month that is not over, as recorded so far (途中).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")] = False,
) -> None:
    """Write the books of a month for the accountant.

    Opening balances, what moved, closing balances, folded from the ledger alone. A month's
    books are closed from the second day of the next on, and never change after that: what is
    recorded later belongs to the month of its recording, listed apart. The same month gives
    the same bytes. docs/books.md describes the files.

    Exit codes: 0 written · 1 refused, the message says why and how to mend it.
    """
    load_installation()
    from kaiin.billing.views.ledger import month_balances
    from kaiin.books.charts import read_chart
    from kaiin.books.closing import closing_files
    from kaiin.domain.closing import BookMonth
    from kaiin.infra import clock

    books = BookMonth.read(month)
    files = closing_files(
        month=books,
        form=form,
        chart=read_chart(accounts),
        now=clock.now(),
        site_key=site,
        so_far=so_far,
    )
    written = [str(path) for path in _written(files, output)]
    balances = month_balances(month=books, site_key=site)
    if as_json:
        answer = {
            "month": month,
            "so_far": so_far,
            "files": written,
            "balances": [_as_dict(each) for each in balances],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    _show(balances, so_far=so_far)
    for path in written:
        print(path)


def _written(files: "Iterable[BookFile]", folder: Path) -> Iterable[Path]:
    """Each file appears whole, or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in files:
        path = folder / each.name
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                for chunk in each.content:
                    file.write(chunk)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        yield path


def _as_dict(each: "AccountMonth") -> dict[str, object]:
    return {
        "site": each.site_key,
        "account": each.account.value,
        "currency": each.currency,
        "tax_percent": each.percent,
        "opening": each.opening,
        "debits": each.debits,
        "credits": -each.credits,
        "late_debits": each.late_debits,
        "late_credits": -each.late_credits,
        "closing": each.closing,
    }


def _show(balances: "Iterable[AccountMonth]", *, so_far: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="so far (途中)" if so_far else None, box=None)
    for name in ("site", "account", "tax"):
        table.add_column(name)
    for name in ("opening", "debits", "credits", "late", "closing"):
        table.add_column(name, justify="right")
    for each in balances:
        table.add_row(
            each.site_key,
            each.account.value,
            "" if each.percent is None else f"{each.percent}%",
            f"{each.opening:,}",
            f"{each.debits:,}",
            f"{-each.credits:,}",
            f"{each.late_debits + each.late_credits:,}",
            f"{each.closing:,}",
        )
    Console().print(table)

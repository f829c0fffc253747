"""`kaiin verify`: is everyone who paid in, every charge right? A look at a live database."""

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from kaiin.cli.demo_environment import enter_demo
from kaiin.cli.loading import load_installation

if TYPE_CHECKING:
    from kaiin.verification.violation import Violation


def verify(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="The demo's database.")] = False,
) -> None:
    """Check that money, time, access and records agree.

    Only reads, all of one instant, in constant memory: safe on a live database in production, and
    on a backup that can't be written to. Prints each violation with the rows that it is about;
    docs/verify.md says what each means and what to do. The last line sums up. Exit code 1 when
    something was found.
    """
    if demo:
        enter_demo()
    load_installation(reading=True)
    from django.db import connection

    from kaiin.infra import clock
    from kaiin.verification.checking import check_all

    found = 0

    def report(violation: "Violation") -> None:
        nonlocal found
        found += 1
        _show_progress("")
        check, ids, says = violation.check, violation.ids, violation.says
        if json_:
            line = json.dumps({"check": check, "ids": ids, "says": says}, ensure_ascii=False)
        else:
            line = f"{check:<28} {' '.join(ids)}: {says}"
        print(line, flush=True)

    def progress(part: str, rows: int) -> None:
        _show_progress(f"{part}: {rows:,} rows")

    started = time.monotonic()
    rows = check_all(connection, now=clock.now(), report=report, progress=progress)
    seconds = time.monotonic() - started
    _show_progress("")
    if json_:
        print(json.dumps({"violations": found, "rows": rows, "seconds": round(seconds, 3)}))
    else:
        print(f"{_counted(found)}: {rows:,} rows read in {seconds:.1f} s")
    sys.exit(1 if found else 0)


def _counted(found: int) -> str:
    if not found:
        return "No violation"
    return "1 violation" if found == 1 else f"{found:,} violations"


def _show_progress(said: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)

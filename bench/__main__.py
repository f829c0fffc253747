"""Runs the measurements and shows them as JSON and as a table; --json FILE keeps the JSON.

python -m bench                  # make bench: some six minutes
python -m bench login crowd      # only these subjects
python -m bench growth --full    # up to a million members: half an hour
"""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, ratio

# In this order; each module's `measure()` yields its figures.
SUBJECTS = ("login", "crowd", "health", "pages", "renewals", "events", "door", "growth")
PACKAGES = ("django", "granian", "argon2-cffi", "psycopg")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.partition("\n")[0])
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--full", action="store_true", help="door, growth: at full size")
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    # Kaiin's parts ask for a mode before they load; what is measured has settings of its own.
    os.environ.setdefault("KAIIN_MODE", "test")
    started, busy = time.monotonic(), os.getloadavg()[0]
    figures: list[Figure] = []
    for subject in asked.subjects or SUBJECTS:
        print(f"measuring {subject} …", file=sys.stderr, flush=True)
        figures += import_module(f"bench.{subject}").measure()
    machine = {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(busy, 2),
        "seconds": round(time.monotonic() - started),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }
    rows = [asdict(figure) | {"ratio": ratio(figure, figures)} for figure in figures]
    content = json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(content + "\n", "utf-8")
    print(content, flush=True)
    _show(figures, machine)


def _show(figures: list[Figure], machine: dict[str, object]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "median", "", "lowest", "highest", "beside"):
        table.add_column(heading, justify="left" if heading in ("", "beside") else "right")
    for figure in figures:
        share = ratio(figure, figures)
        ends = (f"{end(figure.runs):,.1f}" for end in (min, max))
        beside = f"{share:.1%} of {figure.beside}" if share is not None else ""
        table.add_row(figure.name, f"{figure.median:,.1f}", figure.unit, *ends, beside)
    console = Console(width=None if sys.stdout.isatty() else 130, highlight=False)
    console.print("\n", table, "\n")
    for figure in figures:
        console.print(f"[bold]{figure.name}[/]: {figure.how}.")
    console.print("\n" + ", ".join(f"{name} {value}" for name, value in machine.items()))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


main()

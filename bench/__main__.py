"""Runs the measurements and shows them as a table; --json FILE writes them for machines too.

python -m bench              # make bench
python -m bench login        # those whose name begins so
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, ratio

# In this order; each module's `measure()` yields its figures.
SUBJECTS = ("login", "pages", "renewals")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.partition("\n")[0])
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    figures: list[Figure] = []
    for subject in asked.subjects or SUBJECTS:
        print(f"measuring {subject} …", file=sys.stderr, flush=True)
        figures += import_module(f"bench.{subject}").measure()
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    rows = [asdict(figure) | {"ratio": ratio(figure, figures)} for figure in figures]
    content = json.dumps({"machine": machine, "figures": rows}, indent=1)
    if asked.json:
        asked.json.write_text(content + "\n", "utf-8")
    print(content)
    print(_table(figures))


def _table(figures: list[Figure]) -> str:
    lines = [f"{'':<34}{'median':>12} {'':<9}{'lowest':>10}{'highest':>10}  beside"]
    for figure in figures:
        share = ratio(figure, figures)
        beside = f"{share:.0%} of {figure.beside}" if share is not None else ""
        lines.append(
            f"{figure.name:<34}{figure.median:>12,.1f} {figure.unit:<9}"
            f"{min(figure.runs):>10,.1f}{max(figure.runs):>10,.1f}  {beside}"
        )
        lines.append(f"    {figure.how}")
    return "\n".join(["", *lines])


main()

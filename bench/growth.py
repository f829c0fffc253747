"""Clubs that grow from 10,000 to a million members: what the same work costs in each."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.postgres import postgres

from bench.club import run_module
from bench.figures import Figure
from bench.growing import ASKED, DUE
from bench.renewals import DURABLE, PROVIDER, prepare
from kaiin.cli.demo_environment import demo_variables

SIZES = ("10000", "100000")
# With --full: minutes, most of them to make the members.
FULL_SIZES = (*SIZES, "1000000")


def measure() -> Iterator[Figure]:
    """Both databases, one after the other."""
    sizes = FULL_SIZES if "--full" in sys.argv else SIZES
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), 8000) | PROVIDER
        yield from _on("SQLite", sizes, variables)
        with postgres(**DURABLE) as url:
            yield from _on("PostgreSQL", sizes, variables | {"DATABASE_URL": url})


def _on(database: str, sizes: tuple[str, ...], variables: dict[str, str]) -> Iterator[Figure]:
    prepare(variables)
    smallest = f"renewals at {int(sizes[0]):,} members, {database}"
    for said in json.loads(run_module("bench.growing", *sizes, variables=variables)):
        members = f"{said['members']:,} members, {database}"
        name = f"renewals at {members}"
        yield Figure(
            name, "/s", tuple(said["per_second"]),
            f"{DUE} due ones, one worker; {said['processor_ms']:.2f} ms of its processor each",
            smallest if name != smallest else None,
        )  # fmt: skip
        yield Figure(
            f"entry at {members}", "ms", (said["entry_ms"],),
            f"billing.queries.entry of {ASKED} members by lot, one query; 99 of 100 within "
            f"{said['entry_p99_ms']:.2f} ms; {'; '.join(said['plan'])}",
        )  # fmt: skip
        if "verified_per_second" in said:
            yield Figure(
                f"verify at {members}", "rows/s", (said["verified_per_second"],),
                f"kaiin verify, every check; {said['verified_rows']:,} rows",
            )  # fmt: skip

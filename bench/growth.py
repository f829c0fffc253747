"""Clubs that grow from 10,000 to a million members, and one that is five years old: what the same
work costs in each."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.postgres import postgres

from bench.ageing import ROUNDS
from bench.club import run_module
from bench.figures import Figure
from bench.growing import ASKED, DUE
from bench.renewals import DURABLE, PROVIDER, prepare
from kaiin.cli.demo_environment import demo_variables

SIZES = ("10000", "100000")
# With --full: minutes, most of them to make the members.
FULL_SIZES = (*SIZES, "1000000")
# Members, months behind them, and old messages, notices and audit rows.
AGES = (("1000", "1", "1000"), ("1000", "60", "100000"))
FULL_AGES = (*AGES, ("1000", "60", "1000000"))


def measure() -> Iterator[Figure]:
    """Both databases, one after the other."""
    full = "--full" in sys.argv
    sizes = FULL_SIZES if full else SIZES
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), 8000) | PROVIDER
        yield from _on("SQLite", sizes, variables)
        with postgres(**DURABLE) as url:
            yield from _on("PostgreSQL", sizes, variables | {"DATABASE_URL": url})
    for age in FULL_AGES if full else AGES:
        with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
            variables = demo_variables(Path(folder), 8000) | PROVIDER
            yield from _aged("SQLite", age, variables)
            with postgres(**DURABLE) as url:
                yield from _aged("PostgreSQL", age, variables | {"DATABASE_URL": url})


def _aged(database: str, age: tuple[str, ...], variables: dict[str, str]) -> Iterator[Figure]:
    prepare(variables)
    said = json.loads(run_module("bench.ageing", *age, variables=variables))
    where = f"{said['months']} months and {said['old_rows']:,} old rows, {database}"
    yield Figure(
        f"renewals after {where}", "/s", (said["per_second"],),
        f"{said['members']} members, all due, one worker; {said['processor_ms']:.2f} ms of its "
        "processor each; as many old messages, applied notices and sealed audit rows",
    )  # fmt: skip
    yield Figure(
        f"idle round after {where}", "ms", (said["idle_ms"],),
        f"the jobs that a worker runs in each round, finding nothing to do; least of {ROUNDS}",
    )  # fmt: skip
    yield Figure(f"entry after {where}", "ms", (said["entry_ms"],), "check_entry, one query")


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
            f"check_entry of {ASKED} members by lot, one query; 99 of 100 within "
            f"{said['entry_p99_ms']:.2f} ms; {'; '.join(said['plan'])}",
        )  # fmt: skip
        if "verified_per_second" in said:
            yield Figure(
                f"verify at {members}", "rows/s", (said["verified_per_second"],),
                f"kaiin verify, every check; {said['verified_rows']:,} rows",
            )  # fmt: skip

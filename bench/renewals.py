"""Renewals that are due, beside the same rows in bare SQL, on SQLite and on PostgreSQL."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.postgres import postgres

from bench.club import CORES, ROOT, run_module
from bench.figures import Figure
from kaiin.cli.demo_environment import demo_variables

SUBSCRIPTIONS, MONTHS = 150, 3
# As in production: a commit is on the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def measure() -> Iterator[Figure]:
    """Both databases, one after the other, each on the disk under the temporary folder."""
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), 8000)
        yield from _on("SQLite", variables)
        with postgres(**DURABLE) as url:
            yield from _on("PostgreSQL", variables | {"DATABASE_URL": url})


def _on(database: str, variables: dict[str, str]) -> Iterator[Figure]:
    for command in (["migrate"], ["apply", str(ROOT / "examples" / "plusmember.yaml")]):
        run_module("kaiin.cli", *command, variables=variables)
    said = json.loads(
        run_module("bench.renewing", str(SUBSCRIPTIONS), str(MONTHS), variables=variables)
    )
    bound = f"same rows in bare SQL, {database}"
    often = f"{SUBSCRIPTIONS} subscriptions, {MONTHS} months, {database} {said['version']}"
    yield Figure(
        bound, "/s", tuple(said["bare"]),
        f"the {said['rows']:.0f} rows that a renewal writes, in sets, one transaction; {often}",
    )  # fmt: skip
    yield Figure(
        f"renewals, {database}", "/s", tuple(said["renewals"]),
        "billing.renew_due by one worker, from due to charged, booked, receipted and mailed to the "
        f"outbox; a provider in memory that answers at once; {often}, {len(CORES)} cores",
        bound,
    )  # fmt: skip

"""Renewals that are due, beside the same rows in bare SQL, on SQLite and on PostgreSQL."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.postgres import postgres

from bench.club import CORES, ROOT, run_module
from bench.figures import Figure
from kaiin.cli.demo_environment import demo_variables

SUBSCRIPTIONS, MONTHS = 4000, 2
# No provider's limit is measured, and it answers from memory.
PROVIDER = {"KAIIN_PROVIDER_RATE": "0", "KAIIN_PROVIDER_CONCURRENCY": "1"}
# As in production: a commit is on the disk.
DURABLE = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_wal_size": "4GB",
}  # fmt: skip


def measure() -> Iterator[Figure]:
    """Both databases, with one worker and with two, each on the disk under the temporary folder."""
    for workers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
            variables = demo_variables(Path(folder), 8000) | PROVIDER
            yield from _on("SQLite", workers, variables)
            with postgres(**DURABLE) as url:
                yield from _on("PostgreSQL", workers, variables | {"DATABASE_URL": url})


def _on(database: str, workers: int, variables: dict[str, str]) -> Iterator[Figure]:
    prepare(variables)
    asked = ("measure", str(SUBSCRIPTIONS), str(MONTHS), str(workers))
    said = json.loads(run_module("bench.renewing", *asked, variables=variables))
    who = "one worker" if workers == 1 else f"{workers} workers"
    bound = f"same rows in bare SQL, {database}, beside {who}"
    often = f"{SUBSCRIPTIONS} subscriptions, {MONTHS} months, {database} {said['version']}"
    yield Figure(
        bound, "/s", tuple(said["bare"]),
        f"the {said['rows']:.1f} rows that a renewal writes, by COPY (PostgreSQL) or prepared "
        f"statements, in sets, one transaction, one connection; {often}",
    )  # fmt: skip
    yield Figure(
        f"renewals, {database}, {who}", "/s", tuple(said["renewals"]),
        "billing.renew_due, from due to charged, booked, receipted and mailed to the outbox; a "
        f"provider in memory that answers at once; {often}, {len(CORES)} cores for workers and "
        f"database; {said['processor_ms']:.2f} ms of the workers' processor each; memory grew by "
        f"{said['grown_kib']} KiB after the first round",
        bound,
    )  # fmt: skip


def prepare(variables: dict[str, str]) -> None:
    """An empty club of the example tenant on the environment's database."""
    for command in (["migrate"], ["apply", str(ROOT / "examples" / "plusmember.yaml")]):
        run_module("kaiin.cli", *command, variables=variables)

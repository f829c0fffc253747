"""The event log that grows: what an idle worker costs, and what waiting mails cost a payment."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.postgres import postgres

from bench.club import run_module
from bench.delivering import MAILS, PAYMENTS, ROUNDS
from bench.figures import Figure
from bench.renewals import DURABLE
from kaiin.cli.demo_environment import demo_variables

SIZES = ("10000", "1000000")


def measure() -> Iterator[Figure]:
    """Both databases, each on the disk under the temporary folder."""
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), 8000)
        yield from _on("SQLite", variables)
        with postgres(**DURABLE) as url:
            yield from _on("PostgreSQL", variables | {"DATABASE_URL": url})


def _on(database: str, variables: dict[str, str]) -> Iterator[Figure]:
    run_module("kaiin.cli", "migrate", variables=variables)
    smallest = f"idle round of a lane, {int(SIZES[0]):,} delivered, {database}"
    for said in json.loads(run_module("bench.delivering", *SIZES, variables=variables)):
        delivered = f"{said['delivered']:,} delivered, {database}"
        name = f"idle round of a lane, {delivered}"
        yield Figure(
            name, "ms", tuple(said["idle_ms"]),
            f"processor time of deliver_due of a lane with nothing due, {ROUNDS} rounds; 99 of "
            f"100 take {said['idle_p99_ms']:.2f} ms at most; statements that write or lock: "
            f"{said['writes']}",
            smallest if name != smallest else None,
        )  # fmt: skip
        yield Figure(
            f"retention, {delivered}", "ms", (said["forget_ms"],),
            "looking for deliveries and events that are old enough to be dropped: none is",
        )  # fmt: skip
        for mails in (0, MAILS):
            yield Figure(
                f"payment's event, {mails:,} mails waiting, {delivered}", "ms",
                (said[f"delay_ms_{mails}"],),
                "from its commit to its consumer, by `kaiin worker` with every lane (it looks five "
                f"times a second); {PAYMENTS} events, longest {said[f'delay_max_ms_{mails}']:.0f} "
                "ms; a mail takes 5 ms",
            )  # fmt: skip

"""Renews subscriptions month after month on the environment's database; a process of its own.

    python -m bench.renewing 200 3      # subscriptions, months

Prints how many were renewed in a second, each month, and how fast bare SQL writes the very rows
that this wrote: into a copy of the database as it was before.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta

from kaiin.cli.loading import load_django

# In Japan the 2nd of a month, shortly after its beginning.
START = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
A_ROUND = 100


def main() -> None:
    load_django()
    from bench import copies, people  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    count, months = int(sys.argv[1]), int(sys.argv[2])
    clock.freeze(START)
    people.join(count)
    # The first month only warms up.
    renewals, bare, rows = [], [], 0.0
    for month in range(months + 1):
        clock.freeze(START.replace(month=month + 2))
        before = copies.take()
        seconds = _renew_all(count)
        change = copies.change_since(before)
        bare_seconds = copies.write_bare(before, change)
        if month:
            renewals.append(count / seconds)
            bare.append(count / bare_seconds)
            rows = change.rows / count
        copies.drop(before)
    print(
        json.dumps({"renewals": renewals, "bare": bare, "rows": rows, "version": copies.version()})
    )


def _renew_all(count: int) -> float:
    from kaiin.billing import operations, queries  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    now = clock.now()
    if queries.overdue(now).count != count:
        sys.exit(f"bench: {queries.overdue(now)} where {count} renewals were to be due")
    started = time.perf_counter()
    done = 0
    while taken := operations.renew_due(now=now, limit=A_ROUND):
        done += taken
    seconds = time.perf_counter() - started
    if done != count or queries.overdue(now + timedelta(hours=2)).count:
        sys.exit(f"bench: {done} of {count} renewals were done")
    return seconds


if __name__ == "__main__":
    main()

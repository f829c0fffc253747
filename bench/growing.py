"""The same work in clubs that grow, on the environment's database; a process of its own.

    python -m bench.growing 10000 100000     # members

Prints for each size what a due renewal costs, what the question at the door costs, and how fast
`kaiin verify` reads.
"""

import json
import os
import random
import statistics
import sys
import time
from datetime import timedelta

from kaiin.cli.loading import load_django

DUE, ASKED = 3000, 3000
# Where the copies leave no audit trail, each is a violation that verify reports; it reads on.
VERIFIED_UP_TO = 10_000


def measure(sizes: list[int]) -> list[dict[str, object]]:
    """One club that grows from size to size, with as many renewals due at each."""
    from bench import cloning, people  # noqa: PLC0415
    from bench.renewing import START, renew_all  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    clock.freeze(START)
    people.join(1)
    now, members, found = START.replace(month=2), 1, []
    for size in sizes:
        started = time.perf_counter()
        cloning.clone(members, size - 1)
        cloned = time.perf_counter() - started
        members = size
        runs, used = [], []
        for last in (size - 1, size - 1 - DUE):
            _make_due(last)
            seconds, used_by = renew_all(now, DUE, workers=1)
            runs.append(seconds)
            used.append(sum(each["processor"] for each in used_by))
        said: dict[str, object] = {
            "members": size, "per_second": [DUE / seconds for seconds in runs],
            "processor_ms": min(used) / DUE * 1000, "cloned_seconds": cloned, **_ask(size),
        }  # fmt: skip
        if size <= VERIFIED_UP_TO:
            said |= _verify()
        found.append(said)
        print(json.dumps(said), file=sys.stderr, flush=True)
    return found


def _make_due(last: int) -> None:
    """So many copies, up to number `last`, are due and no one else is."""
    from django.db import connection  # noqa: PLC0415

    from bench.cloning import STEP  # noqa: PLC0415
    from kaiin.billing.models import Subscription  # noqa: PLC0415

    first_period_over = Subscription.objects.filter(period_count=1)
    first_period_over.update(next_due_at=None)
    due = first_period_over.filter(pk__gt=(last - DUE) * STEP + STEP, pk__lt=last * STEP + STEP)
    due.update(next_due_at=_end())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The many rows that this has just written twice, as the server's own vacuum would.
            cursor.execute("VACUUM ANALYZE billing_subscription")


def _end() -> object:
    from kaiin.billing.models import Period  # noqa: PLC0415

    return Period.objects.order_by("id").values_list("ends_at", flat=True).first()


def _ask(size: int) -> dict[str, object]:
    """The question at the door, of members drawn by lot: milliseconds, and the indexes used."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from bench.cloning import STEP  # noqa: PLC0415
    from bench.people import SITE  # noqa: PLC0415
    from bench.renewing import START  # noqa: PLC0415
    from kaiin.billing.views.entry import check_entry  # noqa: PLC0415

    draw, at = random.Random(size), START + timedelta(days=1)  # noqa: S311
    times = []
    for _ in range(ASKED):
        member = 1 + draw.randrange(size) * STEP
        started = time.perf_counter()
        entry = check_entry(member_pk=member, site_key=SITE, at=at)
        times.append((time.perf_counter() - started) * 1000)
        if not entry.allowed:
            sys.exit(f"bench: member {member} was to be let in")
    with CaptureQueriesContext(connection) as captured:
        check_entry(member_pk=1 + STEP, site_key=SITE, at=at)
    asked = [each["sql"] for each in captured if "sites_tenant" not in each["sql"]]
    if len(asked) != 1:
        sys.exit(f"bench: the door asks {len(asked)} questions")
    return {
        "entry_ms": statistics.median(times),
        "entry_p99_ms": statistics.quantiles(times, n=100)[98],
        "plan": _plan(asked[0]),
    }


def _plan(query: str) -> list[str]:
    """The lines of a query's plan that say how each table is found."""
    from django.db import connection  # noqa: PLC0415

    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {query}", None)
        lines = [str(row[-1] if len(row) > 1 else row[0]).strip() for row in cursor.fetchall()]
    return [line.partition("  (")[0] for line in lines if "Scan" in line or "SEARCH" in line]


def _verify() -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415

    from kaiin.infra import clock  # noqa: PLC0415
    from kaiin.verification.checking import check_all  # noqa: PLC0415

    started = time.perf_counter()
    rows = check_all(connection, now=clock.now(), report=lambda _: None)
    return {"verified_rows": rows, "verified_per_second": rows / (time.perf_counter() - started)}


def main() -> None:
    os.environ |= {"KAIIN_PROVIDER_RATE": "0", "KAIIN_PROVIDER_CONCURRENCY": "1"}
    load_django()
    print(json.dumps(measure([int(size) for size in sys.argv[1:]])))


if __name__ == "__main__":
    main()

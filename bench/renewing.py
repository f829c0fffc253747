"""Renews subscriptions month after month on the environment's database; a process of its own.

    python -m bench.renewing measure 3000 2 1    # subscriptions, months, workers

Prints how many were renewed in a second, each month, and how fast bare SQL writes the very rows
that this wrote: into a copy of the database as it was before. The workers are processes too.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from kaiin.cli.loading import load_django

# In Japan the 2nd of a month, shortly after its beginning.
START = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
# As `kaiin worker`.
A_ROUND = 1000


def measure(count: int, months: int, workers: int) -> dict[str, object]:
    """A club of so many subscriptions, all due each month."""
    from bench import cloning, copies, people  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    clock.freeze(START)
    people.join(1)
    cloning.clone(1, count - 1)
    renewals, bare, rows, processor, memory = [], [], 0.0, 0.0, 0
    # The first month only warms up.
    for month in range(months + 1):
        now = START.replace(month=month + 2)
        before = copies.take()
        seconds, used = renew_all(now, count, workers)
        change = copies.change_since(before)
        bare_seconds = copies.write_bare(before, change)
        if month:
            renewals.append(count / seconds)
            bare.append(count / bare_seconds)
            rows = change.rows / count
            processor = sum(each["processor"] for each in used) / count * 1000
            memory = max(memory, *(int(each["grown_kib"]) for each in used))
        copies.drop(before)
    return {
        "renewals": renewals, "bare": bare, "rows": rows, "processor_ms": processor,
        "grown_kib": memory, "version": copies.version(),
    }  # fmt: skip


def renew_all(now: datetime, count: int, workers: int) -> tuple[float, list[dict[str, float]]]:
    """Have worker processes renew all that is due; the seconds from their common start to the end
    of the last, and what each says of itself. Ends the bench unless all were renewed once."""
    from django.db import connections  # noqa: PLC0415

    from kaiin.billing.views.figures import count_overdue  # noqa: PLC0415

    if count_overdue(now).count != count:
        sys.exit(f"bench: {count_overdue(now)} where {count} renewals were to be due")
    connections.close_all()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.renewing", "work", now.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(workers)
    ]  # fmt: skip
    for process in running:
        _said(process)
    started = time.perf_counter()
    for process in running:
        _start(process)
    used = [json.loads(_said(process)) for process in running]
    seconds = time.perf_counter() - started
    for process in running:
        process.communicate()
    done = sum(each["done"] for each in used)
    if done != count or count_overdue(now + timedelta(hours=2)).count:
        sys.exit(f"bench: {done} of {count} renewals were done")
    return seconds, used


def work(now: datetime) -> dict[str, float]:
    """One worker: renews until nothing is due."""
    from bench.instant import InstantProvider  # noqa: PLC0415
    from kaiin.billing.actions.renew import renew_due  # noqa: PLC0415
    from kaiin.billing.views.figures import count_overdue  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415
    from kaiin.payments.providers import registry  # noqa: PLC0415

    clock.freeze(now)
    registry.use("sandbox", InstantProvider())  # type: ignore[arg-type]
    count_overdue(now)
    # As `kaiin worker` does.
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    sys.stdin.readline()
    processor, done, rounds, memory = time.process_time(), 0, 0, 0
    while taken := renew_due(now=now, limit=A_ROUND):
        done, rounds = done + taken, rounds + 1
        if rounds == 1:
            memory = _memory_kib()
    return {
        "done": done,
        "processor": time.process_time() - processor,
        "grown_kib": _memory_kib() - memory,
    }


def _memory_kib() -> int:
    """The most that this process ever needed."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _said(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        sys.exit("bench: a worker failed")
    return line


def _start(process: "subprocess.Popen[str]") -> None:
    if process.stdin:
        process.stdin.write("go\n")
        process.stdin.flush()


def main() -> None:
    # No provider's limit is measured, and it answers from memory: threads would only cost.
    os.environ |= {"KAIIN_PROVIDER_RATE": "0", "KAIIN_PROVIDER_CONCURRENCY": "1"}
    load_django()
    what, *arguments = sys.argv[1:]
    if what == "work":
        print(json.dumps(work(datetime.fromisoformat(arguments[0]))))
    else:
        print(json.dumps(measure(*map(int, arguments))))


if __name__ == "__main__":
    main()

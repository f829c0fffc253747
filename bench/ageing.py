"""The same work in a club that is young and in one that is old, on the environment's database; a
process of its own.

    python -m bench.ageing 2000 60 1000000     # members, months of history, old rows of a kind

Prints what a due renewal costs, what a round of the worker costs that has nothing to do, and what
the question at the door costs.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from kaiin.cli.loading import load_django

ROUNDS = 50


def measure(members: int, months: int, old_rows: int) -> dict[str, object]:
    """So many members, each with so many months behind them; and old messages, notices and audit
    rows beside them."""
    from bench import cloning, people  # noqa: PLC0415
    from bench.renewing import START, renew_all  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    clock.freeze(START)
    people.join(1)
    for _ in range(months):
        _renew_the_one()
    _rest()
    cloning.clone(1, members - 1)
    _add_old(old_rows)
    rounds = [_idle_round() for _ in range(ROUNDS)]
    now = _next_due()
    seconds, said = renew_all(now, members, workers=1)
    return {
        "members": members, "months": months, "old_rows": old_rows,
        "per_second": members / seconds,
        "processor_ms": said[0]["processor"] / members * 1000,
        "idle_ms": min(rounds),
        "entry_ms": _entry_ms(now + timedelta(days=1), members),
    }  # fmt: skip


def _next_due() -> datetime:
    from kaiin.billing.models import Subscription  # noqa: PLC0415

    due = Subscription.objects.order_by("id").values_list("next_due_at", flat=True).first()
    if due is None:
        sys.exit("bench: nothing is due")
    return due + timedelta(hours=1)


def _renew_the_one() -> None:
    from kaiin.billing.actions.expire import recognise_due  # noqa: PLC0415
    from kaiin.billing.actions.renew import renew_due  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415

    now = _next_due()
    clock.freeze(now)
    if not renew_due(now=now, limit=1):
        sys.exit("bench: the renewal was not made")
    recognise_due(now=now, limit=10)


def _rest() -> None:
    """Deliver and seal what is left, so that rounds have nothing to do."""
    while sum(run() for run in _jobs()):
        pass


def _jobs() -> list[Callable[[], int]]:
    """What a worker does in each round, but for asking providers."""
    from kaiin.cli import worker  # noqa: PLC0415

    asking = {"payments.ask", "payments.backfill", "payments.silence"}
    often = (job for job in worker.jobs() if job.every_seconds <= 5)
    return [job.run for job in often if job.name not in asking]


def _idle_round() -> float:
    jobs = _jobs()
    started = time.perf_counter()
    if sum(run() for run in jobs):
        sys.exit("bench: the round was to have nothing to do")
    return (time.perf_counter() - started) * 1000


def _add_old(count: int) -> None:
    from bench import cloning  # noqa: PLC0415
    from kaiin.infra import clock  # noqa: PLC0415
    from kaiin.infra.models import AuditRow, Delivery, Event  # noqa: PLC0415
    from kaiin.payments.models import EventState, ProviderEvent  # noqa: PLC0415

    now = clock.now()
    notice = ProviderEvent.objects.create(
        provider="sandbox", event_id="evt", kind="payment.paid", received_at=now, applied_at=now,
        body=b"{}" * 200, state=EventState.APPLIED,
    )  # fmt: skip
    delivery = Delivery.objects.select_related("event").earliest("pk")
    for row in (AuditRow.objects.earliest("pk"), notice, delivery.event):
        cloning.multiply(row, count)
    cloning.multiply(delivery, count, with_=Event)


def _entry_ms(at: datetime, members: int) -> float:
    from bench.cloning import STEP  # noqa: PLC0415
    from bench.people import SITE  # noqa: PLC0415
    from kaiin.billing.views.entry import check_entry  # noqa: PLC0415

    times = []
    for number in range(min(members, 1000)):
        started = time.perf_counter()
        allowed = check_entry(member_pk=1 + number * STEP, site_key=SITE, at=at).allowed
        times.append((time.perf_counter() - started) * 1000)
        if not allowed:
            sys.exit(f"bench: member {1 + number * STEP} was to be let in")
    return statistics.median(times)


def main() -> None:
    os.environ |= {"KAIIN_PROVIDER_RATE": "0", "KAIIN_PROVIDER_CONCURRENCY": "1"}
    load_django()
    print(json.dumps(measure(*map(int, sys.argv[1:]))))


if __name__ == "__main__":
    main()

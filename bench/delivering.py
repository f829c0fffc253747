"""The event log at sizes, on the environment's database; a process of its own.

    python -m bench.delivering 10000 1000000     # delivered events

Prints what an idle round costs at each, and how long a payment's event waits while mails are sent.
"""

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable

from kaiin.cli.loading import load_django

ROUNDS, PAYMENTS, MAILS = 300, 40, 10_000
_MAIL_SECONDS = 0.005
_OLD = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i < %s) ",
    "postgresql": "WITH n AS (SELECT generate_series(%s, %s) AS i) ",
}
_EVENTS = (
    "INSERT INTO infra_event (id, topic, key, payload, occurred_at)"
    " SELECT i, 'bench.old', CAST(i AS text), '{\"payment_id\": \"970abcd0\"}', %s FROM n"
)
_DELIVERIES = (
    "INSERT INTO infra_delivery (event_id, consumer, lane, delivered_at, attempts, last_error)"
    " SELECT i, 'bench', CASE i %% 3 WHEN 0 THEN 'mail' WHEN 1 THEN 'money' ELSE 'outside' END,"
    " %s, 1, '' FROM n"
)


def measure(sizes: list[int]) -> list[dict[str, object]]:
    """One log that grows from size to size."""
    _consume()
    before, found = 0, []
    for size in sizes:
        _fill(before + 1, size)
        before = size
        said: dict[str, object] = {"delivered": size, **_idle(), "forget_ms": _forget()}
        for mails in (0, MAILS):
            delays = _delays(mails)
            said[f"delay_ms_{mails}"] = statistics.median(delays)
            said[f"delay_max_ms_{mails}"] = max(delays)
        found.append(said)
        print(json.dumps(said), file=sys.stderr, flush=True)
    return found


_heard: dict[str, float] = {}


def _consume() -> None:
    from kaiin.infra import consumers  # noqa: PLC0415
    from kaiin.infra.consumers import Consumer, Lane  # noqa: PLC0415

    def paid(payload: dict[str, object]) -> None:
        _heard[str(payload["key"])] = time.perf_counter()

    consumers.register(
        {
            "bench.paid": [Consumer("bench.paid", Lane.MONEY, paid)],
            "bench.mail": [Consumer("bench.mail", Lane.MAIL, lambda _: time.sleep(_MAIL_SECONDS))],
        }
    )


def _fill(first: int, last: int) -> None:
    """Events that were delivered long ago."""
    from django.db import connection  # noqa: PLC0415

    from kaiin.infra import clock  # noqa: PLC0415
    from kaiin.infra.locks import transaction  # noqa: PLC0415
    from kaiin.infra.models import Event  # noqa: PLC0415

    start = (Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    numbers = (start, start + last - first)
    with transaction(), connection.cursor() as cursor:
        for statement in (_EVENTS, _DELIVERIES):
            cursor.execute(_OLD[connection.vendor] + statement, [*numbers, clock.now()])
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('infra_event_id_seq', %s)", [numbers[1]])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _idle() -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from kaiin.infra import deliveries  # noqa: PLC0415
    from kaiin.infra.consumers import Lane  # noqa: PLC0415

    def round_(clock: Callable[[], float]) -> float:
        started = clock()
        for lane in Lane:
            deliveries.deliver_due(lane=lane)
        return (clock() - started) * 1000 / len(Lane)

    # Of a core, independent of what else the machine does: on SQLite that is all there is.
    used = sorted(round_(time.thread_time) for _ in range(ROUNDS))
    times = sorted(round_(time.perf_counter) for _ in range(ROUNDS))
    with CaptureQueriesContext(connection) as seen:
        round_(time.perf_counter)
    writes = [q for q in seen if not q["sql"].startswith("SELECT") or "FOR UPDATE" in q["sql"]]
    return {
        "idle_ms": used[ROUNDS // 4 : ROUNDS * 3 // 4 : ROUNDS // 8],
        "idle_p99_ms": times[ROUNDS * 99 // 100],
        "writes": len(writes),
    }


def _forget() -> float:
    from django.conf import settings  # noqa: PLC0415

    from kaiin.infra import clock, deliveries, event_log  # noqa: PLC0415

    started = time.perf_counter()
    deliveries.forget_before(clock.now() - settings.KAIIN_KEEP_DELIVERIES, limit=1000)
    event_log.forget_before(clock.now() - settings.KAIIN_KEEP_EVENTS, limit=1000)
    return (time.perf_counter() - started) * 1000


def _delays(mails: int) -> list[float]:
    """Milliseconds from the commit of a payment's event until its consumer has it."""
    from kaiin.cli import worker  # noqa: PLC0415
    from kaiin.infra import event_log  # noqa: PLC0415
    from kaiin.infra.models import Delivery  # noqa: PLC0415

    mark = f"{time.time_ns()}"
    with event_log.gathering():
        for number in range(mails):
            event_log.publish(topic="bench.mail", key=f"{mark}:{number}", payload={})
    stop = threading.Event()
    jobs = [job for job in worker.jobs() if job.name.startswith("events.")]
    work = threading.Thread(target=worker.run, args=(jobs, stop))
    work.start()
    time.sleep(1)
    delays = []
    for number in range(PAYMENTS):
        key = f"{mark}:{number}"
        event_log.publish(topic="bench.paid", key=key, payload={"key": key})
        committed = time.perf_counter()
        while key not in _heard:
            time.sleep(0.001)
        delays.append((_heard[key] - committed) * 1000)
        time.sleep(0.05)
    if mails and not Delivery.objects.filter(lane="mail", due_at__isnull=False).exists():
        sys.exit("bench: the mails were sent too soon to be waited for")
    stop.set()
    work.join()
    Delivery.objects.filter(due_at__isnull=False).delete()
    return delays


if __name__ == "__main__":
    load_django()
    print(json.dumps(measure([int(size) for size in sys.argv[1:]])))

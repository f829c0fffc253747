"""`kaiin worker`: everything that happens without a request.

Notices are applied, events and mails delivered, renewals charged, periods ended, open payments
asked about. Each job claims its own rows, so several workers may run. Each lane is a loop in a
thread of its own, with its own database connection: its jobs wait for each other, and for no
other lane's.
"""

import gc
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

import structlog
import typer

from kaiin.cli.loading import load_installation
from kaiin.infra.consumers import Lane

# The lane of what is due by date: renewals, ends, reminders.
JOBS = "jobs"
LANES = (*(lane.value for lane in Lane), JOBS)

_IDLE_SECONDS = 0.2
# A lane that waits for the interpreter gets it after so long, Python's 5 ms otherwise: a payment's
# hundred steps would wait that long each beside a lane that computes.
_SWITCH_SECONDS = 0.001
_LONGEST_BACK_OFF_SECONDS = 60.0
_BATCH = 100
# Renewals are claimed and written in sets: each round costs some sixty statements, however many.
_RENEWALS = 1000
# SQLite has one writer: payments and logins wait until a whole set is written.
_RENEWALS_OF_ONE_WRITER = 25
_SEALS = 1000
# Rows that are dropped in one transaction, so that its locks are brief.
_OLD = 1000
# While the demo's clock walks, a day passes when nothing was left to do for so many rounds: the
# sandbox provider's notices need a moment to arrive.
_QUIET_ROUNDS_A_DAY = 2

_log = structlog.get_logger("kaiin.worker")


@dataclass
class Job:
    """One kind of work: `run` does a batch and returns how much it did."""

    name: str
    run: Callable[[], int]
    every_seconds: float
    lane: str = JOBS
    _next: float = 0.0
    _failures: int = 0

    def turn(self, *, hurry: bool) -> int:
        """Run if it is time; a failure is logged and waits longer each time, up to a minute."""
        if time.monotonic() < self._next and not (hurry and not self._failures):
            return 0
        try:
            done = self.run()
        except Exception:  # noqa: BLE001
            # The other jobs go on, this one is tried again.
            self._failures += 1
            pause = min(2.0**self._failures, _LONGEST_BACK_OFF_SECONDS)
            self._next = time.monotonic() + pause
            _log.exception("worker.failed", job=self.name, again_in_seconds=pause)
            return 0
        self._failures = 0
        # Where something was due, more may be.
        self._next = 0.0 if done else time.monotonic() + self.every_seconds
        if done:
            _log.info("worker.done", job=self.name, count=done)
        return done

    @property
    def failing(self) -> bool:
        return self._failures > 0


def jobs(lanes: Sequence[str] = LANES) -> list[Job]:
    """The jobs of some lanes, in the order of a round: what came in first, then what follows."""
    from django.conf import settings
    from django.db import connection

    from kaiin.billing.actions.expire import expire_due, recognise_due, remind_due
    from kaiin.billing.actions.renew import renew_due
    from kaiin.identity import operations as identity
    from kaiin.infra import audit, clock, deliveries, event_log, parking, throttle
    from kaiin.payments import backfill, inbox, operations as payments, watching

    renewals = _RENEWALS_OF_ONE_WRITER if connection.vendor == "sqlite" else _RENEWALS

    def due(work: Callable[..., int], limit: int = _BATCH) -> Callable[[], int]:
        return lambda: work(now=clock.now(), limit=limit)

    def old(forget: Callable[..., int], kept: timedelta) -> Callable[[], int]:
        return lambda: forget(clock.now() - kept, limit=_OLD)

    every = [
        Job("payments.notices", partial(inbox.apply_due, limit=_BATCH), 0.2, Lane.MONEY),
        # Not beside renewals, whose rounds take a minute: a lost notice's member waits for these.
        Job("payments.ask", due(payments.poll_open), 5.0, Lane.OUTSIDE),
        Job("payments.backfill", due(backfill.sweep), 60.0, Lane.OUTSIDE),
        Job("payments.silence", watching.alarm, 60.0, Lane.OUTSIDE),
        *(
            Job(f"events.{lane}", partial(deliveries.deliver_due, lane=lane), 0.2, lane)
            for lane in Lane
        ),
        Job("billing.renew", due(renew_due, renewals), 1.0),
        Job("billing.expire", due(expire_due), 1.0),
        Job("billing.remind", due(remind_due), 5.0),
        Job("billing.recognise", due(recognise_due), 5.0),
        Job("figures.count", _count, 60.0),
        Job("audit.seal", partial(audit.seal, limit=_SEALS), 1.0),
        Job(
            "deliveries.forget",
            old(deliveries.forget_before, settings.KAIIN_KEEP_DELIVERIES),
            3600.0,
        ),
        Job("events.forget", old(event_log.forget_before, settings.KAIIN_KEEP_EVENTS), 3600.0),
        Job("notices.forget", old(inbox.forget_bodies, settings.KAIIN_KEEP_NOTICES), 3600.0),
        Job("identity.forget", identity.forget_expired, 3600.0),
        Job("throttle.forget", throttle.forget_ended, 3600.0),
        # Last: what is due again was tried by the jobs before.
        Job("parked.forget", lambda: parking.forget_stale(now=clock.now()), 60.0),
    ]
    return [job for job in every if job.lane in lanes]


def _count() -> int:
    """Count for `/metrics` what it would read whole tables for."""
    from kaiin.billing.views.figures import count_memberships, count_subscriptions
    from kaiin.infra import clock, counts

    now = clock.now()
    counts.keep("memberships", count_memberships, now=now)
    counts.keep("subscriptions", count_subscriptions, now=now)
    return 0


def run(jobs: list[Job], stop: threading.Event) -> bool:
    """Do rounds of each lane until `stop` is set; rounds under way are finished. False if a loop
    broke, which stops the others, too."""
    lanes: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        lanes[job.lane].append(job)
    walk = _Walk(lanes)
    broken: list[str] = []

    def loop(lane: str) -> None:
        from django.db import connections

        try:
            _run_lane(lane, lanes[lane], stop, walk)
        except Exception:  # noqa: BLE001 - a job's are caught: this one is the loop's own
            broken.append(lane)
            _log.exception("worker.broke", lane=lane)
        finally:
            stop.set()
            connections.close_all()

    threads = [threading.Thread(target=loop, args=(lane,), name=lane) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return not broken


def _run_lane(lane: str, jobs: list[Job], stop: threading.Event, walk: "_Walk") -> None:
    from django.db import close_old_connections

    from kaiin.infra import clock

    while not stop.is_set():
        close_old_connections()
        walking = clock.target() is not None
        with walk.turn if walking else nullcontext():
            done = sum(job.turn(hurry=walking) for job in jobs if not stop.is_set())
            if walking:
                walk.note(lane, done)
        if not done:
            stop.wait(_IDLE_SECONDS / 2 if walking else _IDLE_SECONDS)


class _Walk:
    """While the demo's clock walks, lanes take turns, and a day passes when all were quiet."""

    def __init__(self, lanes: Iterable[str]) -> None:
        self._quiet_rounds = dict.fromkeys(lanes, 0)
        # One lane's round: no other is in the middle of one when the clock is turned.
        self.turn = threading.Lock()

    def note(self, lane: str, done: int) -> None:
        """A round is over; what a lane did may be work for the others."""
        if done:
            self._quiet_rounds = dict.fromkeys(self._quiet_rounds, 0)
            return
        self._quiet_rounds[lane] += 1
        if min(self._quiet_rounds.values()) >= _QUIET_ROUNDS_A_DAY:
            _walk_a_day()
            self._quiet_rounds = dict.fromkeys(self._quiet_rounds, 0)


def run_once(jobs: list[Job]) -> bool:
    """Do rounds until nothing is left to do; False if a job failed, or a row is parked."""
    from kaiin.infra import parking

    while sum(job.turn(hurry=True) for job in jobs):
        pass
    return not any(job.failing for job in jobs) and not parking.parked(limit=1)


def _walk_a_day() -> None:
    """Turn the demo's clock a day on, or to where it was asked to go."""
    from kaiin.infra import clock

    target = clock.target()
    if target is None:
        return
    tomorrow = clock.now() + timedelta(days=1)
    if tomorrow < target:
        clock.turn_to(tomorrow)
    else:
        if clock.now() < target:
            clock.turn_to(target)
        clock.ask_for(None)


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, then end; exit code 1 on a failure.")
    ] = False,
    lanes: Annotated[
        str, typer.Option(help="Only these, with commas between, if others run elsewhere.")
    ] = ",".join(LANES),
) -> None:
    """Deliver, renew, expire and ask until stopped.

    Several may run, on one machine or many. Lanes: money (providers' notices, payments' events),
    access, mail, outside (calls to other services, polling), jobs (renewals, ends, reminders).
    """
    wanted = [name.strip() for name in lanes.split(",")]
    if unknown := set(wanted) - set(LANES):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: there are {', '.join(LANES)}", param_hint="--lanes"
        )
    load_installation()
    work = jobs(wanted)
    if once:
        sys.exit(0 if run_once(work) else 1)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # What was loaded stays: the collector need not look through it at each of its rounds.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_SECONDS)
    _log.info("worker.started", lanes=wanted)
    unbroken = run(work, stop)
    _log.info("worker.stopped")
    if not unbroken:
        sys.exit(1)

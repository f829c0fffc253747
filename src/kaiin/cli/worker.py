"""`kaiin worker`: everything that happens without anybody asking.

Notices are applied, events and mails delivered, renewals charged, periods ended, open payments
asked about. Each job claims its own rows, so several workers may run.
"""

import gc
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import structlog
import typer

from kaiin.cli.loading import load_django, stop_unless_migrated

_IDLE_SECONDS = 0.2
_LONGEST_BACK_OFF_SECONDS = 60.0
_BATCH = 100
# Renewals are claimed and written in sets: each round costs some sixty statements, however many.
_RENEWALS = 1000
_SEALS = 1000
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
    _next: float = 0.0
    _failures: int = field(default=0)

    def turn(self, *, hurry: bool) -> int:
        """Run if it is time; a failure is logged and waits longer each time, up to a minute."""
        if time.monotonic() < self._next and not (hurry and not self._failures):
            return 0
        try:
            done = self.run()
        except Exception:  # noqa: BLE001
            # Whatever broke, the other jobs go on and this one is tried again.
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


def jobs() -> list[Job]:
    """The worker's jobs in the order of a round: what came in first, then what follows."""
    from kaiin.billing import operations as billing
    from kaiin.identity import operations as identity
    from kaiin.infra import audit, clock, outbox, parking, throttle
    from kaiin.payments import operations as payments

    def due(work: Callable[..., int], limit: int = _BATCH) -> Callable[[], int]:
        return lambda: work(now=clock.now(), limit=limit)

    return [
        Job("payments.notices", lambda: payments.apply_waiting_events(limit=_BATCH), 0.2),
        Job("payments.ask", due(payments.poll_open), 5.0),
        Job("payments.backfill", due(payments.backfill_events), 60.0),
        Job("payments.silence", payments.watch_providers, 60.0),
        Job("outbox", lambda: outbox.deliver_due(limit=_BATCH), 0.2),
        Job("billing.renew", due(billing.renew_due, _RENEWALS), 1.0),
        Job("billing.expire", due(billing.expire_due), 1.0),
        Job("billing.remind", due(billing.remind_due), 5.0),
        Job("billing.recognise", due(billing.recognise_due), 5.0),
        Job("figures.count", _count, 60.0),
        Job("audit.seal", lambda: audit.seal(limit=_SEALS), 1.0),
        Job("identity.forget", identity.forget_expired, 3600.0),
        Job("throttle.forget", throttle.forget_ended, 3600.0),
        Job("sessions.forget", _forget_sessions, 3600.0),
        # Last: what is due again was tried by the jobs before.
        Job("parked.forget", lambda: parking.forget_stale(now=clock.now()), 60.0),
    ]


def _count() -> int:
    """Count for `/metrics` what it would read whole tables for."""
    from kaiin.billing import queries as billing
    from kaiin.infra import clock, counts

    now = clock.now()
    counts.keep("memberships", billing.count_memberships, now=now)
    counts.keep("subscriptions", billing.count_subscriptions, now=now)
    return 0


def _forget_sessions() -> int:
    """Drop browsers' sessions that are over, and what visitors had typed who never joined."""
    from importlib import import_module

    from django.conf import settings

    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return 0


def run(jobs: list[Job], stop: threading.Event) -> None:
    """Do rounds until `stop` is set; the round under way is finished."""
    from django.db import close_old_connections

    quiet = 0
    while not stop.is_set():
        close_old_connections()
        walking = _target_ahead()
        done = sum(job.turn(hurry=walking) for job in jobs if not stop.is_set())
        quiet = 0 if done else quiet + 1
        if walking and quiet >= _QUIET_ROUNDS_A_DAY:
            _walk_a_day()
            quiet = 0
        elif not done:
            stop.wait(_IDLE_SECONDS / 2 if walking else _IDLE_SECONDS)


def run_once(jobs: list[Job]) -> bool:
    """Do rounds until nothing is left to do; False if a job failed, or a row is parked."""
    from kaiin.infra import parking

    while sum(job.turn(hurry=True) for job in jobs):
        pass
    return not any(job.failing for job in jobs) and not parking.parked(limit=1)


def _target_ahead() -> bool:
    from kaiin.infra import clock

    return clock.target() is not None


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
) -> None:
    """Deliver, renew, expire and ask until stopped.

    Several may run, on one machine or many.
    """
    load_django()
    stop_unless_migrated()
    if once:
        sys.exit(0 if run_once(jobs()) else 1)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work = jobs()
    # What was loaded stays: the collector need not look through it at each of its rounds.
    gc.collect()
    gc.freeze()
    _log.info("worker.started")
    run(work, stop)
    _log.info("worker.stopped")

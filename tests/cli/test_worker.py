"""The worker's loops: they go on after any failure, and walk the demo's clock when all is quiet."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kaiin.cli import worker
from kaiin.cli.app import app
from kaiin.cli.worker import Job
from kaiin.config import wiring
from kaiin.infra import clock, consumers, event_log
from kaiin.infra.consumers import Consumer, Lane


@pytest.fixture
def turnable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that a file shifts, as the demo's is."""
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))


def run_until(jobs: list[Job], condition: Callable[[], bool]) -> None:
    """Run the loop until a round ends with the condition true."""
    stop = threading.Event()

    def watch() -> int:
        if condition():
            stop.set()
        return 0

    fuse = threading.Timer(20, stop.set)
    fuse.start()
    worker.run([*jobs, Job("watch", watch, 0)], stop)
    fuse.cancel()
    assert condition()


def test_a_failing_job_does_not_stop_the_others(db: None) -> None:
    done = []

    def breaks() -> int:
        raise ValueError("broken")

    run_until(
        [Job("breaks", breaks, 0), Job("works", lambda: done.append(1) or 0, 0)],
        lambda: len(done) >= 3,
    )


def test_a_failing_job_waits_longer_each_time() -> None:
    calls = []

    def breaks() -> int:
        calls.append(1)
        raise ValueError("broken")

    job = Job("breaks", breaks, 0)
    for _ in range(50):
        job.turn(hurry=False)
    assert len(calls) == 1
    assert job.failing


def test_once_does_everything_that_is_due_and_reports_failures(db: None) -> None:
    waiting = [3, 2, 1]
    assert worker.run_once([Job("works", lambda: waiting.pop() if waiting else 0, 60)])
    assert not waiting

    def breaks() -> int:
        raise ValueError("broken")

    assert not worker.run_once([Job("breaks", breaks, 0)])


def test_the_clock_walks_day_by_day_to_where_it_was_asked(db: None, turnable: None) -> None:
    started = clock.now()
    clock.ask_for(started + timedelta(days=3, hours=5))
    days: list[int] = []

    def look() -> int:
        day = (clock.now() - started).days
        if day not in days:
            days.append(day)
            return 1
        return 0

    run_until([Job("look", look, 60)], lambda: clock.target() is None)
    assert days == [0, 1, 2, 3]
    assert timedelta(days=3, hours=5) <= clock.now() - started < timedelta(days=3, hours=6)


def test_the_clock_waits_for_work(db: None, turnable: None) -> None:
    """No day passes while something is still being done."""
    started = clock.now()
    clock.ask_for(started + timedelta(days=1))
    work = [1] * 20
    seen = []

    def job() -> int:
        if not work:
            return 0
        seen.append((clock.now() - started).days)
        return work.pop()

    run_until([Job("job", job, 0)], lambda: clock.target() is None)
    assert set(seen) == {0}


def test_the_clock_waits_for_every_lane(db: None, turnable: None) -> None:
    """What one lane does may be work for another: no day passes until each was quiet since."""
    started = clock.now()
    clock.ask_for(started + timedelta(days=1))
    handed_over: list[int] = []
    work = list(range(10))
    seen = []

    def first() -> int:
        if not work:
            return 0
        handed_over.append(work.pop())
        return 1

    def second() -> int:
        if not handed_over:
            return 0
        seen.append((clock.now() - started).days)
        handed_over.pop()
        return 1

    jobs = [Job("first", first, 0, "money"), Job("second", second, 0, "mail")]
    run_until(jobs, lambda: clock.target() is None)
    assert seen == [0] * 10


def test_a_loop_that_breaks_ends_the_worker(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> bool:
        raise OSError("the clock's file is damaged")

    monkeypatch.setattr(clock, "target", breaks)
    assert not worker.run([Job("idle", lambda: 0, 0)], threading.Event())


def test_only_some_lanes() -> None:
    names = [job.name for job in worker.jobs(["money", "access"])]
    assert names == ["payments.notices", "events.money", "events.access"]
    lanes = {job.lane for job in worker.jobs()}
    assert lanes == set(worker.LANES)
    wrong = CliRunner().invoke(app, ["worker", "--lanes", "money,post"])
    assert wrong.exit_code == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_a_thousand_waiting_mails_delay_no_payment() -> None:
    """The mail server answers nothing until the payment's event was heard."""
    paid = threading.Event()
    mails: list[bool] = []

    def send(_payload: dict[str, object]) -> None:
        mails.append(paid.wait(20))

    consumers.register(
        {
            "test.mail": [Consumer("mail", Lane.MAIL, send)],
            "test.paid": [Consumer("paid", Lane.MONEY, lambda _: paid.set())],
        }
    )
    with event_log.gathering():
        for number in range(1000):
            event_log.publish(topic="test.mail", key=str(number), payload={})
        event_log.publish(topic="test.paid", key="1", payload={})
    jobs = [job for job in worker.jobs() if job.name.startswith("events.")]
    run_until(jobs, paid.is_set)
    wiring.connect()
    assert mails
    assert all(mails), "the payment's event waited for the mails"


def test_every_job_runs_on_an_empty_database(db: None) -> None:
    assert worker.run_once(worker.jobs())

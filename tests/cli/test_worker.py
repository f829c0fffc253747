"""The worker's loop: it goes on whatever breaks, and walks the demo's clock when all is quiet."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kaiin.cli import worker
from kaiin.cli.worker import Job
from kaiin.infra import clock


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


def test_once_does_everything_that_is_due_and_tells_failures(db: None) -> None:
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


def test_every_job_runs_on_an_empty_database(db: None) -> None:
    assert worker.run_once(worker.jobs())

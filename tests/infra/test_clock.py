import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kaiin.infra import clock


def test_runs_with_the_machine_by_default() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_the_file_shifts_the_clock_and_a_change_is_seen_at_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))
    for year in (2027, 2030):
        at = datetime(year, 1, 31, tzinfo=UTC)
        clock.turn_to(at)
        assert at <= clock.now() < at + timedelta(minutes=1)


def test_asking_for_a_walk_keeps_the_shift(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))
    at = datetime(2027, 1, 31, tzinfo=UTC)
    clock.turn_to(at)
    clock.ask_for(at + timedelta(days=31))
    assert clock.target() == at + timedelta(days=31)
    assert clock.now() < at + timedelta(minutes=1)
    clock.ask_for(None)
    assert clock.target() is None


def test_no_request_to_walk_is_lost_while_the_clock_is_turned(tmp_path, monkeypatch) -> None:
    """A page asks for a day while the worker, which walks to another, turns the clock."""
    monkeypatch.setenv("KAIIN_CLOCK_FILE", str(tmp_path / "clock.json"))
    at = datetime(2027, 1, 31, tzinfo=UTC)
    read, asking = clock._read, threading.Thread(target=clock.ask_for, args=(at,))

    def read_while_asked(path: Path) -> dict[str, object]:
        content = read(path)
        monkeypatch.setattr(clock, "_read", read)
        asking.start()
        asking.join(0.2)
        return content

    monkeypatch.setattr(clock, "_read", read_while_asked)
    clock.turn_to(at - timedelta(days=1))
    asking.join()
    assert clock.target() == at


def test_without_a_file_the_clock_cannot_be_turned(monkeypatch) -> None:
    monkeypatch.delenv("KAIIN_CLOCK_FILE", raising=False)
    with pytest.raises(RuntimeError, match="KAIIN_CLOCK_FILE"):
        clock.turn_to(datetime(2027, 1, 31, tzinfo=UTC))


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.freeze(datetime(2027, 1, 31))  # noqa: DTZ001

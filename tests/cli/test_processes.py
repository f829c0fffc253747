"""Child processes: started, watched and stopped as one, from real commands."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Health, ProcessDied, Processes


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def processes(tmp_path: Path, port: int) -> Iterator[Processes]:
    # The sandbox is the lightest service that we have.
    processes = Processes(demo_variables(tmp_path, port - 1), tmp_path)
    yield processes
    processes.stop()


def start_sandbox(processes: Processes, port: int) -> None:
    health = Health(port, "/", "pay.localhost")
    processes.start("sandbox", "sandbox", "--port", str(port), health=health)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_stopping_leaves_nothing_behind(processes: Processes, port: int) -> None:
    start_sandbox(processes, port)
    processes.wait_healthy()
    assert is_open(port)
    processes.stop()
    assert not is_open(port)


def test_a_process_that_ends_is_reported_with_its_last_words(
    processes: Processes, tmp_path: Path
) -> None:
    never = Health(1, "/", "pay.localhost")
    processes.start("broken", "no-such-command", health=never)
    with pytest.raises(ProcessDied, match="no-such-command") as died:
        processes.wait_healthy()
    assert "ended with code 2" in str(died.value)
    assert str(tmp_path / "broken.log") in str(died.value)


def test_a_process_that_never_answers_is_reported(processes: Processes, port: int) -> None:
    health = Health(port, "/no-such-page", "pay.localhost")
    processes.start("sandbox", "sandbox", "--port", str(port), health=health)
    with pytest.raises(ProcessDied, match="not healthy after 2 s"):
        processes.wait_healthy(seconds=2)

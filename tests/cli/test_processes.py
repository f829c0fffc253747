"""Child processes: started, watched and stopped as one, from real commands."""

import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Health, ProcessDied, Processes

PARENT = """
import json, signal, sys
from pathlib import Path
from kaiin.cli.processes import Health, Processes
variables, folder, port = json.loads(sys.argv[1])
processes = Processes(variables, Path(folder))
health = Health(port, "/", "pay.localhost")
processes.start("sandbox", "sandbox", "--port", str(port), health=health)
processes.wait_healthy()
print("up", flush=True)
signal.pause()
"""


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


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path, port: int) -> None:
    asked = json.dumps([demo_variables(tmp_path, port - 1), str(tmp_path), port])
    parent = subprocess.Popen([sys.executable, "-c", PARENT, asked], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        # The child's end closes its connection.
        assert select.select([connection], [], [], 20)[0], "the child lives on"


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

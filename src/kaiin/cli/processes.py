"""Several processes run as one: started together, watched, stopped together."""

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOG_LINES = 15


class ProcessDied(Exception):
    """A process ended by itself, or never became healthy; its last words are in the message."""


@dataclass(frozen=True)
class Health:
    """Where a process says that it is well: GET `path` at `port`, naming `host`."""

    port: int
    path: str
    host: str


@dataclass
class _Running:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    health: Health | None


class Processes:
    """`kaiin` commands as child processes, each with a log file and a process group of its own.

    Ctrl-C in a terminal reaches the whole group there: in groups of their own, the children
    end by our word only, in order.
    """

    def __init__(self, variables: Mapping[str, str], logs: Path) -> None:
        self._variables = dict(variables)
        self._logs = logs
        self._running: list[_Running] = []

    def start(self, name: str, *arguments: str, health: Health | None = None) -> None:
        """Start `kaiin` with these arguments; it logs to `<name>.log`."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "kaiin.cli", *arguments],
                env=os.environ | self._variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # No thread runs here yet, so the fork can't copy a lock that is taken.
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        self._running.append(_Running(name, process, log, health))

    def wait_healthy(self, seconds: float = 30.0) -> None:
        """Return when all are healthy. Raises ProcessDied."""
        until = time.monotonic() + seconds
        for running in self._running:
            while running.health is not None and not _is_healthy(running.health):
                self.check()
                if time.monotonic() > until:
                    raise ProcessDied(_last_words(running, f"not healthy after {seconds:.0f} s"))
                time.sleep(0.05)
        self.check()

    def check(self) -> None:
        """Raises ProcessDied if one has ended."""
        for running in self._running:
            code = running.process.poll()
            if code is not None:
                raise ProcessDied(_last_words(running, f"ended with code {code}"))

    def stop(self) -> None:
        """Ask all to end, the last started first, and see them end."""
        for running in reversed(self._running):
            # Each ends its own children: a child hit in its first moments would miss the word.
            running.process.terminate()
        until = time.monotonic() + _STOP_SECONDS
        for running in reversed(self._running):
            try:
                running.process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
            # A child left over would keep the port.
            with suppress(ProcessLookupError):
                os.killpg(running.process.pid, signal.SIGKILL)
        self._running.clear()


def _end_with_parent() -> None:
    """Killing the parent leaves no child that keeps the port."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _is_healthy(health: Health) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", health.port, timeout=2)
    try:
        connection.request("GET", health.path, headers={"Host": f"{health.host}:{health.port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_words(running: _Running, what: str) -> str:
    lines = running.log.read_text("utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    words = "\n".join(f"  {line}" for line in lines)
    return f"{running.name} {what}; the end of {running.log}:\n{words}"

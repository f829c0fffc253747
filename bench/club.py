"""A running club to measure: real processes on a database of its own, gone afterwards."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Health, Processes

ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0))
# Where the load is heavy it comes from a core of its own.
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@dataclass(frozen=True)
class Club:
    """Where it runs, the environment of its commands, and how its members log in."""

    port: int
    variables: dict[str, str]
    logins: tuple[str, ...]
    # Of a browser that is signed in at the site `official`.
    cookie: str
    # The server's process group.
    group: int

    def load(
        self, host: str, path: str, *, seconds: int, cookie: str = "", connections: int = 8
    ) -> tuple[float, float]:
        """Requests a second that wrk gets answered, and the server's
        processor time of one in milliseconds; all must succeed."""
        if shutil.which("wrk") is None:
            subprocess.run([ROOT / "scripts" / "need.sh", "wrk"], check=True)
        headers = ["-H", f"Host: {host}.localhost:{self.port}"]
        if cookie:
            headers += ["-H", f"Cookie: {cookie}"]
        self._must_show(host, path, cookie)
        before = self.processor_seconds()
        said = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             *headers, f"http://127.0.0.1:{self.port}{path}"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        rate = re.search(r"Requests/sec:\s*([\d.]+)", said)
        count = re.search(r"(\d+) requests in", said)
        if rate is None or count is None or "Non-2xx" in said or "Socket errors" in said:
            sys.exit(f"bench: {host} {path} was refused:\n{said}")
        return float(rate[1]), (self.processor_seconds() - before) / int(count[1]) * 1000

    def processor_seconds(self) -> float:
        """What the server has used of all cores so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # After the name, which may contain anything: state ppid pgrp … utime stime.
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == self.group:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _must_show(self, host: str, path: str, cookie: str) -> None:
        """A redirect would be measured gladly, and mean nothing."""
        from http.client import HTTPConnection  # noqa: PLC0415

        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": f"{host}.localhost:{self.port}", "Cookie": cookie}
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            sys.exit(f"bench: {host} {path} answered {status}, not 200")


@contextmanager
def club(*, cores: Sequence[int], members: int) -> Iterator[Club]:
    """A club of the example tenant, pinned to some cores, with a process of pages for each."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), port)
        for command in (["migrate"], ["apply", str(ROOT / "examples" / "plusmember.yaml")]):
            run_module("kaiin.cli", *command, variables=variables)
        people = json.loads(run_module("bench.people", str(members), variables=variables))
        processes = Processes(variables, Path(folder))
        try:
            os.sched_setaffinity(0, cores)  # the children inherit it
            processes.start(
                "serve", "serve", "--port", str(port), "--workers", str(len(cores)),
                health=Health(port, "/healthz", "id.localhost"),
            )  # fmt: skip
            os.sched_setaffinity(0, CORES)
            processes.wait_healthy(60)
            yield Club(port, variables, tuple(people["logins"]), people["cookie"], _group_of(port))
        finally:
            os.sched_setaffinity(0, CORES)
            processes.stop()


def _group_of(port: int) -> int:
    """The process group of the server at a port: `Processes` gives each child one of its own."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = command.read_bytes().split(b"\0")
            if b"serve" in words and str(port).encode() in words:
                return os.getpgid(int(command.parent.name))
    raise RuntimeError(f"no server at port {port}")


def run_module(name: str, *arguments: str, variables: dict[str, str]) -> str:
    """What a module says when it is run in an environment; the bench ends where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        check=False, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"bench: {name} {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def free_port() -> int:
    """A port that no process listens at, nor at the next one."""
    while True:
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with suppress(OSError, OverflowError):
                beside.bind(("127.0.0.1", port + 1))
                return port

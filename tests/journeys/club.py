"""A club that really runs, for a test to visit: pages, worker and sandbox as processes."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.db import connection
from django.test import override_settings

from kaiin.cli.demo import start_processes
from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Processes
from kaiin.config import environment
from kaiin.infra import clock
from kaiin.lab.sandbox.store import Store
from tests.due import quiet_days

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
T = TypeVar("T")


def make_template(folder: Path, tenant: str) -> None:
    """Make the files of a club that has a tenant and no members yet, by its operator's commands;
    or, for `demo`, those of the demo, with its ready logins and without the crowd."""
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    variables = os.environ | demo_variables(new, port=1)
    commands = [["-m", "kaiin.cli", "migrate"], ["-m", "kaiin.cli", "apply", EXAMPLES / tenant]]
    if tenant == "demo":
        commands = [["-c", "from kaiin.cli import demo; demo.prepare(crowd=False)"]]
    for command in commands:
        subprocess.run(
            [sys.executable, *command], check=True, env=variables, stdout=subprocess.DEVNULL
        )
    new.rename(folder)


class Club:
    """Where it is, its clock, its mails; `inside` lets a test use the contexts' doors."""

    def __init__(self, folder: Path, template: Path, unblock: Callable[[], object]) -> None:
        shutil.copytree(template, folder)
        self.port = _free_ports()
        self.folder = folder
        self.sandbox_store = folder / "sandbox.sqlite3"
        self._variables = demo_variables(folder, self.port)
        self._logs = folder / "logs"
        self._processes = Processes(self._variables, self._logs)
        self._unblock = unblock

    def start(self) -> None:
        start_processes(self._processes, self.port)
        self._processes.wait_healthy()

    def stop(self) -> None:
        self._processes.stop()

    def check(self) -> None:
        """Raises ProcessDied if a process has ended."""
        self._processes.check()

    def complaints(self) -> list[str]:
        """What the processes logged as errors."""
        return self._logged('"level": "error"', '"level": "critical"', "Traceback")

    def warnings(self) -> list[str]:
        """What the processes warned of."""
        return self._logged('"level": "warning"')

    def _logged(self, *signs: str) -> list[str]:
        return [
            f"{log.name}: {line}"
            for log in sorted(self._logs.glob("*.log"))
            for line in log.read_text("utf-8", "replace").splitlines()
            if any(sign in line for sign in signs)
        ]

    def url(self, label: str, path: str = "/") -> str:
        """An address of a host by its label: `club.url("official", "/members/")`."""
        return f"http://{label}.localhost:{self.port}{path}"

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Inside, this process works on the club's database, settings and clock."""
        settings = environment.read(self._variables)
        before = {name: os.environ.get(name) for name in self._variables}
        os.environ.update(self._variables)
        changed = override_settings(
            KAIIN=settings,
            KAIIN_MAILBOX=settings.var / "mail",
            KAIIN_SANDBOX_URL=settings.sandbox_url,
            KAIIN_SANDBOX_PUBLIC_URL=settings.sandbox_public_url,
            KAIIN_SANDBOX_SECRET=settings.sandbox_secret,
        )
        name = connection.settings_dict["NAME"]
        with changed, self._unblock():
            connection.close()
            connection.settings_dict["NAME"] = str(settings.var / "kaiin.sqlite3")
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = name
                for variable, value in before.items():
                    if value is None:
                        del os.environ[variable]
                    else:
                        os.environ[variable] = value

    def now(self) -> datetime:
        with self.inside():
            return clock.now()

    def advance(self, **units: float) -> datetime:
        """Let the club's worker walk the clock on: `club.advance(days=31)`."""
        return self.walk_to(self.now() + timedelta(**units))

    def walk_to(self, at: datetime) -> datetime:
        """Let the club's worker walk the clock on to an instant, day by day; never back.

        Days on which nothing falls due pass at once.
        """
        store = Store(self.sandbox_store)
        with self.inside():
            while at > clock.now():
                left = (at - clock.now()).days
                quiet = min(quiet_days(clock.now(), store), left)
                if quiet:
                    clock.turn_to(clock.now() + timedelta(days=quiet))
                clock.ask_for(min(at, clock.now() + timedelta(days=1)))
                self.until(lambda: clock.target() is None, seconds=30)
            store.close()
            return clock.now()

    def jump_to(self, at: datetime) -> None:
        """Turn the clock at once, while nothing falls due in between."""
        with self.inside():
            clock.turn_to(at)

    def ask_provider(self, query: str, *values: object) -> object:
        """The first column of the first row of a look into the provider's own tables."""
        with sqlite3.connect(self.sandbox_store) as store:
            row = store.execute(query, values).fetchone()
            return row[0] if row else None

    def mails(self, to: str) -> list[object]:
        """The mails to an address, newest first: `.subject`, `.body`."""
        from kaiin.web.demo import mailbox

        with self.inside():
            return list(mailbox.newest(to=to))

    def until(self, condition: Callable[[], T], seconds: float = 10) -> T:
        """Return what `condition` returns once it is true; the processes need a moment."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            self.check()
            assert time.monotonic() < end, f"did not become true within {seconds} s"
            time.sleep(0.02)
        return value


def _free_ports() -> int:
    """A port that is free and whose next is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port

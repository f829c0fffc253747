"""`kaiin serve` as a process while its database goes away and comes back; it is never restarted."""

import http.client
import resource
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from scripts import postgres
from tests.cli.running import bare, kaiin

from kaiin.cli.demo_environment import demo_variables

TENANT = Path(__file__).parents[2] / "examples" / "plusmember.yaml"
_SECONDS = 30
_TOKEN = "a" * 32


class Pages:
    """What the server answers at a path: status, headers, text."""

    def __init__(self, port: int, pid: int) -> None:
        self._port = port
        self._pid = pid

    def limit_files(self, most_bytes: int) -> None:
        """Let no file of the server grow beyond this, as on a full disk."""
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
        for pid in (self._pid, *map(int, children)):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, hard))

    def ask(self, path: str, body: str | None = None) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        headers = {
            "Host": f"id.localhost:{self._port}",
            "Cookie": f"kaiin-try=1; kaiin-csrf={_TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        try:
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def become(self, path: str, status: int) -> None:
        """Wait until a page answers so: what the tenant is, each process remembers for a second."""
        _until(lambda: self.ask(path)[0] == status, f"{path}: {status}")


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < end, what
        time.sleep(0.1)


@contextmanager
def serving(folder: Path, database_url: str) -> Iterator[Pages]:
    """A prepared installation with the example's tenant, served by one process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    variables = demo_variables(folder, port) | {"DATABASE_URL": database_url}
    for command in (("migrate",), ("apply", str(TENANT))):
        done = kaiin(*command, folder=folder, variables=variables)
        assert done.returncode == 0, done.stderr
    command = [sys.executable, "-m", "kaiin.cli", "serve", "--port", str(port), "--workers", "1"]
    log = folder / "serve.log"
    with log.open("wb") as output:
        # The log goes by a pipe, as to journald: a limit of the server's files is not its own.
        logger = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=output)
    process = subprocess.Popen(
        command, cwd=folder, env=bare() | variables, stdout=logger.stdin, stderr=logger.stdin
    )
    pages = Pages(port, process.pid)
    try:
        pages.become("/login", 200)
        yield pages
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(10)
        logger.communicate(timeout=10)


def test_postgresql_stops_and_starts_again(tmp_path: Path) -> None:
    with postgres.server() as server, serving(tmp_path, server.url) as pages:
        server.stop()
        pages.become("/login", 503)
        for path in ("/login", "/my", "/"):
            status, headers, text = pages.ask(path)
            assert (status, headers["retry-after"]) == (503, "60"), path
            assert "errors.maintenance" in text
        # A provider comes back later by itself; it reads no page.
        status, headers, text = pages.ask("/webhooks/sandbox", body="{}")
        assert (status, headers["retry-after"]) == (503, "60")
        assert headers["content-type"] == "text/plain"
        assert text.startswith("errors.maintenance ")
        assert pages.ask("/healthz")[0] == 200
        assert pages.ask("/readyz")[0] == 503
        server.start()
        pages.become("/readyz", 200)
        assert pages.ask("/login")[0] == 200
        assert pages.ask("/webhooks/sandbox", body="{}")[0] == 400


def test_a_full_disk_is_maintenance_until_there_is_room(tmp_path: Path) -> None:
    file = tmp_path / "kaiin.sqlite3"
    form = f"csrfmiddlewaretoken={_TOKEN}&login=fan%40example.jp&password=wrong"

    def written() -> int:
        with closing(sqlite3.connect(file)) as database:
            (health,) = database.execute("PRAGMA integrity_check").fetchone()
            assert health == "ok"
            query = "SELECT count(*) FROM identity_loginattempt"
            return int(database.execute(query).fetchone()[0])

    with serving(tmp_path, f"sqlite:///{file}") as pages:
        assert pages.ask("/login", form)[0] == 200
        assert written() == 1
        pages.limit_files(1)
        for _ in range(3):
            status, headers, text = pages.ask("/login", form)
            assert (status, headers["retry-after"]) == (503, "60")
            assert "errors.maintenance" in text
        pages.become("/readyz", 503)
        assert written() == 1
        # Who only reads is served.
        assert pages.ask("/legal")[0] == 200
        pages.limit_files(resource.RLIM_INFINITY)
        assert pages.ask("/login", form)[0] == 200
        pages.become("/readyz", 200)
        assert written() == 2

"""Running something that ends at a crash point: in a process that is really killed there, or,
much cheaper, in this one, where nothing more is done from the point on."""

import json
import os
import signal
import sqlite3
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import connection, connections

from kaiin.infra import crash_points
from kaiin.infra.crash_points import CrashPoint


@dataclass(frozen=True)
class Fate:
    """How the child ended: `killed_at` a point, or None and what it `said`; `broke` is the
    traceback of one that did neither."""

    killed_at: CrashPoint | None = None
    said: str = ""
    broke: str = ""


def run_killed(work: Callable[[], str], *, at: int, apart: AbstractContextManager[None]) -> Fate:
    """Do `work` in a child that dies by SIGKILL when it reaches a crash point for the `at`-th
    time. `apart` (`closed` or `lent`) keeps parent and child from sharing what they must not."""
    reader, writer = os.pipe()
    with apart, warnings.catch_warnings():
        # Threads of the parent do nothing that the child would wait for.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
        if child == 0:
            os.close(reader)
            _leave_servers()
            _live(work, at, writer)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            last_words = pipe.read()
        _, status = os.waitpid(child, 0)
    kind, text = json.loads(last_words) if last_words else ("broke", f"ended with {status}")
    if kind == "killed":
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            return Fate(broke=f"was to be killed, but ended with {status}")
        return Fate(killed_at=CrashPoint(text))
    return Fate(said=text) if kind == "done" else Fate(broke=text)


@contextmanager
def closed(let_go: Callable[[], None]) -> Iterator[None]:
    """Nothing is open at the fork: `let_go` closes what is besides Django's connections."""
    connections.close_all()
    let_go()
    yield


@contextmanager
def lent(*files: sqlite3.Connection) -> Iterator[None]:
    """The child uses the parent's SQLite files as they are open, Django's and `files`, all in
    exclusive mode and without a write-ahead log. To open them anew costs more than most steps: the
    schema is read and every statement prepared again.

    SQLite's locks do not outlive a fork, so none is taken then. The parent waits until the child
    is gone; with the next lock it sees that the file has changed.
    """
    opened: Sequence[Any] = connections.all(initialized_only=True)
    ours = [c.connection for c in opened if c.vendor == "sqlite" and c.connection is not None]
    for each in (*ours, *files):
        _lock(each, "NORMAL")
    yield
    for each in (*ours, *files):
        _lock(each, "EXCLUSIVE")


def _lock(file: sqlite3.Connection, mode: str) -> None:
    file.execute(f"PRAGMA locking_mode={mode}").close()
    # It takes effect when the file is read.
    file.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()


# The parent's connections to servers, kept in the child: closing them would end them for both.
_left: list[object] = []


def _leave_servers() -> None:
    opened: Sequence[Any] = connections.all(initialized_only=True)
    for each in opened:
        if each.vendor != "sqlite" and each.connection is not None:
            _left.append(each.connection)
            each.connection = None


class _Ended(BaseException):
    """Unwinds what ends here; nothing in the engine catches it."""


def run_ended(work: Callable[[], str], *, at: int) -> Fate:
    """As `run_killed`, without another process: what is not durable by then is not done. What
    would still write while it unwinds, or goes on, is `broke`."""
    left = at
    ended_at: CrashPoint | None = None
    written = 0

    def count(point: CrashPoint) -> None:
        nonlocal left, ended_at, written
        if ended_at is None:
            refuse_inside_transactions(point)
            left -= 1
            if left:
                return
            ended_at, written = point, changes()
        raise _Ended

    crash_points.install(count)
    try:
        said = work()
    except _Ended:
        if _in_transaction() or changes() != written:
            return Fate(broke=f"went on writing after its end at {ended_at}")
        return Fate(killed_at=ended_at)
    finally:
        crash_points.install(None)
    return Fate(said=said) if ended_at is None else Fate(broke=f"survived its end at {ended_at}")


def changes() -> int:
    """How many rows this process has written so far; 0 where the database does not say."""
    return sum(
        each.connection.total_changes
        for each in connections.all(initialized_only=True)
        if each.vendor == "sqlite" and each.connection is not None
    )


def refuse_inside_transactions(point: CrashPoint) -> None:
    """Raises RuntimeError where a point is inside a transaction: nothing is durable there."""
    if _in_transaction():
        raise RuntimeError(f"crash point {point} was reached inside a transaction")


def _in_transaction() -> bool:
    return bool(connection.in_atomic_block)


def _live(work: Callable[[], str], at: int, writer: int) -> NoReturn:
    left = at

    def count(point: CrashPoint) -> None:
        nonlocal left
        refuse_inside_transactions(point)
        left -= 1
        if left == 0:
            os.write(writer, json.dumps(("killed", point)).encode())
            os.kill(os.getpid(), signal.SIGKILL)

    crash_points.install(count)
    try:
        last_words = ("done", work())
    except BaseException:  # noqa: BLE001 - the parent has to hear of anything
        last_words = ("broke", traceback.format_exc())
    os.write(writer, json.dumps(last_words).encode())
    os._exit(0)

"""The one clock: pages, jobs, tokens, mails and the sandbox provider all read it.

In production it is the machine's clock. The demo shifts it for all its processes through a
small file named by KAIIN_CLOCK_FILE; tests freeze it inside their process. The standard
library only, so that the sandbox provider can use it without Django.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

_frozen_at: datetime | None = None
_file_state: tuple[str, int, timedelta] | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    if _frozen_at is not None:
        return _frozen_at
    return datetime.now(UTC) + _offset()


def freeze(at: datetime) -> None:
    """Stop the clock of this process at an aware instant (tests and the seeder)."""
    global _frozen_at
    if at.tzinfo is None:
        raise ValueError("the clock takes an aware instant")
    _frozen_at = at.astimezone(UTC)


def advance(delta: timedelta) -> None:
    """Move a frozen clock on."""
    freeze(now() + delta)


def unfreeze() -> None:
    global _frozen_at
    _frozen_at = None


def file() -> Path | None:
    """The file that shifts this process's clock, or None where the clock cannot be turned."""
    name = os.environ.get("KAIIN_CLOCK_FILE")
    return Path(name) if name else None


def turn_to(at: datetime) -> None:
    """Shift the shared clock so that it reads `at` now, and runs on from there.

    Waits for those who keep it from being turned.
    """
    path = _turnable()
    with _locked(path, "turning", fcntl.LOCK_EX), _changed(path) as content:
        content["offset_seconds"] = (at - datetime.now(UTC)).total_seconds()


@contextmanager
def not_turned() -> Iterator[None]:
    """Inside, no process turns the shared clock: what is signed here is read in the same hour."""
    path = file()
    if path is None:
        yield
        return
    with _locked(path, "turning", fcntl.LOCK_SH):
        yield


def target() -> datetime | None:
    """The instant that the worker was asked to walk the clock to, or None."""
    path = file()
    if path is None:
        return None
    wanted = _read(path).get("target")
    return datetime.fromisoformat(wanted) if isinstance(wanted, str) else None


def ask_for(at: datetime | None) -> None:
    """Ask the worker to walk the clock to `at`, a day at a time; None ends the walk."""
    with _changed(_turnable()) as content:
        if at is None:
            content.pop("target", None)
        else:
            content["target"] = at.isoformat()


def _offset() -> timedelta:
    """The file's shift, read again only when the file has changed."""
    global _file_state
    name = os.environ.get("KAIIN_CLOCK_FILE")
    if not name:
        return timedelta()
    try:
        changed = os.stat(name).st_mtime_ns  # noqa: PTH116 - read some ten times a request
    except FileNotFoundError:
        return timedelta()
    if _file_state is None or _file_state[:2] != (name, changed):
        seconds = _read(Path(name)).get("offset_seconds", 0.0)
        _file_state = (name, changed, timedelta(seconds=float(str(seconds))))
    return _file_state[2]


def _turnable() -> Path:
    path = file()
    if path is None:
        raise RuntimeError("KAIIN_CLOCK_FILE is not set: only the demo's clock can be turned")
    return path


@contextmanager
def _changed(path: Path) -> Iterator[dict[str, object]]:
    """The file's content, to be changed: one process at a time, so that no change is lost."""
    with _locked(path, "writing", fcntl.LOCK_EX):
        content = _read(path)
        yield content
        _write(path, content)


@contextmanager
def _locked(path: Path, name: str, kind: int) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.{name}").open("ab") as lock:
        fcntl.flock(lock, kind)
        yield


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return dict(content)


def _write(path: Path, content: dict[str, object]) -> None:
    # Another process may read at any moment: replace the file whole.
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(path)

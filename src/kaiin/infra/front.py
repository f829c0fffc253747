"""The layer between the network and a WSGI application: a thread is taken for whole requests
only.

A WSGI server gives a thread to a request as soon as its headers are there; sixteen clients that
announce a body and never send it would keep sixteen threads. Here, headers are examined and the
body is read by an event loop, with a time-out and a limit, before any thread works.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ctypes import c_ulonglong
from enum import StrEnum
from io import BytesIO
from multiprocessing.sharedctypes import RawArray
from typing import TYPE_CHECKING, Any, Protocol

import structlog

if TYPE_CHECKING:
    from granian.rsgi import Scope

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
Answer = tuple[int, Headers, bytes]
Application = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

MAX_BODY = 2_621_440  # Django's DATA_UPLOAD_MAX_MEMORY_SIZE, which it keeps for forms.
BODY_SECONDS = 10.0
# How long the rest of a refused body is read and dropped. A connection closed over unread bytes is
# reset, and a proxy that is still sending then loses the answer and says that we are away.
DISCARD_SECONDS = 1.0
# Requests that wait for a thread, for each thread; whose wait would be long is sent away at once.
MAX_WAITING = 16
# No form of ours is larger. Larger bodies share a room, so that they can't fill the memory; those
# who fill that room keep out large bodies only.
SMALL_BODY = 64 * 1024
MAX_LARGE_BODIES = 64 * 1024 * 1024
LOG_SECONDS = 60.0
# Far more than any request takes: calls to providers and locks in the database have time-outs.
STUCK_SECONDS = 60.0
_HEALTH = "/healthz"

# WSGI joins duplicates by commas: of two lines, a client may have written one.
_ONCE = frozenset(
    {"host", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)
_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

_log = structlog.get_logger("kaiin.front")


class Exchange(Protocol):
    """RSGI's `HTTPProtocol`, what is used of it."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


class Reason(StrEnum):
    """Why a request is refused: a label in `/metrics`, a word in the log. Nothing of the request
    itself is in either."""

    HEADER_UNDERSCORE = "header_underscore"
    HEADER_TWICE = "header_twice"
    BODY_WITHOUT_LENGTH = "body_without_length"
    BODY_TOO_LARGE = "body_too_large"
    BODY_LATE = "body_late"
    BODY_CUT_SHORT = "body_cut_short"
    LARGE_BODIES_FULL = "large_bodies_full"
    NO_THREAD = "no_thread"


_REASONS = tuple(Reason)
# Refused when the body, or what came of it in time, had been read.
_BODY_READ = frozenset({Reason.BODY_LATE, Reason.BODY_CUT_SHORT, Reason.NO_THREAD})
# Of this node since its start, in memory that the processes share that are forked from here.
# Without a lock: two processes at the very same moment may count one.
_counts = RawArray(c_ulonglong, len(_REASONS))


def refused_requests() -> dict[Reason, int]:
    """How many requests this node has refused since its start, by reason."""
    return dict(zip(_REASONS, _counts, strict=True))


class Refused(Exception):
    """A request that never reaches the application."""

    def __init__(self, status: int, reason: Reason) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Front:
    """An RSGI application that runs a WSGI application in a bounded pool of threads."""

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "request")
        # Changed by the event loop's thread alone.
        self._under_way = 0
        # When a thread last ended its work, or began some while all had none.
        self._moved_at = 0.0
        self._large_bodies = 0
        self._refusals = _Refusals()

    async def __call__(self, scope: "Scope", exchange: Exchange) -> None:
        try:
            status, headers, body = await self._answer(scope, exchange)
        except Refused as refused:
            self._refusals.note(refused)
            status, headers, body = _refusal(refused.status)
            if refused.reason not in _BODY_READ:
                await _discard(exchange)
        exchange.response_bytes(status, headers, body)

    async def _answer(self, scope: "Scope", exchange: Exchange) -> Answer:
        headers = sound_headers(scope.headers.keys(), scope.headers.items())
        body = await self._body(exchange, body_length(headers))
        if scope.path == _HEALTH and scope.method in {"GET", "HEAD"}:
            return self._health()
        if self._under_way >= self._threads * (1 + MAX_WAITING):
            raise Refused(503, Reason.NO_THREAD)
        if not self._under_way:
            self._moved_at = time.monotonic()
        self._under_way += 1
        try:
            environ = environ_of(scope, headers, body)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, run, self._application, environ)
        finally:
            self._under_way -= 1
            self._moved_at = time.monotonic()

    def _health(self) -> Answer:
        """Whether this process works. Asked here: a thread would say how busy it is, too, and who
        restarts a busy server makes it worse. Threads that are all stuck are no life, though."""
        busy = self._under_way >= self._threads
        stuck = busy and time.monotonic() - self._moved_at > STUCK_SECONDS
        status, body = (503, b"stuck\n") if stuck else (200, b"ok\n")
        headers = [("content-type", "text/plain"), ("cache-control", "no-store")]
        return status, headers, body

    async def _body(self, exchange: Exchange, length: int) -> bytes:
        """All of the body. Raises Refused if it is late or cut short."""
        if not length:
            return b""
        large = length if length > SMALL_BODY else 0
        if large and self._large_bodies + large > MAX_LARGE_BODIES:
            raise Refused(503, Reason.LARGE_BODIES_FULL)
        self._large_bodies += large
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = b"".join([chunk async for chunk in exchange])
        except TimeoutError:
            raise Refused(408, Reason.BODY_LATE) from None
        finally:
            self._large_bodies -= large
        if len(body) != length:
            raise Refused(400, Reason.BODY_CUT_SHORT)
        return body


def sound_headers(names: Iterable[str], headers: Headers) -> Headers:
    """The headers, names in lower case. Raises Refused if the application could take one header
    for another: WSGI makes `_` of `-`, and joins lines of one name."""
    counts = Counter(name for name, _ in headers)
    for name in {*names, *counts}:
        if "_" in name:
            raise Refused(400, Reason.HEADER_UNDERSCORE)
        # None of them is left where the value is not ASCII: it would look as if never sent.
        if name in _ONCE and counts[name] != 1:
            raise Refused(400, Reason.HEADER_TWICE)
    return headers


def body_length(headers: Headers) -> int:
    """Raises Refused for a body too large, and for one whose end can't be checked."""
    said = dict(headers)
    if "transfer-encoding" in said:
        raise Refused(411, Reason.BODY_WITHOUT_LENGTH)
    # The HTTP parser has refused what is no number, and two that differ.
    length = int(said.get("content-length", "0"))
    if length > MAX_BODY:
        raise Refused(413, Reason.BODY_TOO_LARGE)
    return length


def environ_of(scope: "Scope", headers: Headers, body: bytes) -> Environ:
    """The request as PEP 3333 has it."""
    server, _, port = scope.server.rpartition(":")
    client = scope.client.rpartition(":")[0]
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client.strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        joint = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def run(application: Application, environ: Environ) -> Answer:
    """Run the WSGI application; what it answers, whole."""
    started: list[tuple[int, Headers]] = []

    def start(status: str, headers: Headers, _: object = None) -> None:
        started.append((int(status.split(" ", 1)[0]), headers))

    try:
        parts = application(environ, start)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
    except Exception:  # noqa: BLE001
        _log.exception("front.broken", path=environ["PATH_INFO"])
        return _refusal(500)
    return (*started[-1], body)


async def _discard(exchange: Exchange) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            async for _ in exchange:
                pass


def _refusal(status: int) -> Answer:
    headers = [("content-type", "text/plain"), ("cache-control", "no-store")]
    # What is left of the body would be read as the next request.
    headers.append(("connection", "close"))
    if status == 503:
        headers.append(("retry-after", "2"))
    return status, headers, f"{status} {_PHRASES[status]}\n".encode()


class _Refusals:
    """Counts refusals, and logs each reason once a minute at most, with the number since its last
    line."""

    def __init__(self) -> None:
        self._unsaid: Counter[Reason] = Counter()
        self._logged: dict[Reason, float] = {}

    def note(self, refused: Refused) -> None:
        reason = refused.reason
        _counts[_REASONS.index(reason)] += 1
        self._unsaid[reason] += 1
        now = time.monotonic()
        if now - self._logged.get(reason, -LOG_SECONDS) >= LOG_SECONDS:
            self._logged[reason] = now
            count = self._unsaid.pop(reason)
            _log.warning("front.refused", reason=reason, status=refused.status, count=count)

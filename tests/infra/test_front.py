"""The front before a WSGI application: which requests reach it, and as what. What slow senders do
to real pages: tests/journeys/test_slow_senders.py."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from kaiin.infra import front
from kaiin.infra.front import Environ, Front, Headers, Refused, body_length, sound_headers

Answered = tuple[int, Headers, bytes]


class Protocol:
    """A request's body as the server hands it out, and what was answered."""

    def __init__(self, chunks: Iterable[bytes], *, ends: bool = True) -> None:
        self._chunks, self._ends = chunks, ends
        self.answer: Any = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if not self._ends:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.answer = (status, headers, body)


class Lines:
    """Headers as the server gives them: lines that it can't read have a name only."""

    def __init__(self, lines: Headers, unreadable: Iterable[str] = ()) -> None:
        self._lines, self._unreadable = lines, unreadable

    def keys(self) -> list[str]:
        return [*{name for name, _ in self._lines}, *self._unreadable]

    def items(self) -> Headers:
        return self._lines


def scope(headers: Headers, method: str = "POST", path: str = "/会") -> Any:
    return SimpleNamespace(
        method=method,
        path=path,
        query_string="q=%E4",
        scheme="http",
        http_version="1.1",
        server="[::1]:8000",
        client="[2001:db8::1]:4711",
        headers=Lines(headers),
    )


def echo(environ: Environ, start: Any) -> list[bytes]:
    start("200 OK", [("set-cookie", "a=1"), ("set-cookie", "b=2")])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: once journeys have begun, Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def ask(app: Front, headers: Headers, protocol: Protocol) -> Answered:
    run(app(scope(headers), protocol))
    answer: Answered = protocol.answer
    return answer


def test_a_request_reaches_the_application_whole() -> None:
    headers = [("content-length", "6")]
    status, answered, body = ask(Front(echo, 1), headers, Protocol([b"abc", b"def"]))
    assert (status, body) == (200, b"POST abcdef")
    assert answered == [("set-cookie", "a=1"), ("set-cookie", "b=2")]


def test_the_environment_is_that_of_pep_3333() -> None:
    headers = [("host", "id.example"), ("cookie", "a=1"), ("cookie", "b=2"), ("accept", "x")]
    headers += [("accept", "y"), ("content-type", "text/plain"), ("content-length", "003")]
    environ = front.environ_of(scope(headers), headers, b"abc")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/会"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "x,y"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("::1", "8000")
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & environ.keys()


@pytest.mark.parametrize(
    ("names", "headers"),
    [
        (["x_forwarded_for"], [("x_forwarded_for", "10.9.8.7")]),
        (["x_any"], [("x_any", "1")]),
        (["x_unreadable"], []),
        (["x-forwarded-for"], [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2")]),
        (["x-forwarded-proto"], [("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")]),
        (["host"], [("host", "a.example"), ("host", "b.example")]),
        # Its value is not ASCII: without it, the request would look as if it came straight here.
        (["x-forwarded-for"], []),
    ],
)
def test_headers_that_could_be_taken_for_others_are_refused(
    names: list[str], headers: Headers
) -> None:
    with pytest.raises(Refused) as refused:
        sound_headers(names, headers)
    assert refused.value.status == 400


def test_other_headers_may_be_repeated_or_unreadable() -> None:
    headers = [("x-forwarded-for", "1.1.1.1, 2.2.2.2"), ("accept", "x"), ("accept", "y")]
    assert sound_headers(["x-forwarded-for", "accept", "referer"], headers) == headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("transfer-encoding", "chunked")], 411),
        ([("content-length", str(front.MAX_BODY + 1))], 413),
    ],
)
def test_bodies_too_large_or_of_unknown_length_are_refused_unread(
    headers: Headers, status: int
) -> None:
    with pytest.raises(Refused) as refused:
        body_length(headers)
    assert refused.value.status == status


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("transfer-encoding", "chunked")], 411),
        ([("content-length", str(front.MAX_BODY + 1))], 413),
        ([("x_y", "z"), ("content-length", "6")], 400),
    ],
)
def test_a_refused_body_is_read_away_for_a_moment_so_that_the_answer_arrives(
    headers: Headers, status: int, *, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "DISCARD_SECONDS", 0.02)
    chunks = iter([b"abc", b"def"])
    assert ask(Front(echo, 1), headers, Protocol(chunks, ends=ends))[0] == status
    assert next(chunks, None) is None


@pytest.mark.parametrize(("ends", "status"), [(False, 408), (True, 400)])
def test_a_body_that_is_late_or_cut_short_never_takes_a_thread(
    *, ends: bool, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.02)

    def never(_environ: Environ, _start: Any) -> list[bytes]:
        raise AssertionError("reached")

    answer = ask(Front(never, 1), [("content-length", "500")], Protocol([b"abc"], ends=ends))
    assert answer[0] == status
    # The rest of the body must not be read as a request.
    assert ("connection", "close") in answer[1]


def test_large_bodies_share_a_room_that_small_ones_dont_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "MAX_LARGE_BODIES", front.SMALL_BODY)
    app = Front(echo, 1)
    small, large = b"x" * front.SMALL_BODY, b"x" * (front.SMALL_BODY + 1)
    assert ask(app, [("content-length", str(len(small)))], Protocol([small]))[0] == 200
    assert ask(app, [("content-length", str(len(large)))], Protocol([large]))[0] == 503


def test_whose_wait_would_be_long_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "MAX_WAITING", 1)
    open_ = threading.Event()

    def waits(environ: Environ, start: Any) -> Iterator[bytes]:
        assert open_.wait(10)
        yield from echo(environ, start)

    protocols = [Protocol([]) for _ in range(3)]

    async def ask_all() -> None:
        app = Front(waits, 1)
        tasks = [asyncio.create_task(app(scope([]), each)) for each in protocols]
        await tasks[2]
        open_.set()
        await asyncio.gather(*tasks)

    run(ask_all())
    first, second, third = (each.answer for each in protocols)
    assert [first[0], second[0], third[0]] == [200, 200, 503]
    assert ("retry-after", "2") in third[1]


async def health(app: Front, headers: Headers, method: str = "GET") -> int:
    protocol = Protocol([])
    await app(scope(headers, method, "/healthz"), protocol)
    status: int = protocol.answer[0]
    return status


async def health_of_one_thread(now: list[float]) -> list[int]:
    """Busy for a second, for a minute, asked with an ambiguous header, and at rest again."""
    open_ = threading.Event()

    def waits(environ: Environ, start: Any) -> Iterator[bytes]:
        open_.wait(10)
        yield from echo(environ, start)

    app = Front(waits, 1)
    busy = [asyncio.create_task(app(scope([]), Protocol([]))) for _ in range(2)]
    await asyncio.sleep(0)
    seen = []
    for passed, headers in ((1.0, []), (60.0, []), (0.0, [("x_any", "1")])):
        now[0] += passed
        seen.append(await health(app, headers))
    open_.set()
    await asyncio.gather(*busy)
    return [*seen, await health(app, [], "HEAD")]


def test_health_is_answered_while_every_thread_is_busy_until_they_are_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(front, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(asyncio.run, health_of_one_thread(now)).result()
    assert seen == [200, 503, 400, 200]


def test_refusals_are_counted_by_reason_and_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = front.refused_requests()
    app = Front(echo, 1)
    secret = [("x_password", "hunter2"), ("content-length", "0")]
    now = [0.0]
    monkeypatch.setattr(front, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with capture_logs() as lines:
        for second in (0, 1, 59, 60, 61):
            now[0] = second
            ask(app, secret, Protocol([b"hunter2"]))
        ask(app, [("transfer-encoding", "chunked")], Protocol([]))
    shown = [(line["reason"], line["status"], line["count"]) for line in lines]
    assert shown == [
        ("header_underscore", 400, 1),
        ("header_underscore", 400, 3),
        ("body_without_length", 411, 1),
    ]
    assert "hunter2" not in repr(lines)
    assert "x_password" not in repr(lines)
    counted = {reason: n - before[reason] for reason, n in front.refused_requests().items()}
    assert {reason: n for reason, n in counted.items() if n} == {
        "header_underscore": 5,
        "body_without_length": 1,
    }


def test_an_application_that_breaks_is_an_error_of_its_own() -> None:
    def breaks(_environ: Environ, _start: Any) -> list[bytes]:
        raise ValueError("broken")

    assert ask(Front(breaks, 1), [], Protocol([]))[0] == 500

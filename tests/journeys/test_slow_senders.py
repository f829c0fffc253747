"""What strangers' connections do to pages that really run. No browser: they speak HTTP by hand."""

import http.client
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.club import Club

# Twice the threads of two processes.
SLOW = 64


def connected(club: Club, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", club.port), timeout=10)
    connection.sendall(sent)
    return connection


def request(club: Club, line: str, *headers: str, body: str = "") -> bytes:
    lines = [f"{line} HTTP/1.1", f"Host: id.localhost:{club.port}", *headers, "", body]
    return "\r\n".join(lines).encode()


def answered(club: Club, sent: bytes) -> tuple[int, bytes]:
    """The status and all that was sent back, until the server closes the connection."""
    with connected(club, sent) as connection, connection.makefile("rb") as stream:
        whole = stream.read()
    return int(whole.split(b" ", 2)[1]), whole


@pytest.fixture
def slow_senders(club: Club) -> Iterator[None]:
    """Connections that announce a body and wait, that stop within a header, that say nothing."""
    with ExitStack() as stack:
        # With the cookie sent, the server reads the body to look for the form's token.
        cookies = f"Cookie: kaiin-try=1; kaiin-csrf={'a' * 32}"
        kind = "Content-Type: application/x-www-form-urlencoded"
        form = request(club, "POST /login", cookies, kind, "Content-Length: 500", body="csrf")
        for sent in [form] * SLOW + [b"GET / HTTP/1.1\r\nHost"] * SLOW + [b""] * SLOW:
            stack.enter_context(connected(club, sent))
        yield


@pytest.mark.usefixtures("slow_senders")
def test_slow_senders_delay_no_other_request(club: Club) -> None:
    for label, path in (("id", "/healthz"), ("id", "/login"), ("official", "/")):
        for _ in range(4):
            started = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", club.port, timeout=10)
            connection.request("GET", path, headers={"Host": f"{label}.localhost:{club.port}"})
            assert connection.getresponse().status in {200, 302}
            connection.close()
            # A thread that waited for a body would be kept for ten seconds.
            assert time.monotonic() - started < 5, path


@pytest.mark.parametrize(
    "headers",
    [
        ["X_Forwarded_For: 127.0.0.1"],
        ["X-Forwarded-For: 127.0.0.1", "X_Forwarded-For: 10.9.8.7"],
        ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 10.9.8.7"],
        ["X-Forwarded-Proto: https", "X-Forwarded-Proto: https"],
        ["X-Forwarded-For: \xe9, 10.9.8.7"],
        ["Host: id.localhost"],
        [f"X-Padding-{number}: x" for number in range(50)] + ["REMOTE_USER: admin"],
    ],
)
def test_ambiguous_headers_are_refused(club: Club, headers: list[str]) -> None:
    status, _ = answered(club, request(club, "GET /healthz", *headers, "Connection: close"))
    assert status == 400


def test_forms_and_static_files_work_as_ever(club: Club) -> None:
    """Kept-alive connections, HEAD, cookies: what browsers are used to."""
    connection = http.client.HTTPConnection("127.0.0.1", club.port, timeout=10)
    host = {"Host": f"id.localhost:{club.port}"}

    def ask(method: str, path: str, body: str = "", **more: str) -> http.client.HTTPResponse:
        connection.request(method, path, body or None, host | more)
        answer = connection.getresponse()
        answer.page = answer.read().decode()  # type: ignore[attr-defined]
        return answer

    login = ask("GET", "/login", Cookie="kaiin-try=1")
    page: str = login.page  # type: ignore[attr-defined]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    cookies = "; ".join(
        value.strip().split(";")[0] for value in login.headers.get_all("set-cookie", [])
    )
    assert token
    sent = f"csrfmiddlewaretoken={token[1]}&login=nobody%40example.jp&password=wrong-as-can-be"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    refused = ask("POST", "/login", sent, **form)
    assert refused.status in {200, 422}
    assert "nobody@example.jp" in refused.page  # type: ignore[attr-defined]

    styles = re.search(r'href="(/assets/[^"]+\.css)"', page)
    assert styles
    whole = ask("GET", styles[1])
    assert whole.status == 200
    head = ask("HEAD", styles[1])
    assert (head.status, head.page) == (200, "")  # type: ignore[attr-defined]
    assert head.headers["content-length"] == whole.headers["content-length"]
    connection.close()

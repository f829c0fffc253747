"""The server itself, before the smallest of applications."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

SERVER = """
import sys
from kaiin.cli.serve import run_server
from kaiin.infra import front
front.BODY_SECONDS = 0.3
run_server("tests.cli.test_serve:application", "127.0.0.1", int(sys.argv[1]), 1, 1)
"""


def application(environ: dict[str, object], start: object) -> list[bytes]:
    start("200 OK", [])  # type: ignore[operator]
    return [b"reached"]


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    until = time.monotonic() + 20
    while not _answers(port):
        assert server.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield port
    server.terminate()
    assert server.wait(10) == 0


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answered(port: int, *lines: str) -> bytes:
    """All that is sent back until the server closes the connection."""
    sent = "\r\n".join(["POST / HTTP/1.1", "Host: a", *lines])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent.encode())
        with connection.makefile("rb") as stream:
            return stream.read()


def test_a_body_is_waited_for_for_some_seconds_and_then_no_more(port: int) -> None:
    answer = answered(port, "Content-Length: 3", "Connection: close", "", "abc")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"reached")
    answer = answered(port, "Content-Length: 500", "", "abc")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answered(port, "Transfer-Encoding: chunked", "", "").startswith(b"HTTP/1.1 411 ")
    assert answered(port, "Content-Length: 9999999", "", "").startswith(b"HTTP/1.1 413 ")

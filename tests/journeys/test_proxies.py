"""Strangers' attacks, with real nginx, Caddy and HAProxy in front, configured by docs/operating.md.
No browser: what is sent must be as wrong as it is written here."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from tests.journeys import proxies
from tests.journeys.proxies import (
    IDENTITY,
    NAMES,
    OFFICIAL,
    OUTSIDE,
    STAFF,
    Answer,
    Proxy,
    Server,
    request,
)

SLOW = 32
# Reaches the server only as part of what was sent as something else; it is counted as a bad host.
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: smuggled_host\r\nConnection: close\r\n\r\n"
LENGTH = ("content-length", str(len(SMUGGLED)))
CHUNK = f"{len(SMUGGLED):x}\r\n{SMUGGLED}\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def server(
    templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("behind") / "var"
    shutil.copytree(templates("plusmember.yaml"), folder)
    server = Server(folder, proxies.free_ports(1)[0])
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def running(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Proxy]]:
    with proxies.running(tmp_path_factory.mktemp("proxies"), server.port) as running:
        yield running


@pytest.fixture(params=NAMES)
def proxy(request: pytest.FixtureRequest, running: dict[str, Proxy]) -> Proxy:
    return running[request.param]


@pytest.mark.parametrize(
    "claims",
    [
        [],
        ["X-Forwarded-For: {other}"],
        ["x-FORWARDED-for: {other}", "X-Forwarded-For: {other}"],
        ["X-Forwarded-For: {other}, 127.0.0.1", "X-Forwarded-For: 127.0.0.1"],
        ["X_Forwarded_For: {other}", "X-Forwarded_For: {other}", "X_FORWARDED-FOR: {other}"],
        ["X-Forwarded-For: \xe9"],
        ["X-Forwarded-For:"],
        ["Forwarded: for={other};proto=http;host=evil.example", "Forwarded: for={other}"],
        ["X-Real-IP: {other}", "X-Real-IP: {other}", "X-Client-IP: {other}"],
        # Headers named here are for the next hop only: a proxy may drop what it has just set.
        ["Connection: close, X-Forwarded-For, X-Forwarded-Proto"],
    ],
)
def test_the_address_is_the_real_one_despite_forged_headers(
    proxy: Proxy, claims: list[str]
) -> None:
    """The back office opens to an address of staff, and to no other."""
    for source, other, status in ((OUTSIDE, STAFF, 404), (STAFF, OUTSIDE, 302)):
        sent = [claim.format(other=other) for claim in claims]
        assert proxy.get("/admin/", *sent, source=source).status == status, source


@pytest.mark.parametrize(
    "claims",
    [
        [],
        ["X-Forwarded-Proto: http", "x-forwarded-PROTO: http"],
        ["X_Forwarded_Proto: http", "Forwarded: proto=http", "X-Forwarded-Scheme: http"],
        ["X-Forwarded-Host: evil.example", "X-Forwarded-Port: 80", "X-Host: evil.example"],
    ],
)
def test_scheme_and_host_are_those_that_the_browser_asked_for(
    proxy: Proxy, claims: list[str]
) -> None:
    page = proxy.get("/login", *claims, "Cookie: __Host-kaiin-try=1")
    assert page.status == 200
    assert page.headers["strict-transport-security"].startswith("max-age=31536000")
    assert page.cookies
    assert all("; Secure" in each and each.startswith("__Host-") for each in page.cookies)
    # Who is sent on is sent to an address of the settings, by https.
    away = proxy.get("/auth/start", *claims, host=OFFICIAL)
    assert away.headers["location"].startswith(f"https://{IDENTITY}/")
    # A form is taken only where its origin is the scheme and the host of the request.
    assert login(proxy, page, *claims).status in {200, 422}


def login(proxy: Proxy, page: Answer, *headers: str) -> Answer:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token
    form = f"csrfmiddlewaretoken={token[1]}&login=nobody%40example.jp&password=wrong-as-can-be"
    return proxy.send(
        request(
            "POST /login",
            f"Host: {IDENTITY}",
            f"Origin: https://{IDENTITY}",
            "Cookie: " + "; ".join(each.split(";")[0] for each in page.cookies),
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(form)}",
            *headers,
            body=form,
        )
    )


def test_plain_http_only_leads_to_https(proxy: Proxy) -> None:
    sent = request("GET /login?next=%2Fmy", f"Host: {IDENTITY}", "X-Forwarded-Proto: https")
    answer = proxy.send(sent, plain=True)
    assert answer.status == 308
    assert answer.headers["location"] == f"https://{IDENTITY}/login?next=%2Fmy"
    assert not answer.cookies
    # A form's password is not passed on to the server, either.
    sent = request("POST /login", f"Host: {IDENTITY}", "Content-Length: 3", body="a=b")
    assert proxy.send(sent, plain=True).status == 308


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/metrics?a=b", "//metrics", "/%6Detrics", "/metrics/",
     "/x/../metrics", "/%2e/metrics", "/metrics%00", "/METRICS", "/metrics;a", "https://{host}/metrics"],
)  # fmt: skip
def test_what_machines_ask_for_stays_inside(proxy: Proxy, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = proxy.get(path.format(host=IDENTITY), source=STAFF, method=method)
        assert answer.status in {400, 404}
        assert "kaiin_" not in answer.body


def test_what_is_smuggled_would_be_counted(server: Server) -> None:
    before = server.figure("kaiin_bad_hosts_total")
    server.send(
        request("GET /healthz", f"Host: {IDENTITY}").replace(b"close", b"x") + SMUGGLED.encode()
    )
    assert server.figure("kaiin_bad_hosts_total") == before + 1


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 3", "Transfer-Encoding: chunked"],
        ["Content-Length: {whole}", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 3"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked", "Content-Length: 3"],
        ["Transfer-Encoding : chunked", "Content-Length: 3"],
        ["Transfer-Encoding:\x0bchunked", "Content-Length: 3"],
        ["X: y\nTransfer-Encoding: chunked", "Content-Length: 3"],
        ["X: y\rTransfer-Encoding: chunked", "Content-Length: 3"],
        ["Content-Length: 3", "Content-Length: {whole}"],
        ["Content-Length: {whole}", "Content-Length: 3"],
        ["Content-Length: 3, {whole}"],
        ["Content-Length: +3"],
        ["Content-Length: 0x3"],
        ["Content-Length:\r\n 3"],
        ["X: y\r\n Content-Length: {whole}", "Content-Length: 3"],
        ["Content_Length: {whole}", "Content-Length: 3"],
        ["Connection: Content-Length", "Content-Length: {whole}"],
    ],
)
def test_nothing_is_smuggled_past_a_proxy(proxy: Proxy, server: Server, lines: list[str]) -> None:
    """Whichever length a proxy believes, the server sees one request or none."""
    before = server.figure("kaiin_bad_hosts_total")
    for body in (CHUNK, f"0\r\n\r\n{SMUGGLED}"):
        headers = [line.format(whole=len(body)) for line in lines]
        sent = request("POST /trouble", f"Host: {IDENTITY}", *headers, body=body)
        answer = proxy.send(sent)
        # Without the form's token 403; 411 is the server's own word on bodies without a length.
        assert answer.status in {0, 400, 403, 411, 501}, (answer.status, body)
        assert b"smuggled" not in answer.whole
    # Nor waits it on a connection for the next one who comes.
    for _ in range(2):
        assert proxy.get("/login", "Cookie: __Host-kaiin-try=1").status == 200
    assert server.figure("kaiin_bad_hosts_total") == before


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("GET https://evil.example/auth/start", [OFFICIAL]),
        (f"GET https://{OFFICIAL}/auth/start", ["evil.example"]),
        ("GET /auth/start", [OFFICIAL, "evil.example"]),
        ("GET /auth/start", ["evil.example", OFFICIAL]),
        ("GET /auth/start", [f"{OFFICIAL}@evil.example"]),
        ("GET /auth/start", [f"evil.example/{OFFICIAL}"]),
        ("GET //evil.example/auth/start", [OFFICIAL]),
        ("GET /auth/start", []),
    ],
)
def test_of_two_hosts_none_leads_astray(proxy: Proxy, line: str, hosts: list[str]) -> None:
    answer = proxy.send(request(line, *(f"Host: {host}" for host in hosts)))
    assert answer.count <= 1
    if answer.status == 302:
        assert answer.headers["location"].startswith(f"https://{IDENTITY}/")
    else:
        assert answer.status in {200, 400, 404, 421}
        assert "//evil.example" not in answer.body


def in_http2(proxy: Proxy, headers: list[tuple[str, str]], data: str) -> str:
    """What a request in HTTP/2, with nothing mended, comes to: a status or `reset`."""
    settings = h2.config.H2Configuration(
        client_side=True,
        header_encoding="utf-8",
        validate_outbound_headers=False,
        normalize_outbound_headers=False,
    )
    client = h2.connection.H2Connection(settings)
    with proxy.connected(protocol="h2") as connection:
        client.initiate_connection()
        client.send_headers(1, headers, end_stream=not data)
        if data:
            client.send_data(1, data.encode(), end_stream=True)
        connection.sendall(client.data_to_send())
        while got := connection.recv(65536):
            for event in client.receive_data(got):
                if isinstance(event, h2.events.ResponseReceived):
                    return str(dict(event.headers)[":status"])
                if isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated):
                    return "reset"
            connection.sendall(client.data_to_send())
    return "reset"


@pytest.mark.parametrize(
    ("headers", "outcomes"),
    [
        ([LENGTH], {"403"}),
        ([("content-length", "0")], {"400", "reset"}),
        ([("content-length", "3")], {"400", "reset"}),
        ([("transfer-encoding", "chunked")], {"400", "403", "411", "reset"}),
        ([("x", f"y\r\nTransfer-Encoding: chunked\r\n\r\n{SMUGGLED}")], {"400", "reset"}),
        ([("x: y\r\nTransfer-Encoding", "chunked")], {"400", "403", "reset"}),
        ([("x_forwarded_for", STAFF), ("X-Forwarded-For", STAFF)], {"400", "403", "reset"}),
        ([LENGTH, ("host", "evil.example")], {"400", "403", "404", "reset"}),
    ],
)
def test_nothing_is_smuggled_from_http2_into_http1(
    proxy: Proxy, server: Server, headers: list[tuple[str, str]], outcomes: set[str]
) -> None:
    before = server.figure("kaiin_bad_hosts_total")
    pseudo = [(":method", "POST"), (":scheme", "https"), (":authority", IDENTITY)]
    outcome = in_http2(proxy, [*pseudo, (":path", "/trouble"), *headers], SMUGGLED)
    assert outcome in outcomes
    for _ in range(2):
        assert proxy.get("/login", "Cookie: __Host-kaiin-try=1").status == 200
    assert server.figure("kaiin_bad_hosts_total") == before


def test_a_staff_address_is_no_more_forged_in_http2(proxy: Proxy) -> None:
    asked = [(":method", "GET"), (":scheme", "https"), (":authority", IDENTITY)]
    claims = [(name, STAFF) for name in ("x-forwarded-for", "x_forwarded_for", "x-real-ip")]
    assert in_http2(proxy, [*asked, (":path", "/admin/"), *claims], "") in {"400", "404"}


def test_bodies_and_headers_past_the_limits_are_plainly_refused(proxy: Proxy) -> None:
    large = request("POST /login", f"Host: {IDENTITY}", "Content-Length: 2621441", body="a=b")
    huge = request("POST /login", f"Host: {IDENTITY}", "Content-Length: 99999999999", body="a=b")
    assert [proxy.status(sent) for sent in (large, huge)] == [413, 413]
    # Just past each one's limit, so that all is read before the answer. Two have no 431.
    much = "y" * {"nginx": 9_000, "haproxy": 17_000, "caddy": 40_000}[proxy.name]
    assert proxy.status(request("GET /login", f"Host: {IDENTITY}", f"X: {much}")) in {400, 431}
    assert proxy.status(request(f"GET /login?{much}", f"Host: {IDENTITY}")) in {400, 414, 431}
    many = [f"X-{number}: y" for number in range(300)]
    assert proxy.get("/login", *many).status in {400, 431}


def test_what_the_server_refuses_is_counted_for_every_process(server: Server) -> None:
    name = 'kaiin_refused_requests_total{reason="header_underscore"}'
    before = server.figure(name)
    sent = request("GET /login", f"Host: {IDENTITY}", "X_Any: a")
    assert [server.send(sent).status for _ in range(3)] == [400] * 3
    assert server.figure(name) == before + 3


def test_slow_senders_delay_no_other_request(running: dict[str, Proxy]) -> None:
    form = request("POST /login", f"Host: {IDENTITY}", "Content-Length: 500", body="csrf")
    header = f"GET /login HTTP/1.1\r\nHost: {IDENTITY}\r\nX".encode()
    with ExitStack() as stack:
        for proxy in running.values():
            for sent in [form, header] * SLOW:
                stack.enter_context(proxy.connected()).sendall(sent)
        for proxy in running.values():
            for _ in range(3):
                started = time.monotonic()
                assert proxy.get("/login", "Cookie: __Host-kaiin-try=1").status == 200
                # Those who took a thread would keep it for ten seconds.
                assert time.monotonic() - started < 5, proxy.name


def test_while_the_server_is_away_a_page_says_so_and_then_all_is_well(
    running: dict[str, Proxy], server: Server
) -> None:
    def ask(proxy: Proxy) -> Answer:
        return proxy.get("/login", "Cookie: __Host-kaiin-try=1")

    with ThreadPoolExecutor(len(NAMES)) as pool:
        server.stop()
        for answer in pool.map(ask, running.values()):
            assert answer.status == 503
            assert "ただいまご利用いただけません" in answer.body
            assert (answer.headers["retry-after"], answer.headers["cache-control"]) == (
                "10",
                "no-store",
            )
            assert answer.headers["content-type"].startswith("text/html")
        server.start()
        assert [answer.status for answer in pool.map(ask, running.values())] == [200] * 3

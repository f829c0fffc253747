"""nginx, Caddy and HAProxy, configured as docs/operating.md says, before a real `kaiin serve`.

Only what a test can't have differs from the page: ports, folders, names of temporary files.
Proxies and clients are on one machine, so a client's address is one of 127.0.0.0/8: STAFF may
open the back office, OUTSIDE may not.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

from kaiin.cli.processes import Health, Processes
from tests.conftest import ROOT

NAMES = ("nginx", "caddy", "haproxy")
OUTSIDE, STAFF = "127.0.0.2", "127.0.0.3"
IDENTITY, OFFICIAL = "id.example.jp", "official.example.jp"

# What encloses the configurations of the docs page, and what a test changes in them.
_AROUND = {
    "nginx": "daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}\n"
    "events {{}}\n"
    "http {{ access_log off;\n"
    "client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
    "fastcgi_temp_path {folder}/fcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;"
    "{page} }}\n",
    "caddy": "{page}",
    "haproxy": "global\n    maxconn 1000\n\n{page}",
}
_CHANGED = {
    "nginx": {"listen 80 ": "listen 127.0.0.1:{http} ", "listen 443 ": "listen 127.0.0.1:{https} "},
    "caddy": {
        "{{\n    servers {{": "{{\n    admin off\n    default_bind 127.0.0.1\n"
        "    http_port {http}\n    https_port {https}\n    storage file_system {folder}\n"
        "    servers {{",
    },
    "haproxy": {"bind :80": "bind 127.0.0.1:{http}", "bind :443": "bind 127.0.0.1:{https}"},
}
_COMMANDS = {
    "nginx": ["nginx", "-p", "{folder}", "-e", "{folder}/nginx.log", "-c"],
    "caddy": ["caddy", "run", "--adapter", "caddyfile", "--config"],
    "haproxy": ["haproxy", "-db", "-f"],
}


@dataclass(frozen=True)
class Answer:
    """What came back for one request; `whole` is all that the connection sent, as bytes."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: str
    whole: bytes

    @property
    def count(self) -> int:
        """How many answers there were."""
        return self.whole.count(b"HTTP/1.1 ")


@dataclass(frozen=True)
class Proxy:
    """One of them, running."""

    name: str
    http: int
    https: int
    certificate: Path

    def connected(
        self, *, source: str = OUTSIDE, plain: bool = False, protocol: str = "http/1.1"
    ) -> socket.socket:
        port = self.http if plain else self.https
        bare = socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(source, 0))
        if plain:
            return bare
        tls = ssl.create_default_context(cafile=self.certificate)
        tls.set_alpn_protocols([protocol])
        return tls.wrap_socket(bare, server_hostname=IDENTITY)

    def send(self, sent: bytes, *, source: str = OUTSIDE, plain: bool = False) -> Answer:
        """Send these very bytes and read until the connection is closed."""
        with self.connected(source=source, plain=plain) as connection:
            connection.sendall(sent)
            return read_answer(connection, sent.split(b" ", 1)[0].decode())

    def status(self, sent: bytes) -> int:
        """The status of the first answer. A connection whose body was refused is kept open a while
        by nginx, so that the answer is read."""
        with self.connected() as connection:
            connection.sendall(sent)
            return int(connection.recv(65536).split(b" ", 2)[1])

    def get(
        self,
        path: str,
        *headers: str,
        source: str = OUTSIDE,
        host: str = IDENTITY,
        method: str = "GET",
    ) -> Answer:
        return self.send(request(f"{method} {path}", f"Host: {host}", *headers), source=source)


def request(line: str, *headers: str, body: str = "") -> bytes:
    """A request after which the connection is closed; nothing in it is mended."""
    return "\r\n".join([f"{line} HTTP/1.1", *headers, "Connection: close", "", body]).encode()


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    whole = b""
    try:
        while got := connection.recv(65536):
            whole += got
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        pass  # closed at once, with what was sent still unread
    if not whole:
        return Answer(0, {}, (), "", whole)
    near, far = socket.socketpair()
    with near, far:
        far.sendall(whole[:200_000])
        far.shutdown(socket.SHUT_WR)
        first = HTTPResponse(near, method=method)
        first.begin()
        body = first.read().decode("utf-8", "replace")
        cookies = tuple(first.headers.get_all("set-cookie", []))
        return Answer(first.status, first.headers, cookies, body, whole)


class Server:
    """A production's `kaiin serve`, which believes this machine's proxies only."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.logs = folder / "logs"
        self._processes = Processes(
            {
                "KAIIN_MODE": "production",
                "KAIIN_VAR": str(folder),
                "KAIIN_BASE_URL": "https://example.jp",
                "KAIIN_SECRET_KEY": "Only0for1this2test/3of+proxies=4" * 2,
                "KAIIN_TRUSTED_PROXIES": "127.0.0.1",
                "KAIIN_ADMIN_NETWORKS": STAFF,
                "KAIIN_SANDBOX_URL": "http://127.0.0.1:1",
                "KAIIN_SANDBOX_SECRET": "the-sandbox-of-the-demo-moves-no-money",
                "DATABASE_URL": f"sqlite:///{folder}/kaiin.sqlite3",
                "SMTP_URL": "smtp://127.0.0.1:1",
                "PYTHONUNBUFFERED": "1",
            },
            self.logs,
        )

    def start(self) -> None:
        self._processes.start(
            "serve", "serve", "--port", str(self.port), "--workers", "2",
            health=Health(self.port, "/healthz", IDENTITY),
        )  # fmt: skip
        self._processes.wait_healthy()

    def stop(self) -> None:
        self._processes.stop()

    def send(self, sent: bytes) -> Answer:
        """As who is on the machine itself, at an address of staff, past every proxy."""
        address = ("127.0.0.1", self.port)
        with socket.create_connection(address, timeout=15, source_address=(STAFF, 0)) as connection:
            connection.sendall(sent)
            return read_answer(connection)

    def figure(self, line: str) -> float:
        """A figure of /metrics."""
        shown = self.send(request("GET /metrics", "Host: metrics"))
        assert shown.status == 200, shown.body
        found = re.search(rf"^{re.escape(line)} (\S+)$", shown.body, re.MULTILINE)
        assert found, f"{line} is not in /metrics"
        return float(found[1])


@contextmanager
def running(folder: Path, upstream: int) -> Iterator[dict[str, Proxy]]:
    """All three, with a certificate that only this test's clients trust."""
    _install()
    certificate = _certificate(folder)
    shutil.copy(ROOT / "deploy" / "proxies" / "unavailable.html", folder)
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    ports = iter(free_ports(2 * len(NAMES)))
    proxies = {name: Proxy(name, next(ports), next(ports), certificate) for name in NAMES}
    with ExitStack() as stack:
        for proxy in proxies.values():
            file = folder / f"{proxy.name}.conf"
            file.write_text(configuration(page, proxy, folder, upstream), "utf-8")
            command = [part.format(folder=folder) for part in _COMMANDS[proxy.name]]
            log = stack.enter_context((folder / f"{proxy.name}.out").open("wb"))
            process = subprocess.Popen(
                [*command, str(file)], stdout=log, stderr=subprocess.STDOUT, cwd=folder
            )
            stack.callback(_end, process)
            _wait(proxy, process, folder)
        yield proxies


def configuration(page: str, proxy: Proxy, folder: Path, upstream: int) -> str:
    """What the page says for a proxy, with this test's ports and folders."""
    language = {"caddy": "caddyfile"}.get(proxy.name, proxy.name)
    (shown,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    values = {"http": proxy.http, "https": proxy.https, "folder": folder}
    changes = {old.format(): new.format(**values) for old, new in _CHANGED[proxy.name].items()}
    changes |= {"127.0.0.1:8000": f"127.0.0.1:{upstream}", "/etc/kaiin": str(folder)}
    for old, new in changes.items():
        assert old in shown, f"{old!r} is not in the page's configuration of {proxy.name}"
        shown = shown.replace(old, new)
    # Other accounts can't enter a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return _AROUND[proxy.name].format(page=shown, folder=folder, user=user)


def _install() -> None:
    # Debian has them where other accounts' PATH does not lead.
    os.environ["PATH"] = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in (*NAMES, "openssl") if shutil.which(name) is None]
    if missing:
        subprocess.run([ROOT / "scripts" / "need.sh", *missing], check=True)


def _certificate(folder: Path) -> Path:
    made = folder / "tls"
    made.mkdir()
    chain, key = made / "fullchain.pem", made / "key.pem"
    names = ",".join(f"DNS:{label}.example.jp" for label in ("id", "official", "mail"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", chain, "-subj", "/CN=example.jp", "-days", "2",
         "-addext", f"subjectAltName={names}"],
        check=True, capture_output=True,
    )  # fmt: skip
    (made / "fullchain-and-key.pem").write_bytes(chain.read_bytes() + key.read_bytes())
    return chain


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _wait(proxy: Proxy, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 15
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", proxy.https)) == 0:
                return
        said = (folder / f"{proxy.name}.out").read_text("utf-8", "replace")
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

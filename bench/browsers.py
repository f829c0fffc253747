"""Browsers that log in again and again; a process of its own. Prints
logins a second, and how many there were.

python -m bench.browsers PORT SECONDS BROWSERS '["E123456789", …]'
"""

import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from itertools import cycle
from urllib.parse import urlencode

from bench.people import PASSWORD


class Browser:
    """Opens the login page once, for its cookie and token, then sends the form."""

    def __init__(self, port: int) -> None:
        self._host = f"id.localhost:{port}"
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies = {"kaiin-try": "1"}
        page = self._ask("GET", "/login").read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if found is None:
            sys.exit(f"bench: no form on the login page:\n{page[:2000]}")
        self._token = found[1]

    def log_in(self, login: str) -> None:
        """Send the form as a stranger's browser does; ends the bench if it isn't let in."""
        answer = self._send(login)
        body = answer.read()
        if answer.status != 302:
            sys.exit(f"bench: {login} was not let in ({answer.status}):\n{body.decode()[:3000]}")

    def try_to_log_in(self, login: str) -> tuple[int, float]:
        """As `log_in`, with any answer: its status, and the seconds that it asks to wait."""
        answer = self._send(login)
        answer.read()
        return answer.status, float(answer.headers.get("Retry-After", 0))

    def _send(self, login: str) -> HTTPResponse:
        form = {"csrfmiddlewaretoken": self._token, "login": login, "password": PASSWORD}
        return self._ask("POST", "/login", urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> HTTPResponse:
        headers = {
            "Host": self._host,
            "Origin": f"http://{self._host}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        if method == "GET":
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
        return answer


class Turns:
    """Members in turn, for all browsers."""

    def __init__(self, logins: list[str]) -> None:
        self._logins: Iterator[str] = cycle(logins)
        self._lock = threading.Lock()
        self.count = 0

    def next(self) -> str:
        with self._lock:
            self.count += 1
            return next(self._logins)


def log_in(port: int, seconds: float, count: int, logins: list[str]) -> tuple[float, int]:
    """Everybody's logins: how many a second, how many."""
    browsers = [Browser(port) for _ in range(count)]
    turns = Turns(logins)
    done = [0] * count
    # A thread's exit ends the thread alone, without a word.
    refused: list[str] = []
    started = time.perf_counter()

    def run(number: int) -> None:
        try:
            while time.perf_counter() - started < seconds:
                browsers[number].log_in(turns.next())
                done[number] += 1
        except SystemExit as error:
            refused.append(str(error))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        sys.exit(refused[0])
    if 0 in done:
        sys.exit("bench: a browser was never let in")
    return sum(done) / (time.perf_counter() - started), sum(done)


if __name__ == "__main__":
    _port, _seconds, _count, _logins = sys.argv[1:]
    print(json.dumps(log_in(int(_port), float(_seconds), int(_count), json.loads(_logins))))

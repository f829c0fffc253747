"""Members who are in and a crowd that logs in, at once; a process of its own.

python -m bench.crowd_browsers PORT SECONDS BROWSERS COOKIE '["E123456789", …]'
"""

import json
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from itertools import cycle

from bench.browsers import Browser

_PAUSE = 0.05
_LOOKS = {"member": ("official", "/members/"), "health": ("id", "/healthz")}


class Look:
    """One look: until when, and what was answered."""

    def __init__(self, port: int, seconds: float, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._ends = time.perf_counter() + seconds
        self.answers: Counter[str] = Counter()
        self.times: dict[str, list[float]] = {"member": [], "health": []}

    def get(self, what: str) -> None:
        """A page again and again, as fast as a reader in a hurry."""
        label, path = _LOOKS[what]
        headers = {"Host": f"{label}.localhost:{self._port}", "Cookie": self._cookie}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        while time.perf_counter() < self._ends:
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            self.answers["lost"] += answer.status != 200
            self.times[what].append((time.perf_counter() - began) * 1000)
            time.sleep(_PAUSE)

    def log_in(self, browser: Browser, login: str) -> None:
        """Until let in, and then again."""
        while time.perf_counter() < self._ends:
            try:
                status, wait = browser.try_to_log_in(login)
            except (HTTPException, OSError):
                status, wait = 0, 1.0
            if status == 503 and wait:
                self.answers["waits"] += 1
                time.sleep(max(0.0, min(wait, self._ends - time.perf_counter())))
            else:
                self.answers["logins" if status == 302 else "lost"] += 1


def look(port: int, seconds: float, count: int, cookie: str, logins: list[str]) -> dict[str, float]:
    """The 99th percentile of what members and monitors wait, in ms, and the crowd's answers."""
    browsers = [Browser(port) for _ in range(count)]
    seen = Look(port, seconds, cookie)
    work = [(seen.get, (what,)) for what in ("member", "member", "health")]
    crowd = [(seen.log_in, pair) for pair in zip(browsers, cycle(logins), strict=False)]
    threads = [threading.Thread(target=target, args=args) for target, args in (*work, *crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slowest = {what: sorted(each)[int(len(each) * 0.99)] for what, each in seen.times.items()}
    return slowest | {name: seen.answers[name] for name in ("logins", "waits", "lost")}


if __name__ == "__main__":
    _port, _seconds, _count, _cookie, _logins = sys.argv[1:]
    _answer = look(int(_port), float(_seconds), int(_count), _cookie, json.loads(_logins))
    print(json.dumps(_answer))

"""A monitor, and strangers who half-send forms; a process of its own. Prints the 99th
percentile of what the monitor waits, in ms.

python -m bench.health_visitors PORT SECONDS HALF_SENT
"""

import json
import socket
import sys
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection

_PAUSE = 0.02
_STAY = 1.0


def half_send(port: int, ends: float, count: int) -> None:
    form = f"POST /login HTTP/1.1\r\nHost: id.localhost:{port}\r\nContent-Length: 500\r\n\r\ncsrf"
    while time.perf_counter() < ends:
        with ExitStack() as stack:
            for _ in range(count):
                connection = socket.create_connection(("127.0.0.1", port), timeout=30)
                stack.enter_context(connection).sendall(form.encode())
            time.sleep(_STAY)


def watch(port: int, ends: float) -> float:
    waits = []
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while time.perf_counter() < ends:
        began = time.perf_counter()
        connection.request("GET", "/healthz", headers={"Host": f"id.localhost:{port}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"bench: /healthz answered {answer.status}")
        waits.append((time.perf_counter() - began) * 1000)
        time.sleep(_PAUSE)
    return sorted(waits)[int(len(waits) * 0.99)]


def look(port: int, seconds: float, half_sent: int) -> float:
    ends = time.perf_counter() + seconds
    strangers = threading.Thread(target=half_send, args=(port, ends, half_sent))
    strangers.start()
    waited = watch(port, ends)
    strangers.join()
    return waited


if __name__ == "__main__":
    _port, _seconds, _half_sent = sys.argv[1:]
    print(json.dumps(look(int(_port), float(_seconds), int(_half_sent))))

"""From the provider's charge to the open door: with the notice, by a visit, by the next sweep, each
alone and while renewals and their mails are under way. Real processes, real HTTP, real time."""

import http.client
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

from scripts.postgres import postgres

from bench.club import free_port, run_module
from bench.figures import Figure
from bench.renewals import DURABLE, prepare
from kaiin.cli.demo_environment import demo_variables
from kaiin.cli.processes import Health, Processes
from kaiin.domain.periods import JST
from kaiin.infra import clock
from kaiin.lab.sandbox import switches
from kaiin.lab.sandbox.store import Store, read

# The club's renewals are due on the 1st.
ALONE = datetime(2026, 11, 10, 12, tzinfo=JST)
UNDER_LOAD = datetime(2026, 12, 1, 0, 5, tzinfo=JST)
# Each look is a page: of 50 a second and waiting member, most of what is measured would be looks.
_LOOK_SECONDS = 0.1
_LONGEST_SECONDS = 300.0
# From paying to the visit, as the provider's page leads back.
_BACK_SECONDS = 0.5
# One joins so often alone; under load they are spread over the renewals, and join no faster.
_EVERY_SECONDS = 1.0
_SECONDS_A_RENEWAL = 0.03

Joiner = dict[str, str]


@dataclass(frozen=True)
class Sizes:
    """How many renewals are due, and how many join in each way."""

    renewals: int
    notices: int
    visits: int
    sweeps: int

    @property
    def joiners(self) -> int:
        return self.notices + self.visits + self.sweeps


SMALL = Sizes(renewals=300, notices=40, visits=10, sweeps=3)
FULL = Sizes(renewals=10_000, notices=200, visits=50, sweeps=8)


@dataclass
class Times:
    """Seconds to the open door, by way; `arrived`: from the notice's arrival. `load`: what was
    renewed meanwhile, and for how long."""

    notice: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    visit: list[float] = field(default_factory=list)
    sweep: list[float] = field(default_factory=list)
    load: str = ""


def measure() -> Iterator[Figure]:
    """Both databases; with --full 10,000 renewals, some ten minutes each."""
    sizes = FULL if "--full" in sys.argv else SMALL
    with tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder:
        yield from _on("SQLite", sizes, Path(folder), {})
    with (
        tempfile.TemporaryDirectory(prefix="kaiin-bench-") as folder,
        postgres(**DURABLE) as url,
    ):
        yield from _on("PostgreSQL", sizes, Path(folder), {"DATABASE_URL": url})


def _on(database: str, sizes: Sizes, folder: Path, more: dict[str, str]) -> Iterator[Figure]:
    variables = demo_variables(folder, free_port()) | more
    os.environ["KAIIN_CLOCK_FILE"] = variables["KAIIN_CLOCK_FILE"]
    prepare(variables)
    run_module("bench.joiners", "club", str(sizes.renewals), variables=variables)
    house = House(variables, folder)
    clock.turn_to(ALONE)
    with house.open():
        alone = house.watch(sizes, every=_EVERY_SECONDS)
        clock.turn_to(UNDER_LOAD)
        spread = sizes.renewals * _SECONDS_A_RENEWAL / sizes.notices
        busy = house.watch(sizes, every=max(spread, _EVERY_SECONDS))
    for times in (alone, busy):
        yield from _figures(database, times)


def _figures(database: str, times: Times) -> Iterator[Figure]:
    when = f"under load, {database}" if times.load else f"alone, {database}"
    beside = f"; {times.load}" if times.load else ""
    for way, unit, factor, seconds, how in (
        ("with the notice", "ms", 1000, times.notice, "from the charge to the first open answer"),
        (
            "from the notice's arrival",
            "ms",
            1000,
            times.arrived,
            "the same members, without what the sandbox took to send it",
        ),
        ("by a visit", "ms", 1000, times.visit, "no notice; the visit's three requests together"),
        ("by the sweep", "s", 1, times.sweep, "no notice, no visit; from the charge"),
    ):
        values = sorted(value * factor for value in seconds)
        if not values:
            sys.exit(f"bench: no door was opened {way} {when}")
        how_often = f"{how}; {len(values)} members who join by card{beside}"
        name = f"charge to open door {way}"
        yield Figure(f"{name}, {when}", unit, tuple(values), how_often)
        yield Figure(f"{name}, p99, {when}", unit, (values[-(len(values) // 100) - 1],), how_often)


class House:
    """Pages, sandbox and worker of a club, and members at its doors."""

    def __init__(self, variables: dict[str, str], folder: Path) -> None:
        self._variables, self._folder = variables, folder
        self._port = int(variables["KAIIN_BASE_URL"].rpartition(":")[2])
        self._store = Store(variables["KAIIN_SANDBOX_STORE"])
        self._failures: list[str] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        """Run the pages and the sandbox."""
        processes = Processes(self._variables, self._folder)
        port = self._port
        try:
            processes.start(
                "serve", "serve", "--port", str(port), "--workers", "2",
                health=Health(port, "/healthz", "id.localhost"),
            )  # fmt: skip
            processes.start(
                "sandbox", "sandbox", "--port", str(port + 1),
                health=Health(port + 1, "/", "pay.localhost"),
            )  # fmt: skip
            processes.wait_healthy(60)
            yield
        finally:
            processes.stop()

    def watch(self, sizes: Sizes, *, every: float) -> Times:
        """Start a worker, and have members join beside what it does; one begins so often."""
        joiners = json.loads(
            run_module("bench.joiners", "ready", str(sizes.joiners + 1), variables=self._variables)
        )
        first = joiners.pop()
        due = self._figure("kaiin_renewals_due")
        by_notice = joiners[: sizes.notices]
        by_visit = joiners[sizes.notices : sizes.notices + sizes.visits]
        by_sweep = joiners[sizes.notices + sizes.visits :]
        for joiner in by_visit + by_sweep:
            self._lose_notices(joiner)
        times = Times()
        worker = Processes(self._variables, self._folder)
        try:
            worker.start("worker", "worker")
            started = time.monotonic()
            # The worker's own start, and what its lanes load in their first rounds, are no part of
            # what is measured: one door has been opened before.
            self._opens(first)
            if due:
                threading.Thread(target=self._see_load_end, args=(due, started, times)).start()
            busy = (lambda: not times.load) if due else (lambda: True)
            crowd = [
                # Spread over the minute between two sweeps; the first is at the worker's start.
                _each(
                    by_sweep,
                    lambda one: times.sweep.append(self._opens(one, look=0.5)),
                    60 / len(by_sweep),
                ),
                _each(by_notice, lambda one: times.notice.append(self._opens(one)), every, busy),
                _each(
                    by_visit,
                    lambda one: self._visits(one, times.visit),
                    every * sizes.notices / sizes.visits,
                    busy,
                ),
            ]
            for thread in crowd:
                thread.join()
            if self._failures:
                sys.exit(f"bench: {', '.join(self._failures)}")
            while due and not times.load:
                time.sleep(1)
            worker.check()
        finally:
            worker.stop()
        times.arrived = self._since_arrival(by_notice)
        return times

    def _since_arrival(self, joiners: Sequence[Joiner]) -> list[float]:
        said = run_module("bench.joiners", "arrivals", "0", variables=self._variables)
        arrivals = json.loads(said)
        return [
            (datetime.fromisoformat(one["opened"]) - datetime.fromisoformat(at)).total_seconds()
            for one in joiners
            if "opened" in one and (at := arrivals.get(self._order(one)))
        ]

    def _opens(self, joiner: Joiner, *, look: float = _LOOK_SECONDS) -> float:
        """Pay; the seconds until the door is open."""
        charged = self._pay(joiner)
        until = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < until:
            if self._is_open(joiner):
                now = clock.now()
                joiner["opened"] = now.isoformat()
                return (now - charged).total_seconds()
            time.sleep(look)
        return self._fail("a door stayed closed")

    def _visits(self, joiner: Joiner, seconds: list[float]) -> None:
        """Pay, and come to the site a moment later; notes the seconds of the visit, unless the
        sweep, once a minute, came before it."""
        self._pay(joiner)
        time.sleep(_BACK_SECONDS)
        started = time.perf_counter()
        if self._is_open(joiner):
            return
        self._get("id", "/entry/official", joiner["root"])
        if not self._is_open(joiner):
            self._fail("a visit did not open the door")
        seconds.append(time.perf_counter() - started)

    def _fail(self, what: str) -> NoReturn:
        """End this member's thread; `watch` ends the bench."""
        self._failures.append(what)
        sys.exit(what)

    def _pay(self, joiner: Joiner) -> datetime:
        """Go through the provider's page; the instant of the charge."""
        card = {"number": "4242 4242 4242 4242", "expiry": "12/49", "cvc": "123"}
        self._post(f"/pay/{joiner['token']}/card", card)
        self._post(f"/pay/{joiner['token']}/3ds", {"answer": "proven"})
        row = self._store.reading().one(
            "SELECT paid_at FROM payment WHERE token = ?", (joiner["token"],)
        )
        if row is None or row["paid_at"] is None:
            self._fail("the sandbox did not charge")
        return read(row["paid_at"])

    def _lose_notices(self, joiner: Joiner) -> None:
        with self._store.transaction() as tx:
            switches.put(tx, scope=self._order(joiner), name="drop", value="1")

    def _order(self, joiner: Joiner) -> str:
        row = self._store.reading().one(
            "SELECT order_id FROM payment WHERE token = ?", (joiner["token"],)
        )
        return row["order_id"] if row else ""

    def _is_open(self, joiner: Joiner) -> bool:
        status, _ = self._get("official", "/members/", joiner["site"])
        if status not in (200, 302):
            self._fail(f"/members/ answered {status}")
        return status == 200

    def _get(self, host: str, path: str, cookie: str = "") -> tuple[int, str]:
        return _answer(self._port, "GET", f"{host}.localhost:{self._port}", path, cookie=cookie)

    def _post(self, path: str, fields: dict[str, str]) -> None:
        port = self._port + 1
        status, _ = _answer(port, "POST", f"pay.localhost:{port}", path, body=urlencode(fields))
        if status != 303:
            self._fail(f"{path} answered {status}")

    def _figure(self, name: str) -> float:
        """The sum of a figure of /metrics."""
        said = self._get("id", "/metrics")[1]
        return sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", said, re.MULTILINE)))

    def _see_load_end(self, due: float, started: float, times: Times) -> None:
        """Note how long the renewals took, and what followed from them."""
        while self._renewed() < due:
            time.sleep(2)
        renewed = time.monotonic() - started
        while self._figure("kaiin_outbox_due") or self._figure("kaiin_inbox_waiting"):
            time.sleep(2)
        times.load = (
            f"beside {due:.0f} renewals by one worker through the sandbox, {renewed:.0f} s, with "
            f"their notices and mails {time.monotonic() - started:.0f} s"
        )

    def _renewed(self) -> int:
        """How many renewals the worker says it has done."""
        lines = (self._folder / "worker.log").read_text("utf-8").splitlines()
        done = [line for line in lines if '"job": "billing.renew"' in line]
        return sum(json.loads(line)["count"] for line in done)


def _each(
    joiners: Sequence[Joiner],
    do: Callable[[Joiner], None],
    every: float,
    goes_on: Callable[[], bool] = lambda: True,
) -> threading.Thread:
    """A thread that has one after the other begin, each in a thread of its own."""

    def begin() -> None:
        running = []
        for joiner in joiners:
            if not goes_on():
                break
            thread = threading.Thread(target=do, args=(joiner,))
            thread.start()
            running.append(thread)
            time.sleep(every)
        for thread in running:
            thread.join()

    outer = threading.Thread(target=begin)
    outer.start()
    return outer


def _answer(
    port: int, method: str, host: str, path: str, *, cookie: str = "", body: str = ""
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": host}
    if cookie:
        headers["Cookie"] = cookie
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body=body or None, headers=headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said

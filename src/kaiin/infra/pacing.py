"""Calls to one outside service: so many at a time, so many a second."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from kaiin.infra.locks import refuse_in_transaction

_T = TypeVar("_T")
_R = TypeVar("_R")


class Pace:
    """Lets `take_turn` return at most `per_second` times a second; 0: as often as it is called.

    `now` and `wait` are real time, not the settable clock's: they spare another party's
    machine.
    """

    def __init__(
        self,
        per_second: float,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = 1 / per_second if per_second else 0.0
        self._now, self._wait = now, wait
        self._lock = threading.Lock()
        self._free_at = 0.0

    def take_turn(self) -> None:
        """Wait until it is this caller's turn."""
        if not self._pause:
            return
        with self._lock:
            now = self._now()
            mine = max(self._free_at, now)
            self._free_at = mine + self._pause
        if mine > now:
            self._wait(mine - now)


def in_parallel(work: Callable[[_T], _R], items: Iterable[_T], *, at_once: int) -> Iterator[_R]:
    """`work` done on each item by `at_once` threads; results in the items' order, as they are
    taken. With one, in the caller's own thread. A caller that stops taking stops the rest."""
    if at_once <= 1:
        yield from map(work, items)
        return
    # The threads' own calls would not notice: connections are a thread's own.
    refuse_in_transaction()
    under_way: deque[Future[_R]] = deque()
    with ThreadPoolExecutor(at_once, thread_name_prefix="outside") as pool:
        try:
            for item in items:
                under_way.append(pool.submit(work, item))
                # Twice as many are on the way as are worked on: no thread waits for the taker.
                if len(under_way) >= 2 * at_once:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()

"""Places for work that keeps a processor busy: few at once, some waiting, the rest sent away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):
    """Every place is taken. Nothing was done."""


class Places:
    """At most `at_once` threads work and `waiting` more wait for their turn, in one process.

    A thread that waits answers no other request, so the places are what such work may take of a
    process's threads; the others stay free for other requests.
    """

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._turns = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._limit = at_once + waiting
        self._taken = 0

    def let_wait(self, waiting: int) -> None:
        """How many may wait from now on."""
        self._limit = self._at_once + waiting

    @property
    def are_taken(self) -> bool:
        """Whether there is no place at this moment."""
        return self._taken >= self._limit

    @contextmanager
    def taken(self, *, always: bool = False) -> Iterator[None]:
        """Keep a place for the whole of a request. `always`: also past the limit.

        Raises Full at once where there is none.
        """
        with self._lock:
            if self._taken >= self._limit and not always:
                raise Full
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to work; others wait meanwhile."""
        with self._turns:
            yield

"""Draws that are begun anew at each step, though most steps draw nothing from most sources."""

from random import Random
from typing import Any


class Source(Random):
    """As Random, but a seed, which takes longer than a draw, is looked at by the first draw."""

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Begin anew with the next draw."""
        self.__dict__.pop("random", None)
        self.__dict__.pop("getrandbits", None)
        self._seed: tuple[Any, int] | None = (a, version)

    def _begin(self) -> None:
        # A method that was looked up before the first draw is called at the later ones, too.
        if self._seed is not None:
            seed, self._seed = self._seed, None
            super().seed(*seed)
            self.random = super().random  # type: ignore[method-assign]
            self.getrandbits = super().getrandbits  # type: ignore[method-assign]

    def random(self) -> float:
        """The next draw, from 0 to below 1."""
        self._begin()
        return super().random()

    def getrandbits(self, k: int, /) -> int:
        """So many bits."""
        self._begin()
        return super().getrandbits(k)

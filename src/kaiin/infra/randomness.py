"""Where random ids and draws of the engine come from, so that a simulation can be replayed.

The system's randomness, unless a seeded source was put in its place. Secrets (codes, tokens,
passwords) are not made here: they stay with `secrets`.
"""

import random
from uuid import UUID

_source: random.Random = random.SystemRandom()


def use(source: random.Random | None) -> None:
    """Draw from `source` from now on; None: from the system again."""
    global _source
    _source = source or random.SystemRandom()


def uuid() -> UUID:
    """A random UUID (version 4)."""
    return UUID(int=_source.getrandbits(128), version=4)


def below(bound: int) -> int:
    """A number from 0 to `bound` - 1."""
    return _source.randrange(bound)


def digits(length: int) -> str:
    """So many digits, for numbers that people see."""
    return f"{_source.randrange(10**length):0{length}}"

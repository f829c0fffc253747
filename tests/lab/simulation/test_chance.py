"""A source that begins late draws what Random draws."""

from collections.abc import Callable
from random import Random

import pytest

from kaiin.lab.simulation.chance import Source

_DRAWS: dict[str, Callable[[Random], object]] = {
    "random": lambda source: source.random(),
    "bits": lambda source: source.getrandbits(128),
    "a number": lambda source: source.randrange(10**9),
    "a choice": lambda source: source.choice("abcdef"),
    "choices": lambda source: source.choices("abcdef", k=12),
    "shuffled": lambda source: source.sample(range(20), 20),
}


@pytest.mark.parametrize("first", _DRAWS)
def test_the_same_draws(first: str) -> None:
    plain, late = Random(), Source()
    for seed in ("7:1:0", "7:2:0", "7:1:0"):
        plain.seed(seed)
        late.seed("never drawn from")
        late.seed(seed)
        for draw in (_DRAWS[first], *_DRAWS.values()):
            assert draw(late) == draw(plain)

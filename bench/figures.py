"""A measured figure: the median of several runs, and what it is compared with."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """`runs` are the values of each run in `unit`; `how` says how it was measured in one line.

    `beside` names the figure of the same run that this one is a share of: the
    share is comparable between machines.
    """

    name: str
    unit: str
    runs: tuple[float, ...]
    how: str
    beside: str | None = None
    median: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "median", statistics.median(self.runs))


def ratio(figure: Figure, figures: Sequence[Figure]) -> float | None:
    """The share of the figure beside it, or None."""
    beside = next((other for other in figures if other.name == figure.beside), None)
    return figure.median / beside.median if beside else None

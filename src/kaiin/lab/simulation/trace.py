"""What happened, in order: shown when something is wrong, and hashed to compare two runs."""

import hashlib
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kaiin.domain.periods import JST

_KEPT_EACH = 400


@dataclass(frozen=True)
class Line:
    """`who` is a person's or a job's name; `what` begins with a word that can be counted."""

    at: datetime
    who: str
    what: str

    def __str__(self) -> str:
        return f"{jst(self.at)}  {self.who:<18} {self.what}"


@lru_cache(maxsize=100)
def jst(at: datetime) -> str:
    """An instant by the clocks in Japan."""
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M:%S}"


class Trace:
    """The newest lines of each person and job; the digest covers all."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._digest = hashlib.sha256()
        self._lines: dict[str, deque[Line]] = defaultdict(lambda: deque(maxlen=_KEPT_EACH))

    def note(self, at: datetime, who: str, what: str) -> None:
        """Add a line."""
        line = Line(at, who, what)
        self._lines[who].append(line)
        self._digest.update(f"{line}\n".encode())

    def count(self, kind: str) -> None:
        """Count something for the summary."""
        self.counts[kind] += 1

    def of(self, who: str) -> list[Line]:
        """What is still known of a person."""
        return list(self._lines[who])

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

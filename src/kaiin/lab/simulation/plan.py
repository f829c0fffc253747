"""What a run is: its seed, how many people, how long, how bad the luck."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kaiin.domain.periods import JST, add_months


class Faults(StrEnum):
    """NONE: everything works. USUAL: what a good month brings. HOSTILE: everything at once, and
    days on which no notice comes at all."""

    NONE = "none"
    USUAL = "usual"
    HOSTILE = "hostile"


@dataclass(frozen=True)
class Plan:
    """One run. The same plan brings the same run."""

    seed: int
    members: int
    months: int
    faults: Faults
    crash: bool

    @property
    def start(self) -> datetime:
        """The first instant: spread over a year and its month ends, by the seed."""
        first = datetime(2027, 1, 1, tzinfo=JST)
        return first + timedelta(days=(self.seed * 37) % 365)

    @property
    def end(self) -> datetime:
        """Where the last day ends."""
        last = add_months(self.start.date(), self.months)
        return datetime(last.year, last.month, last.day, tzinfo=JST)

    @property
    def command(self) -> str:
        """The line that runs it again."""
        crash = " --crash" if self.crash else ""
        return (
            f"kaiin simulate --seed {self.seed} --members {self.members}"
            f" --months {self.months} --faults {self.faults}{crash}"
        )

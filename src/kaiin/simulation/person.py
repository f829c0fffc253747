"""Somebody, as far as they themselves know."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from kaiin.infra import clock

SOON = timedelta(minutes=7)
# Days between two things that somebody does who has nothing unfinished.
SETTLED = 75


@dataclass
class Person:
    """Somebody with one member ID; who has two is two of these."""

    name: str
    favourite: str
    pk: int = 0
    # Since when they know that they have left a site.
    left_at: dict[str, datetime] = field(default_factory=dict)
    left_at_once: dict[str, datetime] = field(default_factory=dict)
    wants_to_leave: set[str] = field(default_factory=set)
    # Every click that means "in" (True) or "out" at a site, also those that nobody answered.
    clicks: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)

    def clicked(self, site: str, *, inwards: bool) -> None:
        """Remember a click."""
        self.clicks.setdefault(site, []).append((clock.now(), inwards))

    def turned_away(self, site: str, paid_at: datetime, until: datetime) -> bool:
        """Whether somebody wanted out when money arrived, or before it could be known."""
        clicks = self.clicks.get(site, [])
        before = [inwards for at, inwards in clicks if at <= paid_at]
        out_soon = any(not inwards for at, inwards in clicks if paid_at <= at <= until)
        at_once = self.left_at_once.get(site)
        gone = at_once is not None and at_once >= paid_at
        return gone or out_soon or (bool(before) and not before[-1])

    def clicked_inwards(self, site: str, since: datetime, until: datetime) -> bool:
        """Whether they asked for something at a site between two instants."""
        return any(inwards and since <= at <= until for at, inwards in self.clicks.get(site, []))


def some_days(chance: Random, mean: float) -> timedelta:
    """A while, of so many days on average."""
    return timedelta(seconds=60 + round(chance.expovariate(1 / (mean * 86400))))

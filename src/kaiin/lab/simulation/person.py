"""A person, as far as they themselves know."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from kaiin.billing.views.memberships import MembershipView
from kaiin.domain.periods import TermRuleSpec
from kaiin.infra import clock

SOON = timedelta(minutes=7)
# Days between two actions of a person who has nothing unfinished.
SETTLED = 75


@dataclass(frozen=True)
class Imported:
    """A membership that a person was imported with: paid elsewhere until `until`."""

    site: str
    at: datetime
    until: datetime
    rule: TermRuleSpec
    mandate_id: str


@dataclass
class Given:
    """Access that staff gave. `sure`: it is known that it was; `ended_at`: when staff took it back,
    or tried to (`surely_ended` says which)."""

    site: str
    at: datetime
    until: datetime
    key: int = 0
    sure: bool = True
    ended_at: datetime | None = None
    surely_ended: bool = False


@dataclass
class Person:
    """A person with one member ID; a person with two is two of these."""

    name: str
    favourite: str
    pk: int = 0
    # What My page says of the site that they are at.
    sees: MembershipView | None = None
    # Since when they know that they have left a site.
    left_at: dict[str, datetime] = field(default_factory=dict)
    left_at_once: dict[str, datetime] = field(default_factory=dict)
    wants_to_leave: set[str] = field(default_factory=set)
    # Every click that means "in" (True) or "out" at a site, also those without an answer.
    clicks: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)
    # Where their breaks at a site end, as the page said before each click.
    breaks: dict[str, list[datetime]] = field(default_factory=dict)
    # When they turned back on the provider's page.
    turned_back: dict[str, list[datetime]] = field(default_factory=dict)
    imported: Imported | None = None
    given: list[Given] = field(default_factory=list)
    # Whether staff have closed the account; None while that is unknown.
    closed: bool | None = False
    # The session of their browser, from the last time that they logged in.
    sid: str = ""
    # They pay again, by any way, the next time that they come: a slip's money is not seen.
    impatient: set[str] = field(default_factory=set)
    # Payments that bought nothing, whose money staff kept or tried to.
    kept: set[UUID] = field(default_factory=set)

    def clicked(self, site: str, *, inwards: bool) -> None:
        """Remember a click."""
        self.clicks.setdefault(site, []).append((clock.now(), inwards))

    def turned_away(self, site: str, paid_at: datetime, until: datetime) -> bool:
        """Whether the person wanted out when money arrived, or before it could be known."""
        clicks = self.clicks.get(site, [])
        before = [inwards for at, inwards in clicks if at <= paid_at]
        out_soon = any(not inwards for at, inwards in clicks if paid_at <= at <= until)
        at_once = self.left_at_once.get(site)
        gone = at_once is not None and at_once >= paid_at
        return gone or out_soon or (bool(before) and not before[-1])

    def may_have_ended(self, site: str, since: datetime, until: datetime) -> bool:
        """Whether something that they did between two instants may have voided a payment."""
        clicks = [at for at, _ in self.clicks.get(site, [])]
        return any(since <= at <= until for at in (*clicks, *self.turned_back.get(site, [])))

    def clicked_inwards(self, site: str, since: datetime, until: datetime) -> bool:
        """Whether they asked for something at a site between two instants."""
        return any(inwards and since <= at <= until for at, inwards in self.clicks.get(site, []))


def some_days(chance: Random, mean: float) -> timedelta:
    """A while, of so many days on average."""
    return timedelta(seconds=60 + round(chance.expovariate(1 / (mean * 86400))))

"""What staff do besides deciding about money: give access, take it back, close accounts."""

from datetime import timedelta
from random import Random

from kaiin.billing.actions.grants import grant_access, revoke_grant
from kaiin.identity.flows.staff import disable_member, enable_member
from kaiin.infra import clock
from kaiin.lab.simulation.person import Given, Person
from kaiin.lab.simulation.steps import KILLED, Steps

_ACTOR = "staff:1"
_GIVES = 0.03
_TAKES_BACK = 0.3
_CLOSES = 0.02
# Each time that a person with a closed account comes by: they have written to support.
_OPENS_AGAIN = 0.4


class Staff:
    """Acts when a person comes by, before they do anything."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def act(self, person: Person, site: str, chance: Random) -> None:
        """Now and then, one of the things that staff do."""
        draw = chance.random()
        running = [
            each for each in person.given
            if each.key and each.ended_at is None and each.until > clock.now()
        ]  # fmt: skip
        if running and chance.random() < _TAKES_BACK:
            self._take_back(person, chance.choice(running), chance)
        elif draw < _GIVES:
            self._give(person, site, chance)
        elif person.closed is not False:
            if chance.random() < _OPENS_AGAIN:
                self._close(person, chance, closed=False)
        elif draw > 1 - _CLOSES:
            self._close(person, chance, closed=True)

    def _give(self, person: Person, site: str, chance: Random) -> None:
        now = clock.now()
        given = Given(site, now, now + timedelta(hours=chance.randint(1, 24 * 60)))

        def give() -> str:
            key = grant_access(
                member_pk=person.pk,
                site_key=site,
                until=given.until,
                reason_text="an apology",
                actor=_ACTOR,
            )
            return f"grant {key}"

        said = self._steps.person(person.name, f"staff let in at {site}", give, chance=chance)
        given.sure = said.startswith("grant ")
        given.key = int(said.removeprefix("grant ")) if given.sure else 0
        person.given.append(given)

    def _take_back(self, person: Person, given: Given, chance: Random) -> None:
        def take_back() -> str:
            revoke_grant(grant_id=given.key, actor=_ACTOR)
            return "done"

        given.ended_at = clock.now()
        said = self._steps.person(person.name, "staff take it back", take_back, chance=chance)
        given.surely_ended = said == "done"

    def _close(self, person: Person, chance: Random, *, closed: bool) -> None:
        def act() -> str:
            do = disable_member if closed else enable_member
            do(member_pk=person.pk, actor=_ACTOR, reason="the simulation's")
            return "done"

        what = "staff close the account" if closed else "staff open the account again"
        said = self._steps.person(person.name, what, act, chance=chance)
        if said == "done":
            person.closed = closed
        elif said.startswith(KILLED):
            person.closed = None

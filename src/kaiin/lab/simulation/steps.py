"""One step after another: a job of the worker, or something that a person does.

Each step draws from sources of its own, seeded by its number, so that one that is killed changes
nothing for those after it. Where a step reaches a crash point, another worker's job or the same
person's second tab may come in between; or it ends there for good, as a killed process does.
"""

import traceback
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from django.db import connection

from kaiin.domain.errors import KaiinError
from kaiin.infra import clock, crash_points
from kaiin.infra.crash_points import CrashPoint
from kaiin.lab.sandbox.refusal import Refused
from kaiin.lab.simulation.killing import lent, refuse_inside_transactions, run_ended, run_killed
from kaiin.lab.simulation.plan import Faults, Plan
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.trace import Trace
from kaiin.lab.simulation.weather import Weather

Work = Callable[[], str]

KILLED = "killed"
_REFUSALS = (KaiinError, Refused, LookupError)
_MAX_POINTS = 12
# How likely it is that another actor comes in between at a point, and that a step is killed.
_RACES = {Faults.NONE: 0.005, Faults.USUAL: 0.01, Faults.HOSTILE: 0.02}
_KILLS_OF_JOBS = 0.04
_KILLS_OF_PEOPLE = 0.08
# How many of those are killed in a process of their own, which costs several times what the step
# does. SQLite says of the others that nothing was written after the end (`killing.changes`);
# PostgreSQL does not.
_REALLY_KILLED = {"sqlite": 0.1, "postgresql": 0.5}


class Broken(Exception):
    """A step ended in a way that no step may; the text says how. `ids` name the rows, as a
    violation's, where they are known."""

    def __init__(self, says: str, ids: tuple[str, ...] = ()) -> None:
        super().__init__(says)
        self.ids = ids


class Steps:
    """Runs steps; `others` are what may come in between: name and work."""

    def __init__(
        self,
        plan: Plan,
        trace: Trace,
        provider: Provider,
        weather: Weather,
        sources: Sequence[Random],
    ) -> None:
        self.others: Sequence[tuple[str, Work]] = ()
        # Whose step it is, for the one that breaks.
        self.acting = ""
        # How many were run in a process of their own: what these wrote, this one did not.
        self.apart = 0
        self._plan = plan
        self._trace = trace
        self._provider = provider
        self._weather = weather
        self._sources = sources
        self._number = 0
        self._nested = False

    def chance(self) -> Random:
        """A new step's own draws; engine and provider draw anew, too."""
        self._number += 1
        for index, source in enumerate(self._sources):
            source.seed(f"{self._plan.seed}:{self._number}:{index}")
        return Random(f"{self._plan.seed}:{self._number}")

    def person(
        self, who: str, what: str, work: Work, *, chance: Random, beside: Work | None = None
    ) -> str:
        """Something that a person does; `beside` is their second tab, which comes in between.
        Returns how it went: `work`'s word, `refused …`, or KILLED where that is unknown."""
        self.acting = who
        if self._plan.crash and chance.random() < _KILLS_OF_PEOPLE:
            said = self._ended(work, chance)
        else:
            said = self._here(who, work, chance, beside)
        self._trace.note(clock.now(), who, f"{what}: {said}")
        self._trace.count(f"{what} {said.partition(' ')[0]}" if said else what)
        return said

    def job(self, name: str, work: Work) -> str:
        """A turn of a job: what `work` says ("" for nothing done) or KILLED."""
        self.acting = "worker"
        chance = self.chance()
        self._weather.gust(chance)
        if self._plan.crash and chance.random() < _KILLS_OF_JOBS:
            said = self._ended(work, chance)
        else:
            said = self._here("worker", work, chance, None)
        if said:
            self._trace.note(clock.now(), "worker", f"{name}: {said}")
        return said

    def _here(self, who: str, work: Work, chance: Random, beside: Work | None) -> str:
        likelihood = _RACES[self._plan.faults]
        waiting = [beside] if beside is not None else []

        def come_in_between(point: CrashPoint) -> None:
            if self._nested:
                return
            refuse_inside_transactions(point)
            if waiting and chance.random() < 0.4:
                self._between(f"{who}, second tab", point, waiting.pop())
            elif self.others and chance.random() < likelihood:
                name, other = chance.choice(self.others)
                self._between(f"second worker, {name}", point, other)

        crash_points.install(come_in_between)
        try:
            return _outcome(work)
        finally:
            crash_points.install(None)

    def _between(self, name: str, point: CrashPoint, work: Work) -> None:
        self._nested = True
        try:
            said = _outcome(work)
        finally:
            self._nested = False
        self._trace.note(clock.now(), name, f"at {point}: {said}")
        self._trace.count("raced")

    def _ended(self, work: Work, chance: Random) -> str:
        """Run a step that ends when it reaches a point for the n-th time."""
        at = chance.randint(1, chance.randint(1, _MAX_POINTS))
        if chance.random() < _REALLY_KILLED[connection.vendor]:
            self.apart += 1
            apart = lent(self._provider.file)
            fate = run_killed(partial(_outcome, work), at=at, apart=apart)
        else:
            fate = run_ended(partial(_outcome, work), at=at)
        if fate.broke:
            raise Broken(fate.broke)
        if fate.killed_at is not None:
            self._trace.count(f"killed at {fate.killed_at}")
            return f"{KILLED} at {fate.killed_at}"
        return fate.said


def _outcome(work: Work) -> str:
    try:
        return work()
    except _REFUSALS as error:
        return f"refused {getattr(error, 'code', error)}"
    except Broken:
        raise
    except Exception as error:
        raise Broken(traceback.format_exc()) from error

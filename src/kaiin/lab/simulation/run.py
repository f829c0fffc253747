"""A run from its first to its last instant."""

import heapq
import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from kaiin.domain.periods import JST
from kaiin.infra import clock, randomness
from kaiin.lab.simulation import checks, killing, listening
from kaiin.lab.simulation.chance import Source
from kaiin.lab.simulation.dues import ASKING, KNOWN, NETWORK, dues, has_news
from kaiin.lab.simulation.expectations import SWEEP, Expectations
from kaiin.lab.simulation.mails import Postbox
from kaiin.lab.simulation.people import People
from kaiin.lab.simulation.plan import Faults, Plan
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.steps import KILLED, Broken, Steps, Work
from kaiin.lab.simulation.trace import Trace
from kaiin.lab.simulation.weather import Weather
from kaiin.verification.violation import Violation

Jobs = Mapping[str, Callable[[], int]]

_DAY = timedelta(days=1)
# Members come during the first part of a run, so that the rest sees all of their lives.
_JOINING_SHARE = 0.6
_SECOND_IDS = 12
_MAX_TURNS = 12
_LOST_MAILS = 25
# How long the worker sleeps though something is due. Unfinished pages are asked about
# for a day, which is no hurry.
_GAP_MINUTES = (15, 110)
_ASKING_GAP_MINUTES = (90, 115)
_ASKS_EARLY = 0.2
# Within the patience of the check at the end of the day.
_LATE_HOUR = 22
# Of the worker's own story, when it is the worker that broke.
_JOB_LINES = 30
_DAYS_AFTER_THE_END = 9


@dataclass
class Outcome:
    """What a run came to; `violation` is None for a clean one."""

    plan: Plan
    trace: Trace
    violation: Violation | None = None
    day: datetime | None = None
    who: str = ""
    seconds: float = 0.0
    summary: dict[str, object] = field(default_factory=dict)


class Found(Exception):
    """A violation ends the run."""

    def __init__(self, violation: Violation) -> None:
        self.violation = violation
        super().__init__(violation.says)


class Run:
    """The club, its worker, and time."""

    def __init__(self, plan: Plan, folder: Path, jobs: Jobs) -> None:
        self.plan = plan
        self.trace = Trace()
        engine, provider = Source(), Source()
        randomness.use(engine)
        clock.freeze(plan.start)
        self.provider = Provider(folder, provider)
        self.weather = Weather(plan.faults, self.provider, self.trace)
        sources = (engine, provider)
        self.steps = Steps(plan, self.trace, self.provider, self.weather, sources)
        self.people = People(plan, self.steps, self.provider, self.trace)
        self.expectations = Expectations(self.people, self.provider)
        self.checks = checks.Checks(self.provider)
        self._jobs: list[tuple[str, Work]] = [
            (NETWORK, lambda: _count(self.provider.deliver())),
            *((name, _turn(work)) for name, work in jobs.items()),
        ]
        self.steps.others = self._jobs
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._sweeps: list[datetime] = [plan.start]
        # Those in which the provider's list of events was read, too.
        self._full_sweeps: list[datetime] = [plan.start]
        self._next_round: datetime | None = None
        # When open payments were last asked about, and how long they rest after that.
        self._asked_at = plan.start
        self._dues: Mapping[str, datetime] = {}
        self._dues_after: tuple[int, ...] | None = None
        self._asking_gap = timedelta()

    def play(self) -> Outcome:
        """From the start to the end; stops at the first violation."""
        began = time.monotonic()
        outcome = Outcome(self.plan, self.trace)
        try:
            self._plan_everything()
            self._until(self.plan.end)
            self._settle()
        except Found as found:
            outcome.violation, outcome.day = found.violation, clock.now()
        except Broken as broken:
            outcome.violation = Violation("step.broke", broken.ids, str(broken))
            outcome.day = clock.now()
            outcome.who = self._who(outcome.violation) or self.steps.acting
        finally:
            listening.stop()
            randomness.use(None)
        outcome.who = outcome.who or self._who(outcome.violation)
        outcome.seconds = time.monotonic() - began
        outcome.summary = self._summary(outcome)
        return outcome

    # What is going to happen

    def _plan_everything(self) -> None:
        listening.start(self._broke)
        Postbox.fails_one_in = _LOST_MAILS if self.plan.faults is Faults.HOSTILE else 0
        chance = self.steps.chance()
        span = (self.plan.end - self.plan.start) * _JOINING_SHARE
        for number in range(1, self.plan.members + 1):
            at = self.plan.start + span * chance.random()
            # Some come back under another mail: the same person with a second member ID.
            again = number % _SECOND_IDS == 0
            name = f"p{number - 1:05}b" if again else f"p{number:05}"
            self._at(at, partial(self._newcomer, name))
        self._at(self.plan.start, self._change_weather)
        day = self.plan.start
        while day < self.plan.end:
            self._at(day, lambda: self._round(everything=True))
            self._at(day + _DAY / 2, self._round)
            self._at(day + _DAY - timedelta(seconds=1), self._end_day)
            day += _DAY

    def _at(self, at: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), do))

    def _until(self, end: datetime) -> None:
        while self._events and self._events[0][0] < end:
            at, _, do = heapq.heappop(self._events)
            clock.freeze(max(at, clock.now()))
            do()

    # What happens

    def _newcomer(self, name: str) -> None:
        person = self.people.newcomer(self.steps.chance(), name)

        def act() -> None:
            self.weather.gust(self.steps.chance())
            again = self.people.act(person)
            self._at(clock.now() + again, act)
            self._plan_round()

        act()

    def _change_weather(self) -> None:
        chance = self.steps.chance()
        self._at(clock.now() + self.weather.change(chance), self._change_weather)
        self.weather.litter(chance)

    def _plan_round(self, known: Mapping[str, datetime] | None = None) -> None:
        """The worker wakes up when something is due, not at once and not late. `known`: when
        that is, as just read."""
        waiting = dict(self._read_dues() if known is None else known)
        asking = waiting.pop(ASKING, None)
        chance, now = self.steps.chance(), clock.now()
        times = []
        if waiting:
            gap = timedelta(minutes=chance.randint(*_GAP_MINUTES))
            times.append(max(min(waiting.values()), now + gap))
        if asking is not None:
            times.append(max(asking, self._asked_at + self._asking_gap, now))
        if not times:
            return
        at = min(times)
        if self._next_round is not None and clock.now() < self._next_round <= at:
            return
        self._next_round = at
        self._at(at, self._planned_round)

    def _planned_round(self) -> None:
        if self._next_round == clock.now():
            self._next_round = None
            self._round()

    def _round(self, *, everything: bool = False) -> None:
        """The worker's jobs and the network in any order, until nothing is left to do: those
        that have something to do, or every one."""
        unharmed = not self.weather.is_down
        asks = everything or self._is_time_to_ask()
        known: Mapping[str, datetime] | None = None
        for turn in range(_MAX_TURNS):
            now = clock.now()
            known = self._read_dues()
            due = {name for name, at in known.items() if at <= now}
            if everything and turn == 0:
                due |= self._others_today()
            elif ASKING in due and not (asks and self._is_worth_asking(now)):
                due.discard(ASKING)
            order = [job for job in self._jobs if job[0] in due]
            if not order:
                break
            self.steps.chance().shuffle(order)
            known = None
            said = [self.steps.job(name, work) for name, work in order]
            unharmed = unharmed and not any(word.startswith(KILLED) for word in said)
        if unharmed and asks:
            self._sweeps = [*self._sweeps, clock.now()][-8:]
            if everything:
                self._full_sweeps = [*self._full_sweeps, clock.now()][-8:]
        self._plan_round(known)

    def _read_dues(self) -> Mapping[str, datetime]:
        """When each job is due: half of the time nothing was written since they were last read."""
        ours = killing.changes()
        after = (ours, self.provider.file.total_changes, self.steps.apart)
        if not ours or after != self._dues_after:
            self._dues, self._dues_after = dues(self.provider), after
        return self._dues

    def _is_time_to_ask(self) -> bool:
        chance, now = self.steps.chance(), clock.now()
        if now < self._asked_at + self._asking_gap and chance.random() > _ASKS_EARLY:
            return False
        self._asked_at = now
        self._asking_gap = timedelta(minutes=chance.randint(*_ASKING_GAP_MINUTES))
        return True

    def _is_worth_asking(self, now: datetime) -> bool:
        """Open payments that nothing happened to are asked about at midnight, at noon and late in
        the evening: each time costs more than all else of a quiet round."""
        late = now.astimezone(JST).hour >= _LATE_HOUR
        return late or has_news(self.provider, now)

    def _others_today(self) -> set[str]:
        """Jobs of which no table says that they are due; those that only tidy up or count, on
        Sundays."""
        sunday = clock.now().astimezone(JST).weekday() == 6
        names = {name for name, _ in self._jobs} - KNOWN
        return {name for name in names if sunday or not name.endswith((".forget", ".count"))}

    def _end_day(self) -> None:
        # The checks may close the provider's file, whose count then begins anew.
        self._dues_after = None
        self._raise_first(self.expectations.learn())
        now, listed_since = clock.now(), self._since(self._full_sweeps)
        self._raise_first(self.expectations.check(now, self._since(self._sweeps), listed_since))
        self._raise_first(self.checks.daily(now, listed_since))
        self.trace.note(clock.now(), "day", checks.fingerprint())
        self.trace.count("days")

    def _since(self, sweeps: list[datetime]) -> datetime | None:
        """All that the provider knew by then has been asked about and acted on."""
        needed = 3 if self.plan.crash else 1
        return sweeps[-needed] - SWEEP if len(sweeps) >= needed else None

    def _settle(self) -> None:
        """Faults off, time goes on: after that nothing may be left undone."""
        self.weather.calm()
        Postbox.fails_one_in = 0
        self._events.clear()
        self._next_round = None
        # Every job has a turn each day: one that is killed is not the last.
        for days in range(_DAYS_AFTER_THE_END):
            self._at(clock.now() + days * _DAY, lambda: self._round(everything=True))
        self._until(clock.now() + _DAYS_AFTER_THE_END * _DAY)
        self._end_day()
        self._raise_first(self.checks.settled(clock.now()))

    def _raise_first(self, violations: Iterator[Violation]) -> None:
        for violation in violations:
            raise Found(violation)

    def _broke(self, what: str, ids: tuple[str, ...]) -> None:
        raise Broken(what, ids)

    # What it came to

    def _who(self, violation: Violation | None) -> str:
        if violation is None:
            return ""
        pk = checks.member_of(violation)
        return next((p.name for p in self.people.everybody if p.pk == pk), "")

    def _summary(self, outcome: Outcome) -> dict[str, object]:
        plan = asdict(self.plan)
        member_months = self.plan.members * self.plan.months
        return {
            **plan,
            "violation": asdict(outcome.violation) if outcome.violation else None,
            "days": self.trace.counts["days"],
            "counts": dict(sorted(self.trace.counts.items())),
            "money_received": self.expectations.received,
            "checks": self.checks.done,
            "seconds": round(outcome.seconds, 2),
            # Of one core, without other processes'.
            "processor_seconds": round(sum(os.times()[:4]), 2),
            "member_months_per_second": round(member_months / max(outcome.seconds, 0.01), 1),
            "digest": self.trace.digest,
        }


def _turn(work: Callable[[], int]) -> Work:
    return lambda: _count(work())


def _count(done: int) -> str:
    return str(done) if done else ""


def lines_of(outcome: Outcome) -> Iterator[str]:
    """A violation, in lines for an engineer."""
    violation = outcome.violation
    if violation is None or outcome.day is None:
        return
    yield f"violation: {violation.check}  {' '.join(violation.ids)}"
    yield violation.says
    day = outcome.day.astimezone(JST)
    yield f"seed {outcome.plan.seed}, day {day:%Y-%m-%d %H:%M}, {outcome.who or 'no one person'}"
    yield ""
    newest = -_JOB_LINES if outcome.who == "worker" else 0
    yield from (str(line) for line in outcome.trace.of(outcome.who)[newest:])
    yield from checks.records_of(violation)
    yield ""
    yield f"again: {outcome.plan.command}"

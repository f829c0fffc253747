"""People, and what they do next: drawn from what they see on their pages, as people do."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from kaiin.billing.actions.expire import expire_member
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.views.courses import CourseView, list_courses
from kaiin.billing.views.entry import check_entry
from kaiin.billing.views.memberships import MembershipView, list_memberships
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import Standing
from kaiin.identity import queries as accounts
from kaiin.identity.errors import MemberDisabled
from kaiin.identity.flows.sessions import start_session
from kaiin.infra import clock
from kaiin.lab import life
from kaiin.lab.life import FAILS_AT_RENEWAL, GOOD_CARD
from kaiin.lab.sandbox import cards
from kaiin.lab.sandbox.store import read
from kaiin.lab.simulation.changes import Act, Changes
from kaiin.lab.simulation.imports import Imports
from kaiin.lab.simulation.person import SETTLED, SOON, Person, some_days
from kaiin.lab.simulation.plan import Faults, Plan
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.staff import Staff
from kaiin.lab.simulation.steps import KILLED, Broken, Steps
from kaiin.lab.simulation.trace import Trace
from kaiin.sites import queries as sites

# Longer than any answer takes: real time must not decide what happens.
_PATIENT = 3600.0
# Of those who register: members of the system that the club used before.
_IMPORTED = 0.2


class People:
    """All people, and their habits."""

    def __init__(self, plan: Plan, steps: Steps, provider: Provider, trace: Trace) -> None:
        self.everybody: list[Person] = []
        self._plan = plan
        self._steps = steps
        self._provider = provider
        self._trace = trace
        self._changes = Changes(plan, steps, provider)
        self._staff = Staff(steps)
        self._imports = Imports(plan, steps, provider)
        self._sites = [site.key for site in sites.sites()]
        self._courses = {key: list_courses(key) for key in self._sites}

    def newcomer(self, chance: Random, name: str) -> Person:
        """A person registers; what they join comes later."""
        person = Person(name, chance.choice(self._sites))
        person.pk = life.register(
            f"{name}@mail.example",
            actor="system:simulation",
            details={"nickname": name},
            language=chance.choice(("ja", "en")),
        )
        self.everybody.append(person)
        self._trace.note(clock.now(), name, f"registered as member {person.pk}")
        if chance.random() < _IMPORTED:
            self._imports.bring(person, chance.choice(self._courses[person.favourite]), chance)
        return person

    def act(self, person: Person) -> timedelta:
        """One thing that a person does now; returns when they come back."""
        chance = self._steps.chance()
        found = list_memberships(person.pk, at=clock.now())
        views = {view.site_key: view for view in found}
        other = chance.choice(self._sites)
        site = person.favourite if chance.random() < 0.8 else other
        for key, view in views.items():
            # What is unfinished is on people's minds.
            if view.open_payment is not None and chance.random() < 0.8:
                site = key
        places = {view.id: view.site_key for view in views.values()}
        self._changes.decide(person, places, chance)
        self._staff.act(person, site, chance)
        person.sees = None
        if person.closed is not False and not self._comes_in(person):
            return self._outside(person, site, chance)
        person.sees = views.get(site)
        self._remember(person, site)
        if site in person.impatient:
            person.impatient.discard(site)
            return self._join(person, site, chance)
        return self._next(person, site, chance)(person, site, chance)

    def _comes_in(self, person: Person) -> bool:
        """Go through the door of the identity host, with the session of before or a new one."""
        inside = bool(person.sid) and accounts.session_member(person.sid) is not None
        if not inside:
            try:
                person.sid = start_session(member_pk=person.pk, user_agent="")
                inside = True
            except MemberDisabled:
                inside = False
        if person.closed is inside:
            raise Broken(f"the account is {'closed' if inside else 'open'}, they are in: {inside}")
        person.closed = not inside
        return inside

    def _outside(self, person: Person, site: str, chance: Random) -> timedelta:
        """What a person with a closed account can do: what needs no account here."""
        act = chance.choice((self._pay_slip, self._changes.end_contract, self._changes.quarrel))
        return min(act(person, site, chance), some_days(chance, 12))

    def _remember(self, person: Person, site: str) -> None:
        """What the page says about having left is what a person goes by."""
        view = person.sees
        if view is None:
            return
        gone = view.cancel_at_period_end or view.standing is Standing.WITHDRAWN
        if gone and view.open_payment is None:
            person.left_at.setdefault(site, clock.now())
            person.wants_to_leave.discard(site)
        else:
            person.left_at.pop(site, None)

    def _next(self, person: Person, site: str, chance: Random) -> Act:
        draw, view = chance.random(), person.sees
        if view is not None and view.open_payment is not None and view.open_payment.checkout:
            return _pick(
                draw,
                (0.62, self._pay),
                (0.72, self._give_up),
                (0.84, self._join),
                (0.90, self._changes.leave),
                (1.0, self._look),
            )
        if view is not None and view.open_payment is not None:
            return self._look if draw < 0.9 else self._changes.leave
        if site in person.wants_to_leave:
            return self._changes.leave
        if view is None or view.payable:
            return self._join if draw < 0.85 else self._look
        if view.cancel_at_period_end:
            return self._changes.undo if draw < 0.3 else self._look
        return self._as_member(draw, view)

    def _as_member(self, draw: float, view: MembershipView) -> Act:
        if view.paused_until is not None and draw < 0.3:
            return self._changes.pause
        return _pick(
            draw,
            (0.10, self._changes.leave),
            (0.17, self._changes.end_contract),
            (0.25, self._changes.quarrel),
            (0.45, self._changes.change),
            (0.55, self._changes.pause),
            (0.65, self._join),
            (1.0, self._look),
        )

    # What they do. Each returns when they come back.

    def _join(self, person: Person, site: str, chance: Random) -> timedelta:
        course, method = self._choice(person.sees, site, chance)
        language = chance.choice(("ja", "en"))

        def join() -> str:
            started = life.join(person.pk, course.key, method, site, language=language)
            return f"payment {started.payment.id} {started.payment.state}"

        person.clicked(site, inwards=True)
        beside = None
        if chance.random() < 0.2:
            beside = join if chance.random() < 0.5 else self._other_tab(person, site, chance)
        what = f"joins {site} {course.key} by {method}"
        said = self._steps.person(person.name, what, join, chance=chance, beside=beside)
        if said.startswith("payment"):
            person.left_at.pop(site, None)
            person.wants_to_leave.discard(site)
        if said.startswith("refused"):
            return some_days(chance, 6)
        return timedelta(minutes=chance.randint(0, 6))

    def _other_tab(self, person: Person, site: str, chance: Random) -> Callable[[], str]:
        course, method = self._choice(None, site, chance)

        def join_otherwise() -> str:
            started = life.join(person.pk, course.key, method, site)
            return f"joins {course.key} by {method}: payment {started.payment.id}"

        return join_otherwise

    def _pay(self, person: Person, site: str, chance: Random) -> timedelta:
        payment = person.sees.open_payment if person.sees else None
        if payment is None:
            return SOON
        if payment.method is Method.KONBINI and payment.references:
            return self._pay_slip(person, site, chance)
        card = self._card(chance)
        comes_back = chance.random() < 0.6

        def pay() -> str:
            self._provider.pay(payment, card)
            if comes_back:
                refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            return "done"

        self._steps.person(person.name, f"pays by {payment.method}", pay, chance=chance)
        if payment.method is Method.KONBINI:
            return timedelta(hours=chance.choice((0, 1, 5, 30, 100, 160, 180, 200)))
        return some_days(chance, 3) if chance.random() < 0.5 else SOON

    def _pay_slip(self, person: Person, site: str, chance: Random) -> timedelta:
        slips = self._provider.slips_of(person.pk)
        if not slips:
            return SOON
        # Mostly the newest, now and then one from the bottom of the bag.
        slip = slips[-1] if chance.random() < 0.85 else chance.choice(slips)
        amount = None
        if self._plan.faults is Faults.HOSTILE and chance.random() < 0.08:
            amount = slip["amount"] + chance.choice((-100, -1, 1, 1000))
        late = timedelta(minutes=chance.choice((0, 0, 5, 60, 180)))
        if self._plan.faults is Faults.HOSTILE and chance.random() < 0.15:
            # Reported days later, but before the slip ends: after that the payment is not open, is
            # not asked about any more, and only the provider's list of events has it.
            left = max(read(slip["expires_at"]) - clock.now(), late)
            late = min(timedelta(hours=chance.randint(4, 90)), left)

        def pay() -> str:
            self._provider.pay_slip(slip["slip"], amount=amount, report_after=late)
            return f"paid slip {slip['slip']}"

        said = self._steps.person(person.name, "hands cash over", pay, chance=chance)
        if chance.random() < 0.25:
            # Nothing is seen of the money yet: they pay again, by any way.
            person.impatient.add(site)
            return SOON
        return some_days(chance, 4) if not said.startswith(KILLED) else SOON

    def _give_up(self, person: Person, site: str, chance: Random) -> timedelta:
        payment = person.sees.open_payment if person.sees else None
        if payment is None:
            return SOON

        def give_up() -> str:
            self._provider.give_up(payment)
            refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            return "done"

        person.turned_back.setdefault(site, []).append(clock.now())
        self._steps.person(person.name, "turns back", give_up, chance=chance)
        return some_days(chance, 5)

    def _look(self, person: Person, site: str, chance: Random) -> timedelta:
        """Log in and go to the site: the entry asks about open payments and ends what is over."""
        self._comes_in(person)

        def look() -> str:
            now = clock.now()
            refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            expire_member(member_pk=person.pk, now=now)
            entry = check_entry(member_pk=person.pk, site_key=site, at=now)
            return "in" if entry.allowed else "not in"

        self._steps.person(person.name, f"goes to {site}", look, chance=chance)
        return some_days(chance, SETTLED)

    # How they choose

    def _choice(
        self, view: MembershipView | None, site: str, chance: Random
    ) -> tuple[CourseView, Method]:
        courses = self._courses[site]
        course = chance.choice(courses)
        if view is not None and view.payable and chance.random() < 0.7:
            course = next((c for c in courses if c.key == view.course_key), course)
        return course, chance.choice(course.terms.ways)

    def _card(self, chance: Random) -> cards.Card:
        if self._plan.faults is Faults.NONE or chance.random() < 0.75:
            return GOOD_CARD
        if chance.random() < 0.5:
            return FAILS_AT_RENEWAL
        return chance.choice(cards.CARDS)


def _pick(draw: float, *choices: tuple[float, Act]) -> Act:
    for limit, act in choices:
        if draw < limit:
            return act
    return choices[-1][1]

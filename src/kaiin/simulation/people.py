"""People, and what they do next: drawn from what they see on their pages, as people do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from kaiin.billing import operations as billing, queries as memberships
from kaiin.billing.queries import CourseView, MembershipView
from kaiin.domain.payments import Method
from kaiin.domain.subscriptions import Standing
from kaiin.identity import operations as identity
from kaiin.infra import clock
from kaiin.sandbox import cards
from kaiin.simulation.plan import Faults, Plan
from kaiin.simulation.provider import BAD_RENEWALS_CARD, GOOD_CARD, Provider
from kaiin.simulation.steps import KILLED, Steps
from kaiin.simulation.trace import Trace
from kaiin.sites import queries as sites

# Longer than any answer takes: real time must not decide what happens.
_PATIENT = 3600.0
_SOON = timedelta(minutes=7)
# Days between two things that somebody does who has nothing unfinished.
_SETTLED = 75

Act = Callable[["Person", "MembershipView | None", str, Random], timedelta]


@dataclass
class Person:
    """Somebody with one member ID; who has two is two of these."""

    name: str
    favourite: str
    pk: int = 0
    # Since when they know that they have left a site.
    left_at: dict[str, datetime] = field(default_factory=dict)
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
        return out_soon or (bool(before) and not before[-1])


class People:
    """Everybody, and their ways."""

    def __init__(self, plan: Plan, steps: Steps, provider: Provider, trace: Trace) -> None:
        self.everybody: list[Person] = []
        self._plan = plan
        self._steps = steps
        self._provider = provider
        self._trace = trace
        self._sites = [site.key for site in sites.sites()]
        self._courses = {key: memberships.courses(key) for key in self._sites}
        # One hash for all: nobody logs in with it.
        self._password = identity.hash_password("never typed by anybody")

    def newcomer(self, chance: Random, name: str) -> Person:
        """Somebody registers; what they join comes later."""
        person = Person(name, chance.choice(self._sites))
        person.pk = identity.import_member(
            member_id=None,
            email=f"{name}@mail.example",
            password_hash=self._password,
            details={"nickname": name},
            language=chance.choice(("ja", "en")),
            created_at=clock.now(),
            actor="system:simulation",
        )
        self.everybody.append(person)
        self._trace.note(clock.now(), name, f"registered as member {person.pk}")
        return person

    def act(self, person: Person) -> timedelta:
        """One thing that somebody does now; when they come back."""
        chance = self._steps.chance()
        views = {view.site_key: view for view in memberships.memberships(person.pk)}
        other = chance.choice(self._sites)
        site = person.favourite if chance.random() < 0.8 else other
        for key, view in views.items():
            # What is unfinished is on people's minds.
            if view.open_payment is not None and chance.random() < 0.8:
                site = key
        seen = views.get(site)
        self._remember(person, site, seen)
        return self._next(seen, person, site, chance)(person, seen, site, chance)

    def _remember(self, person: Person, site: str, view: MembershipView | None) -> None:
        """What the page says about having left is what a person goes by."""
        if view is None:
            return
        gone = view.cancel_at_period_end or view.standing is Standing.WITHDRAWN
        if gone and view.open_payment is None:
            person.left_at.setdefault(site, clock.now())
            person.wants_to_leave.discard(site)
        else:
            person.left_at.pop(site, None)

    def _next(self, view: MembershipView | None, person: Person, site: str, chance: Random) -> Act:
        draw = chance.random()
        if view is not None and view.open_payment is not None and view.open_payment.checkout:
            return _pick(
                draw,
                (0.62, self._pay),
                (0.72, self._give_up),
                (0.84, self._join),
                (0.90, self._leave),
                (1.0, self._look),
            )
        if view is not None and view.open_payment is not None:
            return self._look if draw < 0.9 else self._leave
        if site in person.wants_to_leave:
            return self._leave
        if view is None or view.payable:
            return self._join if draw < 0.85 else self._look
        if view.cancel_at_period_end:
            return self._undo if draw < 0.3 else self._look
        return self._as_member(draw)

    def _as_member(self, draw: float) -> Act:
        return _pick(
            draw,
            (0.06, self._leave),
            (0.10, self._end_contract),
            (0.14, self._spoil_card),
            (0.30, self._join),
            (1.0, self._look),
        )

    # What they do. Each returns when they come back.

    def _join(
        self, person: Person, view: MembershipView | None, site: str, chance: Random
    ) -> timedelta:
        course, method = self._choice(view, site, chance)
        language = chance.choice(("ja", "en"))

        def join(_: Random) -> str:
            started = billing.join(
                member_pk=person.pk,
                site_key=site,
                course_key=course.key,
                method=method,
                return_url_for=lambda payment: sites.identity_url(f"/pay/return/{payment}"),
                language=language,
            )
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
            return self._some_days(chance, 6)
        return timedelta(minutes=chance.randint(0, 6))

    def _other_tab(self, person: Person, site: str, chance: Random) -> Callable[[Random], str]:
        course, method = self._choice(None, site, chance)

        def join_otherwise(_: Random) -> str:
            started = billing.join(
                member_pk=person.pk,
                site_key=site,
                course_key=course.key,
                method=method,
                return_url_for=lambda payment: sites.identity_url(f"/pay/return/{payment}"),
                language="ja",
            )
            return f"joins {course.key} by {method}: payment {started.payment.id}"

        return join_otherwise

    def _pay(
        self, person: Person, view: MembershipView | None, site: str, chance: Random
    ) -> timedelta:
        payment = view.open_payment if view is not None else None
        if payment is None:
            return _SOON
        if payment.method is Method.KONBINI and payment.references:
            return self._pay_slip(person, view, site, chance)
        card = self._card(chance)
        comes_back = chance.random() < 0.6

        def pay(_: Random) -> str:
            self._provider.pay(payment, card)
            if comes_back:
                billing.refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            return "done"

        self._steps.person(person.name, f"pays by {payment.method}", pay, chance=chance)
        if payment.method is Method.KONBINI:
            return timedelta(hours=chance.choice((0, 1, 5, 30, 100, 160, 180, 200)))
        return self._some_days(chance, 3) if chance.random() < 0.5 else _SOON

    def _pay_slip(
        self, person: Person, _: MembershipView | None, _site: str, chance: Random
    ) -> timedelta:
        slips = self._provider.slips_of(person.pk)
        if not slips:
            return _SOON
        # Mostly the newest, now and then one from the bottom of the bag.
        slip = slips[-1] if chance.random() < 0.85 else chance.choice(slips)
        amount = None
        if self._plan.faults is Faults.HOSTILE and chance.random() < 0.08:
            amount = slip["amount"] + chance.choice((-100, -1, 1, 1000))
        late = timedelta(minutes=chance.choice((0, 0, 5, 60, 180)))

        def pay(_: Random) -> str:
            self._provider.pay_slip(slip["slip"], amount=amount, report_after=late)
            return f"paid slip {slip['slip']}"

        said = self._steps.person(person.name, "hands cash over", pay, chance=chance)
        return self._some_days(chance, 4) if not said.startswith(KILLED) else _SOON

    def _give_up(
        self, person: Person, view: MembershipView | None, _site: str, chance: Random
    ) -> timedelta:
        payment = view.open_payment if view is not None else None
        if payment is None:
            return _SOON

        def give_up(_: Random) -> str:
            self._provider.give_up(payment)
            billing.refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            return "done"

        self._steps.person(person.name, "turns back", give_up, chance=chance)
        return self._some_days(chance, 5)

    def _look(
        self, person: Person, _view: MembershipView | None, site: str, chance: Random
    ) -> timedelta:
        """Log in and go to the site: the entry asks about open payments and ends what is over."""

        def look(_: Random) -> str:
            now = clock.now()
            billing.refresh_open_payments(member_pk=person.pk, timeout_seconds=_PATIENT)
            billing.expire_member(member_pk=person.pk, now=now)
            entry = memberships.entry(member_pk=person.pk, site_key=site, at=now)
            return "in" if entry.allowed else "not in"

        self._steps.person(person.name, f"goes to {site}", look, chance=chance)
        return self._some_days(chance, _SETTLED)

    def _leave(
        self, person: Person, _view: MembershipView | None, site: str, chance: Random
    ) -> timedelta:
        person.wants_to_leave.add(site)
        person.clicked(site, inwards=False)

        def leave(_: Random) -> str:
            billing.leave(member_pk=person.pk, site_key=site)
            return "left"

        said = self._steps.person(person.name, f"leaves {site}", leave, chance=chance)
        if said.startswith(KILLED):
            return _SOON
        person.wants_to_leave.discard(site)
        if said == "left":
            person.left_at[site] = clock.now()
        return self._some_days(chance, _SETTLED)

    def _undo(
        self, person: Person, _view: MembershipView | None, site: str, chance: Random
    ) -> timedelta:
        # From this click on they may be charged again.
        person.left_at.pop(site, None)
        person.clicked(site, inwards=True)

        def undo(_: Random) -> str:
            billing.undo_leave(member_pk=person.pk, site_key=site)
            return "stays"

        self._steps.person(person.name, f"stays at {site} after all", undo, chance=chance)
        return self._some_days(chance, _SETTLED)

    def _end_contract(
        self, person: Person, _view: MembershipView | None, _site: str, chance: Random
    ) -> timedelta:
        mandates = self._provider.mandates_of(person.pk)
        if not mandates or self._plan.faults is Faults.NONE:
            return self._some_days(chance, 10)
        mandate = chance.choice(mandates)
        by = chance.choice(("member", "carrier"))

        def end(_: Random) -> str:
            self._provider.end_contract(mandate["id"], by)
            return "ended"

        self._steps.person(person.name, f"contract ends by {by}", end, chance=chance)
        return self._some_days(chance, _SETTLED)

    def _spoil_card(
        self, person: Person, _view: MembershipView | None, _site: str, chance: Random
    ) -> timedelta:
        mandates = self._provider.mandates_of(person.pk)
        if mandates and self._plan.faults is not Faults.NONE:
            mandate = chance.choice(mandates)
            code = chance.choice(("expired_card", "insufficient_funds", ""))
            self._provider.spoil_card(mandate["id"], code)
            self._trace.note(clock.now(), person.name, f"renewals fail with {code or 'nothing'}")
        return self._some_days(chance, _SETTLED)

    # How they choose

    def _choice(
        self, view: MembershipView | None, site: str, chance: Random
    ) -> tuple[CourseView, Method]:
        courses = self._courses[site]
        course = chance.choice(courses)
        if view is not None and view.payable and chance.random() < 0.7:
            course = next((c for c in courses if c.key == view.course_key), course)
        return course, chance.choice(course.methods)

    def _card(self, chance: Random) -> cards.Card:
        if self._plan.faults is Faults.NONE or chance.random() < 0.75:
            return GOOD_CARD
        if chance.random() < 0.5:
            return BAD_RENEWALS_CARD
        return chance.choice(cards.CARDS)

    def _some_days(self, chance: Random, mean: float) -> timedelta:
        return timedelta(seconds=60 + round(chance.expovariate(1 / (mean * 86400))))


def _pick(draw: float, *choices: tuple[float, Act]) -> Act:
    for limit, act in choices:
        if draw < limit:
            return act
    return choices[-1][1]

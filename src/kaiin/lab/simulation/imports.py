"""Members of the system that the club used before, with or without their card or contract."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kaiin.billing.actions.import_membership import import_membership
from kaiin.billing.errors import NumberTaken
from kaiin.billing.views.courses import CourseView
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST, TermRule, TermRuleSpec, add_months, midnight, month_start
from kaiin.infra import clock
from kaiin.lab.life import FAILS_AT_RENEWAL, GOOD_CARD
from kaiin.lab.simulation.person import Imported, Person
from kaiin.lab.simulation.plan import Faults, Plan
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.steps import KILLED, Steps
from kaiin.payments.importing import ForeignMandate

_ACTOR = "staff:import"
# Beyond a course's dormant time: withdrawn, then refused.
_MONTHS_WITHDRAWN = 1


@dataclass(frozen=True)
class _Row:
    """What the other system's list says of a member."""

    site: str
    course: CourseView
    method: Method
    joined: date
    through: date
    number: int | None
    mandate: ForeignMandate | None


class Imports:
    """The import, run again with the same keys where it was killed."""

    def __init__(self, plan: Plan, steps: Steps, provider: Provider) -> None:
        self._plan = plan
        self._steps = steps
        self._provider = provider

    def bring(self, person: Person, course: CourseView, chance: Random) -> None:
        """Import one membership; numbers that are taken are replaced by new ones."""
        row = self._row(person, course, chance)
        what = f"is imported to {row.site} {row.course.key} by {row.method}"
        for number in (row.number, None):
            said = KILLED
            while said.startswith(KILLED):
                said = self._import(person, what, row, number, chance)
            if said.startswith("membership"):
                self._remember(person, row)
            if said != f"refused {NumberTaken.code}":
                break

    def _import(
        self, person: Person, what: str, row: _Row, number: int | None, chance: Random
    ) -> str:
        def run() -> str:
            membership = import_membership(
                import_key=f"old:{person.name}",
                member_pk=person.pk,
                site_key=row.site,
                course_key=row.course.key,
                method=row.method,
                joined_date=row.joined,
                member_number=number,
                paid_through=row.through,
                mandate=row.mandate,
                actor=_ACTOR,
            )
            return f"membership {membership}, paid through {row.through}"

        # Now and then two of the club's people import the same file.
        beside = run if chance.random() < 0.1 else None
        return self._steps.person(person.name, what, run, chance=chance, beside=beside)

    def _row(self, person: Person, course: CourseView, chance: Random) -> _Row:
        method = chance.choice(course.terms.ways)
        rule = course.terms.rule(method)
        today = clock.now().astimezone(JST).date()
        through = _last_day(rule, today, course.terms.dunning.dormant_months, chance)
        joined = min(through, today) - timedelta(days=chance.randint(0, 2000))
        mandate = None
        renews = course.terms.by(method).renews
        if renews and through >= today and chance.random() < 0.6:
            mandate = self._mandate(person, course, method, chance)
        number = chance.randint(1, 5 * self._plan.members) if chance.random() < 0.6 else None
        return _Row(person.favourite, course, method, joined, through, number, mandate)

    def _mandate(
        self, person: Person, course: CourseView, method: Method, chance: Random
    ) -> ForeignMandate:
        card = None
        if method is Method.CARD:
            bad = self._plan.faults is not Faults.NONE and chance.random() < 0.2
            card = FAILS_AT_RENEWAL if bad else GOOD_CARD
        key = f"old_{person.name}"
        self._provider.add_mandate(
            key, person.pk, method, course.terms.by(method).total.amount, card
        )
        if self._plan.faults is Faults.HOSTILE and chance.random() < 0.1:
            # It had ended before, and the list did not say so.
            self._provider.service.end_mandate(key, "carrier")
        return ForeignMandate(key, card.brand, card.last4) if card else ForeignMandate(key)

    def _remember(self, person: Person, row: _Row) -> None:
        person.imported = Imported(
            site=row.site,
            at=clock.now(),
            until=midnight(row.through + timedelta(days=1)),
            rule=row.course.terms.rule(row.method),
            mandate_id=row.mandate.provider_mandate_id if row.mandate else "",
        )


def _last_day(rule: TermRuleSpec, today: date, dormant_months: int, chance: Random) -> date:
    over = dormant_months + _MONTHS_WITHDRAWN
    months = chance.randint(-over if chance.random() < 0.4 else 1, rule.months + 1)
    if rule.kind is TermRule.ANNIVERSARY:
        return add_months(today, months) - timedelta(days=chance.randint(0, 27))
    return month_start(today, months) - timedelta(days=1)

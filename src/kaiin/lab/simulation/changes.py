"""What members do with what they have: change, pause, leave, get money back, quarrel."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

from django.db import connection

from kaiin.billing.actions.change import Agreed, change_course
from kaiin.billing.actions.decide_refund import decide_refund
from kaiin.billing.actions.leave import leave_site, undo_leave
from kaiin.billing.actions.pause import pause_membership, resume_membership
from kaiin.billing.views.changes import changes_offered, pauses_offered, preview_change
from kaiin.billing.views.refunds import refund_cases
from kaiin.infra import clock
from kaiin.lab import life
from kaiin.lab.simulation.person import SETTLED, SOON, Person, some_days
from kaiin.lab.simulation.plan import Faults, Plan
from kaiin.lab.simulation.provider import Provider
from kaiin.lab.simulation.steps import KILLED, Broken, Steps

_STAFF = "staff:1"


class Changes:
    """Each act returns when the person comes back."""

    def __init__(self, plan: Plan, steps: Steps, provider: Provider) -> None:
        self._plan = plan
        self._steps = steps
        self._provider = provider

    def change(self, person: Person, site: str, chance: Random) -> timedelta:
        """Another course or way to pay, as the page offers them now."""
        offers = changes_offered(person.pk, site, at=clock.now())
        if not offers:
            return some_days(chance, SETTLED)
        offer = chance.choice(offers)
        person.clicked(site, inwards=True)
        person.left_at.pop(site, None)

        def change() -> str:
            shown = preview_change(
                member_pk=person.pk,
                site_key=site,
                course_key=offer.course_key,
                method=offer.method,
                at=clock.now(),
            )
            started = change_course(
                member_pk=person.pk,
                site_key=site,
                course_key=offer.course_key,
                method=offer.method,
                return_url_for=life.return_url,
                language="ja",
                agreed=Agreed(shown.kind, shown.total),
            )
            if started.payment is not None and started.payment.amount != shown.total:
                raise Broken(f"{started.payment.amount} is asked for, {shown.total} was shown")
            state = started.payment.state if started.payment else "agreed"
            return f"{shown.kind} {shown.total.amount} {state}"

        beside = change if chance.random() < 0.15 else None
        what = f"changes {site} to {offer.course_key} by {offer.method}"
        self._steps.person(person.name, what, change, chance=chance, beside=beside)
        return SOON

    def pause(self, person: Person, site: str, chance: Random) -> timedelta:
        """Some periods without paying, or back from them."""
        offers = pauses_offered(person.pk, site, at=clock.now())
        offer = chance.choice(offers) if offers else None

        def pause() -> str:
            if offer is None:
                person.clicked(site, inwards=True)
                resume_membership(member_pk=person.pk, site_key=site)
                return "comes back"
            pause_membership(member_pk=person.pk, site_key=site, periods=offer.periods)
            return "pauses"

        if offer is None and (person.sees is None or person.sees.paused_until is None):
            return some_days(chance, SETTLED)
        if offer is not None:
            person.breaks.setdefault(site, []).append(offer.ends_at)
        person.clicked(site, inwards=True)
        self._steps.person(person.name, f"break at {site}", pause, chance=chance)
        return some_days(chance, SETTLED)

    def leave(self, person: Person, site: str, chance: Random) -> timedelta:
        """To the end of what is paid; where it is offered, or staff do it, now and then at once."""
        person.wants_to_leave.add(site)
        person.clicked(site, inwards=False)
        view = person.sees
        offered = view is not None and view.may_leave_at_once
        at_once = chance.random() < (0.4 if offered else 0.1)
        actor = "" if offered else _STAFF
        now = clock.now()
        # Past the lock day the coming renewal is made all the same; the page says so.
        fixed = view is not None and view.fixed_at is not None and view.fixed_at <= now
        if at_once:
            person.left_at_once[site] = now

        def leave() -> str:
            leave_site(
                member_pk=person.pk, site_key=site, at_once=at_once, actor=actor if at_once else ""
            )
            return "left at once" if at_once else "left"

        said = self._steps.person(person.name, f"leaves {site}", leave, chance=chance)
        if said.startswith(KILLED):
            return SOON
        person.wants_to_leave.discard(site)
        if said.startswith("left") and (at_once or not fixed):
            person.left_at[site] = now
        return some_days(chance, SETTLED)

    def undo(self, person: Person, site: str, chance: Random) -> timedelta:
        """Stay after all; from this click on they may be charged again."""
        person.left_at.pop(site, None)
        person.clicked(site, inwards=True)

        def undo() -> str:
            undo_leave(member_pk=person.pk, site_key=site)
            return "stays"

        self._steps.person(person.name, f"stays at {site} after all", undo, chance=chance)
        return some_days(chance, SETTLED)

    def end_contract(self, person: Person, _site: str, chance: Random) -> timedelta:
        """A contract ends behind our back, or its charges fail from now on."""
        mandates = self._provider.mandates_of(person.pk)
        if not mandates or self._plan.faults is Faults.NONE:
            return some_days(chance, SETTLED)
        mandate = chance.choice(mandates)
        by = chance.choice(("member", "carrier"))
        code = chance.choice(("expired_card", "insufficient_funds", ""))
        ends = chance.random() < 0.5

        def end() -> str:
            if ends:
                self._provider.service.end_mandate(mandate["id"], by)
                return f"ended by {by}"
            self._provider.service.refuse_charges(mandate["id"], code)
            return f"charges fail with {code or 'nothing'}"

        self._steps.person(person.name, "contract", end, chance=chance)
        return some_days(chance, SETTLED)

    def quarrel(self, person: Person, _site: str, chance: Random) -> timedelta:
        """A dispute is opened or decided, or money is given back at the provider."""
        paid = self._provider.paid_by(person.pk)
        if not paid or self._plan.faults is Faults.NONE:
            return some_days(chance, SETTLED)
        row = chance.choice(paid[-3:])
        draw = chance.random()
        amount = chance.randint(1, row["received_amount"])

        def quarrel() -> str:
            if row["dispute"] == "open":
                won = draw < 0.5
                self._provider.service.close_dispute(row["order_id"], won=won)
                return f"dispute {'won' if won else 'lost'}"
            if draw < 0.5:
                self._provider.service.open_dispute(row["order_id"])
                return "dispute opened"
            key = f"dashboard-{chance.getrandbits(64):x}"
            self._provider.service.refund(
                row["order_id"], key=key, amount=amount, reason="dashboard"
            )
            return f"{amount} given back at the provider"

        self._steps.person(person.name, "quarrels", quarrel, chance=chance)
        return some_days(chance, 10)

    def decide(self, person: Person, places: Mapping[int, str], chance: Random) -> None:
        """Staff decide what becomes of money that bought nothing. `places`: membership -> site."""
        if not _has_open_case(person):
            return
        for case in refund_cases(person.pk):
            if case.state != "open":
                continue
            back = chance.random() < 0.8
            if chance.random() < 0.4:
                # It bought nothing: they pay again.
                person.impatient.add(places[case.membership_id])
                person.wants_to_leave.discard(places[case.membership_id])

            if not back:
                person.kept.add(case.payment_id)

            def decide(case_id: int = case.id, refund: bool = back) -> str:  # noqa: FBT001
                decide_refund(case_id=case_id, refund=refund, actor=_STAFF)
                return "gives it back" if refund else "keeps it"

            self._steps.person(person.name, f"staff, case {case.id}", decide, chance=chance)


def _has_open_case(person: Person) -> bool:
    """Whether staff's page of a member asks for a decision; few do, and each is asked often."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM billing_refundcase c JOIN billing_membership m"
            " ON m.id = c.membership_id WHERE m.member_id = %s AND c.state = 'open' LIMIT 1",
            [person.pk],
        )
        return cursor.fetchone() is not None


Act = Callable[[Person, str, Random], timedelta]

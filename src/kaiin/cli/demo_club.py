"""The club that the demo's past is played in: its calendar, and what its members do.

Members act through the contexts' doors; the payment service is the sandbox provider's own code,
in this process.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random

from kaiin.billing.actions.change import change_course
from kaiin.billing.actions.pause import pause_membership
from kaiin.billing.actions.refresh import refresh_open_payments
from kaiin.billing.views.changes import changes_offered, pauses_offered
from kaiin.billing.views.memberships import list_memberships
from kaiin.cli import worker
from kaiin.cli.demo_people import Person
from kaiin.domain.payments import Method
from kaiin.domain.references import ReferenceKind
from kaiin.identity import operations as identity
from kaiin.infra import clock
from kaiin.lab import life
from kaiin.lab.sandbox.app import SandboxApp
from kaiin.lab.sandbox.switches import Switch
from kaiin.payments import inbox
from kaiin.payments.queries import PaymentView

PASSWORD = "tanoshii-demo-2026"  # noqa: S105
ACTOR = "system:demo"

# What a member does on the provider's page.
AtProvider = Callable[[PaymentView], object]


class Club:
    """Planned acts in the order of time, a round of the worker at the end of each day."""

    def __init__(self, app: SandboxApp, source: Random, *, now: datetime, days: int) -> None:
        self.source = source
        self.now = now
        self.start = now - timedelta(days=days)
        self.provider = life.Provider(app)
        self._days = days
        # One hash for all: the demo's passwords are no secret, and three hundred cost ten seconds.
        self._password_hash = identity.hash_password(PASSWORD)
        # When, in which order at the same instant, what.
        self._planned: list[tuple[datetime, int, Callable[[], None]]] = []
        self._mandates: dict[int, str] = {}
        self._orders: dict[int, str] = {}

    # The calendar

    def at(self, at: datetime, do: Callable[[], None]) -> None:
        """Plan an act."""
        self._planned.append((at, len(self._planned), do))

    def ago(self, days: float) -> datetime:
        """So many days before now."""
        return self.now - timedelta(days=days)

    def play(self, track: Callable[[range], Iterable[int]]) -> None:
        """Play everything that was planned, up to now; `track` shows how far it has come."""
        planned = sorted(self._planned)
        for day in track(range(self._days + 1)):
            evening = min(self.start + timedelta(days=day), self.now)
            while planned and planned[0][0] <= evening:
                at, _, do = planned.pop(0)
                clock.freeze(at)
                do()
            clock.freeze(evening)
            jobs = worker.jobs()
            worker.run_once(jobs)
            while self.provider.deliver():
                worker.run_once(jobs)

    # What members do

    def register(
        self, person: Person, *, member_id: str | None = None, former_email: str = ""
    ) -> int:
        """Take a member over, as from another system; returns the key."""
        return life.register(
            person.email,
            actor=ACTOR,
            details=person.details,
            password_hash=self._password_hash,
            member_id=member_id,
            former_emails=(former_email,) if former_email else (),
        )

    def join(
        self,
        member_pk: int,
        site: str,
        course: str,
        way: Method,
        *,
        at_provider: AtProvider | None = None,
        ask: bool = True,
    ) -> None:
        """Join and pay, or do something else on the provider's page. `ask`: Kaiin asks the
        provider at once, as where the member comes back from its page."""
        started = life.join(member_pk, course, way, site)
        self._go_to_provider(member_pk, started.payment, at_provider)
        while self.provider.deliver():
            inbox.apply_due(limit=100)
        if ask:
            refresh_open_payments(member_pk=member_pk)

    def change(self, member_pk: int, site: str, course: str, way: Method) -> None:
        """To another course or way to pay, where it is offered."""
        offers = changes_offered(member_pk, site, at=clock.now())
        if not any((offer.course_key, offer.method) == (course, way) for offer in offers):
            return
        started = change_course(
            member_pk=member_pk,
            site_key=site,
            course_key=course,
            method=way,
            return_url_for=life.return_url,
            language="ja",
        )
        if started.payment is not None and started.payment.checkout is not None:
            self._go_to_provider(member_pk, started.payment, None)
        refresh_open_payments(member_pk=member_pk)

    def pause(self, member_pk: int, site: str) -> None:
        """A break of two months, for those who may take one."""
        if len(pauses_offered(member_pk, site, at=clock.now())) >= 2:
            pause_membership(member_pk=member_pk, site_key=site, periods=2)

    def _go_to_provider(
        self, member_pk: int, payment: PaymentView, at_provider: AtProvider | None
    ) -> None:
        (at_provider or self.provider.pay_to_the_end)(payment)
        found = self.provider.row_of(payment)
        self._orders[member_pk] = found["order_id"]
        if found["mandate_id"]:
            self._mandates[member_pk] = found["mandate_id"]

    def pays_unnoticed(self, payment: PaymentView) -> None:
        """By card, and no notice of this order is ever sent."""
        order = self.provider.row_of(payment)["order_id"]
        self.provider.put_switch(Switch.DROP, "1", scope=order)
        self.provider.pay(payment)

    # What happens at the store, the carrier and the bank

    def pay_at_store(self, member_pk: int, *, report_after: timedelta) -> None:
        """Cash over the counter for a member's open slip; the store's report comes later."""
        payment = list_memberships(member_pk, at=clock.now())[0].open_payment
        numbers = {each.kind: each.value for each in payment.references} if payment else {}
        self.provider.pay_slip(numbers[ReferenceKind.KONBINI_SLIP], report_after=report_after)

    def end_contract(self, member_pk: int) -> None:
        """The carrier ends the contract behind a member's subscription."""
        self.provider.service.end_mandate(self._mandates[member_pk], "carrier")

    def refuse_renewals(self, member_pk: int, code: str) -> None:
        """From now on the provider declines what is charged over a member's contract."""
        self.provider.service.refuse_charges(self._mandates[member_pk], code)

    def dispute(self, member_pk: int) -> None:
        """The payer denies a member's last payment at the bank."""
        self.provider.service.open_dispute(self._orders[member_pk])

    def lose_dispute(self, member_pk: int) -> None:
        """The bank finds for the payer."""
        self.provider.service.close_dispute(self._orders[member_pk], won=False)

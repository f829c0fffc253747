"""A small world: members who join and pay at the real sandbox, a worker that is run by hand."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from kaiin.domain.payments import Method
from tests.due import quiet_days
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox

if TYPE_CHECKING:
    from kaiin.billing.actions.join import JoinStarted
    from kaiin.billing.views.entry import Entry
    from kaiin.billing.views.memberships import MembershipView
    from kaiin.payments.queries import PaymentView


class World:
    """What members and the worker do."""

    def __init__(self, sandbox: Sandbox, clock: Clock, deliver: Callable[[], int]) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self._deliver = deliver
        self._members = 0
        # When every job has had its turn, also those without work by their tables.
        self._worked_at: set[datetime] = set()

    password_hash = "!"

    def member(self, email: str | None = "", language: str = "ja") -> int:
        """A new member; an address of None is none."""
        from kaiin.lab import life

        self._members += 1
        return life.register(
            f"fan{self._members}@example.jp" if email == "" else email,
            actor="system:tests",
            details={"nickname": "ゆき"},
            language=language,
            password_hash=self.password_hash,
        )

    def join(
        self,
        member: int,
        course: str = "monthly",
        method: Method = Method.CARD,
        site: str = "official",
    ) -> "JoinStarted":
        """Choose a course and a way to pay, up to the provider's page."""
        from kaiin.lab import life

        return life.join(member, course, method, site)

    def joined(self, course: str = "monthly", method: Method = Method.CARD, **card: Any) -> int:
        """A member who has joined the official site, paid, and whose notice has arrived."""
        member = self.member()
        self.pay(self.join(member, course, method).payment, **card)
        return member

    def pay(self, payment: "PaymentView", **options: Any) -> None:
        """Pay on the provider's pages; its notice arrives and the worker acts on it."""
        self.sandbox.pay(payment, **options)
        self.work()

    def work(self, *, every_job: bool = False) -> None:
        """Rounds of the worker until nothing is left to do, as `kaiin worker --once`.

        The first time at each instant, and with `every_job`, each job is run at least once;
        else only those whose tables say that something is due.
        """
        from kaiin.cli import worker
        from kaiin.lab.simulation.dues import KNOWN, NETWORK, dues

        jobs = {NETWORK: self.sandbox.deliver_notices} | {j.name: j.run for j in worker.jobs()}
        now = self.clock.now()

        def due_now() -> set[str]:
            return {name for name, at in dues(self.sandbox).items() if at <= now}

        due = set(jobs) if every_job or now not in self._worked_at else due_now()
        self._worked_at.add(now)
        for _ in range(20):
            did = {name for name, run in jobs.items() if name in due and run()}
            # A job whose rows have no due column is run until it finds nothing.
            due = (did - KNOWN) | due_now()
            if not did or not due:
                self._deliver()
                return
        raise AssertionError(f"the worker never comes to rest: {due}")

    def go_to(self, at: datetime) -> None:
        """Let time pass day by day, with the worker at work each day on which anything falls
        due, until `at`."""
        while (left := (at - self.clock.now()).days) >= 1:
            quiet = quiet_days(self.clock.now(), self.sandbox.app.service.store)
            self.clock.advance(days=min(quiet + 1, left))
            self.work()
        self.clock.freeze(at)
        self.work()

    def view(self, member: int, site: str = "official") -> "MembershipView":
        """The member's membership as My page shows it."""
        from kaiin.billing.views.memberships import list_memberships

        return next(v for v in list_memberships(member, at=self.clock.now()) if v.site_key == site)

    def entry(self, member: int, site: str = "official") -> "Entry":
        """Whether the member may enter now."""
        from kaiin.billing.views.entry import check_entry

        return check_entry(member_pk=member, site_key=site, at=self.clock.now())

    def payment(self, payment_id: UUID) -> "PaymentView":
        """A payment as it is now."""
        from kaiin.payments import queries

        found = queries.payment(payment_id)
        assert found is not None
        return found

    def mails(self, member: int) -> list[str]:
        """The templates of the mails that were sent to a member, oldest first."""
        from django.core import mail

        from kaiin.identity import queries

        found = queries.member(member)
        assert found is not None
        keys = [sent.extra_headers["X-Kaiin-Key"] for sent in mail.outbox if found.email in sent.to]
        return [key.partition(":")[0] for key in keys]


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    sandbox: Sandbox,
    clock: Clock,
    plusmember: object,
    deliver: Callable[[], int],
) -> Iterator[World]:
    """The tenant plusmember, an empty sandbox, noon of 22 November 2026.

    At the end of every test `kaiin verify` must find nothing amiss; one that damages on
    purpose is marked `damages`.
    """
    yield World(sandbox, clock, deliver)
    if request.node.get_closest_marker("damages") is None:
        nothing_is_amiss(clock.now())


def nothing_is_amiss(now: datetime) -> None:
    """What `kaiin verify` checks, but for work that is not yet done."""
    from django.db import connection

    from kaiin.verification.checking import checks

    found = list(checks(connection, now=now, patience=timedelta(days=3650)))
    assert not found, "\n".join(f"{v.check} {' '.join(v.ids)}: {v.says}" for v in found)


def balances() -> dict[str, int]:
    """The ledger's accounts that are not at zero, in yen; fails unless it sums to zero."""
    from django.db.models import Sum

    from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting

    for entry in LedgerEntry.objects.annotate(sum=Sum("postings__amount")):
        assert entry.sum == 0, entry.key
    rows = LedgerPosting.objects.values("account").annotate(sum=Sum("amount"))
    found = {row["account"]: row["sum"] for row in rows if row["sum"]}
    assert sum(found.values()) == 0
    return found


def windows_survive_a_rebuild() -> None:
    """Dropping every window and building them again gives identical rows."""
    from kaiin.billing.membership import access
    from kaiin.billing.models import Entitlement, Membership

    def rows() -> list[Any]:
        columns = ("membership_id", "starts_at", "ends_at", "kind", "evidence")
        return list(Entitlement.objects.order_by(*columns[:2]).values_list(*columns))

    before, memberships = rows(), list(Membership.objects.values_list("pk", flat=True))
    assert access.rebuild(memberships) == set()
    Entitlement.objects.all().delete()
    access.rebuild(memberships)
    assert rows() == before

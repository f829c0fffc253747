"""One row in an unforeseen state: it is parked, the others of its set are done in the same round,
and it is done, too, once it is mended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaiin.billing.actions.expire import expire_due, expire_member, recognise_due, remind_due
from kaiin.billing.actions.renew import mandate_ended, renew_due
from kaiin.billing.ledger.models import LedgerEntry
from kaiin.billing.models import Charge, Course, Membership, Period, Subscription
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.infra import parking
from kaiin.infra.models import ParkedRow
from kaiin.payments.models import Mandate, Payment
from kaiin.sites.models import Site
from kaiin.verification.checking import checks
from tests.billing.conftest import World, balances, nothing_is_amiss

DECEMBER = datetime(2026, 12, 1, tzinfo=JST)
RENEWS_BADLY = "4000 0000 0000 0341"


def subscription(world: World, member: int) -> Subscription:
    return Subscription.objects.get(membership__member=member)


def membership(member: int) -> Membership:
    return Membership.objects.get(member=member)


def break_terms(row: Subscription) -> Callable[[], object]:
    """Give a subscription terms that can't be read: their JSON has another shape. Mends it."""
    course = Course.objects.get(pk=row.course_id)
    course.pk, course.version, course.offered = None, 99, False
    course.name = 7
    course.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_course SET terms = '[7]' WHERE id = %s", [course.pk])
    rows = Subscription.objects.filter(pk=row.pk)
    rows.update(course=course)

    def mend() -> None:
        rows.update(course=row.course_id)
        course.delete()

    return mend


@dataclass(frozen=True)
class Spoilt:
    """Members of whom the first can't be processed by `job`; `mend` takes the cause away."""

    kind: str
    members: list[int]
    job: Callable[..., int]
    still_due: Callable[[], int]
    mend: Callable[[], Any]


def by_its_mandate(world: World) -> Spoilt:
    """A card at a provider that this version does not know."""
    members = [world.joined() for _ in range(4)]
    world.clock.freeze(DECEMBER)
    mandate = Mandate.objects.filter(pk=subscription(world, members[0]).mandate_id)
    mandate.update(provider="gone")
    return Spoilt(
        "membership.renew",
        members,
        renew_due,
        Subscription.objects.filter(next_due_at__lte=DECEMBER).count,
        lambda: mandate.update(provider="sandbox"),
    )


def by_its_course(world: World) -> Spoilt:
    """Terms that can't be read."""
    members = [world.joined() for _ in range(4)]
    world.clock.freeze(DECEMBER)
    mend = break_terms(subscription(world, members[0]))
    return Spoilt(
        "membership.renew",
        members,
        renew_due,
        Subscription.objects.filter(next_due_at__lte=DECEMBER).count,
        mend,
    )


def lapsing(world: World) -> Spoilt:
    members = [world.joined("yearly", Method.KONBINI) for _ in range(4)]
    end = world.view(members[0]).paid_until
    assert end is not None
    world.clock.freeze(end)
    remind_due(now=end, limit=10)
    recognise_due(now=end, limit=10)
    mend = break_terms(subscription(world, members[0]))
    return Spoilt(
        "membership.lapse",
        members,
        expire_due,
        Subscription.objects.filter(lapse_due_at__lte=end).count,
        mend,
    )


def withdrawing(world: World) -> Spoilt:
    """A date to be withdrawn at, of a membership that is not dormant."""
    members = [world.joined(number=RENEWS_BADLY) for _ in range(4)]
    world.go_to(datetime(2026, 12, 9, tzinfo=JST))
    rows = Membership.objects.filter(member=members[0])
    until = rows.get().dormant_until
    assert until is not None
    world.go_to(until - timedelta(hours=1))
    rows.update(standing="active")
    world.clock.freeze(until)
    return Spoilt(
        "membership.withdraw",
        members,
        expire_due,
        Membership.objects.filter(dormant_until__lte=until).count,
        lambda: rows.update(standing="dormant"),
    )


def reminding(world: World) -> Spoilt:
    members = [world.joined("yearly", Method.KONBINI) for _ in range(4)]
    row = subscription(world, members[0])
    assert row.notice_due_at is not None
    world.clock.freeze(row.notice_due_at)
    mend = break_terms(row)
    return Spoilt(
        "membership.remind",
        members,
        remind_due,
        Subscription.objects.filter(notice_due_at__lte=row.notice_due_at).count,
        mend,
    )


def reminding_of_withdrawal(world: World) -> Spoilt:
    """Of a site that no apply knows."""
    members = [world.joined(number=RENEWS_BADLY) for _ in range(4)]
    world.go_to(datetime(2026, 12, 9, tzinfo=JST))
    row = membership(members[0])
    assert row.notice_due_at is not None
    world.clock.freeze(row.notice_due_at)
    rows = Membership.objects.filter(pk=row.pk)
    unknown = Site.objects.get(pk=row.site_id)
    unknown.pk, unknown.key, unknown.host = None, "unknown", "unknown"
    unknown.save(force_insert=True)
    rows.update(site=unknown)

    def mend() -> None:
        rows.update(site=row.site_id)
        unknown.delete()

    return Spoilt(
        "membership.remind_of_withdrawal",
        members,
        remind_due,
        Membership.objects.filter(notice_due_at__lte=row.notice_due_at).count,
        mend,
    )


@pytest.mark.parametrize(
    "spoil",
    [by_its_mandate, by_its_course, lapsing, withdrawing, reminding, reminding_of_withdrawal],
)
def test_one_bad_row_stops_no_other(world: World, spoil: Callable[[World], Spoilt]) -> None:
    spoilt = spoil(world)
    now = world.clock.now()
    assert spoilt.still_due() == 4
    # The bad one is the oldest: a batch of one contains nothing else.
    assert spoilt.job(now=now, limit=1) == 1
    assert spoilt.job(now=now, limit=10) == 3
    assert spoilt.still_due() == 1
    key = str(membership(spoilt.members[0]).pk)
    (row,) = parking.parked(limit=10)
    assert (row.kind, row.key, row.attempts, row.first_at) == (spoilt.kind, key, 1, now)
    assert row.due_at == now + timedelta(minutes=1)
    assert row.error
    # Nothing is left to do until its next try: nothing is locked or written.
    with CaptureQueriesContext(connection) as captured:
        assert spoilt.job(now=now, limit=10) == 0
    assert {each["sql"].partition(" ")[0] for each in captured} == {"SELECT"}

    later = world.clock.advance(minutes=1)
    assert spoilt.job(now=later, limit=10) == 1
    (row,) = parking.parked(limit=10)
    assert (row.attempts, row.first_at, row.due_at) == (2, now, later + timedelta(minutes=2))
    named = [v for v in checks(connection, now=later) if v.check == "row.parked"]
    assert [v.ids for v in named] == [(f"parked:{row.id}", f"membership:{key}")]

    spoilt.mend()
    assert parking.retry([row.id], now=later) == 1
    assert spoilt.job(now=later, limit=10) == 1
    assert spoilt.still_due() == 0
    assert parking.parked(limit=10) == ()
    world.work()


def test_a_parked_renewal_is_charged_once_by_one_intent(world: World) -> None:
    """It fails after the provider was paid, again and again: the money is found, not asked for."""
    spoilt, *others = [world.joined() for _ in range(4)]
    first = subscription(world, spoilt)
    now = world.clock.now()
    stray = Payment.objects.create(
        member_ref=spoilt, intent_key="stray", method="card", provider="sandbox", amount=1,
        description="", state="failed", created_at=now, called_at=now,
    )  # fmt: skip
    # A second period that there can't be yet.
    corrupt = Period.objects.create(
        subscription=first, index=2, starts_at=now, ends_at=DECEMBER, payment=stray, amount=1
    )
    world.clock.freeze(DECEMBER)
    assert renew_due(now=DECEMBER, limit=10) == 4
    assert [world.entry(member).kind for member in others] == ["paid"] * 3
    assert ParkedRow.objects.get().kind == "membership.renew"
    intents = Charge.objects.filter(subscription=first).order_by("pk")
    keys = list(intents.values_list("intent_key", flat=True))
    for minutes in (1, 2, 4, 8):
        assert renew_due(now=world.clock.advance(minutes=minutes), limit=10) == 1
    assert ParkedRow.objects.get().attempts == 5
    assert list(intents.values_list("intent_key", flat=True)) == keys
    assert _charged(world) == 4
    corrupt.delete()
    stray.delete()
    assert renew_due(now=world.clock.advance(minutes=16), limit=10) == 1
    assert not ParkedRow.objects.exists()
    assert world.entry(spoilt).kind == "paid"
    world.work()
    assert _charged(world) == 4
    assert balances()["provider_cash"] == 8 * 550


def _charged(world: World) -> int:
    return len(world.sandbox.rows("SELECT id FROM payment WHERE kind = 'charge'"))


def test_income_that_is_booked_already_keeps_no_other_from_being_earned(world: World) -> None:
    members = [world.joined() for _ in range(4)]
    world.clock.freeze(DECEMBER)
    renew_due(now=DECEMBER, limit=10)
    periods = Period.objects.filter(recognise_due_at__lte=DECEMBER)
    booked = periods.get(subscription=subscription(world, members[0]))
    recognise_due(now=DECEMBER, limit=1)
    assert LedgerEntry.objects.filter(key=f"recognition:{booked.pk}").exists()
    Period.objects.filter(pk=booked.pk).update(recognise_due_at=DECEMBER)
    assert recognise_due(now=DECEMBER, limit=10) == 4
    assert periods.count() == 1
    (row,) = parking.parked(limit=10)
    assert (row.kind, row.key) == ("period.recognise", str(booked.pk))
    # Mended by hand, it is no longer due: it is not tried again, and is forgotten.
    Period.objects.filter(pk=booked.pk).update(recognise_due_at=None)
    assert recognise_due(now=world.clock.advance(minutes=5), limit=10) == 0
    parking.forget_stale(now=world.clock.now())
    assert parking.parked(limit=10)
    parking.forget_stale(now=world.clock.advance(hours=2))
    assert not parking.parked(limit=10)
    assert balances()["income"] == -4 * 550


def test_a_visit_passes_over_what_is_parked(world: World) -> None:
    """A visit does what the worker does; what it can't do is parked as well, and no error."""
    spoilt = lapsing(world)
    expire_member(member_pk=spoilt.members[0], now=world.clock.now())
    assert ParkedRow.objects.get().attempts == 1
    expire_member(member_pk=spoilt.members[0], now=world.clock.now())
    assert ParkedRow.objects.get().attempts == 1
    spoilt.mend()
    world.clock.advance(minutes=1)
    world.work()
    assert not ParkedRow.objects.exists()


@pytest.mark.damages
def test_an_ended_contract_ends_at_every_site(world: World) -> None:
    """One membership fails: the other is handled all the same, and the event comes again."""
    member = world.joined()
    row = subscription(world, member)
    world.pay(world.join(member, "monthly", Method.CARD, "mail").payment)
    other = Subscription.objects.get(membership__member=member, membership__site__key="mail")
    Subscription.objects.filter(pk=other.pk).update(mandate=row.mandate_id)
    break_terms(row)
    with pytest.raises(ValueError, match="no terms"):
        mandate_ended(mandate_id=row.mandate_id, reason="carrier")
    other.refresh_from_db()
    assert other.mandate_end_reason == "carrier"


@pytest.mark.damages
def test_a_database_that_is_away_is_no_rows_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from kaiin.billing.actions import expire

    lapsing(world)

    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(expire, "lock_memberships", away)
    with pytest.raises(OperationalError):
        expire_due(now=world.clock.now(), limit=10)
    assert not ParkedRow.objects.exists()


def test_an_idle_round_writes_nothing_and_locks_nothing(world: World) -> None:
    from kaiin.cli import worker

    world.joined()
    world.work(every_job=True)
    hourly = {"identity.forget", "throttle.forget"}
    jobs = [job for job in worker.jobs() if job.name not in hourly]
    with CaptureQueriesContext(connection) as captured:
        assert [job.run() for job in jobs] == [0] * len(jobs)
    said = [each["sql"] for each in captured]
    assert len(said) >= len(jobs) - 1
    assert [sql for sql in said if not sql.startswith("SELECT") or "FOR UPDATE" in sql] == []
    nothing_is_amiss(world.clock.now())

"""How renewals are charged: the intent first, a few calls at once, the process killed anywhere."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState
from kaiin.infra import crash_points
from kaiin.infra.http import OutsideUnavailable, OutsideUnknown
from kaiin.payments.providers.protocol import ChargeRequest, PaymentSnapshot, ProviderState
from tests.billing.conftest import World, balances, windows_survive_a_rebuild
from tests.billing.test_races import DECEMBER

Behave = Callable[[ChargeRequest], PaymentSnapshot | None]


class Watched:
    """The sandbox with a function that is called at each charge, and may answer instead of it."""

    def __init__(self, provider: Any, behave: Behave) -> None:
        self._provider = provider
        self._behave = behave

    def charge(self, request: ChargeRequest, *, timeout_seconds: float) -> PaymentSnapshot:
        answer = self._behave(request)
        return answer or self._provider.charge(request, timeout_seconds=timeout_seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


@pytest.fixture
def watch(world: World) -> Iterator[Callable[[Behave], None]]:
    from kaiin.payments.providers import registry

    def put(behave: Behave) -> None:
        registry.use("sandbox", Watched(world.sandbox.provider, behave))  # type: ignore[arg-type]

    yield put
    registry.use("sandbox", world.sandbox.provider)


def renew(world: World) -> int:
    from kaiin.billing.actions.renew import renew_due

    return renew_due(now=world.clock.now(), limit=1000)


def charges_at_the_provider(world: World) -> int:
    with world.sandbox.app.service.store.transaction() as tx:
        return len(tx.all("SELECT id FROM payment WHERE kind = 'charge' AND status = 'paid'"))


def paid(request: ChargeRequest, amount: Money) -> PaymentSnapshot:
    return PaymentSnapshot(
        order_id=request.order_id,
        provider_payment_id=f"pi_{request.order_id}",
        state=ProviderState.PAID,
        amount=amount,
        received=amount,
    )


@pytest.mark.django_db(transaction=True)
def test_the_intents_are_committed_before_the_provider_hears_of_them(
    world: World, watch: Callable[[Behave], None]
) -> None:
    """Another connection sees them at the moment of the first call, and nothing else is locked."""
    from django.db import connection

    from kaiin.billing.models import Charge
    from kaiin.payments.models import Payment

    members = [world.joined() for _ in range(3)]
    world.clock.freeze(DECEMBER)
    seen: list[tuple[int, int]] = []

    def look() -> None:
        intended = Charge.objects.filter(state="open", payment__isnull=False).count()
        seen.append((intended, Payment.objects.filter(state="intent").count()))
        connection.close()

    def from_outside(_request: ChargeRequest) -> None:
        assert not connection.in_atomic_block
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(timeout=60)

    watch(from_outside)
    assert renew(world) == 3
    assert seen == [(3, 3)] * 3
    assert all(world.entry(member).allowed for member in members)


class Died(BaseException):
    """The process ended here."""


def test_stopped_anywhere_and_continued_each_period_is_charged_once(world: World) -> None:
    """A year in which the process dies at another place each month, until there is none left."""
    from kaiin.billing.models import Charge, Period

    members = [world.joined(), world.joined()]
    places: list[str] = []
    for step in range(1, 60):
        world.clock.freeze(_last_end())
        reached = _renew_until(world, step)
        if reached is None:
            break
        places.append(reached)
        # The next round continues with what it left behind.
        world.clock.advance(minutes=11)
        world.work()
        world.clock.advance(hours=1, minutes=5)
        world.work()
        assert charges_at_the_provider(world) == 2 * step, reached
        assert all(world.entry(member).kind == "paid" for member in members), reached
        windows_survive_a_rebuild()
    assert {
        "infra.outside_called", "infra.outside_answered",
        "billing.intents_committed", "payments.provider_answered", "payments.outcome_committed",
    } <= set(places)  # fmt: skip
    periods = 2 * len(places) + 4
    assert Period.objects.count() == Charge.objects.filter(state="paid").count() == periods
    assert balances()["provider_cash"] == 550 * periods


def _last_end() -> Any:
    from kaiin.billing.models import Period

    return Period.objects.order_by("-ends_at").values_list("ends_at", flat=True).first()


def _renew_until(world: World, step: int) -> str | None:
    """Renew, and die at the place that is reached as number `step`; its name, or None if it was
    never reached."""
    left = step

    def hook(point: crash_points.CrashPoint) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Died(point.value)

    crash_points.install(hook)
    try:
        renew(world)
    except Died as died:
        return str(died)
    finally:
        crash_points.install(None)
    return None


def test_time_outs_keep_access_and_are_asked_about(
    world: World, watch: Callable[[Behave], None]
) -> None:
    from kaiin.payments.models import Payment

    members = [world.joined() for _ in range(3)]
    world.clock.freeze(DECEMBER)

    def charged_but_silent(request: ChargeRequest) -> None:
        world.sandbox.provider.charge(request, timeout_seconds=1)
        raise OutsideUnknown(reason="timed out")

    watch(charged_but_silent)
    assert renew(world) == 3
    assert set(Payment.objects.filter(paid_at=None).values_list("state", flat=True)) == {"unknown"}
    world.clock.advance(minutes=30)
    assert renew(world) == 0
    assert all(world.entry(member).allowed for member in members)
    world.clock.advance(hours=1)
    assert renew(world) == 3
    assert charges_at_the_provider(world) == 3
    assert balances()["provider_cash"] == 6 * 550
    assert all(world.entry(member).kind == "paid" for member in members)


def test_a_provider_that_is_away_is_left_alone_for_the_rest_of_the_round(
    world: World, watch: Callable[[Behave], None]
) -> None:
    members = [world.joined() for _ in range(6)]
    world.clock.freeze(DECEMBER)
    calls: list[str] = []

    def away(request: ChargeRequest) -> None:
        calls.append(request.order_id)
        raise OutsideUnavailable(reason="ConnectTimeout")

    watch(away)
    assert renew(world) == 6
    assert len(calls) == 3
    assert all(world.entry(member).allowed for member in members)
    watch(lambda _: None)
    # First it is asked about and found never to have got there, then tried again.
    for _ in range(3):
        world.clock.advance(hours=1)
        world.work()
    assert charges_at_the_provider(world) == 6
    assert all(world.entry(member).kind == "paid" for member in members)


@pytest.mark.django_db(transaction=True)
def test_so_many_calls_are_under_way_at_once(
    world: World, watch: Callable[[Behave], None], settings: Any
) -> None:
    settings.KAIIN_PROVIDER_CONCURRENCY = 3
    members = [world.joined() for _ in range(6)]
    world.clock.freeze(DECEMBER)
    together = threading.Barrier(3, timeout=60)  # breaks unless three are made at once
    lock, under_way, most = threading.Lock(), 0, 0

    def slow(request: ChargeRequest) -> PaymentSnapshot:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait()
        with lock:
            under_way -= 1
        return paid(request, request.amount)

    watch(slow)
    assert renew(world) == 6
    assert most == 3
    assert all(world.entry(member).kind == "paid" for member in members)


def test_an_unreadable_answer_may_have_been_a_charge(
    world: World, watch: Callable[[Behave], None]
) -> None:
    member = world.joined()
    world.clock.freeze(DECEMBER)

    def garbage(request: ChargeRequest) -> None:
        world.sandbox.provider.charge(request, timeout_seconds=1)
        raise KeyError("status")

    watch(garbage)
    renew(world)
    assert world.entry(member).allowed
    world.clock.advance(hours=2)
    world.work()
    assert charges_at_the_provider(world) == 1
    assert world.entry(member).kind == "paid"


def test_unreadable_answers_are_no_silence(world: World, watch: Callable[[Behave], None]) -> None:
    """However many in a row: those behind them are charged in the same round."""
    members = [world.joined() for _ in range(6)]
    world.clock.freeze(DECEMBER)
    calls: list[str] = []

    def garbage(request: ChargeRequest) -> None:
        calls.append(request.order_id)
        if len(calls) <= 4:
            raise KeyError("status")

    watch(garbage)
    assert renew(world) == 6
    assert len(calls) == 6
    assert [world.entry(member).kind for member in members[4:]] == ["paid", "paid"]
    watch(lambda _: None)
    for _ in range(2):
        world.clock.advance(hours=2)
        world.work()
    assert all(world.entry(member).kind == "paid" for member in members)
    assert charges_at_the_provider(world) == 6


def test_what_stumbles_over_one_does_not_stop_the_others(world: World) -> None:
    """Rows that can't be (a second period under the same number) spoil one renewal, not three."""
    from kaiin.billing.models import Period, Subscription
    from kaiin.payments.models import Payment

    spoilt, *others = members = [world.joined() for _ in range(3)]
    first = Subscription.objects.get(membership__member_id=spoilt)
    now = world.clock.now()
    stray = Payment.objects.create(
        member_ref=spoilt, intent_key="stray", method="card", provider="sandbox", amount=1,
        description="", state=PaymentState.FAILED, created_at=now, called_at=now,
    )  # fmt: skip
    corrupt = Period.objects.create(
        subscription=first, index=2, starts_at=now, ends_at=DECEMBER, payment=stray, amount=1
    )
    world.clock.freeze(DECEMBER)
    assert renew(world) == 3
    assert [world.entry(member).kind for member in others] == ["paid", "paid"]
    assert world.entry(spoilt).allowed
    assert world.entry(spoilt).kind == "grace"
    # Once it is mended, the next look asks the provider, who has the money.
    corrupt.delete()
    stray.delete()
    world.clock.advance(minutes=11)
    world.work()
    assert charges_at_the_provider(world) == 3
    assert all(world.entry(member).kind == "paid" for member in members)


def test_the_queries_of_a_round_do_not_grow_with_the_rows(world: World) -> None:
    """As many statements for six as for two; due ones are found by their index."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kaiin.billing.models import Subscription

    members = [world.joined() for _ in range(8)]
    costs = []
    world.clock.freeze(DECEMBER)
    due = Subscription.objects.filter(next_due_at=DECEMBER)
    later = list(due.order_by("pk").values_list("pk", flat=True)[2:])
    Subscription.objects.filter(pk__in=later).update(next_due_at=DECEMBER + timedelta(days=1))
    for count in (2, len(members) - 2):
        with CaptureQueriesContext(connection) as captured:
            assert renew(world) == count
        # The tenant's revision is read once a second in any case.
        costs.append(sum("sites_tenant" not in each["sql"] for each in captured))
        Subscription.objects.filter(pk__in=later).update(next_due_at=DECEMBER)
    assert costs[0] == costs[1]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Eight rows are read faster whole: here it counts whether the index can serve.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    due_now = Subscription.objects.filter(next_due_at__lte=DECEMBER)
    assert "subscription_next" in due_now.order_by("next_due_at", "pk")[:10].explain()

"""The webhook: what is stored, refused, left waiting, and who wins when two act at once."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from kaiin.domain.payments import PaymentState
from kaiin.infra.models import AuditRow, Event
from kaiin.lab.sandbox.events import signature
from kaiin.payments import backfill, inbox, operations, queries
from kaiin.payments.charging import charge_mandate
from kaiin.payments.models import EventState, Payment, ProviderEvent
from kaiin.web.webhooks import views
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import SECRET, Sandbox
from tests.payments.conftest import Start

pytestmark = pytest.mark.usefixtures("sandbox")


def work() -> int:
    """What the worker does with stored notices."""
    return inbox.apply_due(limit=100)


def event(**other: object) -> bytes:
    content: dict[str, object] = {
        "id": "evt_1",
        "type": "payment.paid",
        "application": "kaiin",
        "data": {"order_id": "nobodyknows", "mandate_id": ""},
    }
    return json.dumps(content | other).encode()


def send(body: bytes, signed: str, provider: str = "sandbox") -> HttpResponse:
    request = RequestFactory().post(
        f"/webhooks/{provider}",
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": signed},
    )
    return views.notice(request, provider=provider)


def signed(body: bytes, at: datetime, secret: str = SECRET) -> str:
    return signature(secret, body, at)


def test_a_notice_is_stored_before_it_is_answered(clock: Clock) -> None:
    answer = send(event(), signed(event(), clock.now()))
    assert (answer.status_code, answer.content) == (200, b"ok")
    stored = ProviderEvent.objects.get()
    assert (stored.event_id, stored.kind, bytes(stored.body)) == ("evt_1", "payment.paid", event())
    assert stored.state == EventState.RECEIVED


def test_the_same_notice_is_stored_once(clock: Clock) -> None:
    for _ in range(3):
        assert send(event(), signed(event(), clock.now())).status_code == 200
    assert ProviderEvent.objects.count() == 1


def test_any_part_of_a_rolled_secret_will_do(clock: Clock) -> None:
    stamp, code = signed(event(), clock.now()).split(",")
    assert send(event(), f"{stamp},v1=0000,{code},v0=x").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        lambda body, now: "",
        lambda body, now: "t=,v1=",
        lambda body, now: "t=١٢٣,v1=é",
        lambda body, now: signed(body, now, "another secret"),
        lambda body, now: signed(body, now, ""),
        lambda body, now: signed(body + b" ", now),
        lambda body, now: signed(body, now - timedelta(seconds=301)),
        lambda body, now: signed(body, now + timedelta(seconds=301)),
        lambda body, now: signed(body, now).replace("t=", "t=1"),
        lambda body, now: signed(body, now).split(",")[1],
    ],
)
def test_what_proves_nothing_is_refused_and_not_stored(
    header: Callable[[bytes, datetime], str], clock: Clock
) -> None:
    answer = send(event(), header(event(), clock.now()))
    assert (answer.status_code, answer.content) == (400, b"refused")
    assert ProviderEvent.objects.count() == 0


DEEP = 30_000
NONSENSE = [
    b"",
    b"[]",
    b"{}",
    b"\xff",
    b'{"id": 1}',
    b"null",
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"data": ' * 5000 + b"1" + b"}" * 5000,
    b'{"id": "' + b'\\"' * DEEP,
    event(id="evt_\ud800"),
    event(id="evt_\0"),
    event(type="\udfff\ud800"),
    event(data={"order_id": "a\0b"}),
    event(data={"order_id": "\ud800"}),
    event(data={"order_id": "", "mandate_id": "\0"}),
    event(id="x" * 129),
    b'{"id": ' + b"9" * 10_000 + b"}",
    b'{"id": 1e999999, "type": -1e999999}',
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_signed_nonsense_is_stored_and_named_to_staff(body: bytes, clock: Clock) -> None:
    """Asking for it again would bring the same; the signature proves that the provider sent it."""
    for _ in range(2):
        assert send(body, signed(body, clock.now())).status_code == 200
    work()
    stored = ProviderEvent.objects.get()
    assert (stored.state, bytes(stored.body)) == (EventState.UNREADABLE, body)
    assert [each.state for each in queries.stuck_events(10)] == ["unreadable"]
    assert queries.inbox_figures().failed == 1
    assert inbox.retry([stored.pk]) == 0
    assert inbox.abandon([stored.pk]) == 1
    assert queries.stuck_events(10) == ()


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_in_the_list_does_not_stop_the_reading(
    body: bytes, clock: Clock, sandbox: Sandbox
) -> None:
    good = event(id="evt_good")
    with sandbox.app.service.store.transaction() as tx:
        for number, each in enumerate((body, good)):
            tx.insert(
                "event",
                {
                    "id": str(number),
                    "type": "",
                    "application": "kaiin",
                    "order_id": "",
                    "body": each.decode("latin-1"),
                    "created_at": "",
                },
            )
    backfill.sweep(now=clock.now(), limit=10)
    found = dict(ProviderEvent.objects.values_list("event_id", "state"))
    broken = body in (b"", b"\xff", b"[" * DEEP, b'{"id": "' + b'\\"' * DEEP, NONSENSE[-2])
    if not broken:
        # What is no JSON at all can't be in a list that is.
        assert found.pop("evt_good") == EventState.RECEIVED
        assert list(found.values()) == [EventState.UNREADABLE]


def test_what_is_deep_beside_what_counts_is_left_out(clock: Clock) -> None:
    body = event()[:-1] + b', "more": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    assert send(body, signed(body, clock.now())).status_code == 200
    assert ProviderEvent.objects.get().event_id == "evt_1"


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 10**30},
        {"amount": -1},
        {"amount": 1.5},
        {"amount": True},
        {"received_amount": 10**30},
        {"id": "x\0"},
        {"id": "\ud800"},
        {"currency": "YENS"},
        {"failure_code": "x" * 65},
        {"declines": -1},
        {"declines": "3"},
        {"refunds": [{"id": "r", "key": "", "amount": 10**20, "status": "done"}]},
    ],
    ids=str,
)
def test_an_answer_that_no_row_can_keep_is_no_answer(
    fields: dict[str, object], start: Start, sandbox: Sandbox
) -> None:
    from kaiin.infra.http import OutsideUnknown
    from kaiin.lab.sandbox.api import payment_json
    from kaiin.payments.providers.sandbox import wire

    row = sandbox.row(start())
    with sandbox.app.app_context():
        content = payment_json(row, None)
    assert wire.payment(dict(content)).amount.amount == 550
    with pytest.raises(OutsideUnknown):
        wire.payment(content | fields)


def test_a_notice_within_the_tolerance_passes(clock: Clock) -> None:
    assert send(event(), signed(event(), clock.now() - timedelta(seconds=299))).status_code == 200


def test_large_bodies_and_other_verbs_are_refused(clock: Clock) -> None:
    large = b"x" * (views.MAX_BYTES + 1)
    assert send(large, signed(large, clock.now())).status_code == 413
    assert views.notice(RequestFactory().get("/"), provider="sandbox").status_code == 405
    with pytest.raises(Http404):
        send(event(), "", provider="nobody")
    assert ProviderEvent.objects.count() == 0


def test_another_products_event_is_recorded_and_never_adopted(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    sandbox.pay(payment)
    order = sandbox.row(payment)["order_id"]
    body = event(application="shop", data={"order_id": order, "mandate_id": ""})
    assert send(body, signed(body, clock.now())).status_code == 200
    work()
    assert ProviderEvent.objects.get().state == EventState.FOREIGN
    found = queries.payment(payment.id)
    assert found is not None
    assert found.state is PaymentState.PENDING


def test_an_unknown_order_waits_until_it_is_known(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    """As after a restore: the notice is here before the payment is."""
    payment = start()
    row = Payment.objects.get()
    Payment.objects.all().delete()
    sandbox.pay(payment)
    sandbox.deliver_notices()
    stored = ProviderEvent.objects.get(kind="payment.paid")
    assert stored.state == EventState.WAITING
    row.save(force_insert=True)
    work()
    assert Payment.objects.get().state == PaymentState.PENDING  # not its turn yet
    clock.advance(minutes=1)
    work()
    assert Payment.objects.get().state == PaymentState.PAID
    stored.refresh_from_db()
    assert stored.state == EventState.APPLIED
    assert stored.due_at is None


def test_a_notice_of_an_order_that_stays_unknown_is_put_aside(clock: Clock) -> None:
    send(event(), signed(event(), clock.now()))
    work()
    clock.advance(days=3, hours=2)
    work()
    # Days without a worker put nothing aside: it is tried often enough first.
    assert ProviderEvent.objects.get().state == EventState.WAITING
    for _ in range(10):
        clock.advance(hours=1)
        work()
    stored = ProviderEvent.objects.get()
    assert (stored.state, stored.due_at, stored.attempts) == (EventState.FAILED, None, 12)
    assert [event.id for event in queries.stuck_events(limit=10)] == [stored.pk]
    assert inbox.retry([stored.pk]) == 1
    work()
    assert ProviderEvent.objects.get().state == EventState.WAITING


def test_a_provider_that_is_down_is_asked_again(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    payment = start()
    sandbox.pay(payment)
    sandbox.switch("down", "0")
    sandbox.deliver_notices()
    assert set(ProviderEvent.objects.values_list("state", flat=True)) == {EventState.RECEIVED}
    sandbox.switch("down", "")
    clock.advance(minutes=1)
    work()
    found = queries.payment(payment.id)
    assert found is not None
    assert found.state is PaymentState.PAID


def test_a_lying_notice_changes_nothing(start: Start, sandbox: Sandbox, clock: Clock) -> None:
    """A proven notice says paid; the provider, asked, says open."""
    payment = start()
    body = event(data={"order_id": sandbox.row(payment)["order_id"], "mandate_id": ""})
    send(body, signed(body, clock.now()))
    work()
    found = queries.payment(payment.id)
    assert found is not None
    assert found.state is PaymentState.PENDING


def together(*work: Callable[[], object]) -> None:
    """Run all at once, each with a database connection of its own; raise what any raised."""
    gate = threading.Barrier(len(work))
    errors: list[BaseException] = []

    def run(each: Callable[[], object]) -> None:
        try:
            gate.wait()
            each()
        except BaseException as error:  # noqa: BLE001 (handed to the test's thread)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_workers_and_the_return_page_have_one_winner(start: Start, sandbox: Sandbox) -> None:
    payment = start("docomo")
    sandbox.pay(payment)
    sandbox.switch("duplicate", "2")
    sandbox.deliver_notices(apply=False)

    def ask() -> object:
        return operations.refresh_payment(payment_id=payment.id, timeout_seconds=5)

    together(work, work, ask, ask)
    assert AuditRow.objects.filter(action="payments.paid").count() == 1
    assert Event.objects.filter(key=f"{payment.id}:paid").count() == 1
    assert Payment.objects.get().state == PaymentState.PAID
    assert Payment.objects.get().mandate_id is not None


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_double_click_starts_one_payment(start: Start, sandbox: Sandbox) -> None:
    seen: list[object] = []
    together(*[lambda: seen.append(start().id)] * 4)
    assert len(set(seen)) == 1
    assert Payment.objects.count() == 1
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment")) == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_charge_once(start: Start, sandbox: Sandbox) -> None:
    payment = start()
    sandbox.pay(payment)
    paid = operations.refresh_payment(payment_id=payment.id, timeout_seconds=5)

    def renew() -> object:
        return charge_mandate(
            member_ref=7,
            mandate_id=paid.mandate_id or 0,
            intent_key="renewal:1:2",
            amount=paid.amount,
            description="月会費",
        )

    together(renew, renew, renew)
    found = queries.payment_by_intent("renewal:1:2")
    assert found is not None
    assert found.state is PaymentState.PAID
    with sandbox.app.service.store.transaction() as tx:
        assert len(tx.all("SELECT id FROM payment WHERE kind = 'charge'")) == 1


def test_bodies_of_what_is_over_are_dropped_in_time(
    start: Start, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.pay(start())
    sandbox.deliver_notices()
    stuck = ProviderEvent.objects.create(
        provider="sandbox", event_id="evt_x", kind="payment.paid", order_id="unknown",
        received_at=clock.now(), body=b"x", state=EventState.FAILED,
    )  # fmt: skip
    came = ProviderEvent.objects.count()
    over = came - 1
    before = clock.advance(days=90)
    assert inbox.forget_bodies(before, limit=1) == 1
    assert inbox.forget_bodies(before, limit=100) == over - 1
    assert inbox.forget_bodies(before, limit=100) == 0
    assert ProviderEvent.objects.count() == came
    assert ProviderEvent.objects.exclude(body=None).get() == stuck
    old = ProviderEvent.objects.filter(body__isnull=False, received_at__lt=before)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "event_body_kept" in old.order_by("received_at").explain()

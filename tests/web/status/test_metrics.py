"""`/metrics`: the installation's figures, for those who watch over it only."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox

from kaiin.cli import worker
from kaiin.domain.payments import Method
from kaiin.identity.flows.login import log_in
from kaiin.infra import audit, event_log
from kaiin.infra.models import Delivery
from kaiin.infra.parking import Parking
from kaiin.lab import life
from kaiin.mail import operations as mail

_OUTBOX = ("waiting", "due", "oldest_seconds", "dead")
pytestmark = pytest.mark.usefixtures("plusmember")


def _figures(client: Client, **headers: str) -> dict[str, float]:
    response = client.get("/metrics", HTTP_HOST="10.0.0.7", **headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "no-store" in response.headers["Cache-Control"]
    lines = [line for line in response.content.decode().splitlines() if line[0] != "#"]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_an_empty_installation_has_figures(client: Client) -> None:
    figures = _figures(client)
    assert figures['kaiin_outbox_waiting{lane="money"}'] == 0
    assert figures["kaiin_inbox_oldest_seconds"] == 0
    assert figures["kaiin_renewals_due"] == 0
    assert "process_resident_memory_bytes" in figures


def test_the_outbox_shows_how_far_behind_it_is(client: Client, clock: Clock) -> None:
    event_log.publish(topic=mail.TOPIC, key="1", payload={})
    event_log.publish(topic=mail.TOPIC, key="2", payload={})
    Delivery.objects.filter(event__key="2").update(due_at=None, dead_at=clock.now())
    clock.advance(minutes=2)
    figures = _figures(client)
    of_mail = {name: figures[f'kaiin_outbox_{name}{{lane="mail"}}'] for name in _OUTBOX}
    assert of_mail == {"waiting": 1, "due": 1, "oldest_seconds": 120, "dead": 1}
    of_money = {figures[f'kaiin_outbox_{name}{{lane="money"}}'] for name in _OUTBOX}
    assert of_money == {0}


def test_the_age_of_the_unsealed_audit_rows_is_seen(client: Client, clock: Clock) -> None:
    audit.seal(limit=1000)
    audit.record(action="test.done", subject="member:1", actor="test", details={})
    clock.advance(seconds=90)
    assert _figures(client)["kaiin_audit_unsealed_seconds"] == 90
    audit.seal(limit=1000)
    assert _figures(client)["kaiin_audit_unsealed_seconds"] == 0


def test_parked_rows_are_counted_by_kind(client: Client, clock: Clock) -> None:
    assert _figures(client)["kaiin_parked_oldest_seconds"] == 0
    for kind, key in (("membership.renew", 1), ("membership.renew", 2), ("event.apply", 1)):
        Parking[int](kind, clock.now()).park(key, ValueError("lunar"))
    clock.advance(minutes=2)
    figures = _figures(client)
    assert figures['kaiin_parked_rows{kind="membership.renew"}'] == 2
    assert figures['kaiin_parked_rows{kind="event.apply"}'] == 1
    assert figures["kaiin_parked_oldest_seconds"] == 120


def test_a_join_is_seen_in_every_figure(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments

    member = life.register("a@mail.example", actor="system:test", details={})
    started = life.join(member, "monthly", Method.CARD)
    sandbox.pay(started.payment)
    sandbox.deliver_notices(apply=False)
    _count()
    figures = _figures(client)
    assert figures["kaiin_inbox_waiting"] > 0
    assert figures['kaiin_open_payments{method="card",state="pending"}'] == 1
    assert figures['kaiin_subscriptions{state="pending"}'] == 1
    assert figures['kaiin_subscriptions{state="active"}'] == 0
    assert figures['kaiin_memberships{site="official",standing="pending"}'] == 1
    refresh_open_payments(member_pk=member)
    clock.advance(minutes=4)
    _count()
    figures = _figures(client)
    assert 'kaiin_open_payments{method="card",state="pending"}' not in figures
    # Whole tables are counted every five minutes.
    assert figures['kaiin_memberships{site="official",standing="pending"}'] == 1
    assert figures["kaiin_memberships_counted_seconds"] == 240
    clock.advance(minutes=1)
    _count()
    figures = _figures(client)
    assert figures['kaiin_memberships{site="official",standing="active"}'] == 1
    assert figures["kaiin_memberships_counted_seconds"] == 0
    assert figures["kaiin_renewals_due"] == 0
    clock.advance(days=63)
    assert _figures(client)["kaiin_renewals_due"] == 1


def test_a_silent_provider_is_seen(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    from kaiin.domain.money import Money
    from kaiin.payments import operations as payments

    payments.start_payment(
        member_ref=1, intent_key="a", method=Method.CARD, amount=Money(550), description="a",
        return_url="http://id.localhost/", member_hint="", renews=True,
    )  # fmt: skip
    silent = 'kaiin_provider_silent_seconds{provider="sandbox"}'
    clock.advance(minutes=119)
    assert _figures(client)[silent] == 0
    clock.advance(minutes=1)
    assert _figures(client)[silent] == 7200
    assert _figures(client)['kaiin_provider_open_payments{provider="sandbox"}'] == 1


def test_money_that_waits_for_staff_is_seen(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    from kaiin.billing.actions.refresh import refresh_open_payments

    member = life.register("a@mail.example", actor="system:test", details={})
    started = life.join(member, "yearly", Method.KONBINI)
    sandbox.get_slip(started.payment)
    sandbox.pay_at_store(started.payment, amount=7000)
    refresh_open_payments(member_pk=member)
    clock.advance(hours=1)
    figures = _figures(client)
    assert figures['kaiin_refund_cases{state="open"}'] == 1
    assert figures["kaiin_refund_cases_oldest_seconds"] == 3600


def test_tries_to_log_in_are_counted_for_an_hour(client: Client, clock: Clock) -> None:
    for _ in range(2):
        log_in(typed="E000000000", password="x" * 12, device=None, site_key=None, user_agent="")
    name = 'kaiin_login_attempts_last_hour{outcome="unknown"}'
    assert _figures(client)[name] == 2
    clock.advance(seconds=timedelta(hours=1).total_seconds() + 1)
    assert name not in _figures(client)


def test_few_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    _figures(client)  # the tenant is in memory from now on
    with django_assert_max_num_queries(13):
        _figures(client)


# Of a few rows, however large a club is.
_SMALL = {"infra_keptcount", "infra_parkedrow", "payments_providercursor"}


def test_no_figure_reads_a_whole_table(client: Client) -> None:
    event_log.publish(topic=mail.TOPIC, key="1", payload={})
    with CaptureQueriesContext(connection) as captured:
        _figures(client)
    asked = [each["sql"] for each in captured if "sites_" not in each["sql"]]
    assert len(asked) > 8
    with connection.cursor() as cursor:
        read_whole = _plans_on_sqlite if connection.vendor == "sqlite" else _plans_on_postgresql
        found = [(step, sql) for sql in asked for step in read_whole(cursor, sql)]
    assert not found, found


def _plans_on_sqlite(cursor: Any, sql: str) -> Iterator[str]:
    """Steps that read a whole table, or a whole index that is not a partial one."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
    partial = {name for (name,) in cursor.fetchall()}
    cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
    for *_, step in cursor.fetchall():
        words = step.split()
        if words[0] == "SCAN" and words[1] not in _SMALL and not partial & set(words):
            yield step


def _plans_on_postgresql(cursor: Any, sql: str) -> Iterator[str]:
    cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
    partial = {name for (name,) in cursor.fetchall()}
    # The tables are empty: what counts is that there is an index to be used.
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
    steps = [cursor.fetchone()[0][0]["Plan"]]
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        by_index = "Index Cond" in step or step.get("Index Name") in partial
        reads = "Scan" in step["Node Type"] and step["Node Type"] != "Bitmap Heap Scan"
        if reads and not by_index and step.get("Relation Name") not in _SMALL:
            yield str(step)


def _count() -> None:
    next(job for job in worker.jobs() if job.name == "figures.count").run()


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        # A proxy that was not declared speaks for the whole world.
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_strangers_find_no_such_page(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/metrics", HTTP_HOST="id.localhost", **headers)
    assert response.status_code == 404
    assert b"kaiin_" not in response.content

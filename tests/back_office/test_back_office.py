"""The back office: open to staff from our networks, read-only, each view audited."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kaiin.domain.payments import Method
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import operations as identity, queries as members
from kaiin.identity.flows.login import log_in
from kaiin.identity.flows.sessions import start_session
from kaiin.identity.flows.staff import create_staff, disable_member
from kaiin.infra import deliveries, event_log
from kaiin.infra.locks import transaction
from kaiin.infra.models import AuditRow, Delivery
from kaiin.lab import life
from kaiin.payments import backfill
from kaiin.payments.models import PaymentReference
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import Sandbox

# As `urls_identity` does at its start.
admin.autodiscover()

HOST = "id.localhost"
STAFF = ("boss@mail.example", "a-password-of-staff")
MEMBER = ("hana@mail.example", "a-members-password")
CONTEXTS = ("infra", "sites", "identity", "payments", "billing")
URLS = "kaiin.config.urls_identity"

# Pages over tables: those that search, filter and order are asked on PostgreSQL, too.
pytestmark = [
    pytest.mark.usefixtures("plusmember"),
    pytest.mark.urls(URLS),
    pytest.mark.few_on_postgres(0),
]


@pytest.fixture
def member(sandbox: Sandbox, clock: Clock, deliver: Callable[[], int]) -> int:
    """A member who has joined, paid by card and is logged in: rows in every table."""
    pk = life.register(
        MEMBER[0],
        actor="system:test",
        details={"nickname": "はなこ", "legal_name": "山田 花子", "phone": "+819012345678"},
        password_hash=identity.hash_password(MEMBER[1]),
    )
    started = life.join(pk, "monthly", Method.CARD)
    sandbox.pay(started.payment)
    _pay_too_much(sandbox, clock)
    sandbox.deliver_notices()
    deliver()
    sandbox.refund_at_provider(started.payment, 100)
    sandbox.deliver_notices()
    backfill.sweep(now=clock.now(), limit=100)
    deliver()
    result = log_in(
        typed=MEMBER[0], password=MEMBER[1], device=None, site_key=None, user_agent="Browser"
    )
    start_session(member_pk=pk, user_agent="Browser", proof=result.proof)
    return pk


def _pay_too_much(sandbox: Sandbox, clock: Clock) -> None:
    """Another member, whose surplus waits for staff."""
    pk = life.register(
        "taro@mail.example",
        actor="system:test",
        details={},
        password_hash=identity.hash_password("a-password-of-taro"),
    )
    started = life.join(pk, "yearly", Method.KONBINI)
    sandbox.get_slip(started.payment)
    sandbox.pay_at_store(started.payment, amount=7000)


@pytest.fixture
def staff(client: Client, clock: Clock) -> Client:
    """A browser in which staff have logged in by the back office's own form."""
    create_staff(
        email=STAFF[0],
        nickname="Boss",
        password=STAFF[1],
        language="ja",
        rights=tuple(StaffRight),
        actor="system:test",
    )
    response = _log_in(client, *STAFF)
    assert response == 302
    return client


def _log_in(client: Client, typed: str, password: str) -> int:
    return client.post(
        "/admin/login/?next=/admin/", {"username": typed, "password": password}, HTTP_HOST=HOST
    ).status_code


def _tables() -> Iterator[type[models.Model]]:
    for label in CONTEXTS:
        yield from (
            model
            for model in apps.get_app_config(label).get_models()
            if admin.site.is_registered(model)
        )


def _url(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", URLS, args)


@pytest.mark.few_on_postgres(1)
def test_every_table_and_row_is_shown_without_inline_code(staff: Client, member: int) -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(click|load|submit|change)=")
    shown = 0
    for model in _tables():
        row = model._default_manager.order_by("pk").last()
        assert row is not None, f"no rows of {model._meta.label} to look at"
        for url in (_url(model, "changelist"), _url(model, "change", row.pk)):
            response = staff.get(url, HTTP_HOST=HOST)
            assert response.status_code == 200, url
            found = inline.search(response.content.decode())
            assert found is None, (url, found)
            shown += 1
    assert shown >= 40


def test_a_membership_shows_what_the_member_is_told(staff: Client, member: int) -> None:
    from kaiin.billing.actions.leave import leave_site
    from kaiin.billing.models import Membership

    leave_site(member_pk=member, site_key="official")
    row = Membership.objects.get(member=member)
    page = staff.get(_url(Membership, "change", row.pk), HTTP_HOST=HOST).content.decode()
    for code in ("access.ok", "membership.leaving"):
        assert code in page
    assert "までご利用いただけます" in page


def test_the_index_leads_to_every_table(staff: Client) -> None:
    for language, heading in (("ja", "仕訳"), ("en", "Ledger")):
        page = staff.get("/admin/", HTTP_HOST=HOST, HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert heading in page
        for model in _tables():
            assert f'href="{_url(model, "changelist")}"' in page


def test_nothing_secret_is_shown(staff: Client, member: int) -> None:
    from kaiin.identity.models import LoginAttempt, Member, Session

    secrets = {
        *Member.objects.values_list("password", flat=True),
        *Session.objects.values_list("session_key", flat=True),
        *LoginAttempt.objects.exclude(value_digest="").values_list("value_digest", flat=True),
    }
    assert len(secrets) >= 4
    for model in _tables():
        for row in model._default_manager.all()[:3]:
            page = staff.get(_url(model, "change", row.pk), HTTP_HOST=HOST).content.decode()
            assert not [secret for secret in secrets if secret in page], model._meta.label


def test_no_table_can_be_changed(staff: Client, member: int) -> None:
    for model in _tables():
        row = model._default_manager.order_by("pk").last()
        assert row is not None
        before = model._default_manager.filter(pk=row.pk).values().get()
        assert staff.get(_url(model, "add"), HTTP_HOST=HOST).status_code == 403
        for page in ("delete", "change"):
            answer = staff.post(_url(model, page, row.pk), {"post": "yes"}, HTTP_HOST=HOST)
            assert answer.status_code == 403, (model._meta.label, page)
        assert model._default_manager.filter(pk=row.pk).values().get() == before
        staff.post(
            _url(model, "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
            HTTP_HOST=HOST,
        )
        assert model._default_manager.filter(pk=row.pk).exists()


def test_every_look_is_audited(staff: Client, member: int) -> None:
    from kaiin.identity.models import Member

    boss = Member.objects.get(is_staff=True)
    staff.get(_url(Member, "changelist"), {"q": MEMBER[0], "state": "active"}, HTTP_HOST=HOST)
    staff.get(_url(Member, "change", member), HTTP_HOST=HOST)
    table, row = AuditRow.objects.filter(action__startswith="staff.").order_by("id")
    assert (table.action, table.subject) == ("staff.table_read", "identity.member")
    assert table.details == {"searched": True, "by": ["state"]}
    assert (row.action, row.subject) == ("staff.row_read", f"identity.member:{member}")
    assert table.actor == row.actor == f"staff:{boss.pk}"


@pytest.mark.parametrize("typed", ["4242 4242 4242 4242", "VISA 4242-4242-4242-4242 12/27"])
def test_a_card_number_is_neither_searched_for_nor_shown(staff: Client, typed: str) -> None:
    answer = staff.get("/admin/identity/member/", {"q": typed}, HTTP_HOST=HOST)
    assert answer.status_code == 302
    assert "4242" not in answer["Location"]
    page = staff.get(answer["Location"], HTTP_HOST=HOST).content.decode()
    assert "カード番号は入力しないでください" in page
    assert "4242" not in page
    staff.logout()
    login = staff.post("/admin/login/", {"username": typed, "password": "x"}, HTTP_HOST=HOST)
    assert "4242" not in login.content.decode()


def test_a_stored_payment_number_that_looks_like_a_card_is_found(
    staff: Client, member: int
) -> None:
    number = "4111111111111111"
    stored = PaymentReference.objects.order_by("pk").first()
    PaymentReference.objects.filter(pk=stored.pk).update(value=number)
    answer = staff.get("/admin/payments/paymentreference/", {"q": number}, HTTP_HOST=HOST)
    assert number in answer.content.decode()
    assert answer.status_code == 200


def test_members_are_no_staff(client: Client, member: int) -> None:
    assert _log_in(client, *MEMBER) == 200  # the form again
    for model in _tables():
        assert client.get(_url(model, "changelist"), HTTP_HOST=HOST).status_code == 302
    assert not AuditRow.objects.filter(action__startswith="staff.").exists()


def test_disabled_staff_are_out_at_once(staff: Client) -> None:
    boss = members.find_member(STAFF[0])
    assert boss is not None
    disable_member(member_pk=boss.pk, actor="system:test", reason="left")
    assert staff.get("/admin/", HTTP_HOST=HOST).status_code == 302


def test_the_login_form_is_throttled_and_logged(client: Client, clock: Clock) -> None:
    from kaiin.identity.models import LoginAttempt

    create_staff(
        email=STAFF[0],
        nickname="",
        password=STAFF[1],
        language="ja",
        rights=(),
        actor="system:test",
    )
    for _ in range(10):
        assert _log_in(client, STAFF[0], "not the password") == 200
    assert _log_in(client, *STAFF) == 200
    assert LoginAttempt.objects.order_by("id").values_list("outcome", flat=True).last() == "locked"


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    ],
)
def test_elsewhere_there_is_no_back_office(staff: Client, headers: dict[str, str]) -> None:
    nowhere = staff.get("/nowhere", HTTP_HOST=HOST, **headers)
    for path in ("/admin/", "/admin/login/", "/admin/identity/member/"):
        response = staff.get(path, HTTP_HOST=HOST, **headers)
        assert response.status_code == nowhere.status_code == 404
        policy = "Content-Security-Policy"
        assert response.headers[policy] == nowhere.headers[policy]


def test_passwords_are_changed_by_our_own_page_only(staff: Client) -> None:
    response = staff.get("/admin/password_change/", HTTP_HOST=HOST)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("entrance:reset"))


def test_the_policy_gives_up_eval_and_nothing_else(staff: Client) -> None:
    policy = staff.get("/admin/", HTTP_HOST=HOST).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    assert "unsafe-inline" not in policy
    assert "eval" not in staff.get("/legal", HTTP_HOST=HOST).headers["Content-Security-Policy"]


@pytest.mark.few_on_postgres(1)
@pytest.mark.parametrize("typed", ["ＨＡＮＡ@mail.example", "member_id", "member_number"])
def test_members_are_found_however_they_are_written(staff: Client, member: int, typed: str) -> None:
    from kaiin.billing.ledger.models import LedgerEntry, Receipt
    from kaiin.billing.models import Membership, Subscription

    known = members.member(member)
    assert known is not None
    number = Membership.objects.get(member=member).member_number
    typed = {"member_id": known.member_id.lower(), "member_number": str(number)}.get(typed, typed)
    for model in (Membership, Subscription, LedgerEntry, Receipt):
        page = staff.get(_url(model, "changelist"), {"q": typed}, HTTP_HOST=HOST).content.decode()
        assert known.member_id in page, model._meta.label


@pytest.mark.few_on_postgres(1)
def test_a_bills_number_finds_the_receipt(staff: Client, member: int) -> None:
    from kaiin.billing.ledger.models import Receipt
    from kaiin.payments.models import PaymentReference

    number = PaymentReference.objects.filter(payment__isnull=False).first()
    receipt = Receipt.objects.get(membership__member=member)
    assert number is not None
    for typed in (number.value, receipt.number):
        page = staff.get(_url(Receipt, "changelist"), {"q": typed}, HTTP_HOST=HOST)
        assert receipt.number in page.content.decode()
    page = staff.get(_url(Receipt, "changelist"), {"q": "no such thing"}, HTTP_HOST=HOST)
    assert receipt.number not in page.content.decode()


def test_tables_cost_few_queries(
    staff: Client, member: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for model in _tables():
        # Session, staff, audit (5 with its transaction), counts, rows, a query a filter on keys.
        with django_assert_max_num_queries(18):
            staff.get(_url(model, "changelist"), HTTP_HOST=HOST)


def test_what_was_given_up_is_found_and_delivered_again(staff: Client, clock: Clock) -> None:
    with transaction():
        event_log.publish(topic="mail.queued", key="a", payload={}, confidential=True)
    lost = Delivery.objects.get(event__key="a")
    Delivery.objects.update(dead_at=clock.now(), due_at=None, last_error="ConnectionError")
    url = _url(Delivery, "changelist")
    for state, shown in (("dead", True), ("delivered", False)):
        page = staff.get(f"{url}?delivery={state}", HTTP_HOST=HOST).content.decode()
        assert ("ConnectionError" in page) == shown
    chosen = {"action": "retry", "_selected_action": [str(lost.pk)]}
    asked = staff.post(url, chosen, HTTP_HOST=HOST)
    assert "mail.queued a: ConnectionError" in asked.text
    assert deliveries.dead_letters() == (lost.pk,)
    confirmed = re.search(r'name="confirmed" value="(\w+)"', asked.text)
    assert confirmed is not None
    staff.post(url, chosen | {"confirmed": confirmed[1]}, HTTP_HOST=HOST)
    assert deliveries.dead_letters() == ()
    assert AuditRow.objects.filter(action="staff.outbox_retried", subject=f"outbox:{lost.pk}")

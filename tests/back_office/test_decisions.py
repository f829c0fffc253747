"""What staff decide in the back office: only with the right to, asked once more, audited."""

import re
from collections.abc import Callable

import pytest
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kaiin.billing.actions.grants import grant_access, revoke_grant
from kaiin.billing.errors import GrantEmpty, NoGrant
from kaiin.billing.models import Grant, Membership, RefundCase
from kaiin.billing.views.refunds import refund_cases, refund_on_leaving
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity.flows.staff import create_staff, set_rights
from kaiin.identity.models import Member
from kaiin.infra.models import AuditRow
from tests.billing.conftest import World, world
from tests.billing.money import books

HOST = "id.localhost"
URLS = "kaiin.config.urls_identity"
STAFF = ("boss@mail.example", "a-password-of-staff")

__all__ = ["world"]
# Pages over operations that are tested on both databases.
pytestmark = [pytest.mark.urls(URLS), pytest.mark.few_on_postgres(0)]


@pytest.fixture
def staff(client: Client, world: World) -> Client:
    create_staff(
        email=STAFF[0],
        nickname="Boss",
        password=STAFF[1],
        language="ja",
        rights=tuple(StaffRight),
        actor="system:test",
    )
    sign_in(client)
    return client


def sign_in(client: Client) -> None:
    answer = client.post(
        "/admin/login/?next=/admin/", {"username": STAFF[0], "password": STAFF[1]}, HTTP_HOST=HOST
    )
    assert answer.status_code == 302


@pytest.fixture
def case(world: World) -> RefundCase:
    """A slip that was paid with too much."""
    from kaiin.domain.payments import Method

    started = world.join(world.member(), "yearly", Method.KONBINI)
    world.sandbox.get_slip(started.payment)
    world.sandbox.pay_at_store(started.payment, amount=7000)
    world.work()
    return RefundCase.objects.get()


def confirmation(page: HttpResponse) -> str:
    """What the page that asks once more sends when it is answered yes."""
    found = re.search(r'name="confirmed" value="(\w+)"', page.content.decode())
    assert found is not None
    return found[1]


Decide = Callable[..., str]


@pytest.fixture
def decide(staff: Client) -> Decide:
    def post(row: models.Model, action: str, *, confirmed: bool = True, **answers: str) -> str:
        url = reverse(f"admin:billing_{row._meta.model_name}_changelist", URLS)
        form = {"action": action, "_selected_action": [str(row.pk)], **answers}
        if confirmed:
            form["confirmed"] = confirmation(staff.post(url, form, HTTP_HOST=HOST))
        answer = staff.post(url, form, HTTP_HOST=HOST, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return post


def test_money_goes_back_when_it_was_confirmed(
    world: World,
    case: RefundCase,
    decide: Decide,
) -> None:
    page = decide(case, "give_back", confirmed=False)
    assert "180円を返金する" in page
    assert "返金します" in page
    case.refresh_from_db()
    assert case.state == "open"
    decide(case, "give_back")
    decide(case, "give_back")
    world.work()
    case.refresh_from_db()
    boss = Member.objects.get(is_staff=True)
    assert (case.state, case.decided_by) == ("done", f"staff:{boss.pk}")
    asked = AuditRow.objects.get(action="billing.refund_requested")
    assert asked.actor == f"staff:{boss.pk}"
    assert "unapplied" not in books(world)


def test_what_is_kept_can_not_be_given_back(
    world: World,
    case: RefundCase,
    decide: Decide,
) -> None:
    decide(case, "keep")
    assert books(world)["income"] == -180
    page = decide(case, "give_back")
    assert "すでに別の決定" in page
    case.refresh_from_db()
    assert case.state == "declined"


def test_the_page_that_asks_has_no_inline_code(case: RefundCase, decide: Decide) -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(click|load|submit|change)=")
    for row, action in ((case, "keep"), (case.membership, "grant")):
        assert inline.search(decide(row, action, confirmed=False)) is None


def test_access_is_given_and_taken_back(world: World, decide: Decide) -> None:
    member = world.member()
    world.join(member)
    membership = Membership.objects.get()
    page = decide(membership, "grant", until="", reason="")
    assert not Grant.objects.exists()
    assert 'name="until"' in page
    decide(membership, "grant", until="2026-12-01", reason="電話での案内")
    assert world.entry(member).allowed
    grant = Grant.objects.get()
    assert (grant.note, grant.reason) == ("電話での案内", "staff")
    assert grant.granted_by.startswith("staff:")
    decide(grant, "revoke")
    assert not world.entry(member).allowed
    actions = AuditRow.objects.filter(action__startswith="billing.grant")
    assert [row.action for row in actions.order_by("pk")] == [
        "billing.granted",
        "billing.grant_revoked",
    ]
    books(world)


def test_staff_end_a_membership_at_once(world: World, decide: Decide) -> None:
    member = world.joined("yearly")
    shown = refund_on_leaving(member_pk=member, site_key="official", at=world.clock.now())
    decide(Membership.objects.get(), "leave_at_once")
    world.work()
    assert not world.entry(member).allowed
    [found] = refund_cases(member)
    assert (found.amount, found.state) == (shown, "done")
    books(world)


def test_a_page_of_long_ago_decides_nothing_else(world: World, staff: Client) -> None:
    """It showed what goes back today; some months later that is another sum."""
    member = world.joined("yearly")
    membership = Membership.objects.get()
    url = reverse("admin:billing_membership_changelist", URLS)
    form = {"action": "leave_at_once", "_selected_action": [str(membership.pk)]}
    form["confirmed"] = confirmation(staff.post(url, form, HTTP_HOST=HOST))
    world.clock.advance(days=90)
    world.work()
    sign_in(staff)
    late = staff.post(url, form, HTTP_HOST=HOST)
    assert "内容が変わりました" in late.content.decode()
    assert world.entry(member).allowed
    form["confirmed"] = confirmation(late)
    staff.post(url, form, HTTP_HOST=HOST)
    world.work()
    assert not world.entry(member).allowed


def test_without_the_right_nothing_is_decided(
    world: World,
    case: RefundCase,
    staff: Client,
) -> None:
    url = reverse("admin:billing_refundcase_changelist", URLS)
    assert 'value="give_back"' in staff.get(url, HTTP_HOST=HOST).content.decode()
    set_rights(email=STAFF[0], rights=set(StaffRight) - {StaffRight.REFUNDS}, actor="system:test")
    assert 'value="give_back"' not in staff.get(url, HTTP_HOST=HOST).content.decode()
    form = {"action": "give_back", "_selected_action": [str(case.pk)], "confirmed": "yes"}
    staff.post(url, form, HTTP_HOST=HOST)
    case.refresh_from_db()
    assert case.state == "open"


def test_a_decision_is_refused_by_the_operation_not_the_page(world: World) -> None:
    with pytest.raises(NoGrant):
        revoke_grant(grant_id=1, actor="staff:1")
    with pytest.raises(GrantEmpty):
        grant_access(
            member_pk=world.member(),
            site_key="official",
            until=world.clock.now(),
            reason_text="",
            actor="staff:1",
        )

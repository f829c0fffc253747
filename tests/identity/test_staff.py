import re
from dataclasses import replace

import pytest
import typer
from django.contrib.auth import authenticate
from django.test import RequestFactory
from typer.testing import CliRunner, Result

from kaiin.cli.staff import staff
from kaiin.domain.staff_rights import TO_LOOK, StaffRight
from kaiin.identity import queries
from kaiin.identity.backend import MemberBackend
from kaiin.identity.errors import AlreadyRegistered, MemberUnknown, PasswordRefused
from kaiin.identity.flows.reset import finish_reset, request_reset
from kaiin.identity.flows.staff import create_staff, disable_member, enable_member, set_rights
from kaiin.identity.models import GivenRight, LoginAttempt, Member
from kaiin.infra.models import AuditRow
from tests.identity.members import PASSWORD, log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")

STRONG = "kx9 mq2w vv3 tt7"


def make_staff(password: str = STRONG) -> tuple[int, str]:
    return create_staff(
        email="staff@example.jp",
        nickname="受付",
        password=password,
        language="ja",
        rights=TO_LOOK,
        actor="cli:root",
    )


def test_staff_are_members_who_may_enter_the_back_office() -> None:
    pk, member_id = make_staff()
    row = Member.objects.get(pk=pk)
    assert row.is_staff
    assert log_in(member_id, STRONG).member_pk == pk
    made = AuditRow.objects.get(action="identity.staff_created")
    assert (made.actor, made.details["rights"]) == ("cli:root", ["members", "money"])


def test_staff_may_do_what_is_named_and_nothing_else() -> None:
    pk, member_id = make_staff()
    asked = (*StaffRight, "identity.view_member", "identity.delete_member", "")

    def may() -> set[str]:
        row = Member.objects.get(pk=pk)
        return {right for right in asked if row.has_perm(right)}

    assert may() == {"members", "money"}
    for _ in range(2):
        found = set_rights(email="staff@example.jp", rights=[StaffRight.REFUNDS], actor="cli:root")
        assert found == member_id
    assert may() == {"refunds"}
    assert AuditRow.objects.get(action="identity.rights_set").details["rights"] == ["refunds"]
    disable_member(member_pk=pk, actor="cli:root", reason="left")
    assert may() == set()


def test_members_get_no_rights() -> None:
    pk = make_member("hanako@example.jp")
    with pytest.raises(AlreadyRegistered):
        set_rights(email="hanako@example.jp", rights=list(StaffRight), actor="cli:root")
    GivenRight.objects.create(member_id=pk, name=StaffRight.REFUNDS)
    assert not Member.objects.get(pk=pk).has_perm(StaffRight.REFUNDS)
    found = set_rights(email="x@example.jp", rights=[], actor="cli:root")
    assert found is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [("kx9 mq2w", "password.too_short_staff"), ("staff@example.jp1", "password.own_data")],
)
def test_weak_passwords_make_no_staff(password: str, problem: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        make_staff(password)
    assert refused.value.problems == (problem,)
    assert not Member.objects.exists()


def test_a_members_address_makes_no_staff() -> None:
    make_member("staff@example.jp")
    with pytest.raises(AlreadyRegistered):
        make_staff()
    assert not Member.objects.filter(is_staff=True).exists()


class TestBackOffice:
    def test_it_asks_the_one_login_flow(self) -> None:
        pk, member_id = make_staff()
        request = RequestFactory().post("/admin/login/", headers={"User-Agent": "Desk"})
        found = authenticate(request, username=member_id.lower(), password=STRONG)
        assert found is not None
        assert found.pk == pk
        assert LoginAttempt.objects.get().user_agent == "Desk"
        assert authenticate(request, username=member_id, password="wrong") is None
        assert authenticate(request, username=None, password=None) is None

    def test_failures_at_the_public_login_keep_no_staff_out(self) -> None:
        _, member_id = make_staff()
        for _ in range(11):
            log_in("staff@example.jp", "wrong")
        assert log_in(member_id, STRONG).member_pk is None
        assert authenticate(None, username=member_id, password=STRONG) is not None
        # Nor does that success give the stranger new tries.
        assert log_in(member_id, STRONG).member_pk is None

    def test_failures_at_the_staff_login_lock_it_and_not_the_public_one(self) -> None:
        _, member_id = make_staff()
        for typed in (member_id, "staff@example.jp") * 6:
            authenticate(None, username=typed, password="wrong")
        assert LoginAttempt.objects.order_by("pk").last().outcome == "locked"
        assert authenticate(None, username=member_id, password=STRONG) is None
        assert log_in(member_id, STRONG).refusal is None

    def test_members_get_no_second_count_there(self) -> None:
        make_member()
        for typed in ("hanako@example.jp", "nobody@example.jp"):
            for _ in range(5):
                authenticate(None, username=typed, password="wrong")
                log_in(typed, "wrong")
            log_in(typed, "wrong")
            assert LoginAttempt.objects.order_by("pk").last().outcome == "locked"

    def test_a_known_browser_has_its_own_count_there_too(self, client, settings) -> None:
        _, member_id = make_staff()
        settings.KAIIN = replace(settings.KAIIN, admin_networks=("127.0.0.1/32",))
        form = {"username": member_id, "password": STRONG}
        host = {"HTTP_HOST": "id.localhost"}
        assert client.post("/admin/login/", form, **host).status_code == 302
        assert settings.KAIIN_DEVICE_COOKIE_NAME in client.cookies
        for _ in range(11):
            authenticate(None, username=member_id, password="wrong")
        client.post("/admin/logout/", **host)
        assert client.post("/admin/login/", form, **host).status_code == 302

    def test_a_proven_mailbox_opens_both_doors(self, deliver, mailoutbox) -> None:
        _, member_id = make_staff()
        for _ in range(11):
            authenticate(None, username=member_id, password="wrong")
        code_id = request_reset(typed=member_id, language="ja")
        deliver()
        found = re.search(r"確認コード：(\d{8})", str(mailoutbox[-1].body))
        assert found
        new = "kx9 mq2w vv3 tt8"
        finish_reset(code_id=code_id, typed_code=found[1], new_password=new)
        assert authenticate(None, username=member_id, password=new) is not None

    def test_the_disabled_stay_out_and_are_put_out(self) -> None:
        pk, member_id = make_staff()
        assert MemberBackend().get_user(pk) is not None
        disable_member(member_pk=pk, actor="staff:2", reason="left")
        assert authenticate(None, username=member_id, password=STRONG) is None
        assert MemberBackend().get_user(pk) is None


class TestDisabling:
    def test_it_is_audited_once_with_its_reason(self) -> None:
        pk = make_member()
        for _ in range(2):
            disable_member(member_pk=pk, actor="staff:1", reason="asked by phone")
        row = AuditRow.objects.get(action="identity.disabled")
        recorded = (row.subject, row.actor, row.details["reason"])
        assert recorded == (f"member:{pk}", "staff:1", "asked by phone")
        view = queries.member(pk)
        assert view is not None
        assert view.state == "disabled"
        enable_member(member_pk=pk, actor="staff:1", reason="mistake")
        assert log_in("hanako@example.jp", PASSWORD).member_pk == pk
        assert AuditRow.objects.filter(action="identity.enabled").count() == 1

    def test_an_unknown_member_cannot_be_disabled(self) -> None:
        with pytest.raises(MemberUnknown):
            disable_member(member_pk=999, actor="staff:1", reason="")
        assert not AuditRow.objects.filter(subject="member:999").exists()


class TestCommand:
    def run(self, typed: str, *options: str) -> Result:
        app = typer.Typer()
        app.command()(staff)
        return CliRunner().invoke(app, ["staff@example.jp", *options], input=typed)

    def test_it_reads_the_password_from_standard_input(self) -> None:
        result = self.run(f"{STRONG} \n", "--password-stdin", "--nickname", "受付")
        assert result.exit_code == 0, result.output
        row = Member.objects.get(is_staff=True)
        assert row.member_id in result.output
        assert row.nickname == "受付"
        assert log_in("staff@example.jp", f"{STRONG} ").member_pk == row.pk

    def test_it_asks_twice_and_shows_nothing(self) -> None:
        result = self.run(f"{STRONG}\n{STRONG}\n")
        assert result.exit_code == 0, result.output
        assert STRONG not in result.output
        assert log_in("staff@example.jp", STRONG).refusal is None

    def test_rights_are_given_by_name_and_changed_without_a_password(self) -> None:
        def rights() -> set[str]:
            return set(GivenRight.objects.values_list("name", flat=True))

        self.run(f"{STRONG}\n", "--password-stdin")
        assert rights() == {"members", "money"}
        for wanted in ("members,refunds", "none"):
            result = self.run("", "--rights", wanted)
            assert result.exit_code == 0, result.output
            assert rights() == set(wanted.split(",")) - {"none"}
        wrong = self.run("", "--rights", "members,everything")
        assert wrong.exit_code == 1
        assert "members, money, queues" in wrong.output

    def test_it_says_what_is_wrong_and_makes_nothing(self) -> None:
        result = self.run("short\n", "--password-stdin")
        assert result.exit_code == 1
        assert not Member.objects.exists()

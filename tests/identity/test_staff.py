import pytest
import typer
from django.contrib.auth import authenticate
from django.test import RequestFactory
from typer.testing import CliRunner, Result

from kaiin.cli.staff import staff
from kaiin.identity import operations, queries
from kaiin.identity.backend import MemberBackend
from kaiin.identity.models import LoginAttempt, Member
from kaiin.infra.models import AuditRow
from tests.identity.members import PASSWORD, log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")

STRONG = "kx9 mq2w vv3 tt7"


def make_staff(password: str = STRONG) -> tuple[int, str]:
    return operations.create_staff(
        email="staff@example.jp",
        nickname="受付",
        password=password,
        language="ja",
        actor="cli:root",
    )


def test_staff_are_members_who_may_enter_the_back_office() -> None:
    pk, member_id = make_staff()
    row = Member.objects.get(pk=pk)
    assert row.is_staff
    assert row.has_perm("identity.view_member")
    assert log_in(member_id, STRONG).member_pk == pk
    assert AuditRow.objects.get(action="identity.staff_created").actor == "cli:root"


@pytest.mark.parametrize(
    ("password", "problem"),
    [("kx9 mq2w", "password.too_short_staff"), ("staff@example.jp1", "password.own_data")],
)
def test_weak_passwords_make_no_staff(password: str, problem: str) -> None:
    with pytest.raises(operations.PasswordRefused) as refused:
        make_staff(password)
    assert refused.value.problems == (problem,)
    assert not Member.objects.exists()


def test_a_members_address_makes_no_staff() -> None:
    make_member("staff@example.jp")
    with pytest.raises(operations.AlreadyRegistered):
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

    def test_its_failures_count_with_all_others(self) -> None:
        _, member_id = make_staff()
        for _ in range(5):
            authenticate(None, username=member_id, password="wrong")
            log_in("staff@example.jp", "wrong")
        assert authenticate(None, username=member_id, password=STRONG) is None
        assert LoginAttempt.objects.order_by("pk").last().outcome == "locked"

    def test_the_disabled_stay_out_and_are_put_out(self) -> None:
        pk, member_id = make_staff()
        assert MemberBackend().get_user(pk) is not None
        operations.disable_member(member_pk=pk, actor="staff:2", reason="left")
        assert authenticate(None, username=member_id, password=STRONG) is None
        assert MemberBackend().get_user(pk) is None


class TestDisabling:
    def test_it_is_audited_once_with_its_reason(self) -> None:
        pk = make_member()
        for _ in range(2):
            operations.disable_member(member_pk=pk, actor="staff:1", reason="asked by phone")
        row = AuditRow.objects.get(action="identity.disabled")
        assert (row.subject, row.actor, row.details) == (
            f"member:{pk}",
            "staff:1",
            {"reason": "asked by phone"},
        )
        view = queries.member(pk)
        assert view is not None
        assert view.state == "disabled"
        operations.enable_member(member_pk=pk, actor="staff:1", reason="mistake")
        assert log_in("hanako@example.jp", PASSWORD).member_pk == pk
        assert AuditRow.objects.filter(action="identity.enabled").count() == 1

    def test_nobody_cannot_be_disabled(self) -> None:
        with pytest.raises(operations.MemberUnknown):
            operations.disable_member(member_pk=999, actor="staff:1", reason="")
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

    def test_it_says_what_is_wrong_and_makes_nothing(self) -> None:
        result = self.run("short\n", "--password-stdin")
        assert result.exit_code == 1
        assert not Member.objects.exists()

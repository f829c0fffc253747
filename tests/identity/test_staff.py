import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from kaiin.identity import operations, queries
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

    def test_the_disabled_stay_out_and_are_put_out(self, client: Client) -> None:
        pk, member_id = make_staff()
        user = Member.objects.get(pk=pk)
        client.force_login(user)
        operations.disable_member(member_pk=pk, actor="staff:2", reason="left")
        assert authenticate(None, username=member_id, password=STRONG) is None
        user.refresh_from_db()
        assert not user.is_active


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

"""Every change of an account leaves its new values in the audit trail: `kaiin verify` compares."""

from collections.abc import Callable

import pytest
from django.db import connection

from kaiin.domain.staff_rights import StaffRight
from kaiin.identity.flows.own_password import change_password
from kaiin.identity.flows.register import import_member, register_member
from kaiin.identity.flows.staff import create_staff, disable_member, enable_member, set_rights
from kaiin.identity.models import Member, OneTimeCode
from kaiin.identity.passwords import Argon2id
from kaiin.infra import clock
from kaiin.verification import accounts
from kaiin.verification.reading import Reader
from tests.identity.members import PASSWORD, log_in, make_member

pytestmark = pytest.mark.usefixtures("tenant")


def _register() -> None:
    now = clock.now()
    OneTimeCode.objects.create(
        id="x", purpose="join", bound_to="new@example.jp", created_at=now, expires_at=now,
        used_at=now, digest="",
    )  # fmt: skip
    register_member(
        code_id="x", email="new@example.jp", password_hash="!", details={}, language="ja"
    )


def _make_staff() -> None:
    create_staff(
        email="boss@example.jp", nickname="", password="kx9 mq2w vv3 tt7", language="ja",
        rights=[StaffRight.MONEY], actor="cli:root",
    )  # fmt: skip
    _none_is_amiss()
    set_rights(email="boss@example.jp", rights=[], actor="cli:root")


class _Older(Argon2id):
    time_cost = 1


def _import_and_log_in() -> None:
    import_member(
        member_id=None, email="old@example.jp", former_emails=("older@example.jp",),
        password_hash=_Older().encode(PASSWORD, _Older().salt()), details={}, language="ja",
        created_at=clock.now(), actor="system:test",
    )  # fmt: skip
    assert log_in("old@example.jp").member_pk is not None
    assert "t=2" in Member.objects.get(identifiers__value="old@example.jp").password


def _new_password() -> None:
    changed = change_password(
        member_pk=make_member(),
        old_password=PASSWORD,
        new_password="kx9 mq2w vv3 tt8",
        device=None,
    )
    assert changed.changed


def _close_and_open() -> None:
    pk = make_member("hiroshi@example.jp")
    disable_member(member_pk=pk, actor="staff:1", reason="")
    _none_is_amiss()
    enable_member(member_pk=pk, actor="staff:1", reason="")


CHANGES = (_register, _make_staff, _import_and_log_in, _new_password, _close_and_open)


@pytest.mark.parametrize("change", CHANGES)
def test_changes_are_recorded(change: Callable[[], None]) -> None:
    change()
    assert Member.objects.exists()
    _none_is_amiss()


def _none_is_amiss() -> None:
    assert list(accounts.check(Reader(connection))) == []

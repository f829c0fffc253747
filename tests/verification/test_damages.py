"""A healthy club has no violation; damaged by hand, each way is found, with the rows named."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

import kaiin.verification
from kaiin.verification.checking import checks
from kaiin.verification.violation import Violation
from tests.billing.conftest import World
from tests.verification import club
from tests.verification.damages import DAMAGES, TARGETS, Damage

SOURCES = Path(kaiin.verification.__file__).parent
MANUAL = Path(__file__).parents[2] / "docs" / "verify.md"
_SUBJECTS = "|".join(sorted({damage.check.partition(".")[0] for damage in DAMAGES}))
_CODE = re.compile(rf'"((?:{_SUBJECTS})\.[a-z_]+)"')


class _Undone(Exception):
    """Ends a damage, and with it its transaction."""


@pytest.mark.damages
@pytest.mark.usefixtures("year_by_days")
def test_every_damage_is_found(world: World) -> None:
    club.play(world)
    now = world.clock.now()
    assert list(checks(connection, now=now)) == []
    targets = _targets()
    _drop_checks()
    unfound = []
    for damage in (d for d in DAMAGES if connection.vendor == "sqlite" or not d.sqlite_only):
        found = _found(damage, targets, world)
        names = damage.names.format(**targets)
        named = [
            violation
            for violation in found
            if violation.check == damage.check
            and any(
                i == names or (names.endswith(":") and i.startswith(names)) for i in violation.ids
            )
        ]
        if not named:
            unfound.append(f"{damage.check} {names}: {sorted({v.check for v in found})}")
    assert not unfound, "\n".join(unfound)
    assert list(checks(connection, now=now)) == []


def test_every_check_was_seen_to_find_something_and_is_explained() -> None:
    codes = _codes()
    assert codes == {damage.check for damage in DAMAGES}
    rows = re.findall(r"^\| (`[^|]+`) \|", MANUAL.read_text("utf-8"), re.MULTILINE)
    documented = {code for row in rows for code in re.findall(r"`([a-z_.]+)`", row)}
    assert {code for code in documented if not code.startswith("provider.")} == codes


def _codes() -> set[str]:
    """Every check that the package can name."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    return set(_CODE.findall(text))


def _targets() -> dict[str, str]:
    targets: dict[str, str] = {}
    with connection.cursor() as cursor:
        for name, query in TARGETS.items():
            cursor.execute(query.format(**targets))
            row = cursor.fetchone()
            assert row is not None, name
            assert row[0] is not None, name
            targets[name] = str(row[0])
    return targets


def _found(damage: Damage, targets: dict[str, str], world: World) -> list[Violation]:
    """What is found after a damage, which is then undone."""
    found: list[Violation] = []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _off_guard(cursor)
            for statement in damage.statements:
                cursor.execute(statement.format(**targets))
            _on_guard(cursor)
            found += checks(connection, now=world.clock.now())
            raise _Undone
    except _Undone:
        return found


def _drop_checks() -> None:
    """Damage may contain what the tables refuse; the test's own transaction brings them back."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
            " AND connamespace = 'public'::regnamespace"
        )
        cursor.execute("; ".join(statement for (statement,) in cursor.fetchall()))


def _off_guard(cursor: Any) -> None:
    """Take from the database what would refuse the damage, up to the end of the transaction."""
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
    else:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")


def _on_guard(cursor: Any) -> None:
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA ignore_check_constraints = OFF")

"""Members of the example tenant, and a look at what a flow does. For tests to import."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kaiin.identity import operations
from kaiin.identity.flows import login
from kaiin.identity.flows.register import import_member
from kaiin.infra import clock as infra_clock
from kaiin.infra.locks import transaction
from kaiin.sites import operations as site_operations
from tests.fixtures.tenant import apply_once, example

PASSWORD = "correct horse battery"
# Hashing is slow on purpose: one hash serves every member of a run.
HASHES: dict[str, str] = {}

DETAILS: dict[str, object] = {"nickname": "はなこ", "legal_name": "山﨑 花子"}


def hashed(password: str) -> str:
    if password not in HASHES:
        HASHES[password] = operations.hash_password(password)
    return HASHES[password]


def apply_example() -> None:
    """The example's tenant and sites, without billing's courses."""
    apply_once("sites of plusmember.yaml", _apply_sites)


def _apply_sites() -> None:
    file = example("plusmember.yaml")
    with transaction():
        site_operations.lock_tenant()
        changes = site_operations.plan_sites(
            file=file,
            in_use=site_operations.InUse(members=False, sites=frozenset()),
            now=infra_clock.now(),
        )
        site_operations.apply_sites(
            file=file, changes=changes, now=infra_clock.now(), actor="system:test"
        )
        site_operations.mark_applied(now=infra_clock.now())


def make_member(
    email: str | None = "hanako@example.jp",
    member_id: str | None = None,
    password: str = PASSWORD,
    former: tuple[str, ...] = (),
    **details: object,
) -> int:
    return import_member(
        member_id=member_id,
        email=email,
        former_emails=former,
        password_hash=hashed(password),
        details={**DETAILS, **details},
        language="ja",
        created_at=infra_clock.now(),
        actor="system:test",
    )


def log_in(typed: str, password: str = PASSWORD, device: str | None = None) -> Any:
    return login.log_in(
        typed=typed, password=password, device=device, site_key="official", user_agent="Browser"
    )


@dataclass
class Cost:
    """What a flow did: Argon2 computations, and statements with their values left out."""

    hashes: int
    statements: list[str]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of this thread's connection, before their values are filled in."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Once a second the tenant's revision is read in any case.
        if '"sites_' not in sql:
            # Savepoints are named after their thread and number: no part of the work's shape.
            seen.append("SAVEPOINT" if "SAVEPOINT" in sql else sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen

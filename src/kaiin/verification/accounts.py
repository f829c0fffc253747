"""Accounts are as the audit trail last recorded them, not changed by hand."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kaiin.verification.reading import Feed, Reader, Row, as_object
from kaiin.verification.violation import Violation

_WORDS = (
    ("password", "account.password", "its password is not the one that was last recorded"),
    ("identifiers", "account.identifiers", "its IDs and mail addresses are not those recorded"),
    ("state", "account.state", "it is {now}, recorded was {then}"),
    ("staff", "account.staff", "its rights in the back office are {now}, recorded were {then}"),
)


def check(reader: Reader) -> Iterator[Violation]:
    """Each member's password, identifiers, state and rights follow from the trail."""
    identifiers = Feed(
        reader.stream(
            "SELECT member_id, kind, value, former_at FROM identity_loginidentifier"
            " ORDER BY member_id"
        )
    )
    rights = Feed(reader.stream("SELECT member_id, name FROM identity_givenright ORDER BY 1, 2"))
    records = Feed(
        reader.stream(
            "SELECT CAST(substr(subject, 8) AS bigint), details FROM infra_auditrow"
            " WHERE subject LIKE 'member:%%' AND action LIKE 'identity.%%' ORDER BY 1, id"
        )
    )
    members = reader.stream("SELECT id, password, state, is_staff FROM identity_member ORDER BY id")
    for key, password, state, is_staff in members:
        named = sorted([kind, value, at is None] for _, kind, value, at in identifiers.take(key))
        found = {
            "password": _digest([key, password]),
            "identifiers": _digest([key, named]),
            "state": state,
            "staff": [name for _, name in rights.take(key)] if is_staff else None,
        }
        yield from _account(key, found, records.take(key))


def _account(key: int, found: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Violation]:
    recorded = None
    for _, details in rows:
        recorded = as_object(details).get("account", recorded)
    if recorded is None:
        yield Violation(
            "account.unrecorded", (f"member:{key}",), "no audit row says how it came to be"
        )
        return
    for name, check, words in _WORDS:
        if found[name] != recorded.get(name):
            says = words.format(now=_shown(found[name]), then=_shown(recorded.get(name)))
            yield Violation(check, (f"member:{key}",), says)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

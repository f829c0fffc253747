"""What the audit trail keeps of an account: `kaiin verify` finds by it what was changed by hand."""

import hashlib
import json

from kaiin.identity.models import GivenRight, LoginIdentifier, Member
from kaiin.infra import audit


def record(action: str, member_pk: int, *, actor: str | None = None, **details: object) -> None:
    """One audit row about a change of an account, with how the account is after it. `actor`: the
    member unless another is named."""
    member = f"member:{member_pk}"
    audit.record(
        action=action,
        subject=member,
        actor=actor or member,
        details={**details, "account": _account(member_pk)},
    )


def _account(member_pk: int) -> dict[str, object]:
    """The password's hash and the addresses as digests: the trail is read by others than the
    account. A change of one of these facts leaves an audit row."""
    row = Member.objects.values("password", "state", "is_staff").get(pk=member_pk)
    identifiers = LoginIdentifier.objects.filter(member=member_pk).values_list(
        "kind", "value", "former_at"
    )
    rights = GivenRight.objects.filter(member=member_pk).values_list("name", flat=True)
    return {
        "password": _digest([member_pk, row["password"]]),
        "identifiers": _digest(
            [member_pk, sorted([kind, value, at is None] for kind, value, at in identifiers)]
        ),
        "state": row["state"],
        "staff": sorted(rights) if row["is_staff"] else None,
    }


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

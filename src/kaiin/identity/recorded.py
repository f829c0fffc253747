"""What the audit trail keeps of an account: `kaiin verify` finds by it what was changed by hand."""

import hashlib
import json

from kaiin.identity.models import GivenRight, LoginIdentifier, Member


def account(member_pk: int) -> dict[str, object]:
    """The part of an audit row's details that says how an account is after a change of it.

    A change of one of these facts leaves an audit row with it. The password's hash and the
    addresses are there as digests: the trail is read by others than the account.
    """
    row = Member.objects.values("password", "state", "is_staff").get(pk=member_pk)
    identifiers = LoginIdentifier.objects.filter(member=member_pk).values_list(
        "kind", "value", "former_at"
    )
    rights = GivenRight.objects.filter(member=member_pk).values_list("name", flat=True)
    return {
        "account": {
            "password": _digest([member_pk, row["password"]]),
            "identifiers": _digest(
                [member_pk, sorted([kind, value, at is None] for kind, value, at in identifiers)]
            ),
            "state": row["state"],
            "staff": sorted(rights) if row["is_staff"] else None,
        }
    }


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

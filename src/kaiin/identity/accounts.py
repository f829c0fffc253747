"""Finding an account by what somebody typed, in one query whether it exists or not."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from kaiin.identity.digests import digest
from kaiin.identity.models import IdentifierKind, LoginIdentifier, Member, MemberState

# Longer than any mail address or ID with whatever an IME or a paste puts around it.
_LONGEST_TYPED = 400


@dataclass(frozen=True)
class Account:
    """What a flow needs to know of an account. `email` is the present address, or empty."""

    pk: int
    member_id: str
    password: str
    session_epoch: int
    disabled: bool
    is_staff: bool
    language: str
    email: str


def present_email(member: str = "pk") -> Subquery:
    """The member's present address, as a part of a query over `member`."""
    return Subquery(
        LoginIdentifier.objects.filter(
            member=OuterRef(member), kind=IdentifierKind.EMAIL, former_at=None
        ).values("value")[:1]
    )


def members() -> QuerySet[Member]:
    """Members with their present address in `present_email` (None without one)."""
    return Member.objects.annotate(present_email=present_email())


def find(*, kind: str, value: str) -> Account | None:
    """The account that an identifier in canonical form leads to; former addresses lead too."""
    # PostgreSQL refuses a NUL in text; no identifier has one.
    wanted = value.replace("\x00", " ")
    rows = members().filter(identifiers__kind=kind, identifiers__value=wanted)
    member = next(iter(rows[:1]), None)
    return None if member is None else of(member)


def of(member: Member) -> Account:
    """The account of a row of `members()`."""
    email: str | None = getattr(member, "present_email", None)
    return Account(
        pk=member.pk,
        member_id=member.member_id,
        password=member.password,
        session_epoch=member.session_epoch,
        disabled=member.state != MemberState.ACTIVE,
        is_staff=member.is_staff,
        language=member.language,
        email=email or "",
    )


def cut(typed: str) -> str:
    """What of a typed identifier is looked at."""
    return typed[:_LONGEST_TYPED]


def bucket(account: Account | None, *, kind: str, value: str) -> str:
    """The one name under which tries are counted: the account's, whichever identifier led there.

    What leads nowhere is counted as well, by its digest, so that both look alike.
    """
    if account is not None:
        return f"account:{account.pk}"
    return f"typed:{digest('typed', kind, value)}"

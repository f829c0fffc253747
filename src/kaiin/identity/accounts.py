"""Finding an account by what was typed, in one query whether it exists or not."""

from dataclasses import dataclass, fields
from functools import cache

from django.db.models import CharField, OuterRef, QuerySet, Subquery

from kaiin.domain.identifiers.reading import Identified
from kaiin.identity.digests import digest
from kaiin.identity.models import IdentifierKind, LoginIdentifier, Member, MemberState
from kaiin.infra.prepared import Place, Select
from kaiin.sites import queries as sites


@dataclass(frozen=True)
class Account:
    """What a flow needs to know of an account."""

    pk: int
    member_id: str
    password: str
    session_epoch: int
    state: str
    language: str
    is_staff: bool

    @property
    def disabled(self) -> bool:
        return self.state != MemberState.ACTIVE


@cache
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


def email_in(row: Member) -> str:
    """The present address in a row of `members()`, or nothing."""
    email: str | None = getattr(row, "present_email", None)
    return email or ""


# In the order of `Account`.
_ACCOUNT = (
    "member", "member__member_id", "member__password", "member__session_epoch", "member__state",
    "member__language", "member__is_staff",
)  # fmt: skip
# Written once: all members log in on the day of a concert's tickets.
_FIND = Select(
    lambda: LoginIdentifier.objects.filter(
        kind=Place("kind", CharField()), value=Place("value", CharField())
    ).values_list(*_ACCOUNT)
)


def find(identified: Identified) -> Account | None:
    """The account that a typed identifier leads to; former addresses lead there too."""
    found = _FIND.first(kind=identified.kind, value=identified.value or "")
    return Account(*found) if found else None


def of(member: Member) -> Account:
    """The account of a member's row."""
    return Account(*(getattr(member, field.name) for field in fields(Account)))


def email_of(account: Account | None) -> str:
    """The account's present address, or nothing; one query even where there is no account."""
    rows = LoginIdentifier.objects.filter(
        member=account.pk if account else 0, kind=IdentifierKind.EMAIL, former_at=None
    )
    return rows.values_list("value", flat=True).first() or ""


def value_digest(identified: Identified) -> str:
    """The keyed digest of what was typed, in canonical form; "" where nothing was made out.

    Unread text may be a password or a card number in the wrong field: no digest of it is kept.
    """
    if identified.value is None:
        return ""
    return digest("typed", identified.kind, identified.value)


def bucket(account: Account | None, identified: Identified) -> str:
    """The one name under which tries are counted: the account's, whichever identifier led there.

    What leads nowhere is counted as well, so that both look alike; unread text in one of many
    common buckets, too coarse to show what it was.
    """
    if account is not None:
        return bucket_of(account.pk)
    if identified.value is None:
        return f"typed:{identified.kind}:{digest('typed', identified.input)[:3]}"
    return f"typed:{value_digest(identified)}"


def bucket_of(member_pk: int) -> str:
    """The bucket of an account that is known otherwise than by an identifier."""
    return f"account:{member_pk}"


def site_words() -> tuple[str, ...]:
    """The names of the identity and its sites, with and without spaces: an attacker's first."""
    texts = [sites.tenant().identity_name, *(site.name for site in sites.sites())]
    names = {name for text in texts for name in text.values()}
    return tuple(sorted(names | {name.replace(" ", "") for name in names}))

"""What staff do to accounts: open and close them; accounts for staff, and their rights."""

from collections.abc import Collection

from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import accounts, passwords, recorded
from kaiin.identity.errors import AlreadyRegistered, MemberUnknown, PasswordRefused
from kaiin.identity.flows import register, sessions
from kaiin.identity.models import GivenRight, LoginIdentifier, Member, MemberState
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction


def disable_member(*, member_pk: int, actor: str, reason: str) -> None:
    """Close an account: its sessions end at once, logging in says why. Repeats are no-ops.

    Raises MemberUnknown.
    """
    _set_state(member_pk, MemberState.DISABLED, actor=actor, reason=reason)


def enable_member(*, member_pk: int, actor: str, reason: str) -> None:
    """Open a closed account again; sessions that ended stay ended. Raises MemberUnknown."""
    _set_state(member_pk, MemberState.ACTIVE, actor=actor, reason=reason)


def create_staff(
    *,
    email: str,
    nickname: str,
    password: str,
    language: str,
    rights: Collection[StaffRight],
    actor: str,
) -> tuple[int, str]:
    """Make an account that may enter the back office, with these rights and no others; returns
    its key and member ID.

    `email` is canonical. Raises PasswordRefused (15 characters or more while staff have no
    second factor), AlreadyRegistered.
    """
    problems = passwords.password_problems(
        password,
        {"email": email, "nickname": nickname},
        site_words=accounts.site_words(),
        staff=True,
    )
    if problems:
        raise PasswordRefused(problems)
    password_hash = passwords.hash_password(password)
    now = clock.now()
    with transaction():
        member_pk = register.create(
            email=email,
            password_hash=password_hash,
            details={"nickname": nickname},
            language=language,
            is_staff=True,
            now=now,
        )
        _give(member_pk, rights, "identity.staff_created", actor=actor)
    member_id = Member.objects.values_list("member_id", flat=True).get(pk=member_pk)
    return member_pk, member_id


def set_rights(*, email: str, rights: Collection[StaffRight], actor: str) -> str | None:
    """Give an account of staff these rights and no others; returns its member ID, None if the
    (canonical) address is free. Raises AlreadyRegistered where it is a member's."""
    with transaction():
        found = LoginIdentifier.objects.filter(value=email).values_list("member_id", flat=True)
        member = for_update(Member.objects.filter(pk__in=found)).first()
        if member is None:
            return None
        if not member.is_staff:
            raise AlreadyRegistered
        before = GivenRight.objects.filter(member=member)
        if set(before.values_list("name", flat=True)) != set(rights):
            before.delete()
            _give(member.pk, rights, "identity.rights_set", actor=actor)
    return member.member_id


def _give(member_pk: int, rights: Collection[StaffRight], action: str, *, actor: str) -> None:
    names = sorted(set(rights))
    GivenRight.objects.bulk_create(GivenRight(member_id=member_pk, name=name) for name in names)
    recorded.record(action, member_pk, actor=actor, rights=[name.value for name in names])


def _set_state(member_pk: int, state: MemberState, *, actor: str, reason: str) -> None:
    now = clock.now()
    with transaction():
        member = for_update(Member.objects.filter(pk=member_pk)).first()
        if member is None:
            raise MemberUnknown
        if member.state == state:
            return
        Member.objects.filter(pk=member_pk).update(state=state)
        if state == MemberState.DISABLED:
            sessions.end_all(member_pk=member_pk, now=now)
        action = "identity.disabled" if state == MemberState.DISABLED else "identity.enabled"
        recorded.record(action, member_pk, actor=actor, reason=reason)

"""What staff do to accounts: open and close them, and make accounts for staff."""

from kaiin.identity import accounts, passwords
from kaiin.identity.errors import MemberUnknown, PasswordRefused
from kaiin.identity.flows import register, sessions
from kaiin.identity.models import Member, MemberState
from kaiin.infra import audit, clock
from kaiin.infra.locks import locked, transaction


def disable_member(*, member_pk: int, actor: str, reason: str) -> None:
    """Close an account: its sessions end at once, logging in tells the truth. Repeats are no-ops.

    Raises MemberUnknown.
    """
    _set_state(member_pk, MemberState.DISABLED, actor=actor, reason=reason)


def enable_member(*, member_pk: int, actor: str, reason: str) -> None:
    """Open a closed account again; sessions that ended stay ended. Raises MemberUnknown."""
    _set_state(member_pk, MemberState.ACTIVE, actor=actor, reason=reason)


def create_staff(
    *, email: str, nickname: str, password: str, language: str, actor: str
) -> tuple[int, str]:
    """Make an account that may enter the back office; returns its key and member ID.

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
            member_id=None,
            email=email,
            password_hash=password_hash,
            details={"nickname": nickname},
            language=language,
            is_staff=True,
            now=now,
        )
        audit.record(
            action="identity.staff_created",
            subject=f"member:{member_pk}",
            actor=actor,
            details={},
        )
    member_id = Member.objects.values_list("member_id", flat=True).get(pk=member_pk)
    return member_pk, member_id


def _set_state(member_pk: int, state: MemberState, *, actor: str, reason: str) -> None:
    now = clock.now()
    with transaction():
        member = locked(Member.objects.filter(pk=member_pk)).first()
        if member is None:
            raise MemberUnknown
        if member.state == state:
            return
        Member.objects.filter(pk=member_pk).update(state=state)
        if state == MemberState.DISABLED:
            sessions.end_all(member_pk=member_pk, now=now)
        audit.record(
            action="identity.disabled" if state == MemberState.DISABLED else "identity.enabled",
            subject=f"member:{member_pk}",
            actor=actor,
            details={"reason": reason},
        )

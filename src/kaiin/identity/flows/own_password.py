"""A new password for who is logged in and knows the old one; no ID, no mail to wait for.

Wrong old passwords are counted with the account's password tries: an open session of a lost phone
must not be a second place to guess at.
"""

from dataclasses import dataclass
from datetime import datetime

from kaiin.identity import accounts, hash_costs, hashing, passwords
from kaiin.identity.digests import token
from kaiin.identity.errors import MemberUnknown
from kaiin.identity.flows import devices, login, new_password as new_passwords
from kaiin.identity.models import Member
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction

OLD_WRONG, LOCKED = "identity.old_password_wrong", "identity.old_password_locked"


@dataclass(frozen=True)
class PasswordChange:
    """How a change ended: `changed`, or a `refusal` of the old password, or `problems` of the new
    one. `locked_until` is set where the account takes no more tries for now."""

    changed: bool
    refusal: str | None = None
    locked_until: datetime | None = None
    problems: tuple[str, ...] = ()


def change_password(
    *, member_pk: int, old_password: str, new_password: str, device: str | None
) -> PasswordChange:
    """Set the new password if the old one is right; every session of the member ends.

    A new password that fails costs no try. `device` is the login's cookie.
    Raises MemberUnknown, Crowded.
    """
    member = accounts.members().filter(pk=member_pk).first()
    if member is None:
        raise MemberUnknown
    account, email = accounts.of(member), accounts.email_in(member)
    problems = new_passwords.problems(member, email, new_password)
    if problems:
        return PasswordChange(changed=False, problems=problems)
    bucket = devices.read(device).bucket(account) or accounts.bucket_of(member_pk)
    with hashing.place():
        locked_until = login.count_try(bucket).locked_until
        matches = passwords.verify(old_password, account.password, known=hash_costs.known())
        if locked_until is not None:
            return PasswordChange(changed=False, refusal=LOCKED, locked_until=locked_until)
        if not matches:
            return PasswordChange(changed=False, refusal=OLD_WRONG)
        password_hash = passwords.hash_password(new_password)
    with transaction():
        now_stored = for_update(Member.objects.filter(pk=member_pk)).get()
        if now_stored.password != account.password:
            # Another tab, or a reset, has changed it since it was verified.
            return PasswordChange(changed=False, refusal=OLD_WRONG)
        login.forget_failures(bucket)
        new_passwords.write(
            account, email, password_hash, how="by the old one", key=token(), now=clock.now()
        )
    return PasswordChange(changed=True)

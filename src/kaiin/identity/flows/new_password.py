"""Writing a new password: by a mailed code, or by the old one. Both end every session."""

from datetime import datetime

from kaiin.identity import accounts, events, passwords, recorded
from kaiin.identity.accounts import Account
from kaiin.identity.digests import digest
from kaiin.identity.flows import login, mails, sessions
from kaiin.identity.models import CodePurpose, Member, OneTimeCode
from kaiin.infra import event_log

_OWN = ("member_id", "nickname", "legal_name", "legal_name_kana", "birth_date", "phone")


def problems(member: Member, email: str, new_password: str) -> tuple[str, ...]:
    """What is wrong with a new password by what is known of its member."""
    own = {name: getattr(member, name) for name in _OWN} | {"email": email}
    return passwords.password_problems(
        new_password, own, site_words=accounts.site_words(), staff=member.is_staff
    )


def write(
    account: Account, email: str, password_hash: str, *, how: str, key: str, now: datetime
) -> None:
    """Write the new password and all that follows; the caller's transaction has locked the member.

    `key` is of this one change: its mail is sent once. `how` is for the audit.
    """
    Member.objects.filter(pk=account.pk).update(password=password_hash, hash_costs="")
    sessions.end_all(member_pk=account.pk, now=now)
    # Codes on their way to the mailbox open nothing any more.
    OneTimeCode.objects.filter(member=account.pk, purpose=CodePurpose.RESET, used_at=None).update(
        used_at=now
    )
    login.forget_failures_of(account.pk)
    recorded.record("identity.password_changed", account.pk, how=how)
    event_log.publish(
        topic=events.PASSWORD_CHANGED,
        key=digest("mail", key),
        payload={"member_pk": account.pk},
    )
    if email:
        mails.password_changed(
            to=email,
            member_id=account.member_id,
            language=account.language,
            key=key,
        )

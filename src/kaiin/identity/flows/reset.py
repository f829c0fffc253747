"""A new password for who can read the account's mail. Strangers learn nothing on the way.

The reply to a request is the same for every identifier. A code opens the account once, for
the browser that asked, and closes every session; nothing else about the account changes.
"""

from dataclasses import dataclass
from datetime import datetime

from kaiin.domain.identifiers import Identified, TypedKind
from kaiin.identity import accounts, events, passwords
from kaiin.identity.accounts import Account
from kaiin.identity.digests import digest
from kaiin.identity.errors import TooManyMails
from kaiin.identity.flows import devices, login, mails, sessions, verification
from kaiin.identity.models import CodePurpose, Member, OneTimeCode
from kaiin.infra import audit, clock, outbox
from kaiin.infra.locks import locked, transaction

CODE_REFUSED = "identity.code_refused"


@dataclass(frozen=True)
class ResetResult:
    """How a reset ended: with `member_pk`, or with a `refusal`, or with the password's problems.

    Problems that depend on the member's data are told only to who has the right code.
    """

    member_pk: int | None
    refusal: str | None
    problems: tuple[str, ...]


def request_reset(
    *,
    typed: str,
    language: str,
    client: str = "",
    device: str | None = None,
    site_key: str | None = None,
) -> str:
    """Mail a code to the account's present address; returns the code's id, whatever happened.

    An address without an account is told so by mail. Over the limit nothing is sent, and
    nothing is said. `client` is the network address that asks (raises TooManyMails over its
    limit, which depends on no account); `device` the login's cookie.
    """
    now = clock.now()
    if client:
        with transaction():
            asked = verification.may_ask(client)
        if not asked.allowed:
            raise TooManyMails(minutes=max(1, round((asked.retry_at - now).total_seconds() / 60)))
    identified = accounts.identify(typed)
    account = accounts.find(identified)
    bucket = devices.read(device).bucket(account) or accounts.bucket(account, identified)
    with transaction():
        allowed = verification.may_send(bucket).allowed
    email = accounts.email_of(account)
    to = email if account is not None else _address(identified)
    with transaction():
        code_id, digits = verification.make(
            purpose=CodePurpose.RESET,
            bound_to="",
            member_pk=account.pk if account else None,
            site_key=site_key or "",
            now=now,
            decoy=account is None or not to or not allowed,
        )
        if to and allowed:
            mails.reset(
                to=to,
                known=account is not None,
                code=digits,
                member_id=account.member_id if account else "",
                language=language,
                site_key=site_key or "",
                key=code_id,
            )
        else:
            mails.nothing(key=code_id)
    return code_id


def finish_reset(*, code_id: str, typed_code: str, new_password: str) -> ResetResult:
    """Set the new password if the code is right; every session of the member ends.

    A password that fails by itself costs no try. Wrong codes count against the account's
    password tries too, but a locked account can still be reset: only its mailbox opens it.
    """
    now = clock.now()
    problems = passwords.password_problems(new_password, {})
    if problems:
        return ResetResult(None, None, problems)
    # Hashed before anything is known, so that a right code takes no longer than a wrong one.
    password_hash = passwords.hash_password(new_password)
    purpose = CodePurpose.RESET
    with transaction():
        counted = verification.count_try(code_id=code_id, purpose=purpose, now=now)
        code = (
            verification.is_right(code_id=code_id, purpose=purpose, typed=typed_code)
            if counted
            else None
        )
    if code is None or code.member_id is None:
        _count_wrong_code(code_id)
        return ResetResult(None, CODE_REFUSED, ())
    member = Member.objects.get(pk=code.member_id)
    account = accounts.of(member)
    email = accounts.email_of(account)
    problems = _problems_of_member(member, email, new_password)
    if problems:
        verification.give_try_back(code_id=code_id)
        return ResetResult(None, None, problems)
    with transaction():
        # The member first: two codes of one member would else wait for each other.
        locked(Member.objects.filter(pk=member.pk)).get()
        if not verification.win(code_id=code_id, purpose=purpose, typed=typed_code, now=now):
            return ResetResult(None, CODE_REFUSED, ())
        _change(account, email, password_hash, code_id=code_id, now=now)
    return ResetResult(member.pk, None, ())


def _change(
    account: Account, email: str, password_hash: str, *, code_id: str, now: datetime
) -> None:
    """Write the new password and all that follows; the caller's transaction holds the member."""
    Member.objects.filter(pk=account.pk).update(password=password_hash)
    sessions.end_all(member_pk=account.pk, now=now)
    # Other codes on their way to this mailbox open nothing any more.
    OneTimeCode.objects.filter(member=account.pk, purpose=CodePurpose.RESET, used_at=None).update(
        used_at=now
    )
    login.forget_failures(accounts.bucket_of(account.pk))
    audit.record(
        action="identity.password_changed",
        subject=f"member:{account.pk}",
        actor=f"member:{account.pk}",
        details={"how": "reset by mail"},
    )
    outbox.publish(
        topic=events.PASSWORD_CHANGED,
        key=digest("mail", code_id),
        payload={"member_pk": account.pk},
    )
    if email:
        mails.password_changed(
            to=email,
            member_id=account.member_id,
            language=account.language,
            key=code_id,
        )


def _address(identified: Identified) -> str:
    """The typed mail address, or nothing where something else was typed."""
    return identified.value or "" if identified.kind is TypedKind.EMAIL else ""


def _problems_of_member(member: Member, email: str, new_password: str) -> tuple[str, ...]:
    own = {
        "member_id": member.member_id,
        "email": email,
        "nickname": member.nickname,
        "legal_name": member.legal_name,
        "legal_name_kana": member.legal_name_kana,
        "birth_date": member.birth_date,
        "phone": member.phone,
    }
    return passwords.password_problems(
        new_password, own, site_words=accounts.site_words(), staff=member.is_staff
    )


def _count_wrong_code(code_id: str) -> None:
    """One write more against whoever the code is of; a decoy's is counted just the same."""
    code = OneTimeCode.objects.filter(pk=code_id, purpose=CodePurpose.RESET).first()
    member_pk = code.member_id if code else None
    login.count_failure(accounts.bucket_of(member_pk) if member_pk else f"code:{code_id[:43]}")

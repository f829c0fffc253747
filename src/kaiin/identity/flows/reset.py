"""A new password for who can read the account's mail. Strangers learn nothing on the way.

The reply to a request is the same for every identifier. A code opens the account once, for
the browser that asked, and closes every session; nothing else about the account changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaiin.domain.identifiers.reading import Identified, TypedKind
from kaiin.identity import accounts, hashing, passwords
from kaiin.identity.flows import devices, login, mails, new_password as new_passwords, verification
from kaiin.identity.models import CodePurpose, Member, OneTimeCode
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction
from kaiin.sites import queries as sites

# Texts without a code and codes that have served are no guesses.
_GUESSES = frozenset({verification.WRONG, verification.USED_UP, verification.EXPIRED})


@dataclass(frozen=True)
class ResetResult:
    """How a reset ended: with `member_pk`, or a `refusal` and its `words`, or `problems`.

    Problems that depend on the member's data are shown only to who has the right code.
    """

    member_pk: int | None
    refusal: str | None
    problems: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)


def request_reset(
    *,
    typed: str,
    language: str,
    client: str = "",
    device: str | None = None,
    site_key: str | None = None,
) -> str:
    """Mail a code to the account's present address; returns the code's id in every case.

    An address without an account gets a mail that says so. Over the limit nothing is sent, and
    nothing is said. `client` is the network address that asks (raises AskedTooFast when
    many ask from there, which depends on no account); `device` the login's cookie.
    """
    now = clock.now()
    if client:
        verification.count_ask(client, now)
    identified = sites.identify(typed)
    account = accounts.find(identified)
    bucket = devices.read(device).bucket(account) or accounts.bucket(account, identified)
    with transaction():
        allowed = verification.may_send(bucket).allowed
    email = accounts.email_of(account)
    to = email if account is not None else _address(identified)
    with transaction():
        code_id, digits = verification.make(
            purpose=CodePurpose.RESET,
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
    Raises Crowded.
    """
    now = clock.now()
    problems = passwords.password_problems(new_password, {})
    if problems:
        return ResetResult(None, None, problems)
    # Hashed before anything is known, so that a right code takes no longer than a wrong one.
    with hashing.place():
        password_hash = passwords.hash_password(new_password)
    with transaction():
        checked = verification.check(
            code_id=code_id, purpose=CodePurpose.RESET, typed=typed_code, now=now
        )
    code = checked.code
    if checked.refusal or code is None or code.member_id is None:
        if checked.refusal in _GUESSES:
            _count_wrong_code(code_id)
        return ResetResult(None, checked.refusal, words=checked.words)
    member = Member.objects.get(pk=code.member_id)
    account = accounts.of(member)
    email = accounts.email_of(account)
    problems = new_passwords.problems(member, email, new_password)
    if problems:
        verification.give_try_back(code_id=code_id)
        return ResetResult(None, None, problems)
    with transaction():
        # The member first: two codes of one member would else wait for each other.
        for_update(Member.objects.filter(pk=member.pk)).get()
        if not verification.win(code, now):
            return ResetResult(None, verification.USED, words=checked.words)
        new_passwords.write(
            account, email, password_hash, how="reset by mail", key=code_id, now=now
        )
    return ResetResult(member.pk, None, ())


def _address(identified: Identified) -> str:
    """The typed mail address, or nothing where something else was typed."""
    return identified.value or "" if identified.kind is TypedKind.EMAIL else ""


def _count_wrong_code(code_id: str) -> None:
    """One write more against the code's account; a decoy's is counted just the same."""
    code = OneTimeCode.objects.filter(pk=code_id, purpose=CodePurpose.RESET).first()
    member_pk = code.member_id if code else None
    login.count_try(accounts.bucket_of(member_pk) if member_pk else f"code:{code_id[:43]}")

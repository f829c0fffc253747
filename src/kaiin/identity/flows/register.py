"""Joining the identity: the address is proven first, and only then does anything exist."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError

from kaiin.domain.identifiers.member_ids import generate_member_id
from kaiin.identity import events, hash_costs, recorded
from kaiin.identity.digests import digest
from kaiin.identity.errors import AlreadyRegistered, MailNotProven, TooManyMails
from kaiin.identity.flows import mails, verification
from kaiin.identity.flows.verification import CodeCheck
from kaiin.identity.models import (
    CodePurpose,
    IdentifierKind,
    IssuedMemberId,
    LoginIdentifier,
    Member,
    OneTimeCode,
)
from kaiin.infra import clock, event_log, randomness
from kaiin.infra.locks import for_update, transaction
from kaiin.sites import queries as sites

# How long a proven address may wait for the rest of the form.
PROOF_LASTS = timedelta(hours=2)
# With nine free digits even a hundred clubs' members rarely meet; fifty meetings mean a full range.
_MAX_DRAWS = 50
_REGISTERED = "identity.member_registered"

# Those that are texts; the other is the birth date.
_DETAILS = ("nickname", "legal_name", "legal_name_kana", "prefecture", "phone")


def send_join_code(
    *, email: str, site_key: str, language: str, client: str = "", login_path: str = ""
) -> str:
    """Mail a code to a new address, or a link to log in to a known one; returns the code's id.

    `email` is canonical. Both cases do the same work and look the same. `client` is the
    network address that asks; `login_path` the path that the link leads to (default: the
    login page, coming from the site). Raises TooManyMails.
    """
    now = clock.now()
    if client:
        verification.count_ask(client, now)
    with transaction():
        reservation = verification.may_send(f"typed:{digest('typed', 'email', email)}")
    if not reservation.allowed:
        seconds = (reservation.retry_at - now).total_seconds()
        raise TooManyMails(minutes=max(1, round(seconds / 60)))
    with transaction():
        known = LoginIdentifier.objects.filter(value=email).exists()
        code_id, digits = verification.make(
            purpose=CodePurpose.JOIN,
            bound_to=email,
            site_key=site_key,
            now=now,
            decoy=known,
        )
        mails.join(
            to=email,
            known=known,
            code=digits,
            login_path=login_path,
            site_key=site_key,
            language=language,
            key=code_id,
        )
    return code_id


def check_join_code(*, code_id: str, typed: str) -> CodeCheck:
    """Whether the digits in the text are the mailed ones: right once; five tries, ten minutes.

    Right digits again are refused as used: then the address is proven, and `register_member`
    returns the member again.
    """
    now = clock.now()
    with transaction():
        checked = verification.check(
            code_id=code_id, purpose=CodePurpose.JOIN, typed=typed, now=now
        )
        if checked.code is None or checked.refusal or verification.win(checked.code, now):
            return checked
        return replace(checked, refusal=verification.USED)


def register_member(
    *,
    code_id: str,
    email: str,
    password_hash: str,
    details: Mapping[str, object],
    language: str,
) -> int:
    """Create the member whose address `code_id` proved; returns the member's key.

    `details` are those that `validate_details` returned, `password_hash` is that of
    `hash_password`. The same code again returns the same member. Raises MailNotProven,
    AlreadyRegistered.
    """
    now = clock.now()
    with transaction():
        code = for_update(
            OneTimeCode.objects.filter(
                pk=code_id,
                purpose=CodePurpose.JOIN,
                bound_to=email,
                used_at__gt=now - PROOF_LASTS,
            )
        ).first()
        if code is None:
            raise MailNotProven
        if code.member_id is not None:
            return code.member_id
        member_pk = create(
            email=email,
            password_hash=password_hash,
            details=details,
            language=language,
            now=now,
        )
        OneTimeCode.objects.filter(pk=code.pk).update(member=member_pk)
        recorded.record(_REGISTERED, member_pk, how="joined")
        event_log.publish(
            topic=events.MEMBER_REGISTERED, key=str(member_pk), payload={"member_pk": member_pk}
        )
    return member_pk


def import_member(
    *,
    member_id: str | None,
    email: str | None,
    former_emails: tuple[str, ...] = (),
    password_hash: str,
    details: Mapping[str, object],
    language: str,
    created_at: datetime,
    actor: str,
) -> int:
    """Take over a member of another system, legacy member ID and all; returns the key.

    `member_id` None draws a new one; `email` and `former_emails` are canonical and were
    verified there. Nothing is mailed or published. Raises AlreadyRegistered.
    """
    with transaction():
        member_pk = create(
            member_id=member_id,
            email=email,
            password_hash=password_hash,
            details=details,
            language=language,
            now=created_at,
        )
        for former in former_emails:
            _give_identifier(
                member_pk, IdentifierKind.EMAIL, former, created_at, former_at=created_at
            )
        hash_costs.note(member_pk, password_hash)
        recorded.record(_REGISTERED, member_pk, actor=actor, how="imported")
    return member_pk


def create(
    *,
    email: str | None,
    password_hash: str,
    details: Mapping[str, object],
    language: str,
    now: datetime,
    member_id: str | None = None,
    is_staff: bool = False,
) -> int:
    """Write a member and what they log in with, in the caller's transaction. `member_id` None draws
    a new one."""
    member_id = _issue(member_id, now)
    birth_date = details.get("birth_date")
    member = Member.objects.create(
        member_id=member_id,
        password=password_hash,
        birth_date=birth_date if isinstance(birth_date, date) else None,
        language=language,
        is_staff=is_staff,
        created_at=now,
        **{name: str(details.get(name) or "") for name in _DETAILS},
    )
    _give_identifier(member.pk, IdentifierKind.MEMBER_ID, member_id, now)
    if email is not None:
        _give_identifier(member.pk, IdentifierKind.EMAIL, email, now)
    return int(member.pk)


def _issue(member_id: str | None, now: datetime) -> str:
    """Note a member ID as given for ever; draws one if None. The database finds the clashes."""
    draws = _MAX_DRAWS if member_id is None else 1
    for _ in range(draws):
        drawn = member_id or generate_member_id(randomness.digits, sites.tenant().member_id_format)
        try:
            with transaction():
                IssuedMemberId.objects.create(value=drawn, issued_at=now)
        except IntegrityError:
            continue
        return drawn
    if member_id is not None:
        raise AlreadyRegistered
    raise RuntimeError("no member ID is free: give the tenant's member_id more digits")


def _give_identifier(
    member_pk: int,
    kind: IdentifierKind,
    value: str,
    now: datetime,
    former_at: datetime | None = None,
) -> None:
    try:
        with transaction():
            LoginIdentifier.objects.create(
                member_id=member_pk, kind=kind, value=value, verified_at=now, former_at=former_at
            )
    except IntegrityError:
        raise AlreadyRegistered from None

"""Logging in by password: one throttle per account, one hash, one answer for strangers.

Whether the identifier is known, unknown, locked or disabled and whether the password is
right: every failure runs the same statements and one Argon2 verification, and says the same.
Only who had the right password learns that the account is disabled.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiin.domain.identifiers import Identified
from kaiin.identity import accounts, passwords
from kaiin.identity.accounts import Account
from kaiin.identity.flows import devices
from kaiin.identity.flows.sessions import Proof, clean_user_agent
from kaiin.identity.models import AttemptOutcome, LoginAttempt, Member
from kaiin.infra import clock, throttle
from kaiin.infra.locks import transaction

REFUSED = "identity.login_refused"
DISABLED = "identity.disabled"

# Ten tries at once, and never more than a hundred in a row (SP 800-63B, 3.2.2): only a right
# password or a proven mailbox clears the second count within its days.
_SOON = (10, timedelta(minutes=15))
_IN_A_ROW = (100, timedelta(days=7))


@dataclass(frozen=True)
class LoginResult:
    """How a login ended.

    `refusal` None: begin a session, with `proof`, and set the cookie `device`.
    `refusal` "identity.login_refused": `member_pk` is None, whatever the reason.
    `refusal` "identity.disabled": the password was right, so `member_pk` may be told why;
    no session can begin.
    """

    member_pk: int | None
    refusal: str | None
    identified: Identified
    device: str | None
    proof: Proof | None


def log_in(
    *, typed: str, password: str, device: str | None, site_key: str | None, user_agent: str
) -> LoginResult:
    """Try an identifier in any writing and a password.

    `device` is the value of the cookie that an earlier login on this browser returned: it
    has counts of its own, so that a stranger's failures never lock out a known device.
    """
    now = clock.now()
    identified = accounts.identify(typed)
    account = accounts.find(identified)
    known_device = devices.read(device)
    bucket = known_device.bucket(account) or accounts.bucket(account, identified)

    allowed = _count(bucket)
    matches = passwords.verify(password, account.password if account else None)
    outcome = _outcome(account, allowed=allowed, matches=matches)

    with transaction():
        attempt = LoginAttempt.objects.create(
            at=now,
            outcome=outcome,
            kind=identified.kind,
            value_digest=accounts.value_digest(identified),
            forgiven=list(identified.forgiven),
            hints=list(identified.hints),
            member_id=account.pk if account else None,
            site_key=(site_key or "")[:32],
            known_device=known_device.bucket(account) is not None,
            user_agent=clean_user_agent(user_agent),
        )
        if outcome is AttemptOutcome.PASSED:
            forget_failures(bucket)
    if account is None or outcome not in {AttemptOutcome.PASSED, AttemptOutcome.DISABLED}:
        return LoginResult(None, REFUSED, identified, None, None)
    if outcome is AttemptOutcome.DISABLED:
        return LoginResult(account.pk, DISABLED, identified, None, None)
    _renew_hash(account, password)
    return LoginResult(
        member_pk=account.pk,
        refusal=None,
        identified=identified,
        device=known_device.with_member(account.pk).cookie(),
        proof=Proof(account.pk, account.session_epoch, attempt.pk),
    )


def count_failure(bucket: str) -> None:
    """Count a failure of another flow (a wrong code) against the account's password tries."""
    _count(bucket)


def forget_failures(bucket: str) -> None:
    """Begin counting anew, after a proof."""
    throttle.clear(f"login:{bucket}", f"row:{bucket}")


def attempts_before(now: datetime) -> datetime:
    """The time before which attempts are forgotten: half a year explains any case."""
    return now - timedelta(days=183)


def _count(bucket: str) -> bool:
    # Committed before the password is looked at: parallel tries can't share a count.
    with transaction():
        soon = throttle.reserve(
            key=f"login:{bucket}", limit=_SOON[0], window_seconds=int(_SOON[1].total_seconds())
        )
        in_a_row = throttle.reserve(
            key=f"row:{bucket}",
            limit=_IN_A_ROW[0],
            window_seconds=int(_IN_A_ROW[1].total_seconds()),
        )
    return soon.allowed and in_a_row.allowed


def _outcome(account: Account | None, *, allowed: bool, matches: bool) -> AttemptOutcome:
    if not allowed:
        return AttemptOutcome.LOCKED
    if account is None:
        return AttemptOutcome.UNKNOWN
    if not matches:
        return AttemptOutcome.WRONG
    return AttemptOutcome.DISABLED if account.disabled else AttemptOutcome.PASSED


def _renew_hash(account: Account, password: str) -> None:
    """Hash anew what was hashed at other costs; only if it is still the same hash."""
    if passwords.is_outdated(account.password):
        Member.objects.filter(pk=account.pk, password=account.password).update(
            password=passwords.hash_password(password)
        )

"""Logging in by password: one throttle per account, one hash, one answer for strangers.

Whether the identifier is known, unknown, locked or disabled and whether the password is
right: every failure runs the same statements and one Argon2 verification, and says the same.
Only who had the right password learns that the account is disabled.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiin.domain.identifiers.reading import Identified
from kaiin.identity import accounts, hash_costs, hashing, passwords, recorded
from kaiin.identity.accounts import Account
from kaiin.identity.flows import devices
from kaiin.identity.flows.sessions import Proof, clean_user_agent
from kaiin.identity.models import AttemptOutcome, LoginAttempt, Member
from kaiin.infra import clock, throttle
from kaiin.infra.locks import transaction
from kaiin.infra.prepared import Insert
from kaiin.sites import queries as sites

REFUSED = "identity.login_refused"
DISABLED = "identity.disabled"

# Ten tries at once, and never more than a hundred in a row (SP 800-63B, 3.2.2): only a right
# password or a proven mailbox clears the second count within its days.
_SOON = (10, timedelta(minutes=15))
_IN_A_ROW = (100, timedelta(days=7))
LIMITS = (_SOON, _IN_A_ROW)

_ATTEMPT = Insert(LoginAttempt)


@dataclass(frozen=True)
class LoginResult:
    """How a login ended.

    `refusal` None: begin a session, with `proof`, and set the cookie `device`.
    `refusal` "identity.login_refused": `member_pk` is None for every reason.
    `refusal` "identity.disabled": the password was right, so `member_pk` may learn why;
    no session can begin.
    `failed_before`: tries at the account failed since it was last logged in to, from here.
    """

    member_pk: int | None
    refusal: str | None
    device: str | None = None
    proof: Proof | None = None
    failed_before: bool = False


def log_in(
    *,
    typed: str | Identified,
    password: str,
    device: str | None,
    site_key: str | None,
    user_agent: str,
    at_staff_door: bool = False,
) -> LoginResult:
    """Try an identifier in any writing, or one that was read already, and a password.

    `device` is the value of the cookie that an earlier login on this browser returned: it
    has counts of its own, so that a stranger's failures never lock out a known device.
    `at_staff_door`: staff's accounts have counts of their own at the back office's login,
    which only staff's networks reach, so that no stranger's failures keep staff out; all
    else's tries there count with all others, so that no account has twice the guesses.
    Raises Crowded, before anything is counted or looked up.
    """
    with hashing.place(always=at_staff_door):
        return _log_in(
            typed, password, device, site_key or "", user_agent, at_staff_door=at_staff_door
        )


def _log_in(
    typed: str | Identified,
    password: str,
    device: str | None,
    site_key: str,
    user_agent: str,
    *,
    at_staff_door: bool,
) -> LoginResult:
    now = clock.now()
    identified = typed if isinstance(typed, Identified) else sites.identify(typed)
    account = accounts.find(identified)
    known_device = devices.read(device)
    bucket = known_device.bucket(account) or accounts.bucket(account, identified)
    if at_staff_door and account is not None and account.is_staff:
        bucket = known_device.bucket(account) or _staff_bucket(account.pk)

    tries = count_try(bucket)
    matches = passwords.verify(
        password, account.password if account else None, known=hash_costs.known()
    )
    outcome = _outcome(account, allowed=tries.locked_until is None, matches=matches)

    with transaction():
        attempt = _ATTEMPT.run(
            at=now,
            outcome=outcome,
            kind=identified.kind,
            value_digest=accounts.value_digest(identified),
            forgiven=list(identified.forgiven),
            hints=list(identified.hints),
            password_shape=list(passwords.shape(password)),
            member_id=account.pk if account else None,
            site_key=site_key[:32],
            known_device=known_device.bucket(account) is not None,
            user_agent=clean_user_agent(user_agent),
        )
        if outcome is AttemptOutcome.PASSED:
            forget_failures(bucket)
    if account is None or outcome not in {AttemptOutcome.PASSED, AttemptOutcome.DISABLED}:
        return LoginResult(None, REFUSED)
    if outcome is AttemptOutcome.DISABLED:
        return LoginResult(account.pk, DISABLED)
    _renew_hash(account, password)
    return LoginResult(
        member_pk=account.pk,
        refusal=None,
        device=known_device.with_member(account.pk).cookie(),
        proof=Proof(account.pk, account.session_epoch, attempt),
        failed_before=tries.in_a_row > 1,
    )


def forget_failures(bucket: str) -> None:
    """Begin counting anew, after a proof."""
    throttle.clear(f"login:{bucket}", f"row:{bucket}")


def forget_failures_of(member_pk: int) -> None:
    """As `forget_failures`, at both doors: the account's mailbox has proven who it is."""
    forget_failures(accounts.bucket_of(member_pk))
    forget_failures(_staff_bucket(member_pk))


def _staff_bucket(member_pk: int) -> str:
    return f"staff:{member_pk}"


@dataclass(frozen=True)
class Tries:
    """Tries in a row, this one included; `locked_until` None: it may go ahead."""

    in_a_row: int
    locked_until: datetime | None


def count_try(bucket: str) -> Tries:
    """Count a try; it says until when no more are taken.

    Committed before the password is looked at: parallel tries can't share a count.
    """
    counted = throttle.reserve_all(
        throttle.Limit(f"login:{bucket}", *_SOON), throttle.Limit(f"row:{bucket}", *_IN_A_ROW)
    )
    ends = [each.retry_at for each in counted if not each.allowed]
    return Tries(counted[-1].count, next_minute(max(ends)) if ends else None)


def next_minute(at: datetime) -> datetime:
    """Times are shown without seconds, and then the lock is over."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


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
    if not passwords.is_outdated(account.password):
        return
    renewed = passwords.hash_password(password)
    with transaction():
        same = Member.objects.filter(pk=account.pk, password=account.password)
        if same.update(password=renewed, hash_costs=""):
            recorded.record("identity.password_rehashed", account.pk)

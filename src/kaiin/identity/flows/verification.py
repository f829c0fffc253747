"""One-time codes by mail: made, stored as digests, tried at most five times, won once."""

from datetime import datetime, timedelta

from django.db.models import F

from kaiin.identity.digests import digest, random_digits, read_digits, token
from kaiin.identity.models import CodePurpose, OneTimeCode
from kaiin.infra import throttle

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
# A reset opens an existing account, so its code is longer than that of a new address.
DIGITS = {CodePurpose.JOIN: 6, CodePurpose.RESET: 8}

_MAILS_AN_HOUR = 5
_MAILS_A_DAY = 15
# Many phones share one address of their carrier.
_MAILS_AN_HOUR_FROM_CLIENT = 60


def make(
    *,
    purpose: CodePurpose,
    bound_to: str,
    member_pk: int | None,
    site_key: str,
    now: datetime,
    decoy: bool,
) -> tuple[str, str]:
    """Store a code and return its id and its digits. No digits are right for a decoy's id."""
    code_id = token()
    digits = random_digits(DIGITS[purpose])
    OneTimeCode.objects.create(
        id=code_id,
        purpose=purpose,
        digest=digest("decoy", token()) if decoy else _digest(code_id, purpose, digits),
        bound_to=bound_to,
        member_id=member_pk,
        site_key=site_key,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return code_id, digits


def count_try(*, code_id: str, purpose: CodePurpose, now: datetime) -> bool:
    """Take one of a code's tries, before looking at it; False when none is left to take.

    One statement, so parallel tries can't share one.
    """
    return bool(
        OneTimeCode.objects.filter(
            pk=code_id,
            purpose=purpose,
            used_at=None,
            expires_at__gt=now,
            tries__lt=MOST_TRIES,
        ).update(tries=F("tries") + 1)
    )


def give_try_back(*, code_id: str) -> None:
    """Undo a try whose code was right but whose new password was not."""
    OneTimeCode.objects.filter(pk=code_id, tries__gt=0).update(tries=F("tries") - 1)


def is_right(*, code_id: str, purpose: CodePurpose, typed: str) -> OneTimeCode | None:
    """The unused code if the typed digits are its own. A counted try comes first."""
    return OneTimeCode.objects.filter(
        pk=code_id, digest=_digest(code_id, purpose, read_digits(typed)), used_at=None
    ).first()


def win(*, code_id: str, purpose: CodePurpose, typed: str, now: datetime) -> bool:
    """Use a code up if the typed digits are its own. Of several at once, one wins.

    The digests compared are keyed, so the time that the database takes tells nothing.
    """
    return bool(
        OneTimeCode.objects.filter(
            pk=code_id,
            digest=_digest(code_id, purpose, read_digits(typed)),
            used_at=None,
            expires_at__gt=now,
        ).update(used_at=now)
    )


def may_send(bucket: str) -> throttle.Reservation:
    """Count one mail to `bucket`: an address, or an account by whatever identifier."""
    hourly = throttle.reserve(key=f"mails-h:{bucket}", limit=_MAILS_AN_HOUR, window_seconds=3600)
    daily = throttle.reserve(key=f"mails-d:{bucket}", limit=_MAILS_A_DAY, window_seconds=86400)
    return hourly if not hourly.allowed else daily


def may_ask(client: str) -> throttle.Reservation:
    """Count one request of a client's network address, whatever it asked for."""
    return throttle.reserve(
        key=f"asks:{digest('client', client)}",
        limit=_MAILS_AN_HOUR_FROM_CLIENT,
        window_seconds=3600,
    )


def _digest(code_id: str, purpose: CodePurpose, digits: str) -> str:
    return digest("code", code_id, purpose, digits)

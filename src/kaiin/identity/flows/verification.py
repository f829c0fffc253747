"""One-time codes by mail: made, stored as digests, tried at most five times, won once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from kaiin.domain.mailed_codes import read_code
from kaiin.identity.digests import digest, random_digits, token
from kaiin.identity.errors import AskedTooFast
from kaiin.identity.models import CodePurpose, OneTimeCode
from kaiin.infra import throttle
from kaiin.infra.client_address import counted_as
from kaiin.infra.locks import transaction

LIFETIME = timedelta(minutes=10)
MAX_TRIES = 5
WRONG, USED_UP = "identity.code_wrong", "identity.code_used_up"
EXPIRED, USED = "identity.code_expired", "identity.code_used"
# A reset opens an existing account, so its code is longer than that of a new address.
DIGITS = {CodePurpose.JOIN: 6, CodePurpose.RESET: 8}

_MAILS_AN_HOUR = 5
_MAILS_A_DAY = 15
# Many phones share one IPv4 address of their carrier, a household has a /64 of IPv6 to itself.
# Past these in an hour no request is refused: one is let through in so many seconds.
_ASKS_AN_HOUR = {4: 60, 6: 30}
_SECONDS_BETWEEN = {4: 5, 6: 60}


def make(
    *,
    purpose: CodePurpose,
    site_key: str,
    now: datetime,
    decoy: bool,
    bound_to: str = "",
    member_pk: int | None = None,
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


@dataclass(frozen=True)
class CodeCheck:
    """What a typed code is: `refusal` None means right; then `code` is its row.

    `digits` and `left` are for the refusal's words: the length, and the tries that remain.
    """

    refusal: str | None
    digits: int
    left: int = MAX_TRIES
    code: OneTimeCode | None = None

    @property
    def member_pk(self) -> int | None:
        """Whose code it is, of a right one that is bound to a member by now."""
        return self.code.member_id if self.code else None

    @property
    def words(self) -> dict[str, int]:
        """The parameters of the refusal's text."""
        minutes = int(LIFETIME.total_seconds() // 60)
        return {"digits": self.digits, "left": self.left, "tries": MAX_TRIES, "minutes": minutes}


def check(*, code_id: str, purpose: CodePurpose, typed: str, now: datetime) -> CodeCheck:
    """Take one of the code's tries, then compare; a text without a code takes none.

    What has been used up or used otherwise is said to a right code only: to a wrong one a code
    that a reset has made void looks like a decoy, with its tries counted down.
    """
    length = DIGITS[purpose]
    read = read_code(typed, length)
    if read.digits is None:
        return CodeCheck(read.fault, length)
    code = OneTimeCode.objects.filter(pk=code_id, purpose=purpose, expires_at__gt=now).first()
    if code is None:
        return CodeCheck(EXPIRED, length)
    if not _count_try(code_id):
        return CodeCheck(USED_UP, length, 0)
    # Keyed digests are compared, so the time that it takes reveals nothing of the digits.
    if code.digest == _digest(code_id, purpose, read.digits):
        return CodeCheck(None if code.used_at is None else USED, length, code=code)
    tries = OneTimeCode.objects.values_list("tries", flat=True).get(pk=code_id)
    left = max(0, MAX_TRIES - tries)
    return CodeCheck(WRONG if left else USED_UP, length, left)


def win(code: OneTimeCode, now: datetime) -> bool:
    """Use a right code up. Of several at once, one wins."""
    unused = OneTimeCode.objects.filter(pk=code.pk, used_at=None, expires_at__gt=now)
    return bool(unused.update(used_at=now))


def give_try_back(*, code_id: str) -> None:
    """Undo a try whose code was right but whose new password was not."""
    OneTimeCode.objects.filter(pk=code_id, tries__gt=0).update(tries=F("tries") - 1)


def _count_try(code_id: str) -> bool:
    """One statement, so parallel tries can't share one."""
    left = OneTimeCode.objects.filter(pk=code_id, tries__lt=MAX_TRIES)
    return bool(left.update(tries=F("tries") + 1))


def may_send(bucket: str) -> throttle.Reservation:
    """Count one mail to `bucket`: an address, or an account by any identifier."""
    hourly = throttle.reserve(key=f"mails-h:{bucket}", limit=_MAILS_AN_HOUR, window_seconds=3600)
    daily = throttle.reserve(key=f"mails-d:{bucket}", limit=_MAILS_A_DAY, window_seconds=86400)
    return hourly if not hourly.allowed else daily


def count_ask(client: str, now: datetime) -> None:
    """Count one request of a client's network address, for any page.

    Raises AskedTooFast, which depends on no account and no other address.
    """
    counted = counted_as(client)
    version = 6 if ":" in counted else 4
    name = digest("client", counted)
    with transaction():
        burst = throttle.reserve(
            key=f"asks:{name}", limit=_ASKS_AN_HOUR[version], window_seconds=3600
        )
        if burst.allowed:
            return
        paced = throttle.reserve(
            key=f"asks-paced:{name}", limit=1, window_seconds=_SECONDS_BETWEEN[version]
        )
    if not paced.allowed:
        raise AskedTooFast(seconds=max(1, round((paced.retry_at - now).total_seconds())))


def _digest(code_id: str, purpose: CodePurpose, digits: str) -> str:
    return digest("code", code_id, purpose, digits)

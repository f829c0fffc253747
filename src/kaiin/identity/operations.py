"""What others may do with members, logins, sessions and codes. Each function is its own doc."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from kaiin.domain.periods import JST
from kaiin.identity import accounts, forms, hash_costs, hashing, passwords
from kaiin.identity.choices import ABROAD
from kaiin.identity.models import Handover, LoginAttempt, OneTimeCode, Session
from kaiin.infra import clock
from kaiin.sites import queries as sites

# Codes prove how they were used for a while; ended sessions show members their devices.
_CODES_KEPT = timedelta(days=1)
_SESSIONS_KEPT = timedelta(days=30)
# Half a year explains any case.
_ATTEMPTS_KEPT = timedelta(days=183)
# Visitors' sessions that are deleted at once; a job that did something runs again soon.
_VISITS = 1000


def validate_details(
    details: Mapping[str, str],
    fields_asked: Iterable[str],
    *,
    required: Collection[str] | None = None,
) -> dict[str, object]:
    """Details as typed -> as stored. Raises DetailsInvalid with a code for each field at fault.

    `fields_asked` are names of `TenantView.details`, and "email" if wanted; `required` those
    that may not be empty (default: all). `birth_date` comes back as a date, or None.
    """
    asked = tuple(fields_asked)
    return forms.validate(
        details,
        asked,
        required=asked if required is None else required,
        today=clock.now().astimezone(JST).date(),
        read=sites.identify,
    )


def required_details(required: Iterable[str], *, prefecture: str) -> tuple[str, ...]:
    """Which of the required details are, for who lives there: abroad kana are not needed."""
    return forms.required_of(tuple(required), abroad=prefecture == ABROAD)


def password_problems(password: str, own: Mapping[str, object]) -> tuple[str, ...]:
    """The codes of what is wrong with a new password; none if it will do.

    `own` is what is known of the member, by the names of their details, `email`, `member_id`;
    as typed or as stored.
    """
    return passwords.password_problems(password, own, site_words=accounts.site_words())


def hash_password(password: str) -> str:
    """The hash to keep of a new password. Raises Crowded."""
    with hashing.place():
        return passwords.hash_password(password)


def is_crowded() -> bool:
    """Whether a login would be sent away at this moment."""
    return hashing.places.are_taken


def let_wait_for_hashing(threads: int) -> None:
    """How many of this process's threads may be kept by those who log in; the rest are others'."""
    hashing.places.let_wait(max(0, threads - 1))


def forget_expired() -> int:
    """Delete codes, hand-overs, sessions and attempts that no one needs any more; how many."""
    now = clock.now()
    # Sessions of who was not logged in, with all that they had typed who never joined.
    over = Q(expire_date__lt=now) | Q(ended_at__isnull=False)
    visits = Session.objects.filter(over, member=None).values_list("pk", flat=True)[:_VISITS]
    deleted = 0
    for rows in (
        Handover.objects.filter(expires_at__lt=now - _CODES_KEPT),
        OneTimeCode.objects.filter(expires_at__lt=now - _CODES_KEPT),
        Session.objects.filter(expire_date__lt=now - _SESSIONS_KEPT),
        Session.objects.filter(pk__in=list(visits)),
        LoginAttempt.objects.filter(at__lt=now - _ATTEMPTS_KEPT),
    ):
        deleted += rows.delete()[0]
    return deleted + hash_costs.forget_unused()


def after_restore(*, now: datetime) -> None:
    """The database was brought back from a backup: sessions, codes and hand-overs of then are
    void, ended ones must not live again. Call it in a transaction."""
    Session.objects.filter(member=None).delete()
    Session.objects.filter(ended_at=None).update(ended_at=now, session_data="")
    for model in (OneTimeCode, Handover):
        model.objects.filter(used_at=None).update(used_at=now)

"""The mails about changes and pauses, as `mails`."""

from datetime import datetime

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.membership.mails import send
from kaiin.billing.membership.wording import card_words, renewal_lines
from kaiin.billing.models import Course
from kaiin.domain.payments import Method
from kaiin.domain.previews import Renewal
from kaiin.infra import texts
from kaiin.payments.queries import MandateView


def changed(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    method: Method,
    from_at: datetime,
    renewal: Renewal | None,
) -> None:
    """A change was paid for."""
    language = locked.member.language
    context = {
        "method": texts.text(f"payments.method.{method}", language),
        "from_on": texts.format_date(from_at, language),
    }
    send(locked, "changed", key, {**_coming(locked, course, renewal), **context})


def change_agreed(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    from_at: datetime,
    renewal: Renewal | None,
    undone: bool,
) -> None:
    """The coming renewal is of another course, or again of the running one."""
    language = locked.member.language
    context: dict[str, object] = {
        "from_on": texts.format_date(from_at, language),
        "undone": undone,
    }
    send(locked, "change_agreed", key, {**_coming(locked, course, renewal), **context})


def card_registered(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    card: MandateView | None,
    renewal: Renewal | None,
) -> None:
    """A card was registered for the coming renewals: which one."""
    language = locked.member.language
    words = card_words(card, language) if card else ""
    context = {**_coming(locked, course, renewal), "card": words}
    send(locked, "card_registered", key, context)


def paused(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    paid_until: datetime,
    paused_until: datetime,
    renewal: Renewal | None,
) -> None:
    """A pause was agreed to."""
    language = locked.member.language
    context = {
        "paid_until": texts.format_end(paid_until, language),
        "paused_until": texts.format_end(paused_until, language),
    }
    send(locked, "paused", key, {**_coming(locked, course, renewal), **context})


def resumed(locked: LockedMembership, key: str, *, course: Course, renewal: Renewal | None) -> None:
    """A pause was taken back, or ended by the member."""
    send(locked, "resumed", key, _coming(locked, course, renewal))


def _coming(locked: LockedMembership, course: Course, renewal: Renewal | None) -> dict[str, object]:
    language = locked.member.language
    return {
        "course": texts.localized(course.name, language),
        "renewal": renewal_lines(renewal, language),
    }

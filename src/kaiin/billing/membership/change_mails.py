"""The mails about changes and pauses, as `mails`."""

from datetime import datetime

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.membership.mails import send
from kaiin.billing.models import Course
from kaiin.domain.payments import Method
from kaiin.domain.previews import Renewal
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
    context = {
        "method": method,
        "from_on": from_at,
    }
    send(locked, "changed", key, {**_coming(course, renewal), **context})


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
    context: dict[str, object] = {
        "from_on": from_at,
        "undone": undone,
    }
    send(locked, "change_agreed", key, {**_coming(course, renewal), **context})


def card_registered(
    locked: LockedMembership,
    key: str,
    *,
    course: Course,
    card: MandateView | None,
    renewal: Renewal | None,
) -> None:
    """A card was registered for the coming renewals: which one."""
    named = {"brand": card.brand, "last4": card.last4} if card and card.last4 else None
    send(locked, "card_registered", key, {**_coming(course, renewal), "card": named})


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
    context = {"paid_until": paid_until, "paused_until": paused_until}
    send(locked, "paused", key, {**_coming(course, renewal), **context})


def resumed(locked: LockedMembership, key: str, *, course: Course, renewal: Renewal | None) -> None:
    """A pause was taken back, or ended by the member."""
    send(locked, "resumed", key, _coming(course, renewal))


def _coming(course: Course, renewal: Renewal | None) -> dict[str, object]:
    return {"course": course.name, "renewal": renewal}

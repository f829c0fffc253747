"""The mails that come before something happens by itself, as `mails`."""

from datetime import datetime

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.membership.mails import send
from kaiin.billing.models import Course, Subscription
from kaiin.domain.previews import Renewal


def renewal(
    locked: LockedMembership, key: str, *, subscription: Subscription, renewal: Renewal
) -> None:
    """A charge that comes by itself: when, how much, and until when it can be stopped."""
    paused_until = subscription.paused_until
    send(
        locked,
        "renewal_coming",
        key,
        {
            "course": subscription.course.name,
            "method": subscription.method,
            "renewal": renewal,
            "stop_on": renewal.stop_day,
            "paused_until": paused_until,
        },
    )


def expiring(
    locked: LockedMembership, key: str, *, course: Course, paid_until: datetime, mandate_lost: bool
) -> None:
    """What is paid runs out, and can be paid for again; `mandate_lost`: it was to renew by itself,
    but its card or contract has ended."""
    send(
        locked,
        "expiring",
        key,
        {
            "course": course.name,
            "paid_until": paid_until,
            "mandate_lost": mandate_lost,
        },
    )


def withdrawing(locked: LockedMembership, key: str, *, dormant_until: datetime) -> None:
    """A dormant membership will be withdrawn."""
    until = dormant_until
    send(locked, "withdrawing", key, {"dormant_until": until})

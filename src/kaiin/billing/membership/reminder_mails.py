"""The mails that come before something happens by itself, as `mails`."""

from datetime import datetime

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.membership.mails import send
from kaiin.billing.membership.wording import renewal_lines
from kaiin.billing.models import Course, Subscription
from kaiin.domain.payments import Method
from kaiin.domain.previews import Renewal
from kaiin.infra import texts


def renewal(
    locked: LockedMembership, key: str, *, subscription: Subscription, renewal: Renewal
) -> None:
    """A charge that comes by itself: when, how much, and until when it can be stopped."""
    language = locked.member.language
    paused_until = subscription.paused_until
    send(
        locked,
        "renewal_coming",
        key,
        {
            "course": texts.localized(subscription.course.name, language),
            "method": texts.text(f"payments.method.{Method(subscription.method)}", language),
            "renewal": renewal_lines(renewal, language),
            "stop_on": texts.format_date(renewal.stop_day, language),
            "paused_until": texts.format_end(paused_until, language) if paused_until else "",
        },
    )


def expiring(
    locked: LockedMembership, key: str, *, course: Course, paid_until: datetime, mandate_lost: bool
) -> None:
    """What is paid runs out, and can be paid for again; `mandate_lost`: it was to renew by itself,
    but its card or contract has ended."""
    language = locked.member.language
    send(
        locked,
        "expiring",
        key,
        {
            "course": texts.localized(course.name, language),
            "paid_until": texts.format_end(paid_until, language),
            "mandate_lost": mandate_lost,
        },
    )


def withdrawing(locked: LockedMembership, key: str, *, dormant_until: datetime) -> None:
    """A dormant membership will be withdrawn."""
    until = texts.format_end(dormant_until, locked.member.language)
    send(locked, "withdrawing", key, {"dormant_until": until})

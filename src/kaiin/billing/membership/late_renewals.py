"""Lump sums that are renewed late: what they go on from, for previews, slips and outcomes alike."""

from datetime import datetime

from kaiin.billing.courses import catalog
from kaiin.billing.errors import SlipTooLate
from kaiin.billing.membership.last_periods import last_spans
from kaiin.billing.models import Course, Subscription
from kaiin.domain import dunning
from kaiin.domain.payments import Method
from kaiin.domain.periods import last_day
from kaiin.domain.previews import Lapsed, slip_fits
from kaiin.domain.subscriptions import EndReason

# It ended because it was not renewed in time. A member who left, or was refunded, begins anew.
_NOT_RENEWED = (EndReason.EXPIRED, EndReason.MANDATE_ENDED)


def lapsed(membership_id: int | None, course: Course) -> Lapsed | None:
    """What a late renewal by this course goes on from: the membership's last paid lump sum, if it
    is of the same course. None where there is none."""
    if course.terms.renews or membership_id is None:
        return None
    paid = Subscription.objects.filter(membership=membership_id, period_count__gt=0)
    last = paid.order_by("-paid_until", "-pk").first()
    if last is None:
        return None
    catalog.read_courses([last])
    if not _may_be_renewed(last, course):
        return None
    period = last_spans([last]).get(last.pk)
    if period is None or period.ends_at != last.paid_until:
        return None
    until = dunning.dormant_until(last.course.terms.dunning, period.ends_at)
    return Lapsed(period, until, course.terms.late_renewal)


def check_slip(found: Lapsed | None, course: Course, method: Method, at: datetime) -> None:
    """Raises SlipTooLate where a slip made now could be paid after the dormant time."""
    if found is None or method is not Method.KONBINI:
        return
    days = course.terms.slip_days
    if not slip_fits(course.terms.rule(method), found, at=at, slip_days=days):
        raise SlipTooLate(days=days, until=last_day(found.dormant_until))


def _may_be_renewed(last: Subscription, course: Course) -> bool:
    if last.course.terms.renews or last.course.key != course.key:
        return False
    if last.is_open:
        return not last.cancel_at_period_end
    return last.end_reason in _NOT_RENEWED

"""Course rows read as the domain's values."""

from collections.abc import Mapping
from typing import Any

from kaiin.billing.errors import CourseNotOffered, WayNotOffered
from kaiin.billing.models import Course, Subscription
from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.periods import ChargeDay, TermRule, TermRuleSpec
from kaiin.domain.previews import Terms


def offered(site_id: int, key: str, method: Method) -> Course:
    """The version of a course that can be bought now. Raises CourseNotOffered, WayNotOffered."""
    course = Course.objects.filter(site_id=site_id, key=key, offered=True).first()
    if course is None:
        raise CourseNotOffered(course=key)
    if method not in ways(course):
        raise WayNotOffered(course=key, method=method.value)
    return course


def ways(course: Course) -> tuple[Method, ...]:
    """The ways to pay, in the order in which they are shown."""
    return tuple(Method(way) for way in course.ways)


def coming(subscription: Subscription) -> Course:
    """What the next renewal buys: the running course, or what a change was agreed to."""
    return subscription.next_course or subscription.course


def term(course: Course) -> TermRuleSpec:
    """How a period ends, where the way to pay makes no difference."""
    return _rule(course.term)


def rule(course: Course, method: Method) -> TermRuleSpec:
    """How a period ends when it is paid this way."""
    return _rule(course.term_by_method.get(method.value, course.term))


def terms(course: Course, method: Method) -> Terms:
    """What a period costs and buys when it is paid this way."""
    # Thousands of renewals in one transaction share a few courses: each is read once.
    known: dict[Method, Terms] = course.__dict__.setdefault("_terms", {})
    if method not in known:
        known[method] = _terms(course, method)
    return known[method]


def _terms(course: Course, method: Method) -> Terms:
    return Terms(
        rule=rule(course, method),
        price=Money(course.price, course.currency),
        handling=Money(course.fees.get(method.value, 0), course.currency),
        renews=course.renews and method.can_renew,
        charge_day=ChargeDay(course.charge_day),
        lock_day=course.lock_day,
    )


def policy(course: Course) -> DunningPolicy:
    """The course's patience after a failed renewal or an expiry."""
    return DunningPolicy(
        retry_days=tuple(course.retry_days),
        grace_days=course.grace_days,
        dormant_months=course.dormant_months,
    )


def term_json(spec: TermRuleSpec) -> dict[str, object]:
    """A term rule as it is stored."""
    return {
        "rule": spec.kind.value,
        "months": spec.months,
        "joining_month_free": spec.joining_month_free,
    }


def _rule(stored: Mapping[str, Any]) -> TermRuleSpec:
    return TermRuleSpec(
        kind=TermRule(stored["rule"]),
        months=stored.get("months", 1),
        joining_month_free=stored.get("joining_month_free", False),
    )

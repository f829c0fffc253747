"""Which version of a course is bought."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from kaiin.billing.errors import CourseNotOffered, WayNotOffered
from kaiin.billing.models import Charge, Course, Subscription
from kaiin.domain.payments import Method
from kaiin.domain.previews import Terms
from kaiin.sites import queries as sites


def offered(site_id: int, key: str, method: Method) -> Course:
    """The version of a course that can be bought now. Raises CourseNotOffered, WayNotOffered."""
    course = Course.objects.filter(site_id=site_id, key=key, offered=True).first()
    if course is None:
        raise CourseNotOffered(course=key)
    if method not in course.terms.ways:
        raise WayNotOffered(course=key, method=method.value)
    return course


def read_courses(subscriptions: Sequence[Subscription], charges: Sequence[Charge] = ()) -> None:
    """Give rows their courses. Each version is read once a process and apply: what it costs and
    buys never changes, and its names only by an apply."""
    wanted = {charge.course_id for charge in charges}
    wanted |= {subscription.course_id for subscription in subscriptions}
    wanted |= {s.next_course_id for s in subscriptions if s.next_course_id is not None}
    courses = _versions(sites.revision())
    if missing := wanted - courses.keys():
        courses.update(Course.objects.in_bulk(missing))
    for charge in charges:
        charge.course = courses[charge.course_id]
    for subscription in subscriptions:
        subscription.course = courses[subscription.course_id]
        if subscription.next_course_id is not None:
            subscription.next_course = courses[subscription.next_course_id]


@lru_cache(maxsize=1)
def _versions(_revision: UUID) -> dict[int, Course]:
    return {}


def coming(subscription: Subscription) -> Course:
    """What the next renewal buys: the running course, or what a change was agreed to."""
    return subscription.next_course or subscription.course


def running_terms(subscription: Subscription) -> Terms:
    """What the paid periods of a subscription cost and buy."""
    return subscription.course.terms.by(Method(subscription.method))


def coming_terms(subscription: Subscription) -> Terms:
    """What its next renewal costs and buys."""
    return coming(subscription).terms.by(Method(subscription.method))

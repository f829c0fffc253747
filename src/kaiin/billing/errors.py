"""What can go wrong when somebody joins, renews or leaves, by stable code."""

from kaiin.domain.errors import KaiinError


class BillingError(KaiinError):
    """Any error of this context."""

    code = "billing.error"


class CourseNotOffered(BillingError):
    """The site does not offer this course, or not any more."""

    code = "billing.course_not_offered"


class WayNotOffered(BillingError):
    """The course can't be paid this way."""

    code = "billing.way_not_offered"


class AlreadyMember(BillingError):
    """Paid already, and not yet time to renew: nothing may be charged."""

    code = "billing.already_member"


class OtherCourseRunning(AlreadyMember):
    """Another course of this site runs: it has to end before this one can be bought."""

    code = "billing.other_course_running"


class PaymentUnderWay(BillingError):
    """An earlier payment can't be stopped and its outcome is not known yet: pay nothing now."""

    code = "billing.payment_under_way"


class NoMembership(BillingError):
    """There is no such member, membership, or nothing in it to leave or to take back."""

    code = "billing.no_membership"

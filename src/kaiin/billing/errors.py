"""What can go wrong when a member joins, renews or leaves, by stable code."""

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


class SlipTooLate(WayNotOffered):
    """A late renewal's slip could be paid after the dormant time, when it would buy less."""

    code = "billing.slip_too_late"


class ConsentMissing(BillingError):
    """A document in force has to be agreed to before anything is bought anew."""

    code = "billing.consent_missing"


class AlreadyMember(BillingError):
    """Paid already, and not yet time to renew: nothing may be charged."""

    code = "billing.already_member"


class OtherCourseRunning(AlreadyMember):
    """Another course of this site runs: it has to end before this one can be bought."""

    code = "billing.other_course_running"


class Paused(AlreadyMember):
    """The membership is paused: it is resumed, not joined again."""

    code = "billing.paused"


class ImportConflict(BillingError):
    """The import key was used before, with other values."""

    code = "billing.import_conflict"


class ImportRefused(BillingError):
    """A membership can't be imported with these values; `reason` names what is wrong."""

    code = "billing.import_refused"


class NumberTaken(BillingError):
    """Another member of the site has this number."""

    code = "billing.number_taken"


class NoPause(BillingError):
    """The course allows no pause, no longer one, or nothing runs that could be paused."""

    code = "billing.no_pause"


class ChangeDiffers(BillingError):
    """What was agreed to on the page is not what would happen now: it has to be shown anew."""

    code = "billing.change_differs"


class PaymentUnderWay(BillingError):
    """An earlier payment can't be stopped and its outcome is not known yet: pay nothing now."""

    code = "billing.payment_under_way"


class NoMembership(BillingError):
    """There is no such member, membership, or nothing in it to leave or to take back."""

    code = "billing.no_membership"


class LeaveAtOnceNotOffered(BillingError):
    """The course is left at the end of what is paid; only staff may end it at once."""

    code = "billing.leave_at_once_not_offered"


class RefundDiffers(BillingError):
    """Leaving at once would give back another sum now than was shown and agreed to."""

    code = "billing.refund_differs"


class NoRefundCase(BillingError):
    """There is no such refund case."""

    code = "billing.no_refund_case"


class RefundDecided(BillingError):
    """This refund case was decided otherwise already."""

    code = "billing.refund_decided"


class GrantEmpty(BillingError):
    """A grant must end in the future."""

    code = "billing.grant_empty"


class GrantTooLong(BillingError):
    """A grant ends within MAX_GRANT. `days` is that."""

    code = "billing.grant_too_long"


class NoGrant(BillingError):
    """There is no such grant of staff's, or it is over."""

    code = "billing.no_grant"

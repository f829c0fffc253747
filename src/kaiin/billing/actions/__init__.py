"""What others may do with memberships: join, renew, leave, and act on what payments tell."""

from kaiin.billing.actions.change import Agreed, ChangeStarted, change
from kaiin.billing.actions.decide_refund import decide_refund, record_refunds
from kaiin.billing.actions.expire import expire_due, expire_member, recognise_due, remind_due
from kaiin.billing.actions.give_up import give_up_payment
from kaiin.billing.actions.grants import grant, revoke_grant
from kaiin.billing.actions.import_membership import import_membership
from kaiin.billing.actions.join import JoinStarted, join
from kaiin.billing.actions.leave import leave, undo_leave
from kaiin.billing.actions.pause import Resumed, pause, resume
from kaiin.billing.actions.rebuild_access import rebuild_entitlements
from kaiin.billing.actions.refresh import act_on_payment, refresh_open_payments
from kaiin.billing.actions.renew import mandate_ended, renew_due
from kaiin.billing.courses.tenant import TenantRefused, apply_tenant, plan_tenant
from kaiin.billing.errors import (
    AlreadyMember,
    BillingError,
    ChangeDiffers,
    ConsentMissing,
    CourseNotOffered,
    GrantEmpty,
    GrantTooLong,
    ImportConflict,
    ImportRefused,
    LeaveAtOnceNotOffered,
    NoGrant,
    NoMembership,
    NoPause,
    NoRefundCase,
    NumberTaken,
    OtherCourseRunning,
    Paused,
    PaymentUnderWay,
    RefundDecided,
    RefundDiffers,
    SlipTooLate,
    WayNotOffered,
)
from kaiin.billing.membership.numbers import after_restore
from kaiin.billing.outcomes.recording import record_payment, record_payments

__all__ = [
    "Agreed",
    "AlreadyMember",
    "BillingError",
    "ChangeDiffers",
    "ChangeStarted",
    "ConsentMissing",
    "CourseNotOffered",
    "GrantEmpty",
    "GrantTooLong",
    "ImportConflict",
    "ImportRefused",
    "JoinStarted",
    "LeaveAtOnceNotOffered",
    "NoGrant",
    "NoMembership",
    "NoPause",
    "NoRefundCase",
    "NumberTaken",
    "OtherCourseRunning",
    "Paused",
    "PaymentUnderWay",
    "RefundDecided",
    "RefundDiffers",
    "Resumed",
    "SlipTooLate",
    "TenantRefused",
    "WayNotOffered",
    "act_on_payment",
    "after_restore",
    "apply_tenant",
    "change",
    "decide_refund",
    "expire_due",
    "expire_member",
    "give_up_payment",
    "grant",
    "import_membership",
    "join",
    "leave",
    "mandate_ended",
    "pause",
    "plan_tenant",
    "rebuild_entitlements",
    "recognise_due",
    "record_payment",
    "record_payments",
    "record_refunds",
    "refresh_open_payments",
    "remind_due",
    "renew_due",
    "resume",
    "revoke_grant",
    "undo_leave",
]

"""What others may do with memberships: join, renew, leave, and act on what payments tell."""

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
from kaiin.billing.numbers import after_restore
from kaiin.billing.operations.change import Agreed, ChangeStarted, change
from kaiin.billing.operations.entitlements import rebuild_entitlements
from kaiin.billing.operations.expiry import expire_due, expire_member, recognise_due, remind_due
from kaiin.billing.operations.give_up import give_up_payment
from kaiin.billing.operations.grants import grant, revoke_grant
from kaiin.billing.operations.imports import import_membership
from kaiin.billing.operations.join import JoinStarted, join
from kaiin.billing.operations.leave import leave, undo_leave
from kaiin.billing.operations.pause import Resumed, pause, resume
from kaiin.billing.operations.record_payment import record_payment, record_payments
from kaiin.billing.operations.refresh import act_on_payment, refresh_open_payments
from kaiin.billing.operations.refunds import decide_refund, record_refunds
from kaiin.billing.operations.renewals import mandate_ended, renew_due
from kaiin.billing.tenant import TenantRefused, apply_tenant, plan_tenant

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

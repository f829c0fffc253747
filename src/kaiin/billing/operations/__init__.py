"""What others may do with memberships: join, renew, leave, and act on what payments tell."""

from kaiin.billing.errors import (
    AlreadyMember,
    BillingError,
    CourseNotOffered,
    NoMembership,
    OtherCourseRunning,
    PaymentUnderWay,
    WayNotOffered,
)
from kaiin.billing.operations.entitlements import rebuild_entitlements
from kaiin.billing.operations.expiry import expire_due, expire_member, recognise_due, remind_due
from kaiin.billing.operations.join import JoinStarted, join
from kaiin.billing.operations.leave import leave, undo_leave
from kaiin.billing.operations.record_payment import record_payment, record_payments
from kaiin.billing.operations.refresh import refresh_open_payments
from kaiin.billing.operations.renewals import mandate_ended, renew_due
from kaiin.billing.tenant import TenantRefused, apply_tenant, plan_tenant

__all__ = [
    "AlreadyMember",
    "BillingError",
    "CourseNotOffered",
    "JoinStarted",
    "NoMembership",
    "OtherCourseRunning",
    "PaymentUnderWay",
    "TenantRefused",
    "WayNotOffered",
    "apply_tenant",
    "expire_due",
    "expire_member",
    "join",
    "leave",
    "mandate_ended",
    "plan_tenant",
    "rebuild_entitlements",
    "recognise_due",
    "record_payment",
    "record_payments",
    "refresh_open_payments",
    "remind_due",
    "renew_due",
    "undo_leave",
]

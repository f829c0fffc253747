"""What others may know about courses, memberships and money: frozen values, never models."""

from kaiin.billing.queries.changes import (
    ChangeOffer,
    ChangePreview,
    PausePreview,
    ResumePreview,
    changes_offered,
    preview_change,
    preview_pause,
    preview_resume,
)
from kaiin.billing.queries.charges import ChargeView, charges
from kaiin.billing.queries.courses import CourseView, JoinPreview, courses, preview
from kaiin.billing.queries.entry import Entry, EntryMembership, entry
from kaiin.billing.queries.explain import (
    Explanation,
    GrantedTime,
    OpenTime,
    PaidTime,
    SubscriptionEnd,
    explain,
)
from kaiin.billing.queries.figures import Overdue, membership_figures, overdue, subscription_figures
from kaiin.billing.queries.memberships import (
    Failure,
    MembershipView,
    PeriodView,
    membership_of_payment,
    memberships,
)
from kaiin.billing.queries.receipts import (
    ReceiptView,
    receipt,
    receipt_of_payment,
    receipts,
)

__all__ = [
    "ChangeOffer",
    "ChangePreview",
    "ChargeView",
    "CourseView",
    "Entry",
    "EntryMembership",
    "Explanation",
    "Failure",
    "GrantedTime",
    "JoinPreview",
    "MembershipView",
    "OpenTime",
    "Overdue",
    "PaidTime",
    "PausePreview",
    "PeriodView",
    "ReceiptView",
    "ResumePreview",
    "SubscriptionEnd",
    "changes_offered",
    "charges",
    "courses",
    "entry",
    "explain",
    "membership_figures",
    "membership_of_payment",
    "memberships",
    "overdue",
    "preview",
    "preview_change",
    "preview_pause",
    "preview_resume",
    "receipt",
    "receipt_of_payment",
    "receipts",
    "subscription_figures",
]

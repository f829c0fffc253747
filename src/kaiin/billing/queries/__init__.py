"""What others may know about courses, memberships and money: frozen values, never models."""

from kaiin.billing.charts import BadChart, read_chart
from kaiin.billing.closing import BookFile, BookFormat, closing_files
from kaiin.billing.models import ChargePurpose
from kaiin.billing.queries.changes import (
    ChangeOffer,
    ChangePreview,
    PausePreview,
    ResumePreview,
    changes_offered,
    pauses_offered,
    preview_change,
    preview_pause,
    preview_resume,
)
from kaiin.billing.queries.charges import ChargeView, charges, purpose_of_payment
from kaiin.billing.queries.closing import (
    AccountMonth,
    BooksBehind,
    JournalLine,
    MonthNotOver,
    month_balances,
    month_journal,
)
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
from kaiin.billing.queries.refunds import (
    LeavePreview,
    RefundCaseView,
    RefundFigures,
    preview_leave,
    refund_cases,
    refund_cases_of_payment,
    refund_figures,
)

__all__ = [
    "AccountMonth",
    "BadChart",
    "BookFile",
    "BookFormat",
    "BooksBehind",
    "ChangeOffer",
    "ChangePreview",
    "ChargePurpose",
    "ChargeView",
    "CourseView",
    "Entry",
    "EntryMembership",
    "Explanation",
    "Failure",
    "GrantedTime",
    "JoinPreview",
    "JournalLine",
    "LeavePreview",
    "MembershipView",
    "MonthNotOver",
    "OpenTime",
    "Overdue",
    "PaidTime",
    "PausePreview",
    "PeriodView",
    "ReceiptView",
    "RefundCaseView",
    "RefundFigures",
    "ResumePreview",
    "SubscriptionEnd",
    "changes_offered",
    "charges",
    "closing_files",
    "courses",
    "entry",
    "explain",
    "membership_figures",
    "membership_of_payment",
    "memberships",
    "month_balances",
    "month_journal",
    "overdue",
    "pauses_offered",
    "preview",
    "preview_change",
    "preview_leave",
    "preview_pause",
    "preview_resume",
    "purpose_of_payment",
    "read_chart",
    "receipt",
    "receipt_of_payment",
    "receipts",
    "refund_cases",
    "refund_cases_of_payment",
    "refund_figures",
    "subscription_figures",
]

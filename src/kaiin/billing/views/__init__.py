"""What others may know about courses, memberships and money: frozen values, never models."""

from kaiin.billing.membership.change_plans import ChangePreview
from kaiin.billing.membership.failures import Ending, Failure
from kaiin.billing.membership.payable import missing_consents
from kaiin.billing.membership.wording import (
    card_words,
    days_left_words,
    end_words,
    ending_words,
    next_renewal_words,
    price_words,
    refund_words,
    renewal_price_words,
    renewal_words,
    short_start_words,
    stop_words,
)
from kaiin.billing.models import ChargePurpose
from kaiin.billing.outcomes.recording import is_acted_on
from kaiin.billing.views.change_choices import (
    ChangeAnswer,
    ChangeChoices,
    ChangeWay,
    change_choices,
)
from kaiin.billing.views.changes import (
    ChangeOffer,
    PausePreview,
    ResumePreview,
    changes_offered,
    pauses_offered,
    preview_change,
    preview_pause,
    preview_resume,
)
from kaiin.billing.views.charges import (
    ChargeView,
    OpenPaymentView,
    charges,
    open_payment,
    purpose_of_payment,
    returns_of_payment,
)
from kaiin.billing.views.courses import CourseView, JoinPreview, courses, preview, purpose
from kaiin.billing.views.entry import Entry, EntryMembership, entry
from kaiin.billing.views.explain import (
    Explanation,
    GrantedTime,
    OpenTime,
    PaidTime,
    SubscriptionEnd,
    explain,
)
from kaiin.billing.views.figures import Overdue, count_memberships, count_subscriptions, overdue
from kaiin.billing.views.granted import granted_until
from kaiin.billing.views.ledger import (
    AccountMonth,
    BooksBehind,
    JournalLine,
    MonthNotOver,
    month_balances,
    month_journal,
)
from kaiin.billing.views.legal_facts import course_words
from kaiin.billing.views.memberships import (
    MembershipView,
    PeriodView,
    membership_of_payment,
    memberships,
)
from kaiin.billing.views.receipts import ReceiptView, receipt, receipt_of_payment, receipts
from kaiin.billing.views.refunds import (
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
    "BooksBehind",
    "ChangeAnswer",
    "ChangeChoices",
    "ChangeOffer",
    "ChangePreview",
    "ChangeWay",
    "ChargePurpose",
    "ChargeView",
    "CourseView",
    "Ending",
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
    "OpenPaymentView",
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
    "card_words",
    "change_choices",
    "changes_offered",
    "charges",
    "count_memberships",
    "count_subscriptions",
    "course_words",
    "courses",
    "days_left_words",
    "end_words",
    "ending_words",
    "entry",
    "explain",
    "granted_until",
    "is_acted_on",
    "membership_of_payment",
    "memberships",
    "missing_consents",
    "month_balances",
    "month_journal",
    "next_renewal_words",
    "open_payment",
    "overdue",
    "pauses_offered",
    "preview",
    "preview_change",
    "preview_leave",
    "preview_pause",
    "preview_resume",
    "price_words",
    "purpose",
    "purpose_of_payment",
    "receipt",
    "receipt_of_payment",
    "receipts",
    "refund_cases",
    "refund_cases_of_payment",
    "refund_figures",
    "refund_words",
    "renewal_price_words",
    "renewal_words",
    "returns_of_payment",
    "short_start_words",
    "stop_words",
]

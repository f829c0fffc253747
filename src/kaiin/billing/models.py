"""The tables of memberships, what they cost and what they open. Only this context touches them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

import kaiin.billing.ledger.models  # noqa: F401 - Django looks for tables here
from kaiin.billing.choices import ChargePurpose, GrantReason, RefundReason
from kaiin.billing.terms_field import TermsField
from kaiin.domain.charges import CHARGE_TRANSITIONS, ChargeState
from kaiin.domain.course_terms import CourseTerms
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from kaiin.domain.refund_cases import REFUND_CASE_TRANSITIONS, RefundCaseState
from kaiin.domain.states import next_state
from kaiin.domain.subscriptions import (
    EndReason,
    Standing,
    SubscriptionEvent,
    SubscriptionState,
    subscription_after,
)
from kaiin.infra.constraints import dated, enumerated, in_order, known, where_set, within


class Course(models.Model):
    """What members buy at a site, in one version; what they agreed to never changes under them.

    Versions of a course share `site` and `key`; at most one is offered. Texts are
    `{"ja": …, "en": …}`.
    """

    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    offered = models.BooleanField(default=True)
    name = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    terms: "models.Field[CourseTerms, CourseTerms]" = TermsField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "key", "version"], name="course_version"),
            models.UniqueConstraint(
                fields=["site", "key"], condition=Q(offered=True), name="course_offered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class NumberCounter(models.Model):
    """The last member number of a site; numbers are never given twice, even if given back."""

    site = models.OneToOneField("sites.Site", on_delete=models.PROTECT, related_name="+")
    last_number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"site {self.site_id}: {self.last_number}"


class Membership(models.Model):
    """A member at a site. Survives every change of course and way to pay.

    Its row is the lock for everything that hangs on it.
    """

    member = models.ForeignKey("identity.Member", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    standing = enumerated(Standing, Standing.PENDING)
    standing_changed_at = models.DateTimeField()
    joined_date = models.DateField(null=True)
    member_number = models.PositiveBigIntegerField(null=True)
    dormant_until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    notice_due_at = models.DateTimeField(
        null=True, help_text="When a dormant member is reminded of the withdrawal to come."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "site"], name="membership_once"),
            models.UniqueConstraint(fields=["site", "member_number"], name="member_number_once"),
            models.CheckConstraint(
                condition=~Q(standing="active")
                | Q(joined_date__isnull=False, member_number__isnull=False),
                name="membership_active_is_numbered",
            ),
            *known("membership", standing=Standing),
        ]
        indexes = [
            where_set("membership_to_withdraw", "dormant_until"),
            where_set("membership_to_remind", "notice_due_at"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk} ({self.standing})"


class Subscription(models.Model):
    """The running contract of a membership for one course by one way to pay.

    `paid_until` is the end of its last period. The three `…_due_at` say when the worker has to
    do something; each is null when it has not: charge the next period, end it for want of one,
    remind of the renewal or of the end.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="subscriptions"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    method = enumerated(Method)
    mandate = models.ForeignKey(
        "payments.Mandate", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = enumerated(SubscriptionState, SubscriptionState.PENDING)
    anchor_day = models.PositiveSmallIntegerField(null=True)
    period_count = models.PositiveIntegerField(default=0)
    paid_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    lapse_due_at = models.DateTimeField(null=True)
    notice_due_at = models.DateTimeField(null=True)
    cancel_at_period_end = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Of the renewal under way.")
    mandate_end_reason = models.CharField(
        max_length=64, blank=True, default="", help_text="The mandate ended outside: why."
    )
    next_course = models.ForeignKey(
        Course,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="A change that was agreed to: what the next renewal buys.",
    )
    paused_until = models.DateTimeField(
        null=True, help_text="Between `paid_until` and this nothing is charged, nothing is open."
    )
    renewal_fixed = models.BooleanField(
        default=False, help_text="Left after the lock day: the coming renewal is charged, the last."
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(
        max_length=32, blank=True, default="", choices=[(r.value, r.value) for r in EndReason]
    )
    end_detail = models.CharField(
        max_length=64, blank=True, default="", help_text="The provider's reason, as our code."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=~Q(state="ended"),
                name="subscription_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | Q(paid_until__isnull=False, anchor_day__isnull=False),
                name="subscription_active_is_paid",
            ),
            *known(
                "subscription",
                method=Method,
                state=SubscriptionState,
                end_reason=EndReason,
                or_empty=("end_reason",),
            ),
            within("subscription", "anchor_day", 1, 31),
            in_order("subscription", "paid_until", "paused_until"),
            dated("subscription", "state", "ended", "ended_at"),
        ]
        indexes = [
            models.Index(fields=["membership", "id"], name="subscription_of_membership"),
            # With the key: thousands are due at one instant, and are taken in turn.
            where_set("subscription_next", "next_due_at"),
            where_set("subscription_lapse", "lapse_due_at"),
            where_set("subscription_notice", "notice_due_at"),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk} ({self.state})"

    def move(self, event: SubscriptionEvent) -> None:
        """Move on by the table; not saved. Raises UnknownTransition."""
        self.state = subscription_after(SubscriptionState(self.state), event).value

    @property
    def is_open(self) -> bool:
        """Whether it has not ended: a membership has one such at most."""
        return SubscriptionState(self.state).is_open


class Charge(models.Model):
    """The intent to have one period paid once, committed before payments hears of it.

    The database lets one live intent exist for a period, and one open one for a membership.
    `parked`: money came for it, but it buys nothing; a person decides. `registered`: it was for a
    card, not for money. `automatic`: a renewal without the member present.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    period_index = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField()
    intent_key = models.CharField(max_length=128, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    method = enumerated(Method)
    purpose = models.CharField(max_length=16, choices=ChargePurpose, default=ChargePurpose.JOIN)
    price = models.PositiveIntegerField()
    handling = models.PositiveIntegerField(default=0)
    # What the unused days of `credit_period` are worth; that period ends early when this is paid.
    credit = models.PositiveIntegerField(default=0)
    credit_period = models.ForeignKey(
        "billing.Period", null=True, on_delete=models.PROTECT, related_name="+"
    )
    automatic = models.BooleanField(default=False)
    state = enumerated(ChargeState, ChargeState.OPEN)
    payment = models.OneToOneField(
        "payments.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    failure_code = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "period_index", "attempt"], name="charge_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["subscription", "period_index"],
                condition=Q(state__in=["open", "paid"]),
                name="charge_live_once",
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="open"), name="charge_open_once"
            ),
            *known("charge", method=Method, purpose=ChargePurpose, state=ChargeState),
            models.CheckConstraint(
                condition=Q(period_index__gte=1, attempt__gte=1), name="charge_counted_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"charge {self.intent_key} ({self.state})"

    def become(self, state: ChargeState, at: datetime, failure_code: str = "") -> None:
        """Move on at an instant; not saved. Raises UnknownTransition where the table has no way."""
        self.state = next_state(CHARGE_TRANSITIONS, ChargeState(self.state), state)
        self.closed_at, self.failure_code = at, failure_code

    @property
    def total(self) -> Money:
        """What is paid for it."""
        return Money(self.price + self.handling - self.credit, self.course.terms.currency)

    @property
    def is_live(self) -> bool:
        """Whether its period is paid by it, or may still be."""
        return self.state in (ChargeState.OPEN, ChargeState.PAID)


class EarlyEnd(models.TextChoices):
    """Why a paid period was not lived to its end."""

    CHANGED = "changed"
    LEFT = "left"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


class Period(models.Model):
    """A paid stretch `[starts_at, ends_at)`, as bought; never recomputed. One that was given up
    before its end keeps what was bought, and says when and why: `ended_early_at`."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    index = models.PositiveIntegerField(help_text="From 1.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    payment = models.OneToOneField(
        "payments.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Time that another system sold has this instead of a payment, and the price 0.
    import_key = models.CharField(max_length=128, null=True, unique=True)  # noqa: DJ001 (unique)
    import_digest = models.CharField(max_length=64, blank=True, default="")
    amount = models.PositiveIntegerField(help_text="The fee for the time, without handling.")
    currency = models.CharField(max_length=3, default="JPY")
    ended_early_at = models.DateTimeField(null=True)
    early_end = models.CharField(max_length=16, blank=True, default="", choices=EarlyEnd)
    # What of `amount` was given back or moved to another period when it ended early.
    credited = models.PositiveIntegerField(default=0)
    # When its fee is to be recognised as income; null once it is.
    recognise_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "index"], name="period_once"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="period_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, import_key=None)
                | Q(payment=None, import_key__isnull=False, amount=0, index=1),
                name="period_paid_or_imported",
            ),
            models.CheckConstraint(
                condition=Q(ended_early_at=None)
                | Q(ended_early_at__gte=F("starts_at"), ended_early_at__lt=F("ends_at")),
                name="period_ends_early_within",
            ),
            models.CheckConstraint(
                condition=Q(credited__lte=F("amount")), name="period_credit_within"
            ),
            *known("period", early_end=EarlyEnd, or_empty=("early_end",)),
            models.CheckConstraint(condition=Q(index__gte=1), name="period_counted_from_one"),
            models.CheckConstraint(
                condition=Q(ended_early_at=None, early_end="")
                | (Q(ended_early_at__isnull=False) & ~Q(early_end="")),
                name="period_ends_early_for_a_reason",
            ),
        ]
        indexes = [
            # What ends after an instant is found however many periods there were before.
            models.Index(fields=["subscription", "ends_at"], name="period_running"),
            where_set("period_to_recognise", "recognise_due_at"),
        ]

    def __str__(self) -> str:
        return f"period {self.index} of subscription {self.subscription_id}"


class Grant(models.Model):
    """Access for a dated time without money, and who gave it. Revoked, it ends there."""

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = enumerated((WindowKind.GRANT, WindowKind.GRACE), max_length=8)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=32, choices=GrantReason)
    note = models.CharField(max_length=200, blank=True, default="", help_text="Staff's words.")
    granted_by = models.CharField(max_length=80)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="grant_not_empty"),
            *known("grant", kind=(WindowKind.GRANT, WindowKind.GRACE), reason=GrantReason),
        ]
        indexes = [models.Index(fields=["membership", "ends_at"], name="grant_running")]

    def __str__(self) -> str:
        return f"grant {self.pk} ({self.reason})"


class Entitlement(models.Model):
    """A window of access: a projection of the ledger and the grants that can be dropped and
    rebuilt at any time. `evidence` names the records behind it."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="entitlements", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = enumerated(WindowKind, max_length=8)
    evidence = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "starts_at"], name="entitlement_window_once"
            ),
            *known("entitlement", kind=WindowKind),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="entitlement_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["membership", "ends_at"], name="entitlement_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at} – {self.ends_at}"


class RefundCase(models.Model):
    """Money of a member that buys nothing (any more), and what became of it."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, null=True, on_delete=models.PROTECT, related_name="+")
    # The same money is given back once. Payments knows a try by `refund_key`.
    key = models.CharField(max_length=160, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="JPY")
    reason = models.CharField(max_length=16, choices=RefundReason)
    state = enumerated(RefundCaseState, RefundCaseState.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    failure_code = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_case_positive"),
            *known("refund_case", reason=RefundReason, state=RefundCaseState),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                name="refund_case_unsettled",
                condition=Q(state__in=["open", "requested", "failed"]),
            )
        ]

    def __str__(self) -> str:
        return f"refund case {self.pk} ({self.state})"

    def become(self, state: RefundCaseState, failure_code: str = "") -> None:
        """Move on; not saved. Raises UnknownTransition where the table has no way."""
        self.state = next_state(REFUND_CASE_TRANSITIONS, RefundCaseState(self.state), state)
        self.failure_code = failure_code

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def refund_key(self) -> str:
        """What payments knows the present try by: one that failed is over for good."""
        return self.key if self.tries <= 1 else f"{self.key}:{self.tries}"

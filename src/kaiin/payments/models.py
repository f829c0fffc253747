"""The tables of payments. Only this context reads or writes them."""

from django.db import models
from django.db.models import Q

from kaiin.domain.payments import Dispute, Method, PaymentState, RefundState
from kaiin.domain.references import ReferenceKind
from kaiin.infra import randomness
from kaiin.infra.constraints import dated, enumerated, known, where_set


class MandateState(models.TextChoices):
    ACTIVE = "active"
    ENDED = "ended"


class Mandate(models.Model):
    """The right to charge a member again: a card's token or a carrier's contract.

    `member_ref` is an opaque number: payments outlive members.
    """

    member_ref = models.BigIntegerField(db_index=True)
    method = enumerated(Method)
    provider = models.CharField(max_length=32)
    provider_mandate_id = models.CharField(max_length=128)
    state = models.CharField(max_length=16, choices=MandateState, default=MandateState.ACTIVE)
    brand = models.CharField(max_length=32, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_mandate_id"], name="mandate_once_per_provider"
            ),
            *known("mandate", method=Method, state=MandateState),
            dated("mandate", "state", "ended", "ended_at"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk} ({self.method})"


class Installation(models.Model):
    """One row. `order_secret` makes the order number of an intent: always the same one here,
    never one of another installation on the same provider account. `restored_at`: since when the
    database is one brought back, which does not know what was charged meanwhile."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    order_secret = models.UUIDField(default=randomness.uuid)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_once")]

    def __str__(self) -> str:
        return "installation"


class Payment(models.Model):
    """One attempt to move money. The row is committed before any provider hears of it."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid, editable=False)
    member_ref = models.BigIntegerField()
    # Who calls names the money by this key; the database lets it exist once.
    intent_key = models.CharField(max_length=128, unique=True)
    # Of the call that wrote the row: of two at once, each knows whether it was the one.
    written_by = models.UUIDField(default=randomness.uuid, editable=False)
    method = enumerated(Method)
    provider = models.CharField(max_length=32)
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="+")
    renews = models.BooleanField(default=False)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="JPY")
    # What the store or carrier really took, once known; the same as `amount` when all is well.
    received_amount = models.BigIntegerField(null=True)
    description = models.CharField(max_length=200)
    state = enumerated(PaymentState, PaymentState.INTENT)
    provider_payment_id = models.CharField(max_length=128, blank=True, default="")
    # Where the browser goes to pay: {"method": "get"|"post", "url", "fields", "charset"}.
    checkout = models.JSONField(null=True)
    # What the checkout was asked with, so that a call that got no answer is asked the same again.
    request = models.JSONField(default=dict)
    failure_code = models.CharField(max_length=64, blank=True, default="")
    store = models.CharField(max_length=32, blank=True, default="", help_text="That a slip is for.")
    # How often the provider's page declined what the member tried, and when we last heard so.
    declines = models.PositiveSmallIntegerField(default=0)
    declined_at = models.DateTimeField(null=True)
    dispute = enumerated(Dispute, Dispute.NONE, max_length=8)
    paid_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # When the provider was last called for it: written before the call, which may still be on its
    # way for as long as the provider states.
    called_at = models.DateTimeField()
    last_asked_at = models.DateTimeField(null=True)
    # When the provider is to be asked next; null once the payment is closed.
    ask_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Nothing is asked for where a card is registered.
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, method="card", renews=True),
                name="payment_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(received_amount__gte=0), name="payment_received_not_negative"
            ),
            *known("payment", method=Method, state=PaymentState, dispute=Dispute),
        ]
        indexes = [
            models.Index(fields=["member_ref", "created_at"], name="payment_of_member"),
            where_set("payment_declined", "declined_at", "member_ref", "declined_at"),
            models.Index(fields=["provider", "provider_payment_id"], name="payment_at_provider"),
            where_set("payment_to_ask", "ask_at"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} ({self.state})"


class Refund(models.Model):
    """Money of a payment that goes back. The row is committed before the provider hears of it; a
    refund that began at the provider gets its row when we hear of it.

    `key` is the caller's name for it, `provider:<name>:<its id>` for the provider's own.
    """

    id = models.UUIDField(primary_key=True, default=randomness.uuid, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=160, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="JPY")
    reason = models.CharField(max_length=64, blank=True, default="")
    state = enumerated(RefundState, RefundState.REQUESTED)
    provider_refund_id = models.CharField(max_length=128, blank=True, default="")
    failure_code = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    # When the provider was last called for it; null where it began there.
    called_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # When the provider is to be asked next; null once nothing more is expected.
    ask_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            *known("refund", state=RefundState),
            models.UniqueConstraint(
                fields=["payment", "provider_refund_id"],
                condition=~Q(provider_refund_id=""),
                name="refund_once_per_provider",
            ),
        ]
        indexes = [
            where_set("refund_to_ask", "ask_at"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} ({self.state})"


class PaymentReference(models.Model):
    """A number that a bill, slip or mail can show, in canonical form (`domain.references`)."""

    kind = enumerated(ReferenceKind, max_length=32)
    value = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind", "value"],
                condition=Q(payment__isnull=False),
                name="reference_once_per_payment",
            ),
            models.UniqueConstraint(
                fields=["mandate", "kind", "value"],
                condition=Q(mandate__isnull=False),
                name="reference_once_per_mandate",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, mandate__isnull=True)
                | Q(payment__isnull=True, mandate__isnull=False),
                name="reference_of_one_thing",
            ),
            *known("reference", kind=ReferenceKind),
        ]
        indexes = [models.Index(fields=["value", "kind"], name="reference_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class EventState(models.TextChoices):
    RECEIVED = "received"  # stored and acknowledged, not yet acted on
    APPLIED = "applied"
    WAITING = "waiting"  # its order is not known here yet
    FOREIGN = "foreign"  # of another product on the same provider account: never adopted
    IGNORED = "ignored"  # about no payment and no mandate: a kind that nothing follows from
    FAILED = "failed"  # could not be applied for days; staff must look
    UNREADABLE = "unreadable"  # authentic, but its content can't be read; staff must look


# Nothing more follows from these.
OVER = (EventState.APPLIED, EventState.FOREIGN, EventState.IGNORED)


class ProviderEvent(models.Model):
    """A provider's notice, stored as it came before it was acknowledged."""

    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=64)
    # What the notice is about: our order number, or the provider's mandate id.
    order_id = models.CharField(max_length=64, blank=True, default="")
    provider_mandate_id = models.CharField(max_length=128, blank=True, default="")
    # What it says the payment came to; "" where it does not say.
    says = models.CharField(max_length=16, blank=True, default="")
    received_at = models.DateTimeField()
    # Null once it is over and old (KAIIN_KEEP_NOTICES_DAYS).
    body = models.BinaryField(null=True)
    # No notice brought it: it was found in the provider's own list of events.
    listed = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=EventState, default=EventState.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    # When it is tried (again); null once nothing is left to do.
    due_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="event_once_per_provider"
            ),
            *known("event", state=EventState),
        ]
        indexes = [
            where_set("event_due", "due_at"),
            models.Index(
                fields=["provider", "order_id"],
                name="event_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["received_at"],
                name="event_failed",
                condition=Q(state__in=["failed", "unreadable"]),
            ),
            where_set("event_body_kept", "body", "received_at"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"


class ProviderCursor(models.Model):
    """How far a provider's list of events was read, and when its notices were last heard."""

    provider = models.CharField(max_length=32, primary_key=True)
    cursor = models.CharField(max_length=128, blank=True, default="")
    swept_at = models.DateTimeField(null=True)
    # To the minute: one row must not be written for each of a thousand notices.
    heard_at = models.DateTimeField(null=True)
    # Since when people know that it has gone silent.
    alarmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} at {self.cursor!r}"

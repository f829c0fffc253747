"""The tables of the books."""

from django.db import models

from kaiin.domain.ledger import Account, EntryKind
from kaiin.domain.payments import Method
from kaiin.infra.constraints import AppendOnlyManager, enumerated, known, where_set


class LedgerEntry(models.Model):
    """One business fact in the books; its postings sum to zero. Append-only: the migration's
    triggers refuse what the query set can't."""

    # Room for a prefix and a provider's own number of a refund.
    key = models.CharField(max_length=200, unique=True)
    kind = enumerated(EntryKind)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    membership = models.ForeignKey("billing.Membership", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "billing.Subscription", null=True, on_delete=models.PROTECT, related_name="+"
    )
    period = models.ForeignKey(
        "billing.Period", null=True, on_delete=models.PROTECT, related_name="+"
    )
    payment = models.ForeignKey(
        "payments.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    # The key of the first such fact, where it was reversed and came again.
    repeats = models.CharField(max_length=200, null=True)  # noqa: DJ001 (most have none)

    objects = AppendOnlyManager()

    class Meta:
        constraints = [*known("ledger_entry", kind=EntryKind)]
        indexes = [
            where_set("ledger_entry_repeats", "repeats", "repeats"),
        ]

    def __str__(self) -> str:
        return self.key


class LedgerPosting(models.Model):
    """One side of an entry: debits positive, credits negative."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = enumerated(Account, max_length=32)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="JPY")

    objects = AppendOnlyManager()

    class Meta:
        constraints = [*known("ledger_posting", account=Account)]

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.currency}"


class Receipt(models.Model):
    """What a member was charged, as it was printed; the bill's own numbers are the payment's."""

    number = models.CharField(max_length=32, unique=True)
    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey("billing.Membership", on_delete=models.PROTECT, related_name="+")
    period = models.OneToOneField("billing.Period", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("billing.Course", on_delete=models.PROTECT, related_name="+")
    method = enumerated(Method)
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField()
    lines = models.JSONField(help_text='[["membership_fee", 550, 10], …]: with tax, its percent')
    taxes = models.JSONField(
        default=list, help_text="[[percent, total with tax, tax of it], …], rounded once a rate"
    )
    total = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="JPY")

    class Meta:
        constraints = [*known("receipt", method=Method)]

    def __str__(self) -> str:
        return self.number

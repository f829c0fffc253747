from django.db import models

from kaiin.infra.constraints import AppendOnlyManager, known, one_of, where_set
from kaiin.infra.consumers import Lane


class AuditRow(models.Model):
    """One change of money, access or identity. Append-only: sealed once (`audit.seal`) and never
    changed otherwise; the migration's triggers refuse it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    details = models.JSONField()
    # The row's place in the chain, and a digest that covers the row and the seal before it.
    seal_number = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    sealed_at = models.DateTimeField(null=True)

    objects = AppendOnlyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seal_number"],
                condition=models.Q(seal_number__isnull=False),
                name="audit_seal_once",
            ),
            models.CheckConstraint(
                condition=models.Q(seal_number=None, digest="", sealed_at=None)
                | models.Q(seal_number__gte=1, sealed_at__isnull=False) & ~models.Q(digest=""),
                name="audit_sealed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_subject"),
            models.Index(
                fields=["at", "id"],
                name="audit_unsealed",
                condition=models.Q(seal_number__isnull=True),
            ),
        ]


class AuditHead(models.Model):
    """One row: the newest seal. Sealers move it by compare and set, so that the chain has no
    forks; without it, newest rows that are gone would not be missed."""

    id = models.SmallIntegerField(primary_key=True)
    seal_number = models.BigIntegerField()
    digest = models.CharField(max_length=64)


class Event(models.Model):
    """Something that happened. Never changed; dropped when no reader can lag so far any more."""

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="event_once")]
        indexes = [models.Index(fields=["occurred_at"], name="event_age")]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Delivery(models.Model):
    """An event on its way to one consumer: due (or claimed up to `due_at`), made, or given up."""

    id = models.BigAutoField(primary_key=True)
    # Found by the constraint's index.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    consumer = models.CharField(max_length=80)
    lane = models.CharField(max_length=16)
    # Of a confidential event, whose own is empty; null for others, and once it is delivered.
    payload = models.JSONField(null=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "consumer"], name="delivery_once"),
            one_of("delivery", "due_at", "delivered_at", "dead_at"),
            *known("delivery", lane=Lane),
        ]
        indexes = [
            where_set("delivery_due", "due_at", "lane", "due_at", "id"),
            where_set("delivery_dead", "dead_at", "dead_at"),
            where_set("delivery_made", "delivered_at", "delivered_at"),
        ]


class ParkedRow(models.Model):
    """A row that a job could not process (`parking`); it is gone once the job can."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="parked_once")]


class KeptCount(models.Model):
    """Counts over a whole table, as they were when it was last read (`counts`)."""

    name = models.CharField(max_length=40, primary_key=True)
    counts = models.JSONField(help_text='[["a label", "another", 12], …]')
    counted_at = models.DateTimeField()


class WriteProbe(models.Model):
    """The one row that is written over to know whether the database takes writes."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()


class ThrottleBucket(models.Model):
    """Tries counted for one key within one window."""

    key = models.CharField(max_length=120, primary_key=True)
    count = models.PositiveIntegerField()
    window_ends_at = models.DateTimeField()

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy

from kaiin.domain.staff_rights import StaffRight
from kaiin.infra import audit, deliveries
from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.infra.decisions import Deciding, Decision
from kaiin.infra.locks import transaction
from kaiin.infra.models import AuditRow, Delivery, Event
from kaiin.infra.texts import text


@admin.register(AuditRow)
class AuditRowAdmin(ReadOnlyAdmin):
    right = StaffRight.AUDIT
    list_display = ("id", "at", "action", "subject", "actor")
    search_fields = ("action", "subject", "actor")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    right = StaffRight.QUEUES
    list_display = ("id", "topic", "key", "occurred_at")
    list_filter = ("topic",)
    search_fields = ("key",)


class DeliveryState(admin.SimpleListFilter):
    """Given up, waiting, or delivered."""

    title = lazy(text, str)("outbox.delivery")
    parameter_name = "delivery"
    _rows: ClassVar = {
        "dead": Q(dead_at__isnull=False),
        "waiting": Q(due_at__isnull=False),
        "delivered": Q(delivered_at__isnull=False),
    }

    def lookups(self, _request: HttpRequest, _table: Any) -> Sequence[tuple[str, str]]:
        return [(name, text(f"outbox.delivery_{name}")) for name in self._rows]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = self._rows.get(self.value() or "")
        return queryset if rows is None else queryset.filter(rows)


def _retry(row: Delivery, actor: str, _: dict[str, Any]) -> None:
    with transaction():
        if deliveries.revive([row.pk]):
            _note("staff.outbox_retried", row, actor)


def _abandon(row: Delivery, actor: str, _: dict[str, Any]) -> None:
    with transaction():
        if deliveries.abandon([row.pk]):
            _note("staff.outbox_abandoned", row, actor)


def _note(action: str, row: Delivery, actor: str) -> None:
    details = {"topic": row.event.topic, "key": row.event.key, "consumer": row.consumer}
    audit.record(action=action, subject=f"outbox:{row.pk}", actor=actor, details=details)


@admin.register(Delivery)
class DeliveryAdmin(Deciding, ReadOnlyAdmin):
    right = StaffRight.QUEUES
    decisions = (
        Decision(
            "retry",
            label="outbox.retry",
            right=StaffRight.QUEUES,
            act=_retry,
        ),
        Decision(
            "abandon",
            label="outbox.abandon",
            right=StaffRight.QUEUES,
            act=_abandon,
        ),
    )
    list_display = (
        "id", "lane", "event", "consumer", "attempts", "due_at", "delivered_at", "dead_at",
        "last_error",
    )  # fmt: skip
    list_filter = (DeliveryState, "lane", "consumer")
    list_select_related = ("event",)
    search_fields = ("event__key",)
    # Mails contain what only their reader should see; their key says which one it was.
    exclude = ("payload",)

    def describe(self, row: Delivery) -> str:
        """Which event, and what kept it."""
        return f"{row.event}: {row.last_error}"

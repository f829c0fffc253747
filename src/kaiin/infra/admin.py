from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy

from kaiin.domain.staff_rights import StaffRight
from kaiin.infra import deliveries
from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.infra.decisions import Deciding, settling
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


def _about(row: Delivery) -> tuple[str, dict[str, object]]:
    details: dict[str, object] = {"topic": row.event.topic, "key": row.event.key}
    return f"outbox:{row.pk}", details | {"consumer": row.consumer}


@admin.register(Delivery)
class DeliveryAdmin(Deciding, ReadOnlyAdmin):
    right = StaffRight.QUEUES
    decisions = (
        settling(
            "retry", "outbox.retry", deliveries.revive, action="staff.outbox_retried", about=_about
        ),
        settling(
            "abandon",
            "outbox.abandon",
            deliveries.abandon,
            action="staff.outbox_abandoned",
            about=_about,
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

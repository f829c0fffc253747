from django.contrib import admin

from kaiin.domain.staff_rights import StaffRight
from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.infra.decisions import Deciding, settling
from kaiin.payments import inbox
from kaiin.payments.models import (
    Mandate,
    Payment,
    PaymentReference,
    ProviderCursor,
    ProviderEvent,
    Refund,
)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    right = StaffRight.MONEY
    list_display = ("id", "member_ref", "method", "amount", "state", "created_at", "paid_at")
    list_filter = ("state", "method", "provider")
    search_fields = ("id", "intent_key", "=member_ref", "provider_payment_id")
    ordering = ("-created_at",)
    # The way to the pay page and what it was asked with are the member's own.
    exclude = ("checkout", "request")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    right = StaffRight.MONEY
    list_display = ("id", "payment", "amount", "state", "reason", "created_at", "done_at")
    list_filter = ("state", "reason")
    search_fields = ("id", "key", "provider_refund_id", "=payment__id")
    ordering = ("-created_at",)
    list_select_related = ("payment",)


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    right = StaffRight.MONEY
    list_display = ("id", "member_ref", "method", "brand", "last4", "state", "created_at")
    list_filter = ("state", "method", "provider")
    search_fields = ("=member_ref", "provider_mandate_id")


@admin.register(PaymentReference)
class PaymentReferenceAdmin(ReadOnlyAdmin):
    right = StaffRight.MONEY
    list_display = ("id", "kind", "value", "payment", "mandate")
    list_filter = ("kind",)
    search_fields = ("=value",)

    def is_stored(self, term: str) -> bool:
        return PaymentReference.objects.filter(value=term.strip()).exists()


def _about(row: ProviderEvent) -> tuple[str, dict[str, object]]:
    return f"event:{row.pk}", {"provider": row.provider, "event": row.event_id}


@admin.register(ProviderEvent)
class ProviderEventAdmin(Deciding, ReadOnlyAdmin):
    right = StaffRight.QUEUES
    decisions = (
        settling(
            "retry", "outbox.apply_again", inbox.retry, action="staff.event_retried", about=_about
        ),
        settling(
            "abandon",
            "outbox.abandon_event",
            inbox.abandon,
            action="staff.event_abandoned",
            about=_about,
        ),
    )
    list_display = ("id", "provider", "kind", "order_id", "state", "attempts", "received_at")
    list_filter = ("state", "provider", "kind")
    search_fields = ("event_id", "order_id", "provider_mandate_id")
    exclude = ("body",)


@admin.register(ProviderCursor)
class ProviderCursorAdmin(ReadOnlyAdmin):
    """When each provider was last heard, and how far its own list was read."""

    right = StaffRight.QUEUES
    list_display = ("provider", "heard_at", "alarmed_at", "swept_at", "cursor")
    ordering = ("provider",)

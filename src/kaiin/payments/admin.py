from django.contrib import admin

from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.payments.models import Mandate, Payment, PaymentReference, ProviderEvent


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("id", "member_ref", "method", "amount", "state", "created_at", "paid_at")
    list_filter = ("state", "method", "provider")
    search_fields = ("id", "intent_key", "=member_ref", "provider_payment_id")
    ordering = ("-created_at",)
    # The way to the pay page and what it was asked with are the member's own.
    exclude = ("checkout", "request")


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ("id", "member_ref", "method", "brand", "last4", "state", "created_at")
    list_filter = ("state", "method", "provider")
    search_fields = ("=member_ref", "provider_mandate_id")
    ordering = ("-id",)


@admin.register(PaymentReference)
class PaymentReferenceAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "value", "payment", "mandate")
    list_filter = ("kind",)
    search_fields = ("=value",)
    ordering = ("-id",)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "provider", "kind", "order_id", "state", "attempts", "received_at")
    list_filter = ("state", "provider", "kind")
    search_fields = ("event_id", "order_id", "provider_mandate_id")
    ordering = ("-id",)
    exclude = ("body",)

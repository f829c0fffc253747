from django.contrib import admin

from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.infra.models import AuditRow, OutboxMessage


@admin.register(AuditRow)
class AuditRowAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "action", "subject", "actor")
    search_fields = ("action", "subject", "actor")
    ordering = ("-id",)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "topic", "key", "created_at", "attempts", "delivered_at", "dead_at")
    list_filter = ("topic",)
    search_fields = ("key",)
    ordering = ("-id",)
    # Mails hold what only their reader should see; their key says which one it was.
    exclude = ("payload",)

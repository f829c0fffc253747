"""What every table in the back office shares: staff look, the audit log sees them look."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from kaiin.infra import audit
from kaiin.infra.locks import transaction


class ReadOnlyAdmin(ModelAdmin):
    """A table to search and read. Changes go through operations, never through a form over rows."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        with transaction():
            audit.record(
                action="staff.row_read",
                subject=f"{self.opts.label_lower}:{object_id}"[:80],
                actor=f"staff:{request.user.pk}",
                details={},
            )
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response

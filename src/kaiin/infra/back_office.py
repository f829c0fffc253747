"""What every table in the back office shares: staff look, the audit log sees them look."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import display
from django.db.models import JSONField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from kaiin.infra import audit
from kaiin.infra.locks import transaction


class _ReadOnly:
    """Changes go through operations, never through a form over rows."""

    def has_add_permission(self, *_: object) -> bool:
        return False

    def has_change_permission(self, *_: object) -> bool:
        return False

    def has_delete_permission(self, *_: object) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]  # Unfold is untyped
    """A table to search and read. `list_select_related` names what rows and their pages show of
    other tables. Looking at the table or at a row leaves an audit row; what was searched for is
    personal, so that only its being searched is noted."""

    list_per_page = 50
    show_full_result_count = False
    # The page of a row has no form: a save button would only mislead.
    change_form_show_cancel_button = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        related = self.list_select_related
        return rows.select_related(*related) if isinstance(related, (tuple, list)) else rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[Any]:
        """Structured values as indented text: Unfold would colour them by inline styles, which
        the pages' policy forbids, and write Japanese as escapes."""
        structured = {f.name for f in self.opts.get_fields() if isinstance(f, JSONField)}
        names: Sequence[str] = super().get_fields(request, obj)
        return [_as_text(name) if name in structured else name for name in names]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = {"searched": bool(request.GET.get("q")), "by": sorted(request.GET.keys() - {"q"})}
        self._note(request, "staff.table_read", self.opts.label_lower, asked)
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self._note(request, "staff.row_read", f"{self.opts.label_lower}:{object_id}", {})
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response

    def _note(
        self, request: HttpRequest, action: str, subject: str, details: dict[str, object]
    ) -> None:
        # The admin has asked who it is before it calls a view that shows anything.
        if not self.has_view_permission(request):
            return
        with transaction():
            audit.record(
                action=action,
                subject=subject[:80],
                actor=f"staff:{request.user.pk}",
                details=details,
            )


class ReadOnlyRows(_ReadOnly, TabularInline):  # type: ignore[misc]
    """Rows that hang on the one shown, with a link to each."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    # Shown in the order of their making.
    ordering = ("pk",)
    select_related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.select_related) if self.select_related else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ARG002
        return self.fields or ()


def _as_text(name: str) -> Callable[[Model], str]:
    @display(description=name.replace("_", " "))
    def indented(row: Model) -> str:
        value = json.dumps(getattr(row, name), ensure_ascii=False, indent=2)
        return format_html('<pre class="font-mono text-xs whitespace-pre-wrap">{}</pre>', value)

    return indented

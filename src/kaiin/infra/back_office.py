"""What every table in the back office shares: staff look, the audit log sees them look."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets, SimpleListFilter, display
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import (
    ALL_VAR,
    ERROR_FLAG,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
)
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, JSONField, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from kaiin.domain.card_numbers import has_card_number
from kaiin.domain.staff_rights import StaffRight
from kaiin.infra import audit
from kaiin.infra.locks import transaction
from kaiin.infra.texts import text

# What a table's page sends itself beside its filters.
_PAGE = frozenset({SEARCH_VAR, PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG})
# The table that a row's page leads back to, as that was filtered.
_BACK = frozenset({"_changelist_filters"})
# What a list filter on a field (or on the key of another table) names its parameters by.
_FILTERED = ("", "__exact", "__isnull", "__isempty", "__id__exact")
_MAX_VALUE = 200
# What no database's integer column can store; Python reads digits of every script.
_MAX_NUMBER = 2**63 - 1
_NUMBER = re.compile(r"[+-]?\d+")


class _ReadOnly:
    """Rows that staff with `right` look at. Changes go through operations, never through a form."""

    right: StaffRight

    def has_view_permission(self, request: HttpRequest, _row: object = None) -> bool:
        return request.user.has_perm(self.right)

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

    ordering: Sequence[str] = ("-id",)
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    # Facets would count the whole table once for each filter.
    show_facets = ShowFacets.NEVER
    # The page of a row has no form: a save button would only mislead.
    change_form_show_cancel_button = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        related = self.list_select_related
        return rows.select_related(*related) if isinstance(related, (tuple, list)) else rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[Any]:
        """Structured values as indented text: Unfold would colour them by inline styles, which
        the pages' policy forbids, and write Japanese as escapes."""
        structured = {f.name: f for f in self.opts.get_fields() if isinstance(f, JSONField)}
        names: Sequence[str] = super().get_fields(request, obj)
        return [_as_text(structured[name]) if name in structured else name for name in names]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        asks_only = _asks_only(request, _PAGE | self._filters())
        if not asks_only or not all(map(self._is_key, chosen)):
            return self._without_parameters(request)
        if has_card_number(request.GET.get("q", "")) and not self.is_stored(request.GET["q"]):
            # By its address the number would get into histories and proxies' logs.
            self.message_user(request, text("identifier.is_card_number"), level=messages.WARNING)
            return HttpResponseRedirect(request.path)
        asked = {"searched": bool(request.GET.get("q")), "by": sorted(request.GET.keys() - {"q"})}
        self._note(request, "staff.table_read", self.opts.label_lower, asked)
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def _filters(self) -> frozenset[str]:
        """The parameters of `list_filter`. Django would take any field and any look-up:
        `?password__startswith=` reads a hash letter by letter."""
        found = set()
        for each in self.list_filter:
            if isinstance(each, type) and issubclass(each, SimpleListFilter):
                found.add(each.parameter_name or "")
            else:
                path = each if isinstance(each, str) else each[0]
                found |= {f"{path}{ending}" for ending in _FILTERED}
        return frozenset(found)

    def _without_parameters(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, text("staff.parameter_refused"), level=messages.WARNING)
        return HttpResponseRedirect(request.path)

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        fields: Sequence[str] = super().get_search_fields(request)
        if not any(map(_is_huge, request.GET.get(SEARCH_VAR, "").split())):
            return fields
        # A long number may be one of a bill's; no row's key is like it.
        numbers = {f.name for f in self.opts.concrete_fields if isinstance(f, IntegerField)}
        return [name for name in fields if name.lstrip("=^@") not in numbers]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        return (
            super().get_object(request, object_id, from_field) if self._is_key(object_id) else None
        )

    def _is_key(self, value: str) -> bool:
        """Whether a row's key could be this."""
        try:
            self.opts.pk.to_python(value)
        except ValidationError:
            return False
        return not _is_huge(value) and "\x00" not in value

    def is_stored(self, term: str) -> bool:  # noqa: ARG002
        """Whether what looks like a card number is a number in this table."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not self._is_key(unquote(object_id)):
            raise Http404
        if not _asks_only(request, _BACK):
            return self._without_parameters(request)
        self._note(request, "staff.row_read", f"{self.opts.label_lower}:{object_id}", {})
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response

    def history_view(self, *_: Any, **_named: Any) -> HttpResponse:
        """Forms change nothing, so there is no history; the page would be an unaudited look."""
        raise Http404

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


def _asks_only(request: HttpRequest, names: frozenset[str]) -> bool:
    """Whether an address asks for nothing else, and by values that any column could store."""
    return request.GET.keys() <= names and not any(
        len(value) > _MAX_VALUE or "\x00" in value or (name not in _PAGE and _is_huge(value))
        for name, values in request.GET.lists()
        if name not in _BACK
        for value in values
    )


def _is_huge(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and (
        len(text) > _MAX_VALUE or abs(int(text)) > _MAX_NUMBER
    )


def _as_text(field: JSONField) -> Callable[[Model], str]:
    @display(description=field.name.replace("_", " "))
    def indented(row: Model) -> str:
        value = json.dumps(field.value_to_string(row), ensure_ascii=False, indent=2)
        return format_html('<pre class="font-mono text-xs whitespace-pre-wrap">{}</pre>', value)

    return indented

"""Members in the back office. Passwords, codes and digests are never shown, not even to staff."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as _registers_groups  # noqa: F401
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.forms import AuthenticationForm

from kaiin.domain.staff_rights import StaffRight
from kaiin.identity import accounts, queries
from kaiin.identity.models import (
    Consent,
    GivenRight,
    LoginAttempt,
    LoginIdentifier,
    Member,
    Session,
)
from kaiin.infra.back_office import ReadOnlyAdmin, ReadOnlyRows
from kaiin.infra.card_free_forms import WithoutCardNumbers
from kaiin.infra.texts import text


class StaffLoginForm(WithoutCardNumbers, AuthenticationForm):
    """The back office's own login."""


admin.site.login_form = StaffLoginForm

# Staff's rights are one switch: there are no groups to manage.
admin.site.unregister(Group)


class _SearchedByIdentifier(ReadOnlyAdmin):
    """The search field reads identifiers as the login field does, however they are written."""

    right = StaffRight.MEMBERS
    # Where the member's key is, seen from the table.
    member_path = "member"
    # A search that names no one finds by these.
    search_fields: tuple[str, ...] = ("=member__member_id",)

    @property
    def search_help_text(self) -> str:
        return text("staff.search_member")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        member = queries.find_member(search_term) if search_term else None
        if member is not None:
            return queryset.filter(**{self.member_path: member.pk}), False
        return super().get_search_results(request, queryset, search_term)


class _Identifiers(ReadOnlyRows):
    right = StaffRight.MEMBERS
    model = LoginIdentifier
    fields = ("kind", "value", "verified_at", "former_at")


class _Rights(ReadOnlyRows):
    right = StaffRight.MEMBERS
    model = GivenRight
    fields = ("name",)
    show_change_link = False


class _Consents(ReadOnlyRows):
    right = StaffRight.MEMBERS
    model = Consent
    fields = ("document", "agreed_at", "page", "site_key", "language")
    show_change_link = False


@admin.register(Member)
class MemberAdmin(_SearchedByIdentifier):
    member_path = "pk"
    list_display = ("member_id", "nickname", "email", "state", "is_staff", "created_at")
    list_filter = ("state", "is_staff", "language", "prefecture")
    search_fields = ("nickname", "legal_name", "legal_name_kana", "=phone", "^identifiers__value")
    ordering = ("-id",)
    fields = (
        "id", "member_id", "nickname", "legal_name", "legal_name_kana", "birth_date", "prefecture",
        "phone", "language", "state", "is_staff", "created_at",
    )  # fmt: skip
    inlines = (_Identifiers, _Rights, _Consents)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).annotate(present_email=accounts.present_email("pk"))

    @admin.display(empty_value="–")
    def email(self, row: Member) -> str:
        return accounts.email_in(row)


@admin.register(LoginIdentifier)
class LoginIdentifierAdmin(_SearchedByIdentifier):
    list_display = ("value", "kind", "member", "verified_at", "former_at")
    list_filter = ("kind", ("former_at", admin.EmptyFieldListFilter))
    list_select_related = ("member",)
    search_fields = ("^value", "=member__member_id")
    ordering = ("-id",)


@admin.register(LoginAttempt)
class LoginAttemptAdmin(_SearchedByIdentifier):
    list_display = (
        "id", "at", "outcome", "kind", "member", "hints", "password_shape", "site_key",
        "known_device",
    )  # fmt: skip
    list_filter = ("outcome", "kind", "site_key", "known_device")
    list_select_related = ("member",)
    ordering = ("-id",)
    # Not even the digest of what was typed.
    exclude = ("value_digest",)


@admin.register(Session)
class SessionAdmin(_SearchedByIdentifier):
    """Members' sessions; visitors' are not shown."""

    list_display = ("id", "member", "site_key", "created_at", "last_seen_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "site_key")
    list_select_related = ("member", "root", "attempt")
    ordering = ("-id",)
    exclude = ("session_key", "session_data")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).filter(member__isnull=False)

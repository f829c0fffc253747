"""What the tenant file declared, as applied. It is changed there, and applied again."""

from django.contrib import admin

from kaiin.domain.staff_rights import StaffRight
from kaiin.infra.back_office import ReadOnlyAdmin
from kaiin.sites.models import Site, Tenant


@admin.register(Tenant)
class TenantAdmin(ReadOnlyAdmin):
    right = StaffRight.MEMBERS
    list_display = ("identity_name", "host", "default_language", "applied_at", "revision")
    ordering = ("id",)


@admin.register(Site)
class SiteAdmin(ReadOnlyAdmin):
    right = StaffRight.MEMBERS
    list_display = ("key", "name", "host", "colour", "position", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter),)
    search_fields = ("key", "host")
    ordering = ("position", "id")

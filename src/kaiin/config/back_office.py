"""How staff's tables look and where they are found. Words are in `locales/…/staff.ftl`."""

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from kaiin.domain.errors import KaiinError
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites

# Heading -> (table, icon of Material Symbols). Each table's name is `staff.table_<model>`.
_SECTIONS = {
    "staff.members": (
        ("identity_member", "person"),
        ("identity_loginidentifier", "alternate_email"),
        ("identity_loginattempt", "login"),
        ("identity_session", "devices"),
    ),
    "staff.memberships": (
        ("billing_membership", "card_membership"),
        ("billing_subscription", "autorenew"),
        ("billing_entitlement", "lock_open"),
        ("billing_grant", "volunteer_activism"),
    ),
    "staff.money": (
        ("payments_payment", "payments"),
        ("payments_paymentreference", "tag"),
        ("payments_mandate", "credit_card"),
        ("payments_refund", "undo"),
        ("billing_charge", "request_quote"),
        ("billing_period", "date_range"),
        ("billing_receipt", "receipt_long"),
        ("billing_refundcase", "currency_exchange"),
        ("billing_ledgerentry", "account_balance"),
    ),
    "staff.tenant": (
        ("sites_tenant", "domain"),
        ("sites_site", "language"),
        ("billing_course", "sell"),
    ),
    "staff.machinery": (
        ("infra_auditrow", "history"),
        ("infra_event", "event_note"),
        ("infra_delivery", "outbox"),
        ("payments_providerevent", "inbox"),
        ("payments_providercursor", "sensors"),
    ),
}


def title(_request: HttpRequest) -> str:
    """The identity's name; before a tenant is applied, the product's."""
    try:
        return localized(sites.tenant().identity_name)
    except KaiinError:
        return "Kaiin"


def subtitle(_request: HttpRequest) -> str:
    """What these pages are."""
    return text("staff.title")


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The side bar: the tables that this person may look at, by what they are about."""
    seen = {
        section: [(table, icon) for table, icon in tables if _sees(request, table)]
        for section, tables in _SECTIONS.items()
    }
    return [
        {
            "title": text(section),
            "separator": True,
            "items": [
                {
                    "title": text(f"staff.table_{table.partition('_')[2]}"),
                    "icon": icon,
                    "link": reverse(f"admin:{table}_changelist"),
                }
                for table, icon in tables
            ],
        }
        for section, tables in seen.items()
        if tables
    ]


def _sees(request: HttpRequest, table: str) -> bool:
    model = apps.get_model(table.replace("_", "."))
    return bool(admin.site.get_model_admin(model).has_view_permission(request))


def languages(_request: HttpRequest) -> list[dict[str, object]]:
    """Links to the same tables in another language."""
    to = reverse("components:language")
    home = reverse("admin:index")
    return [
        {"title": name, "link": f"{to}?to={code}&next={home}"}
        for code, name in (("ja", "日本語"), ("en", "English"))
    ]

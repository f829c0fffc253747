from django.apps import AppConfig


class SitesConfig(AppConfig):
    """Tenant, sites and the file that declares them."""

    name = "kaiin.sites"
    label = "sites"
    default_auto_field = "django.db.models.BigAutoField"

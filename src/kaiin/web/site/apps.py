from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "kaiin.web.site"
    label = "site"

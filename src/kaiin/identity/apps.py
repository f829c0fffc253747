from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kaiin.identity"
    label = "identity"

from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "kaiin.web.entrance"
    label = "entrance"

from django.apps import AppConfig


class PartsConfig(AppConfig):
    name = "kaiin.web.parts"
    label = "parts"

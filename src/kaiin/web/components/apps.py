from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "kaiin.web.components"
    label = "components"

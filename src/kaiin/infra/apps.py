from django.apps import AppConfig


class InfraConfig(AppConfig):
    name = "kaiin.infra"
    label = "infra"

from django.apps import AppConfig


class InfraConfig(AppConfig):
    name = "kaiin.infra"
    label = "infra"

    def ready(self) -> None:
        from kaiin.infra import enumerated  # noqa: F401, PLC0415 - registers a lookup

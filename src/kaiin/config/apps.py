from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Connects events to their handlers once everything is loaded."""

    name = "kaiin.config"
    label = "config"

    def ready(self) -> None:
        from kaiin.config import wiring

        wiring.connect()

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Connects events to their handlers, and registers checks, once everything is loaded."""

    name = "kaiin.config"
    label = "config"

    def ready(self) -> None:
        # Operations import models: only now are these ready.
        from kaiin.config import deploy_checks, wiring  # noqa: F401, PLC0415

        wiring.connect()

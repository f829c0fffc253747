from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers checks, once settings are loaded."""

    name = "kaiin.config"
    label = "config"

    def ready(self) -> None:
        from kaiin.config import deploy_checks  # noqa: F401, PLC0415

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "kaiin.web.demo"
    label = "demo"

from django.apps import AppConfig


class JoinConfig(AppConfig):
    name = "kaiin.web.join"
    label = "join"

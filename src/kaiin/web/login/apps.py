from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "kaiin.web.login"
    label = "login"

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kaiin.payments"
    label = "payments"

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kaiin.billing"
    label = "billing"

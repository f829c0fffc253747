"""A site's pages."""

from django.urls import URLPattern

app_name = "site"
urlpatterns: list[URLPattern] = []

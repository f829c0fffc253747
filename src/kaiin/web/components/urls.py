"""Pages that every declared host has."""

from django.urls import path

from kaiin.web.components import views

app_name = "components"
urlpatterns = [
    path("language", views.language, name="language"),
    path("legal", views.legal, name="legal"),
    path("components", views.showcase, name="showcase"),
]

"""Pages that every declared host has."""

from django.urls import path, re_path

from kaiin.web.components import documents, views

_DOCUMENT = r"^(?P<kind>terms|privacy)"

app_name = "components"
urlpatterns = [
    path("language", views.language, name="language"),
    path("legal", views.legal, name="legal"),
    re_path(rf"{_DOCUMENT}$", documents.show, name="document"),
    re_path(
        rf"{_DOCUMENT}/(?P<version>[1-9][0-9]{{0,3}})$", documents.show, name="document_version"
    ),
    path("components", views.showcase, name="showcase"),
]

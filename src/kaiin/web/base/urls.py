"""Pages that every declared host has."""

from django.urls import path

from kaiin.domain.documents import DocumentKind
from kaiin.web.base import documents, views

app_name = "components"
urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("language", views.language, name="language"),
    path("legal", views.legal, name="legal"),
    path("components", views.showcase, name="showcase"),
]
for kind in DocumentKind:
    # `{% url "components:document" kind=… %}`, with version=… for one of its versions.
    named = {"kind": kind.value}
    urlpatterns += [
        path(kind.value, documents.show, named, name="document"),
        path(f"{kind.value}/<int:version>", documents.show, named, name="document"),
    ]

"""The demo's own host: ready logins, mailbox, clock."""

from django.urls import include, path

urlpatterns = [
    path("", include("kaiin.web.demo.urls")),
    path("", include("kaiin.web.base.urls")),
]

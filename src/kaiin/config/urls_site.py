"""A site's host: public top, what members see, and signing in by way of the identity host."""

from django.urls import include, path

from kaiin.web.base.errors import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("", include("kaiin.web.base.urls")),
    path("", include("kaiin.web.site.urls")),
]

"""What any host may see, declared or not: readiness, figures, style sheets, and the error pages."""

from django.urls import include, path, re_path

from kaiin.web.base import views
from kaiin.web.base.errors import handler400, handler403, handler404, handler500  # noqa: F401
from kaiin.web.status.views import metrics

_ASSET = r"^assets/(?P<name>[a-z0-9-]+)\.(?P<digest>[0-9a-f]{12})\.(?P<suffix>css|js)$"
_pages = [
    path("readyz", views.readyz, name="readyz"),
    re_path(_ASSET, views.asset, name="asset"),
]
urlpatterns = [
    path("", include((_pages, "components"))),
    path("metrics", metrics, name="metrics"),
]

"""The identity host: log in, join, My page, webhooks, staff."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from kaiin.web.base.errors import handler400, handler403, handler404, handler500  # noqa: F401
from kaiin.web.webhooks.views import notice

admin.autodiscover()


def _closed(_request: HttpRequest, **_named: str) -> HttpResponse:
    raise Http404


urlpatterns = [
    # Django's own page knows none of our rules for passwords and ends no session.
    path("admin/password_change/", RedirectView.as_view(pattern_name="entrance:reset")),
    # Look-ups that leave no audit row, and that nothing here uses.
    path("admin/autocomplete/", _closed),
    path("admin/search/", _closed),
    path("admin/r/<path:of>", _closed),
    path("admin/", admin.site.urls),
    path("", include("kaiin.web.base.urls")),
    path("", include("kaiin.web.login.urls")),
    path("", include("kaiin.web.join.urls")),
    path("", include("kaiin.web.mypage.urls")),
    path("webhooks/<slug:provider>", notice),
]

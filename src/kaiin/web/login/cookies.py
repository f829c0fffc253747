"""Cookies are tried before the password is asked for: one redirect, no script."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from kaiin.infra import clock
from kaiin.web.base.requests import Request

_NAME = ("__Host-" if settings.KAIIN.secure else "") + "kaiin-try"
_PARAM = "tried"
# The mark in the address means something only on the way back from our own redirect; a
# bookmarked or shared address must not accuse another browser.
_SECONDS = 60


def are_kept(request: Request) -> bool:
    """Whether this browser has brought back any cookie of ours."""
    ours = (_NAME, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return any(name in request.COOKIES for name in ours)


def were_tried(request: Request) -> bool:
    """Whether a cookie was set a moment ago; if none came back now, cookies are off."""
    mark = request.GET.get(_PARAM, "")
    return mark.isascii() and mark.isdigit() and abs(_now() - int(mark[:12])) <= _SECONDS


def try_them(request: Request) -> HttpResponse:
    """Set a cookie and come back."""
    query: QueryDict = request.GET.copy()
    query[_PARAM] = str(_now())
    response = HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    response.set_cookie(
        _NAME, "1", secure=settings.KAIIN.secure, httponly=True, samesite="Lax", path="/"
    )
    return response


def _now() -> int:
    return int(clock.now().timestamp())

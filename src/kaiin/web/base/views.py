"""Pages that every host has: language switch, legal notice, health, style sheets."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from kaiin.billing.views.courses import list_courses
from kaiin.billing.views.legal_facts import course_words
from kaiin.domain.errors import KaiinError
from kaiin.infra import readiness
from kaiin.sites import queries as sites
from kaiin.web.base.middleware import remember_language
from kaiin.web.base.requests import Request
from kaiin.web.parts import assets, brand

View = TypeVar("View", bound=Callable[..., HttpResponse])
_HOUR = 3600
_YEAR = 365 * 24 * _HOUR


def without_member(view: View) -> View:
    """Mark a view that neither reads the session nor asks who is signed in."""
    view.without_member = True  # type: ignore[attr-defined]
    return view


def safe_next(path: str | None, otherwise: str = "/") -> str:
    """A path on this very host to go on to; anything else becomes `otherwise`."""
    if path and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return otherwise


@require_safe
@without_member
def language(request: Request) -> HttpResponse:
    """`/language?to=en&next=/path`: remembers the language and goes back."""
    response = HttpResponseRedirect(safe_next(request.GET.get("next")))
    chosen = request.GET.get("to", "")
    if chosen in request.brand.languages:
        remember_language(response, chosen)
    return response


@require_safe
@without_member
def favicon(request: Request) -> HttpResponse:
    """For what names no icon: the back office, PDFs. Our own pages have theirs inside."""
    response = HttpResponse(request.brand.icon, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={_HOUR}"
    return response


@require_safe
def legal(request: Request) -> HttpResponse:
    """The seller and every course, as the law on mail-order trade asks for; on a site's own host
    those of that site."""
    places = [request.site] if request.site is not None else sites.sites()
    offers = [
        {
            "site": site,
            "courses": [course_words(course) for course in list_courses(site.key)],
        }
        for site in places
    ]
    context = {"tenant": sites.tenant(), "offers": offers}
    return render(request, "components/pages/legal.html", context)


@require_safe
@without_member
def asset(request: HttpRequest, name: str, digest: str, suffix: str) -> HttpResponse:
    """A bundle; kept for ever under its present name, a minute under a former one."""
    found = _find_asset(name, suffix)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    kind = "text/css" if suffix == "css" else "text/javascript"
    response = HttpResponse(
        found.packed if packed else found.body, content_type=f"{kind}; charset=utf-8"
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    current = digest == found.digest
    age = f"max-age={_YEAR}, immutable" if current else "max-age=60"
    response.headers["Cache-Control"] = f"public, {age}"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _find_asset(name: str, suffix: str) -> assets.Asset:
    if suffix == "js":
        if name == assets.script().name:
            return assets.script()
        raise Http404
    found = brand.by_key(name)
    if found is None:
        raise Http404
    return assets.stylesheet(found.key, found.colour)


@require_safe
@without_member
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether this node can serve members: the database takes writes and a tenant is applied."""
    checks = {"database": readiness.takes_writes(), "tenant": _has_tenant()}
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _has_tenant() -> bool:
    try:
        sites.tenant()
    except (DatabaseError, KaiinError):
        return False
    return True


def showcase(request: HttpRequest) -> HttpResponse:
    """`/components`: every component in every state; not for production."""
    # The forms of the page are loaded only where the page exists.
    from kaiin.web.parts import showcase as page  # noqa: PLC0415

    if settings.KAIIN.mode == "production":
        raise Http404
    return render(request, "components/pages/showcase.html", page.context(request))

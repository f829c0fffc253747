"""The pages that say what went wrong: what, why, what to do.

They stand on as little as possible: no query, no session, no context processor, so that they
can be shown when everything else fails.
"""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from kaiin.web.components import brand
from kaiin.web.components.requests import Request

RETRY_SECONDS = 60


def error_page(http_request: HttpRequest, status: int, name: str) -> HttpResponse:
    """The page of `errors.<name>_title`, `…_why`, `…_do`, with that code to quote."""
    request = cast(Request, http_request)
    # The request may have failed before the middlewares gave it a brand and a language.
    request.brand = getattr(request, "brand", brand.PLAIN)
    request.language = getattr(request, "language", settings.LANGUAGE_CODE)
    request.site, request.member = getattr(request, "site", None), None
    context = {
        "request": request,
        "code": f"errors.{name}",
        "title_code": f"errors.{name}_title",
        "why_code": f"errors.{name}_why",
        "do_code": f"errors.{name}_do",
        "retry": status in (403, 503) or name == "failure",
    }
    with translation.override(request.language):
        return HttpResponse(render_to_string("errors/error.html", context), status=status)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 400, "bad_request")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 403, "forbidden")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 404, "not_found")


def handler500(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, "failure")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Most often a page left open for days, or cookies that are off."""
    return error_page(request, 403, "stale_form")


def maintenance(request: HttpRequest) -> HttpResponse:
    """Nothing can be served just now; proxies and robots are told to come back."""
    response = error_page(request, 503, "maintenance")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response

"""The pages that say what went wrong: what, why, what to do.

They need as little as possible: no query, no session, no context processor, so that they
can be shown when everything else fails.
"""

import secrets
import sys

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from kaiin.web.base.requests import Request
from kaiin.web.parts import brand

logger = structlog.get_logger(__name__)

RETRY_SECONDS = 60
# Who asks here reads no pages: providers, proxies, Prometheus.
_MACHINES = ("/webhooks/", "/healthz", "/readyz", "/metrics")
# Read aloud on the phone without a mistake: no I, L, O, U, no 0 and 1.
_READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A request's reference: every log line of the request has it, and its error page shows it."""
    drawn = "".join(secrets.choice(_READABLE) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def error_page(request: Request, status: int, name: str, *, retry_at: str = "") -> HttpResponse:
    """The page of `errors.<name>_title`, `…_why`, `…_do`, with a reference that finds its log line.

    `retry_at` is where the button leads (default: the same address, where that makes sense).
    """
    # The request may have failed before the middlewares gave it a brand and a language.
    request.brand = getattr(request, "brand", brand.PLAIN)
    request.language = getattr(request, "language", settings.LANGUAGE_CODE)
    request.site, request.member = getattr(request, "site", None), None
    if not hasattr(request, "reference"):
        request.reference = new_reference()
        logger.error("error_page", reference=request.reference, path=request.path, code=name)
    if status >= 500 and request.path.startswith(_MACHINES):
        return HttpResponse(
            f"errors.{name} {request.reference}\n", status=status, content_type="text/plain"
        )
    context = {
        "request": request,
        "code": f"errors.{name}",
        "title_code": f"errors.{name}_title",
        "why_code": f"errors.{name}_why",
        "do_code": f"errors.{name}_do",
        "retry_at": retry_at or (request.path if status in (403, 503) or name == "failure" else ""),
    }
    with translation.override(request.language):
        return HttpResponse(render_to_string("errors/error.html", context), status=status)


def handler400(request: Request, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 400, "bad_request")


def handler403(request: Request, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 403, "forbidden")


def handler404(request: Request, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 404, "not_found")


def handler500(request: Request) -> HttpResponse:
    """Django calls this while it handles the exception, whichever middleware or view raised it."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return maintenance(request)
    return error_page(request, 500, "failure")


def maintenance(request: Request) -> HttpResponse:
    """Nothing can be served just now; proxies and robots are asked to come back."""
    response = error_page(request, 503, "maintenance")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def crowded(request: Request) -> HttpResponse:
    """Too many hash passwords at this moment, and nothing was done."""
    logger.warning("crowded", path=request.path)
    return ask_again(error_page(request, 503, "crowded"))


def ask_again(response: HttpResponse) -> HttpResponse:
    """Mark an answer as "the same again in a few seconds", not the same seconds for all."""
    response.status_code = 503
    response.headers["Retry-After"] = str(2 + secrets.randbelow(5))
    return response

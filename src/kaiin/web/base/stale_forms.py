"""Forms of pages that were opened before the browser's session changed, in another tab or by a
second click. Nothing is done for them; they lead on to where their page would lead now."""

from urllib.parse import urlsplit

import structlog
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve

from kaiin.identity import queries as identity
from kaiin.web.base.errors import error_page
from kaiin.web.base.requests import Request
from kaiin.web.base.views import safe_next

logger = structlog.get_logger(__name__)

# Their pages lead a member who is logged in on by themselves.
_LEAD_ON = frozenset({"entrance", "join"})


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The answer to a form whose token is not this browser's.

    A login makes tokens of earlier pages void, so a form of such a page is no attack and no
    trouble with cookies. The session is only read: a form of another site, which comes without
    cookies, must not replace it.
    """
    page = _page_of_the_form(request)
    if not _is_logged_in(request):
        return error_page(request, 403, "stale_form", retry_at=page or request.path)
    if page and resolve(request.path, request.urlconf).namespace in _LEAD_ON:
        return HttpResponseRedirect(safe_next(request.POST.get("next"), otherwise=page))
    return error_page(request, 403, "other_login", retry_at=page or "/")


class SessionsThatEnd(SessionMiddleware):
    """Django's, but a session that ended while its request was under way is no bad request:
    the browser has a newer one, or none, and its page is opened anew."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            logger.info("session.ended_meanwhile", path=request.path)
            if request.method in ("GET", "HEAD") or 300 <= response.status_code < 400:
                return response
            return HttpResponseRedirect(_page_of_the_form(request) or request.path)


def _page_of_the_form(request: HttpRequest) -> str:
    """The path on this host that the browser says it comes from; "" where it does not say."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return ""
    path = "/" + came_from.path.lstrip("/\\")
    return f"{path}?{came_from.query}" if came_from.query else path


def _is_logged_in(request: Request) -> bool:
    """Asked here, since forms are refused before it is known who is signed in."""
    if not hasattr(request, "session"):
        return False
    site_key = request.site.key if request.site is not None else ""
    return identity.member_of(request.session, site_key=site_key) is not None

"""Who may reach the back office, until staff have a second factor: named networks only."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from kaiin.infra.client_address import client_address, within

_BACK_OFFICE = "/admin/"
_STAFF_ONLY = (_BACK_OFFICE, "/metrics")
# Unfold runs on Alpine, which compiles the expressions in its attributes: that needs eval, and
# nothing else of the policy is given up (ADR 8).
_POLICY = {"script-src": ["'self'", "'unsafe-eval'"], "font-src": ["'self'"]}


class StaffGate:
    """Answers 404 to staff's pages from any address outside KAIIN_ADMIN_NETWORKS: there is
    nothing there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path_info.startswith(_BACK_OFFICE) and _is_near(request):
            # django-csp puts these in the place of the policy of settings.
            response._csp_replace = _POLICY  # type: ignore[attr-defined] # noqa: SLF001
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Raises Http404 before the view runs, so that the site's own 404 page answers."""
        if request.path_info.startswith(_STAFF_ONLY) and not _is_near(request):
            raise Http404


def _is_near(request: HttpRequest) -> bool:
    """Whether the request's address is one of staff's networks.

    A proxy on this machine that nobody named in KAIIN_TRUSTED_PROXIES would make the whole world
    come from 127.0.0.1: whom it speaks for is not known, so it is nobody.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded and not within(direct, settings.KAIIN.trusted_proxies):
        return False
    return within(client_address(request), settings.KAIIN.admin_networks)

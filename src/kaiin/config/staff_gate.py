"""Who may reach the back office, until staff have a second factor: named networks only."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from kaiin.identity.flows.devices import keep_device
from kaiin.infra import clock
from kaiin.infra.client_address import sure_address, within

_BACK_OFFICE = "/admin/"
_STAFF_ONLY = (_BACK_OFFICE, "/metrics")
# Unfold runs on Alpine, which compiles the expressions in its attributes: that needs eval, and
# nothing else of the policy is given up (ADR 8).
_POLICY = {"script-src": ("'self'", "'unsafe-eval'"), "font-src": ("'self'",)}
# Far shorter than members' sessions: SP 800-63B-4, 2.2.3.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=1)


class StaffGate(MiddlewareMixin):
    """Answers 404 to staff's pages from any address outside KAIIN_ADMIN_NETWORKS: there is
    nothing there."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path_info.startswith(_BACK_OFFICE) and _is_near(request):
            # HostMiddleware puts these in the place of the policy of settings.
            response.policy = _POLICY  # type: ignore[attr-defined]
        device = getattr(request, "device_cookie", None)
        if device is not None:
            keep_device(response, device)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Raises Http404 before the view runs, so that the site's own 404 page answers."""
        if request.path_info.startswith(_STAFF_ONLY) and not _is_near(request):
            raise Http404
        if request.path_info.startswith(_BACK_OFFICE):
            _end_if_old(request)


def _end_if_old(request: HttpRequest) -> None:
    """Log staff out who have long been logged in, or away from the back office for a while."""
    if auth.SESSION_KEY not in request.session:
        return
    now = clock.now().timestamp()
    began, seen = request.session.get("staff", (now, 0.0))
    if seen and (now - began >= ABSOLUTE.total_seconds() or now - seen >= IDLE.total_seconds()):
        auth.logout(request)
    elif now - seen >= _NOTED_EVERY.total_seconds():
        request.session["staff"] = [began, now]


def _is_near(request: HttpRequest) -> bool:
    """Whether the request's address is one of staff's networks.

    A proxy on this machine that KAIIN_TRUSTED_PROXIES does not name, or that does not say whom
    it speaks for, would make the whole world come from 127.0.0.1: its requests have no address.
    """
    return within(sure_address(request), settings.KAIIN.admin_networks)

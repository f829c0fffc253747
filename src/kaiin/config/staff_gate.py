"""Who may reach the back office, until staff have a second factor: named networks only."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from kaiin.infra.client_address import client_address, within


class StaffGate:
    """Answers 404 to /admin/ from any address outside KAIIN_ADMIN_NETWORKS: it isn't there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Raises Http404 before the view runs, so that the site's own 404 page answers."""
        staff_only = request.path_info.startswith("/admin/")
        if staff_only and not within(client_address(request), settings.KAIIN.admin_networks):
            raise Http404

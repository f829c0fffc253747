"""What our own proxies say of a request; `X-Forwarded-Proto` of any other is ignored."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kaiin.infra.client_address import within

# A name that no header can have: those of a request begin with HTTP_.
SCHEME = "KAIIN_SCHEME"


class TrustedScheme:
    """Notes the scheme that a trusted proxy was spoken to in, for `request.is_secure()`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        direct = str(request.META.get("REMOTE_ADDR", ""))
        said = request.META.get("HTTP_X_FORWARDED_PROTO")
        if said is not None and within(direct, settings.KAIIN.trusted_proxies):
            request.META[SCHEME] = said
        return self._get_response(request)

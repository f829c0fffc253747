"""What our own proxies say of a request; `X-Forwarded-Proto` of any other is ignored."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from kaiin.infra.client_address import within

# A name that no header can have: those of a request begin with HTTP_.
SCHEME = "KAIIN_SCHEME"


class TrustedScheme(MiddlewareMixin):
    """Notes the scheme that a trusted proxy was spoken to in, for `request.is_secure()`."""

    def process_request(self, request: HttpRequest) -> None:
        direct = str(request.META.get("REMOTE_ADDR", ""))
        said = request.META.get("HTTP_X_FORWARDED_PROTO")
        if said is not None and within(direct, settings.KAIIN.trusted_proxies):
            request.META[SCHEME] = said

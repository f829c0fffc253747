"""Host -> site and pages; language; who is signed in; the headers of every answer."""

from collections.abc import Callable
from ctypes import c_ulonglong
from functools import lru_cache
from multiprocessing.sharedctypes import RawValue
from urllib.parse import urlsplit

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation.trans_real import parse_accept_lang_header

from kaiin.identity import queries as identity
from kaiin.identity.errors import Crowded
from kaiin.payments import queries as payments
from kaiin.sites import queries as sites
from kaiin.web.base import errors
from kaiin.web.base.requests import Request, show_site
from kaiin.web.parts import brand

logger = structlog.get_logger(__name__)

GetResponse = Callable[[Request], HttpResponseBase]

# Asked for by machines at any name that they know the node by, or the same at every host.
_ANY_HOST_PATHS = ("/readyz", "/metrics", "/assets/")
_ANY_HOST_URLS = "kaiin.config.urls_any_host"
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
# Pages are about their reader: no proxy keeps them, nor the browser after logging out.
_NOT_CACHED = "private, no-store"

# Requests whose Host is no host, since this node's start. In memory that forked processes share:
# a scanner makes no writes. Without a lock, since a killed process would keep it for good; two
# at the very same moment may count as one.
bad_hosts = RawValue(c_ulonglong, 0)


class HostMiddleware:
    """Sets the request's site, brand and pages by its host.

    The Host header only ever chooses; links are built from configuration. A host that the
    tenant file does not name gets a 404 that says nothing; one that was given up leads on.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.site, request.member, request.brand = None, None, brand.PLAIN
        request.language = preferred_language(request)
        # At the beginning, since Django logs an answer's status after all middlewares.
        structlog.contextvars.clear_contextvars()
        if request.path.startswith(_ANY_HOST_PATHS):
            request.urlconf = _ANY_HOST_URLS
            response = self.get_response(request)
            response.headers.setdefault(HEADER, _policy((), ()))
            return response
        request.reference = errors.new_reference()
        structlog.contextvars.bind_contextvars(reference=request.reference)
        try:
            response = self._answer(request)
        except DisallowedHost:
            # Scanners send such hosts all day: one line without a traceback.
            logger.warning("bad_host")
            bad_hosts.value += 1
            response = errors.error_page(request, 400, "bad_request")
        except (sites.TenantMissing, OperationalError):
            # Nothing applied yet, or no database: a page that says so, not a page of error.
            logger.exception("not_ready")
            response = errors.maintenance(request)
        response.headers.setdefault(HEADER, _policy((), ()))
        response.headers["Permissions-Policy"] = _PERMISSIONS
        response.headers.setdefault("Cache-Control", _NOT_CACHED)
        return response

    def _answer(self, request: Request) -> HttpResponseBase:
        host = request.get_host()
        if sites.is_former_host(host):
            return HttpResponsePermanentRedirect(_present_address(request, host))
        request.urlconf = _pages_of(request, host)
        response = self.get_response(request)
        replaced = getattr(response, "policy", {})
        response.headers[HEADER] = _policy(tuple(_form_targets()), tuple(replaced.items()))
        return response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, OperationalError):
            logger.error("database_unavailable", exc_info=exception)
            return errors.maintenance(request)
        if isinstance(exception, Crowded):
            return errors.crowded(request)
        return None


def _pages_of(request: Request, host: str) -> str:
    sites.tenant()  # raises TenantMissing: before the first apply no host has pages
    site = sites.site_by_host(host)
    if site is not None:
        request.site, request.brand = site, brand.of_site(site)
        return "kaiin.config.urls_site"
    if sites.is_identity_host(host):
        request.brand = brand.of_identity()
        return "kaiin.config.urls_identity"
    if settings.DEMO and host.partition(":")[0] == sites.full_host("demo"):
        request.brand = brand.of_identity()
        return "kaiin.config.urls_demo"
    return _ANY_HOST_URLS


def _present_address(request: Request, host: str) -> str:
    site = sites.site_by_host(host)
    path = request.get_full_path()
    return sites.site_url(site.key, path) if site else sites.identity_url(path)


@lru_cache(maxsize=8)
def _policy(
    form_targets: tuple[str, ...], replaced: tuple[tuple[str, tuple[str, ...]], ...]
) -> str:
    """The policy of settings, and where forms' answers may lead. The same for months: it is put
    together once, where django-csp's middleware does so at each answer."""
    return build_policy(update={"form-action": form_targets}, replace=dict(replaced))


def _form_targets() -> list[str]:
    """Where a form's answer may lead: our other hosts and the providers' pages."""
    addresses = [sites.identity_url("/")]
    addresses += [sites.site_url(site.key, "/") for site in sites.sites()]
    ours = [urlsplit(address) for address in addresses]
    return [
        *(f"{address.scheme}://{address.netloc}" for address in ours),
        *payments.checkout_origins(),
    ]


class LanguageMiddleware:
    """The visitor's choice (`?lang=en` or the cookie), else the browser's, else the tenant's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        asked = request.GET.get("lang", "")
        chosen = asked if asked in request.brand.languages else ""
        request.language = chosen or preferred_language(request)
        with translation.override(request.language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if chosen:
            remember_language(response, chosen)
        return response


def chosen_language(request: Request) -> dict[str, str]:
    """`lang`, for the address of another of our hosts, if the visitor chose one at this host."""
    chosen = {request.GET.get("lang"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)}
    return {"lang": request.language} if request.language in chosen else {}


def preferred_language(request: Request) -> str:
    offered = request.brand.languages
    remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if remembered in offered:
        return remembered
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wanted[:2] in offered:
            return wanted[:2]
    return offered[0]


def remember_language(response: HttpResponseBase, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.KAIIN.secure,
        httponly=True,
        samesite="Lax",
    )


class MemberMiddleware(MiddlewareMixin):
    """Who is signed in, asked anew at every request; on the identity host also from which site.

    A view marked by `without_member` (style sheets, health) is spared the queries.
    """

    def process_view(self, request: Request, view: Callable[..., HttpResponse], *_: object) -> None:
        if getattr(view, "without_member", False):
            return
        # As yet this is the site whose host was asked for, and no other.
        host_of = request.site.key if request.site is not None else ""
        came_from = request.session.get("site")
        if request.site is None and came_from is not None:
            show_site(request, came_from)
        request.member = identity.member_of(request.session, site_key=host_of)

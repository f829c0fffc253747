"""Whole pages that are rendered once for each version of the tenant."""

from collections.abc import Mapping
from secrets import token_hex

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from kaiin.web.base.requests import Request
from kaiin.web.parts.kept import once

# Stands in a kept page where each browser's own token is put. Nobody can guess it, and so have the
# token put into an address that is part of the page.
_TOKEN = token_hex(16)


def kept_page(
    request: Request, template: str, context: Mapping[str, object], *values: object
) -> HttpResponse:
    """A page for someone who is not logged in. It depends on nothing but the address, the language
    and `values`; forms get the browser's own CSRF token."""
    if request.member is not None:
        raise ValueError("a member's page is not kept")
    page = once(
        request.brand,
        (template, request.get_full_path(), *map(str, values)),
        lambda: render_to_string(template, {**context, "csrf_token": _TOKEN}, request),
    )
    if _TOKEN in page:
        page = page.replace(_TOKEN, get_token(request))
    return HttpResponse(page)

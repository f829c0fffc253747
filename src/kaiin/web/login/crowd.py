"""The login page of a crowd: asks to come again, at next to no cost.

It is answered before sessions and queries, from a page that is kept: a hundred who wait must not
keep the members who are in already from their pages. It depends on the moment alone.
"""

import re
from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from kaiin.domain.identifiers.reading import TypedKind
from kaiin.identity import operations as identity
from kaiin.identity.errors import Crowded
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.errors import ask_again
from kaiin.web.base.requests import Request
from kaiin.web.login.forms import LoginForm
from kaiin.web.parts.brand import Brand
from kaiin.web.parts.kept import once

_PATH = "/login"
_TYPED, _TOKEN = "kaiin-typed-here", "kaiin-token-here"
_LONGEST = 254


class CrowdGate:
    """Answers a login at once while every place for hashing is taken."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        if request.method == "POST" and request.path == _PATH and identity.is_crowded():
            return _page(request)
        return self._get_response(request)


def _page(request: Request) -> HttpResponse:
    if not sites.is_identity_host(request.get_host()):
        return HttpResponse(status=404)
    with translation.override(request.language):
        page = once(request.brand, ("crowd",), lambda: _render(request.brand, request.language))
    token = request.POST.get("csrfmiddlewaretoken", "")
    # Sent back as it came: whether it is this browser's is asked when the form is sent again.
    page = page.replace(_TOKEN, token if re.fullmatch(r"\w{1,64}", token, re.ASCII) else "")
    page = page.replace(_TYPED, str(escape(_typed(request))))
    return ask_again(HttpResponse(page))


def _typed(request: Request) -> str:
    """What was typed, but no card number."""
    identified = sites.identify(request.POST.get("login", ""))
    card = identified.kind is TypedKind.CARD_NUMBER
    typed = "" if card else identified.input.strip()[:_LONGEST]
    return typed.encode("utf-8", "replace").decode()


def _render(brand: Brand, language: str) -> str:
    """The page with its gaps; nothing of any one request is in it."""
    request = Request()
    request.path = request.path_info = _PATH
    request.brand, request.language = brand, language
    request.site, request.member = None, None
    form = LoginForm({"login": _TYPED, "password": "-"})
    if formerly := sites.tenant().formerly:
        form.fields["login"].help_text = text("login.id_hint", formerly=formerly)
    form.add_error(None, text(Crowded.code))
    context = {"request": request, "form": form, "csrf_token": _TOKEN}
    return render_to_string("entrance/login.html", context)

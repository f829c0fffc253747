"""The login page of a crowd: asks to come again, at next to no cost.

It is answered before sessions and queries, from a page that is kept: a hundred who wait must not
keep the members who are in already from their pages. It depends on the moment alone.
"""

import re

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
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


class CrowdGate(MiddlewareMixin):
    """Answers a login at once while every place for hashing is taken."""

    def process_request(self, request: Request) -> HttpResponse | None:
        asks = request.method == "POST" and request.path == _PATH
        return _page(request) if asks and identity.is_crowded() else None


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

"""A new password: ask for a code, then the code and the password, done."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kaiin.identity.errors import Crowded, TooManyMails
from kaiin.identity.flows.reset import finish_reset, request_reset
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.errors import ask_again
from kaiin.web.base.requests import Request
from kaiin.web.login import hints, visit
from kaiin.web.login.forms import IdentifierForm, NewPasswordForm

_MINUTES = 10  # as the mail says


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def request_code(http_request: HttpRequest) -> HttpResponse:
    """Ask for the identifier; the same answer for every one."""
    request = cast(Request, http_request)
    if request.method != "POST":
        visit.remember(request)
        # Who is logged in is not asked for the ID.
        login = request.member.member_id if request.member else visit.typed(request)
        form = IdentifierForm(initial={"login": login})
        return render(request, "entrance/reset.html", {"form": form})
    form = IdentifierForm(request.POST)
    if form.is_valid() and _send(request, form):
        return HttpResponseRedirect(reverse("entrance:reset_code"))
    return render(request, "entrance/reset.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
@never_cache
def change_password(http_request: HttpRequest) -> HttpResponse:
    """The code and the new password."""
    request = cast(Request, http_request)
    code_id = request.session.get("reset")
    if not code_id:
        return _without_code(request)
    if request.method != "POST":
        return _code_page(request, NewPasswordForm())
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form)
    try:
        result = finish_reset(
            code_id=code_id,
            typed_code=form.cleaned_data["code"],
            new_password=form.cleaned_data["password"],
        )
    except Crowded as error:
        form.add_error(None, text(error.code))
        return ask_again(_code_page(request, form))
    if result.member_pk is not None:
        request.session.pop("reset")
        request.session["reset_done"] = True
        visit.forget_failures(request)
        return HttpResponseRedirect(reverse("entrance:reset_done"))
    if result.refusal is not None:
        form.add_error("code", text(result.refusal, None, **result.words))
    for problem in result.problems:
        form.add_error("password", text(problem))
    return _code_page(request, form)


@require_safe
@never_cache
def done(request: HttpRequest) -> HttpResponse:
    """The password is changed: log in."""
    return render(request, "entrance/reset_done.html")


def _send(request: Request, form: IdentifierForm) -> bool:
    identified = hints.read(form.cleaned_data["login"])
    visit.keep_typed(request, identified)
    doubt = hints.before_asking(identified, insisted_on=identified.value or "")
    if doubt is not None:
        form.doubt(doubt.words)
        return False
    try:
        request.session.pop("reset_done", None)
        request.session["reset"] = request_reset(
            typed=form.cleaned_data["login"],
            language=request.language,
            client=client_address(request),
            device=request.COOKIES.get(visit.DEVICE_COOKIE),
            site_key=request.site.key if request.site else None,
        )
    except TooManyMails as error:
        form.add_error(None, text(error.code, None, **error.params))
        return False
    return True


def _without_code(request: Request) -> HttpResponse:
    if request.session.get("reset_done"):  # a second click
        return HttpResponseRedirect(reverse("entrance:reset_done"))
    return render(request, "entrance/reset_expired.html")


def _code_page(request: Request, form: NewPasswordForm) -> HttpResponse:
    sender = request.site.sender if request.site else sites.tenant().sender
    context = {
        "form": form,
        "minutes": _MINUTES,
        "domain": sender.address.rpartition("@")[2],
    }
    return render(request, "entrance/reset_code.html", context)

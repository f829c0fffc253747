"""A new password: ask for a code, then the code and the password, done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kaiin.identity.errors import Crowded, TooManyMails
from kaiin.identity.flows.reset import finish_reset, request_reset
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import text
from kaiin.web.base.errors import ask_again
from kaiin.web.base.requests import Request
from kaiin.web.login import visit
from kaiin.web.login.forms import IdentifierForm, NewPasswordForm

_MINUTES = 10  # as the mail says


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def request_code(request: Request) -> HttpResponse:
    """Ask for the identifier; the same answer for every one."""
    if request.method == "POST":
        form = IdentifierForm(request.POST)
        if form.is_valid() and _send(request, form):
            return redirect("entrance:reset_code")
    else:
        visit.remember(request)
        # Who is logged in is not asked for the ID.
        login = request.member.member_id if request.member else visit.typed(request)
        form = IdentifierForm(initial={"login": login})
    return render(request, "entrance/reset.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
@never_cache
def change_password(request: Request) -> HttpResponse:
    """The code and the new password."""
    code_id = request.session.get("reset")
    if not code_id:
        if request.session.get("reset_done"):  # a second click
            return redirect("entrance:reset_done")
        return render(request, "entrance/reset_expired.html")
    form = NewPasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
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
        return redirect("entrance:reset_done")
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
    if not visit.take_identifier(request, form):
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


def _code_page(request: Request, form: NewPasswordForm) -> HttpResponse:
    context = {"form": form, "minutes": _MINUTES, "domain": visit.sender_domain(request)}
    return render(request, "entrance/reset_code.html", context)

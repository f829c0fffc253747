"""Log in and out."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kaiin.domain.identifiers.reading import Identified, TypedKind
from kaiin.identity.errors import Crowded, LoginOutdated, MemberDisabled
from kaiin.identity.flows import login
from kaiin.identity.flows.login import LoginResult
from kaiin.identity.flows.own_failures import OwnFailures
from kaiin.identity.flows.sessions import Proof
from kaiin.identity.queries import shape_of_last_failure
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.browsers import in_app_browser
from kaiin.web.base.errors import ask_again
from kaiin.web.base.kept_pages import kept_page
from kaiin.web.base.requests import Request, show_site
from kaiin.web.login import cookies, hints, visit
from kaiin.web.login.forms import LoginForm
from kaiin.web.login.hints import Hint
from kaiin.web.login.views.consent import question_before
from kaiin.web.login.views.entry import closed_account

_DISABLED = "identity.disabled"
# A first slip is no reason to speak of locks.
_WARNED_FROM = 3


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def log_in(request: Request) -> HttpResponse:
    """The login page, and what it sends."""
    if request.method != "POST":
        return _open(request)
    return _use_suggestion(request) if "use" in request.POST else _try(request)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def log_out(request: Request) -> HttpResponse:
    """Ask, log out of every site, and say so. `switch`: go on to the same place as another."""
    if request.method == "POST":
        switch = "switch" in request.POST
        visit.end(request, keep_way=switch)
        if switch:
            visit.go_next(request, request.POST.get("next", ""))
        return redirect("entrance:login" if switch else "entrance:logout")
    return render(request, "entrance/logout.html")


def _open(request: Request) -> HttpResponse:
    if not cookies.are_kept(request):
        if cookies.were_tried(request):
            show_site(request, request.GET.get("site", ""))
            return render(request, "entrance/cookies.html", {"host": request.get_host()})
        return cookies.try_them(request)
    visit.remember(request)
    if request.member is not None:
        return HttpResponseRedirect(visit.next_path(request))
    if (app := _unusual_browser(request)) is not None:
        # The page's address for another browser, which has no session of this one's.
        site = request.site
        path = reverse("entrance:entry", args=(site.key,)) if site else reverse("entrance:login")
        context = {"app": app, "address": sites.identity_url(path)}
        return render(request, "entrance/in_app.html", context)
    return _page(request, LoginForm(initial={"login": visit.typed(request)}))


def _try(request: Request) -> HttpResponse:
    form = LoginForm(request.POST)
    identified = sites.identify(str(form.data.get("login", "")))
    visit.keep_typed(request, identified)
    valid = form.is_valid()
    doubt = hints.before_asking(identified, insisted_on=str(form.data.get("insisted_on", "")))
    if doubt is not None and identified.input.strip():
        return _doubt(request, form, identified, doubt)
    if not valid:
        return _page(request, form)
    try:
        result = login.log_in(
            typed=identified,
            password=form.cleaned_data["password"],
            device=request.COOKIES.get(visit.DEVICE_COOKIE),
            site_key=request.site.key if request.site else None,
            user_agent=request.headers.get("User-Agent", ""),
        )
    except Crowded as error:
        form.add_error(None, text(error.code))
        return ask_again(_page(request, form))
    if result.refusal == _DISABLED and result.member_pk is not None:
        return closed_account(request, result.member_pk)
    if result.refusal is not None or result.proof is None:
        return _refuse(request, form, identified)
    return _enter(request, form, result, result.proof)


def _enter(request: Request, form: LoginForm, result: LoginResult, proof: Proof) -> HttpResponse:
    onward = question_before(visit.next_path(request), member_pk=proof.member_pk, put_off="")
    response = HttpResponseRedirect(onward)
    try:
        visit.begin(request, response, member_pk=proof.member_pk, proof=proof, device=result.device)
    except LoginOutdated as error:
        form.add_error(None, text(error.code))
        return _page(request, form)
    except MemberDisabled:
        return closed_account(request, proof.member_pk)
    if result.failed_before:
        user_agent = request.headers.get("User-Agent", "")
        for flag in shape_of_last_failure(proof.member_pk, user_agent=user_agent):
            messages.info(request, text(flag))
    return response


def _use_suggestion(request: Request) -> HttpResponse:
    """One tap puts the suggestion into the field; the password was not kept, and is asked for."""
    suggestion = request.POST["use"]
    if sites.identify(suggestion).value is None:
        return redirect("entrance:login")
    visit.keep_typed(request, sites.identify(suggestion))
    return _page(request, LoginForm(initial={"login": suggestion}), mended=suggestion)


def _doubt(request: Request, form: LoginForm, identified: Identified, doubt: Hint) -> HttpResponse:
    if identified.kind is not TypedKind.CARD_NUMBER:  # of a card number the form itself speaks
        form.add_error("login", doubt.words)
    # Sent again, what was doubted is meant.
    data = {name: str(value) for name, value in form.data.items()}
    form.data = {**data, "insisted_on": identified.value or ""}
    return _page(request, form, hint=doubt, may_insist=identified.kind is TypedKind.EMAIL)


def _refuse(request: Request, form: LoginForm, identified: Identified) -> HttpResponse:
    """The one answer to unknown, wrong and locked; more only from the text's own shape, and from
    how often this browser itself has failed."""
    form.add_error(None, text("login.refused"))
    own = visit.note_failure(request, identified)
    hint = hints.after_refusal(identified)
    if hint is not None:
        form.add_error("login", hint.words)
    return _page(request, form, hint=hint, refused=own)


def _page(
    request: Request,
    form: LoginForm,
    *,
    hint: Hint | None = None,
    may_insist: bool = False,
    refused: OwnFailures | None = None,
    mended: str = "",
) -> HttpResponse:
    if formerly := sites.tenant().formerly:
        form.fields["login"].help_text = text("login.id_hint", formerly=formerly)
    if mended:
        form.fields["password"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "hint": hint,
        "may_insist": may_insist,
        "refused": refused,
        "locked_until": refused.locked_until if refused else None,
        "warns": refused is not None and refused.count >= _WARNED_FROM,
        "mended": mended,
        "next": visit.next_path(request),
    }
    if form.is_bound or form.initial.get("login"):
        return render(request, "entrance/login.html", context)
    site_key = request.site.key if request.site else ""
    return kept_page(request, "entrance/login.html", context, context["next"], site_key)


def _unusual_browser(request: Request) -> str | None:
    """The app that shows this page, unless its reader chose to stay in it."""
    if "stay" in request.GET:
        request.session["stay"] = True
    if request.session.get("stay"):
        return None
    return in_app_browser(request.headers.get("User-Agent", ""))

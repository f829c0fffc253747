"""Who is joining: details and mail, then the code that proves the mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kaiin.identity import operations as identity
from kaiin.identity.errors import AlreadyRegistered, Crowded, MailNotProven, TooManyMails
from kaiin.identity.flows.register import check_join_code, register_member, send_join_code
from kaiin.identity.flows.verification import USED
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import error_text, text
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.base.errors import ask_again
from kaiin.web.base.requests import Request
from kaiin.web.join import draft as drafts
from kaiin.web.join.draft import Draft
from kaiin.web.join.forms import CodeForm, DetailsForm
from kaiin.web.join.views.steps import show, site_of
from kaiin.web.login import visit

_JOINED = "joined"


@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: Request, site_key: str) -> HttpResponse:
    """Mail, password and the details that the tenant asks for."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    if request.member:
        return redirect("join:confirm", site.key)
    if not draft.way:
        return redirect("join:way", site.key)
    form = DetailsForm(
        request.POST or None,
        tenant=sites.tenant(),
        has_password=bool(draft.password_hash),
        initial={**draft.details, "email": draft.email_typed},
    )
    crowded = False
    if request.method == "POST" and form.is_valid():
        try:
            return _send_code(request, site, _keep(request, site, form))
        except TooManyMails as error:
            form.add_error("email", error_text(error))
        except Crowded as error:
            form.add_error(None, error_text(error))
            crowded = True
    page = show(request, "details", {"form": form, "site": site, "login": _login_path(site)})
    return ask_again(page) if crowded else page


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: Request, site_key: str) -> HttpResponse:
    """The code from the mail. Right: the member exists, and is logged in."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    if request.member:
        return redirect("join:confirm", site.key)
    form = CodeForm(request.POST or None)
    if not draft.code_id:
        return _second_click(request, site, form) or redirect("join:details", site.key)
    if request.method == "POST" and form.is_valid():
        try:
            if (response := _prove(request, site, draft, form)) is not None:
                return response
        except (MailNotProven, AlreadyRegistered) as error:
            form.add_error("code", error_text(error))
    context = {
        "form": form,
        "site": site,
        "email": draft.email,
        "login": _login_path(site),
        "sender_domain": site.sender.address.rpartition("@")[2],
    }
    return show(request, "code", context)


@require_POST
def send_again(request: Request, site_key: str) -> HttpResponse:
    """Another code to the same address; the earlier one no longer counts here."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    if request.member or not draft.email:
        return redirect("join:details", site.key)
    try:
        response = _send_code(request, site, draft)
    except TooManyMails as error:
        messages.error(request, error_text(error))
        return redirect("join:code", site.key)
    messages.success(request, text("join.code_sent_again"))
    return response


def _keep(request: Request, site: SiteView, form: DetailsForm) -> Draft:
    password = form.cleaned_data["password"]
    chosen = {"password_hash": identity.hash_password(password)} if password else {}
    return drafts.change(
        request,
        site.key,
        email=str(form.cleaned_details["email"]),
        email_typed=form.cleaned_data["email"],
        details=form.typed_details(),
        **chosen,
    )


def _send_code(request: Request, site: SiteView, draft: Draft) -> HttpResponse:
    if draft.proven:
        drafts.change(request, site.key, proven=False)
    code_id = send_join_code(
        email=draft.email,
        site_key=site.key,
        language=request.language,
        client=client_address(request),
        login_path=_login_path(site),
    )
    drafts.change(request, site.key, code_id=code_id)
    return redirect("join:code", site.key)


def _prove(request: Request, site: SiteView, draft: Draft, form: CodeForm) -> HttpResponse | None:
    """Check the code and register, or note what is wrong with it in the form.

    Raises MailNotProven, AlreadyRegistered.
    """
    if not draft.proven:
        checked = check_join_code(code_id=draft.code_id, typed=form.cleaned_data["code"])
        # A second click, or a crash after the first: the address is proven, and it goes on.
        if checked.refusal not in {None, USED}:
            form.add_error("code", text(str(checked.refusal), None, **checked.words))
            return None
        draft = drafts.change(request, site.key, proven=True)
    return _register(request, site, draft)


def _register(request: Request, site: SiteView, draft: Draft) -> HttpResponse:
    """Raises MailNotProven, AlreadyRegistered."""
    tenant = sites.tenant()
    member_pk = register_member(
        code_id=draft.code_id,
        email=draft.email,
        password_hash=draft.password_hash,
        details=identity.validate_details(
            draft.details, tenant.details, required=tenant.details_required
        ),
        language=request.language,
    )
    drafts.change(request, site.key, password_hash="", details={}, code_id="", email_typed="")
    return _enter(request, site, member_pk, code_id=draft.code_id)


def _second_click(request: Request, site: SiteView, form: CodeForm) -> HttpResponse | None:
    """The same code once more, under the session that the first click has ended."""
    code_id = request.session.get(_JOINED, {}).get(site.key)
    if code_id is None or not form.is_valid():
        return None
    checked = check_join_code(code_id=code_id, typed=form.cleaned_data["code"])
    if checked.member_pk is None:
        return None
    return _enter(request, site, checked.member_pk, code_id=code_id)


def _enter(request: Request, site: SiteView, member_pk: int, *, code_id: str) -> HttpResponse:
    """Log the new member in, and on to the confirmation."""
    response = redirect("join:confirm", site.key)
    left_behind = {_JOINED: {site.key: code_id}}
    visit.begin(request, response, member_pk=member_pk, left_behind=left_behind)
    return response


def _login_path(site: SiteView) -> str:
    confirm = reverse("join:confirm", args=[site.key])
    return f"{reverse('entrance:login')}?site={site.key}&next={confirm}"

"""Who is joining: details and mail, then the code that proves the mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kaiin.identity import operations as identity
from kaiin.identity.operations import AlreadyRegistered, MailNotProven, TooManyMails
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import error_text, text
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.components.requests import Request
from kaiin.web.entrance import visit
from kaiin.web.join import draft as drafts
from kaiin.web.join.draft import Draft
from kaiin.web.join.forms import CodeForm, DetailsForm
from kaiin.web.join.views.steps import show, site_of


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
    if request.method == "POST" and form.is_valid():
        draft = _keep(request, site, form)
        try:
            return _send_code(request, site, draft)
        except TooManyMails as error:
            form.add_error("email", error_text(error))
    return show(
        request,
        "details",
        {"form": form, "site": site, "login": _login_path(site)},
        step="details",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: Request, site_key: str) -> HttpResponse:
    """The code from the mail. Right: the member exists, and is logged in."""
    site = site_of(request, site_key)
    draft = drafts.read(request, site.key)
    if request.member:
        return redirect("join:confirm", site.key)
    if not draft.code_id:
        return redirect("join:details", site.key)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _register(request, site, draft, typed=form.cleaned_data["code"])
        except (MailNotProven, AlreadyRegistered) as error:
            form.add_error("code", error_text(error))
    return show(
        request,
        "code",
        {
            "form": form,
            "site": site,
            "email": draft.email,
            "login": _login_path(site),
            "sender_domain": site.sender.address.rpartition("@")[2],
        },
        step="code",
    )


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
    code_id = identity.send_join_code(
        email=draft.email,
        site_key=site.key,
        language=request.language,
        client=client_address(request),
        login_path=_login_path(site),
    )
    drafts.change(request, site.key, code_id=code_id)
    return redirect("join:code", site.key)


def _register(request: Request, site: SiteView, draft: Draft, *, typed: str) -> HttpResponse:
    """Raises MailNotProven, AlreadyRegistered."""
    # A proof that was won stays won: a crash or a second click after it goes on from here.
    if not draft.proven:
        draft = drafts.change(
            request,
            site.key,
            proven=identity.check_join_code(code_id=draft.code_id, typed=typed),
        )
        request.session.save()
    tenant = sites.tenant()
    member_pk = identity.register_member(
        code_id=draft.code_id,
        email=draft.email,
        password_hash=draft.password_hash,
        details=identity.validate_details(
            draft.details, tenant.details, required=tenant.details_required
        ),
        language=request.language,
    )
    sid = identity.start_session(
        member_pk=member_pk, user_agent=request.headers.get("User-Agent", "")
    )
    drafts.change(request, site.key, password_hash="", details={}, code_id="", email_typed="")
    response = redirect("join:confirm", site.key)
    device = identity.remember_device(
        member_pk=member_pk, device=request.COOKIES.get(visit.DEVICE_COOKIE)
    )
    visit.begin(request, response, sid=sid, device=device)
    return response


def _login_path(site: SiteView) -> str:
    confirm = reverse("join:confirm", args=[site.key])
    return f"{reverse('entrance:login')}?site={site.key}&next={confirm}"

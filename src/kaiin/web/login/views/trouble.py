""" "Can't log in?": a report to the registered address; the same page for every identifier."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaiin.diagnosis import operations as diagnosis
from kaiin.diagnosis.operations import TooManyReports
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request
from kaiin.web.login import visit
from kaiin.web.login.forms import IdentifierForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: Request) -> HttpResponse:
    """Ask for the identifier; what was typed at the login page is filled in.

    `?site=`: whose page led here; the mail speaks of that site first.
    """
    if request.method == "POST":
        form = IdentifierForm(request.POST)
        if form.is_valid() and _send(request, form):
            return redirect("entrance:trouble_sent")
    else:
        visit.remember(request)
        form = IdentifierForm(initial={"login": visit.typed(request)})
    return render(request, "entrance/trouble.html", {"form": form})


@require_safe
@never_cache
def sent(request: Request) -> HttpResponse:
    """Said whether or not a mail was sent."""
    tenant = sites.tenant()
    context = {
        "typed": visit.typed(request),
        "domain": visit.sender_domain(request),
        "support": tenant.support,
    }
    return render(request, "entrance/trouble_sent.html", context)


def _send(request: Request, form: IdentifierForm) -> bool:
    if not visit.take_identifier(request, form):
        return False
    try:
        diagnosis.request_report(
            typed=form.cleaned_data["login"],
            language=request.language,
            site_key=request.site.key if request.site else "",
            client=client_address(request),
        )
    except TooManyReports as error:
        form.add_error(None, text(error.code, None, **error.params))
        return False
    return True

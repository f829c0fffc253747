""" "Can't log in?": a report to the registered address; the same page for every identifier."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaiin.diagnosis import operations as diagnosis
from kaiin.diagnosis.operations import TooManyReports
from kaiin.infra.client_address import client_address
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request
from kaiin.web.login import hints, visit
from kaiin.web.login.forms import IdentifierForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(http_request: HttpRequest) -> HttpResponse:
    """Ask for the identifier; what was typed at the login page is filled in.

    `?site=`: whose page led here; the mail speaks of that site first.
    """
    request = cast(Request, http_request)
    if request.method != "POST":
        visit.remember(request)
        form = IdentifierForm(initial={"login": visit.typed(request)})
        return render(request, "entrance/trouble.html", {"form": form})
    form = IdentifierForm(request.POST)
    if form.is_valid() and _send(request, form):
        return HttpResponseRedirect(reverse("entrance:trouble_sent"))
    return render(request, "entrance/trouble.html", {"form": form})


@require_safe
@never_cache
def sent(http_request: HttpRequest) -> HttpResponse:
    """Said whether or not a mail was sent."""
    request = cast(Request, http_request)
    tenant = sites.tenant()
    sender = request.site.sender if request.site else tenant.sender
    context = {
        "typed": visit.typed(request),
        "domain": sender.address.rpartition("@")[2],
        "support": tenant.support,
    }
    return render(request, "entrance/trouble_sent.html", context)


def _send(request: Request, form: IdentifierForm) -> bool:
    identified = hints.read(form.cleaned_data["login"])
    visit.keep_typed(request, identified)
    doubt = hints.before_asking(identified, insisted_on=identified.value or "")
    if doubt is not None:
        form.doubt(doubt.words)
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

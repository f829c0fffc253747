"""The way to a site: carried over to its host, or told why it is closed and what to do."""

from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaiin.diagnosis import operations as diagnosis
from kaiin.diagnosis.operations import Checked, TooManyChecks
from kaiin.identity import operations as identity, queries as members
from kaiin.identity.operations import SessionEnded
from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.components.requests import Request, come_from
from kaiin.web.entrance import truth, visit


@require_safe
@never_cache
def enter(http_request: HttpRequest, site_key: str) -> HttpResponse:
    """`/entry/<site>?state=…`: to the site's host, or the truth about why not."""
    request = cast(Request, http_request)
    _come_from(request, site_key)
    visit.keep_state(request, site_key)
    if request.member is None:
        return _log_in_first(request, site_key)
    checked = request.session.pop("checked", None)
    # Just after "check now" the provider's answer is fresh: it isn't asked twice.
    found = diagnosis.look(
        member_pk=request.member.pk, site_key=site_key, now=clock.now(), ask=checked is None
    )
    if found.allowed:
        return _hand_over(request, site_key)
    context = {
        "told": truth.told(found, site_key=site_key),
        "member": request.member,
        "checked": checked,
        "signed_in": True,
    }
    return render(request, "entrance/truth.html", context)


@require_POST
@never_cache
def check(http_request: HttpRequest, site_key: str) -> HttpResponse:
    """ "I have paid: check now" asks the provider on the spot and goes back to the entry."""
    request = cast(Request, http_request)
    _come_from(request, site_key)
    if request.member is None:
        return _log_in_first(request, site_key)
    try:
        checked = diagnosis.check_payment(
            member_pk=request.member.pk, site_key=site_key, now=clock.now()
        )
    except TooManyChecks as error:
        said = text(error.code)
    else:
        said = _said(checked)
    request.session["checked"] = said
    return HttpResponseRedirect(reverse("entrance:entry", args=(site_key,)))


def closed_account(request: Request, member_pk: int) -> HttpResponse:
    """The right password of an account that staff have closed: said to its owner alone."""
    site_key = request.site.key if request.site else ""
    found = diagnosis.look(member_pk=member_pk, site_key=site_key, now=clock.now())
    context = {
        "told": truth.told(found, site_key=site_key),
        "member": members.member(member_pk),
        "signed_in": False,
    }
    return render(request, "entrance/truth.html", context)


def _come_from(request: Request, site_key: str) -> None:
    if all(site.key != site_key for site in sites.sites()):
        raise Http404
    come_from(request, site_key)


def _log_in_first(request: Request, site_key: str) -> HttpResponse:
    visit.go_next(request, reverse("entrance:entry", args=(site_key,)))
    return HttpResponseRedirect(reverse("entrance:login"))


def _hand_over(request: Request, site_key: str) -> HttpResponse:
    state = visit.take_state(request, site_key)
    if state is None:
        # Not sent by the site's host: it begins, with a state of its own, and comes back.
        return HttpResponseRedirect(sites.site_url(site_key, "/auth/start"))
    try:
        code = identity.issue_handover(
            sid=request.session["sid"], site_key=site_key, state_digest=state
        )
    except SessionEnded:
        return _log_in_first(request, site_key)
    query = urlencode({"code": code, "state": state})
    return HttpResponseRedirect(sites.site_url(site_key, f"/auth/return?{query}"))


def _said(checked: Checked) -> str:
    """What the provider answered, and when."""
    words: dict[str, datetime | str] = {"at": checked.at}
    if checked.failure_code:
        words["said"] = truth.failure_words(checked.failure_code)
    return text(checked.code, None, **words)

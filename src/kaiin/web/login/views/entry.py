"""The way to a site: carried over to its host, or shown why it is closed and what to do."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaiin.billing.membership.wording import failure_words
from kaiin.diagnosis import operations as diagnosis
from kaiin.diagnosis.operations import TooManyChecks
from kaiin.identity import queries as members
from kaiin.identity.errors import SessionEnded
from kaiin.identity.flows.handover import issue_handover
from kaiin.infra import clock
from kaiin.infra.texts import text
from kaiin.sites import queries as sites
from kaiin.web.base.explanations import explanations
from kaiin.web.base.middleware import chosen_language
from kaiin.web.base.requests import Request, come_from
from kaiin.web.login import visit
from kaiin.web.login.views.consent import put_off_here, question_before

_FRESH_SECONDS = 20


@require_safe
@never_cache
def enter(request: Request, site_key: str) -> HttpResponse:
    """`/entry/<site>?state=…`: to the site's host, or the truth about why not."""
    _come_from(request, site_key)
    visit.keep_state(request, site_key)
    if request.member is None:
        return _log_in_first(request, site_key)
    checked = _just_checked(request, site_key)
    # Just after "check now" the provider's answer is fresh: it isn't asked twice.
    found = diagnosis.look(
        member=request.member, site_key=site_key, now=clock.now(), ask=not checked
    )
    if found.allowed:
        onward = question_before(
            request.path, member_pk=request.member.pk, put_off=put_off_here(request)
        )
        if onward != request.path:
            return HttpResponseRedirect(onward)
        return _hand_over(request, site_key)
    context = {
        "explanations": explanations(found, site_key=site_key),
        "member": request.member,
        "checked": checked,
        "signed_in": True,
    }
    return render(request, "entrance/truth.html", context)


@require_POST
@never_cache
def check(request: Request, site_key: str) -> HttpResponse:
    """ "I have paid: check now" asks the provider on the spot and goes back to the entry."""
    _come_from(request, site_key)
    if request.member is None:
        return _log_in_first(request, site_key)
    try:
        checked = diagnosis.check_payment(member=request.member, site_key=site_key, now=clock.now())
        words: dict[str, datetime | str] = {"at": checked.at}
        if checked.failure_code:
            words["said"] = failure_words(checked.failure_code)
        said = text(checked.code, None, **words)
    except TooManyChecks as error:
        said = text(error.code)
    request.session["checked"] = [site_key, said, clock.now().timestamp()]
    return redirect("entrance:entry", site_key)


def closed_account(request: Request, member_pk: int) -> HttpResponse:
    """The right password of an account that staff have closed: said to its owner alone."""
    member = members.member(member_pk)
    if member is None:
        raise Http404
    site_key = request.site.key if request.site else ""
    found = diagnosis.look(member=member, site_key=site_key, now=clock.now())
    context = {
        "explanations": explanations(found, site_key=site_key),
        "member": member,
        "signed_in": False,
    }
    return render(request, "entrance/truth.html", context)


def _come_from(request: Request, site_key: str) -> None:
    if all(site.key != site_key for site in sites.sites()):
        raise Http404
    if request.session.get("site") != site_key:
        come_from(request, site_key)


def _log_in_first(request: Request, site_key: str) -> HttpResponse:
    visit.go_next(request, reverse("entrance:entry", args=(site_key,)))
    return redirect("entrance:login")


def _hand_over(request: Request, site_key: str) -> HttpResponse:
    state = visit.take_state(request, site_key)
    if state is None:
        # Not sent by the site's host: it begins, with a state of its own, and comes back.
        query = urlencode(chosen_language(request))
        path = f"/auth/start?{query}" if query else "/auth/start"
        return HttpResponseRedirect(sites.site_url(site_key, path))
    try:
        code = issue_handover(
            sid=request.session.session_key or "", site_key=site_key, state_digest=state
        )
    except SessionEnded:
        return _log_in_first(request, site_key)
    query = urlencode({"code": code, "state": state, **chosen_language(request)})
    return HttpResponseRedirect(sites.site_url(site_key, f"/auth/return?{query}"))


def _just_checked(request: Request, site_key: str) -> str:
    """What "check now" found a moment ago; it stays over a reload, which posts nothing."""
    at_site, said, at = request.session.get("checked", ("", "", 0.0))
    fresh = 0 <= clock.now().timestamp() - at <= _FRESH_SECONDS
    return said if at_site == site_key and fresh else ""

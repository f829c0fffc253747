"""A site's public top, its members' page and the digital member card."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaiin.billing.membership.wording import price_words
from kaiin.billing.views.courses import CourseView, list_courses
from kaiin.billing.views.entry import Entry, check_entry
from kaiin.domain.diagnosis.findings import FindingCode
from kaiin.domain.diagnosis.running import kept_open_as
from kaiin.domain.entitlements import WindowKind
from kaiin.domain.periods import shown_end
from kaiin.infra import clock
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.base.kept_pages import kept_page
from kaiin.web.base.requests import Request
from kaiin.web.parts.words import way_words

EnteredView = Callable[[Request, SiteView, Entry], HttpResponse]


@require_safe
def top(request: Request) -> HttpResponse:
    """What membership gives, what it costs, and the ways in."""
    site = _site(request)
    context = {
        "site": site,
        "courses": lambda: [
            _offer(request, site, course) for course in list_courses(site_key=site.key)
        ],
        "join_url": _identity_url(request, f"/join/{site.key}/"),
        "trouble_url": _identity_url(request, "/trouble", site=site.key),
    }
    if request.member is not None:
        return render(request, "site/top.html", context)
    return kept_page(request, "site/top.html", context)


def for_members(view: EnteredView) -> Callable[[Request], HttpResponse]:
    """Lets in members who are entitled at this instant; leads the others to log in or to why not.

    The question is asked anew at every request, and no answer is kept by browsers or proxies.
    """

    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request: Request) -> HttpResponse:
        site = _site(request)
        if request.member is None:
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('site:start')}?{query}")
        entry = check_entry(member_pk=request.member.pk, site_key=site.key, at=clock.now())
        if not entry.allowed:
            return HttpResponseRedirect(_identity_url(request, f"/entry/{site.key}"))
        return view(request, site, entry)

    return guarded


@for_members
def members(request: Request, site: SiteView, entry: Entry) -> HttpResponse:
    """The members-only page."""
    context = {
        "site": site,
        "membership": _membership(site, entry),
        "until": entry.until,
        "renews_at": entry.renews_at,
        "kept_open": _kept_open(entry),
    }
    return render(request, "site/members.html", context)


@for_members
def card(request: Request, site: SiteView, entry: Entry) -> HttpResponse:
    """The digital member card."""
    context = {"site": site, "membership": _membership(site, entry), "now": clock.now()}
    return render(request, "site/card.html", context)


def _kept_open(entry: Entry) -> dict[str, str] | None:
    """The finding, in words, of a member who is in although what was paid is over."""
    if entry.kind is not WindowKind.GRACE or entry.until is None:
        return None
    code = kept_open_as(past_due=entry.past_due)
    what = text(f"{code}.what", None, until=shown_end(entry.until))
    if code is not FindingCode.GRACE:
        return {"kind": "info", "code": "", "title": text(f"{code}.title"), "what": what}
    return {"kind": "warning", "code": code, "title": text(f"{code}.title"), "what": what}


def _site(request: Request) -> SiteView:
    assert request.site is not None  # noqa: S101 - these pages are a site's host's alone
    return request.site


def _identity_url(request: Request, path: str, **query: str) -> str:
    """An address at the identity host, which is shown in the language of this page."""
    return sites.identity_url(f"{path}?{urlencode({**query, 'lang': request.language})}")


def _offer(request: Request, site: SiteView, course: CourseView) -> dict[str, object]:
    ways = text("common.list_separator").join(map(way_words, course.terms.ways))
    return {
        "name": localized(course.name),
        "summary": localized(course.summary),
        "price": price_words(course.price, course.unit),
        "ways": text("site.ways", ways=ways),
        "join_url": _identity_url(request, f"/join/{site.key}/", course=course.key),
    }


def _membership(site: SiteView, entry: Entry) -> dict[str, object]:
    membership = entry.membership
    assert membership is not None  # noqa: S101 - a member who is let in has one
    return {
        "course": localized(membership.course_name),
        "number": site.shown_number(membership.member_number),
        "joined_date": membership.joined_date,
    }

"""Leaving a site: one page, one button; and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kaiin.billing import operations, queries as billing
from kaiin.billing.operations import NoMembership
from kaiin.billing.queries import MembershipView
from kaiin.domain.periods import days_after
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.infra.texts import localized, text
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteUnknown, SiteView
from kaiin.web.components.requests import Request, show_site
from kaiin.web.mypage.signed_in import for_members


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def leave(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """What leaving means, then the button; afterwards, at the same address, that it is done.

    Leaving twice, reloading and the back button change nothing more.
    """
    site = _site(request, site_key)
    view = _membership(member, site_key)
    if view is None or not view.state.is_open:
        # Left already, or never joined: My page says how it stands.
        return HttpResponseRedirect(reverse("mypage:home"))
    if request.method == "POST":
        return _leave(request, member, site, view)
    now = clock.now()
    running = view.paid_until is not None and view.paid_until > now
    context = {
        "site": site,
        "view": view,
        "running": running,
        "past_due": view.state is SubscriptionState.PAST_DUE,
        "number": f"{view.member_number or 0:0{site.member_number_digits}}",
        "keeps_until": days_after(view.paid_until, site.rejoin_days) if view.paid_until else None,
    }
    return render(request, f"mypage/{_page(view)}.html", context)


@require_POST
@for_members
def stay(request: Request, member: MemberView, site_key: str) -> HttpResponse:
    """Taking it back; where there is nothing to take back, My page says how it stands."""
    site = _site(request, site_key)
    try:
        operations.undo_leave(member_pk=member.pk, site_key=site_key)
    except NoMembership:
        return HttpResponseRedirect(reverse("mypage:home"))
    messages.success(request, text("mypage.said_stayed", site=localized(site.name)))
    return HttpResponseRedirect(reverse("mypage:home"))


def _leave(
    request: Request, member: MemberView, site: SiteView, view: MembershipView
) -> HttpResponse:
    try:
        operations.leave(member_pk=member.pk, site_key=site.key)
    except NoMembership:
        return HttpResponseRedirect(reverse("mypage:home"))
    after = _membership(member, site.key)
    if after is not None and after.cancel_at_period_end:
        return HttpResponseRedirect(reverse("mypage:leave", args=(site.key,)))
    given_up = view.state is SubscriptionState.PENDING
    said = "mypage.said_given_up" if given_up else "mypage.said_left"
    messages.success(request, text(said, site=localized(site.name)))
    return HttpResponseRedirect(reverse("mypage:home"))


def _page(view: MembershipView) -> str:
    if view.cancel_at_period_end:
        return "left"
    return "give_up" if view.state is SubscriptionState.PENDING else "leave"


def _membership(member: MemberView, site_key: str) -> MembershipView | None:
    return next(
        (each for each in billing.memberships(member.pk) if each.site_key == site_key), None
    )


def _site(request: Request, site_key: str) -> SiteView:
    try:
        site = sites.site(site_key)
    except SiteUnknown:
        raise Http404 from None
    show_site(request, site_key)
    return site

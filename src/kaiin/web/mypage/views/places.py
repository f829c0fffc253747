"""The membership that a page under My page is about, and its site."""

from django.http import Http404

from kaiin.billing.views.memberships import MembershipView, list_memberships
from kaiin.identity.queries import MemberView
from kaiin.infra import clock
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteUnknown, SiteView
from kaiin.web.base.requests import Request, show_site


def site_of(request: Request, site_key: str) -> SiteView:
    """The site, whose brand the page wears. Raises Http404."""
    try:
        site = sites.site(site_key)
    except SiteUnknown:
        raise Http404 from None
    show_site(request, site_key)
    return site


def membership_at(member: MemberView, site_key: str) -> MembershipView | None:
    """The member's membership there, if they ever had one."""
    found = list_memberships(member.pk, at=clock.now())
    return next((each for each in found if each.site_key == site_key), None)

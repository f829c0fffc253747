"""What our middlewares add to a request, for the type checker and the reader."""

from django.http import Http404, HttpRequest

from kaiin.identity.queries import MemberView
from kaiin.identity.session_store import SessionStore
from kaiin.sites import queries as sites
from kaiin.sites.queries import SiteView
from kaiin.web.parts import brand
from kaiin.web.parts.brand import Brand


class Request(HttpRequest):
    """A request as views get it.

    `site`: on a site's host that site; on the identity host the one that the visitor came
    from, if any. `member`: who is signed in; checked at this very request.
    `reference`: what finds the request's log lines.
    """

    site: SiteView | None  # type: ignore[assignment]  # Django means its own sites framework
    member: MemberView | None
    brand: Brand
    language: str
    reference: str
    session: SessionStore


def show_site(request: Request, key: str) -> None:
    """Give the page the brand of a site; a site that is no longer there is left out."""
    site = next((each for each in sites.sites() if each.key == key), None)
    if site is not None:
        request.site, request.brand = site, brand.of_site(site)


def site_of(request: Request, key: str) -> SiteView:
    """The site that a page is about, whose brand it wears. Raises Http404."""
    show_site(request, key)
    if request.site is None or request.site.key != key:
        raise Http404
    return request.site


def come_from(request: Request, key: str) -> None:
    """As show_site, and remembered: the identity's next pages carry the site's brand too."""
    show_site(request, key)
    if request.site is not None:
        request.session["site"] = request.site.key

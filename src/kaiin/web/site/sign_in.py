"""Signing in at a site by way of the identity host, and out again.

The browser leaves with the digest of a secret that only its own cookie has, and comes back
with a one-time code. No browser can be signed in by another: without the cookie no code counts.
"""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kaiin.identity.flows.handover import redeem_handover, state_digest
from kaiin.sites import queries as sites
from kaiin.web.base.middleware import chosen_language
from kaiin.web.base.requests import Request
from kaiin.web.base.views import safe_next

_MINUTES = 15
_SALT = "kaiin.web.site.sign_in"


@never_cache
@require_GET
def start(request: Request) -> HttpResponse:
    """Off to the identity host; `next` is where at this site the visitor wanted to go."""
    assert request.site is not None  # noqa: S101 - a site's page has a site
    secret = secrets.token_urlsafe(32)
    state = state_digest(secret)
    # Where no language was chosen at this host, the identity host's own choice stays.
    query = urlencode({"state": state, **chosen_language(request)})
    response = HttpResponseRedirect(sites.identity_url(f"/entry/{request.site.key}?{query}"))
    onward = safe_next(request.GET.get("next"), reverse("site:members"))
    response.set_cookie(
        _cookie_name(state),
        signing.dumps({"secret": secret, "next": onward}, salt=_SALT),
        max_age=_MINUTES * 60,
        secure=settings.KAIIN.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def come_back(request: Request) -> HttpResponse:
    """Back with a code: begins this site's session under a new key, and goes on."""
    assert request.site is not None  # noqa: S101 - a site's page has a site
    state = request.GET.get("state", "")
    kept = _kept(request, state)
    sid = kept and redeem_handover(
        code=request.GET.get("code", ""), site_key=request.site.key, state=kept["secret"]
    )
    if not kept or not sid:
        if request.member is not None:
            # The page was loaded twice, or the back button led here.
            return redirect("site:members")
        return render(request, "site/sign_in_again.html", status=400)
    # One that is signed in here already, by the same login or another, is replaced.
    request.session.end_alone()
    request.session.adopt(sid, {})
    rotate_token(request)
    response = HttpResponseRedirect(kept["next"])
    response.delete_cookie(_cookie_name(state), samesite="Lax")
    return response


@never_cache
@require_POST
def log_out(request: Request) -> HttpResponse:
    """Ends the session here and at the identity host."""
    request.session.flush()
    return redirect("site:top")


def _cookie_name(state: str) -> str:
    # One for each attempt, so that two tabs can sign in at the same time.
    prefix = "__Host-" if settings.KAIIN.secure else ""
    return f"{prefix}kaiin-entry-{state[:12]}"


def _kept(request: HttpRequest, state: str) -> dict[str, str] | None:
    """What `start` kept in this browser for this state; None if it was not this browser."""
    try:
        kept = signing.loads(
            request.COOKIES.get(_cookie_name(state), ""), salt=_SALT, max_age=_MINUTES * 60
        )
    except signing.BadSignature:
        return None
    # As bytes: letters beyond ASCII can't be compared as text.
    expected = state_digest(kept["secret"]).encode()
    return kept if secrets.compare_digest(expected, state.encode()) else None

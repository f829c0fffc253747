"""What a browser's session remembers on its way in. Never a password, never a place outside."""

import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse

from kaiin.domain.card_numbers import has_card_number
from kaiin.domain.identifiers.reading import Identified
from kaiin.identity.flows import own_failures
from kaiin.identity.flows.devices import keep_device, remember_device
from kaiin.identity.flows.own_failures import OwnFailures
from kaiin.identity.flows.sessions import Proof, start_session
from kaiin.infra import clock
from kaiin.sites import queries as sites
from kaiin.web.base.requests import Request, come_from
from kaiin.web.base.views import safe_next
from kaiin.web.login import hints
from kaiin.web.login.forms import IdentifierForm

DEVICE_COOKIE = settings.KAIIN_DEVICE_COOKIE_NAME
_LONGEST_TYPED = 254
# A site sends the SHA-256 of its secret state.
_STATE = re.compile(r"[0-9a-f]{64}")
# What a visitor chose before logging in survives it, also after another member's session.
_KEPT = ("site", "next", "states", "typed")
# How long a second click on the same form may come after the first.
_SECOND_CLICK = timedelta(minutes=1)
_FAILURES = "failures"
# Of the drafts of a visitor who has not joined; a member's session lives longer than these may.
_DRAFTS, _TYPED_TO_JOIN = "join", {"email", "email_typed", "password_hash", "details", "code_id"}


def remember(request: Request) -> None:
    """Take `?site=` (whose brand to wear) and `?next=` (a path of this host) from the address."""
    if site := request.GET.get("site"):
        come_from(request, site)
    if path := request.GET.get("next"):
        go_next(request, path)


def go_next(request: Request, path: str) -> None:
    """Remember where to go after login; anything but a path of this host is forgotten."""
    safe = safe_next(path, otherwise="")
    ours = tuple(reverse(f"entrance:{name}") for name in ("login", "logout", "reset", "trouble"))
    if safe and not safe.startswith(ours) and not has_card_number(unquote(safe)):
        request.session["next"] = safe


def next_path(request: Request) -> str:
    """Where to go after login."""
    return str(request.session.get("next") or reverse("mypage:home"))


def sender_domain(request: Request) -> str:
    """Where mails of this page come from, for who looks for them in a filter."""
    sender = request.site.sender if request.site else sites.tenant().sender
    return sender.address.rpartition("@")[2]


def note_failure(request: Request, identified: Identified) -> OwnFailures:
    """Count a failed login of this browser with what was typed."""
    own = own_failures.note_failure(
        before=request.session.get(_FAILURES, {}), identified=identified, now=clock.now()
    )
    request.session[_FAILURES] = own.kept
    return own


def forget_failures(request: Request) -> None:
    """A password is new, and the locks are over."""
    request.session.pop(_FAILURES, None)


def keep_state(request: Request, site_key: str) -> None:
    """Remember the state that a site's host sent along, until the way back to it."""
    state = request.GET.get("state", "")
    if _STATE.fullmatch(state):
        states = request.session.get("states", {})
        request.session["states"] = {**states, site_key: state}


def take_state(request: Request, site_key: str) -> str | None:
    """The site's state; good for one way back."""
    states = dict(request.session.get("states", {}))
    state = states.pop(site_key, None)
    if state is not None:
        request.session["states"] = states
    return state


def keep_typed(request: Request, identified: Identified) -> str:
    """Remember what was typed for the next page; a card number is not even shown again."""
    card = has_card_number(identified.input) and identified.value is None
    typed = "" if card else identified.input.strip()[:_LONGEST_TYPED]
    request.session["typed"] = typed
    return typed


def take_identifier(request: Request, form: IdentifierForm) -> bool:
    """Remember what a valid form has; False, and the form says why, where it can be no one's."""
    identified = sites.identify(form.cleaned_data["login"])
    keep_typed(request, identified)
    doubt = hints.before_asking(identified, insisted_on=identified.value or "")
    if doubt is not None:
        form.add_error("login", doubt.words)
    return doubt is None


def typed(request: Request) -> str:
    """What was typed before, to fill the field with."""
    return str(request.session.get("typed", ""))


def begin(
    request: Request,
    response: HttpResponse,
    *,
    member_pk: int,
    device: str | None = None,
    proof: Proof | None = None,
    left_behind: Mapping[str, object] | None = None,
) -> None:
    """Log this browser in: a new session under a new key, a new CSRF secret, the device cookie.

    A browser that clicks twice drops the first answer with its cookies and comes again under
    the former key; for a minute it finds there what was `left_behind`, and nothing else.
    `device`: the cookie's value of a login by password; without one the member has just proven
    themself by other means.
    Raises MemberDisabled, LoginOutdated; then all is as before.
    """
    former = request.session
    # Another member's choices in this browser are not the new member's.
    names = _KEPT if former.is_members else tuple(former.keys())
    done = ("next", "typed", _FAILURES)
    kept = {name: former[name] for name in names if name in former and name not in done}
    if _DRAFTS in kept:
        kept[_DRAFTS] = {
            site: {name: value for name, value in draft.items() if name not in _TYPED_TO_JOIN}
            for site, draft in kept[_DRAFTS].items()
        }
    sid = start_session(
        member_pk=member_pk,
        user_agent=request.headers.get("User-Agent", ""),
        proof=proof,
        content=kept,
    )
    if left_behind and not former.is_members:
        former.leave_behind(left_behind, within=_SECOND_CLICK)
    else:
        former.flush()
    former.adopt(sid, kept)
    rotate_token(request)
    if device is None:
        cookie = request.COOKIES.get(DEVICE_COOKIE)
        device = remember_device(member_pk=member_pk, device=cookie)
    keep_device(response, device)


def end(request: Request, *, keep_way: bool) -> None:
    """Log this browser out. `keep_way`: it goes on to the same place as another member."""
    names = ("site", "states") if keep_way else ("site",)
    kept = {name: request.session[name] for name in names if name in request.session}
    request.session.flush()
    request.session.update(kept)
    request.member = None

"""Carrying a login from the identity host to a site's host.

The site sends the browser off with the digest of a `state` that only its own session has;
the browser comes back with a one-time code. A code is good for one minute, one site, one
state and one use. OpenID Connect will replace this.
"""

import hashlib
from datetime import timedelta

from django.utils.crypto import constant_time_compare

from kaiin.identity.digests import digest, token
from kaiin.identity.errors import SessionEnded
from kaiin.identity.flows import sessions
from kaiin.identity.models import Handover
from kaiin.infra import clock
from kaiin.infra.locks import transaction

LIFETIME = timedelta(seconds=60)


def state_digest(state: str) -> str:
    """What a site's host sends along instead of its secret state: SHA-256, in hexadecimal."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()


def issue_handover(*, sid: str, site_key: str, state_digest: str) -> str:
    """A code that lets a site's host begin a session of its own; `sid` is the identity host's.

    Raises SessionEnded.
    """
    now = clock.now()
    session = (
        sessions.open_sessions(now=now, seen_after=now - sessions.IDLE)
        .filter(session_key=sessions.digest_of(sid), site_key="", member__isnull=False)
        .first()
    )
    if session is None:
        raise SessionEnded
    sessions.note_seen(session_pk=session.pk, last_seen_at=session.last_seen_at, now=now)
    code = token()
    Handover.objects.create(
        digest=digest("handover", code),
        session=session,
        site_key=site_key,
        state_digest=state_digest[:64],
        expires_at=now + LIFETIME,
    )
    return code


def redeem_handover(*, code: str, site_key: str, state: str) -> str | None:
    """The sid of the site's new session; None if the code is used, old, or not this browser's.

    Exactly one of several that come at once wins. A wrong state leaves the code unburnt.
    """
    now = clock.now()
    with transaction():
        handover = Handover.objects.filter(digest=digest("handover", code)).first()
        if handover is None or handover.site_key != site_key:
            return None
        if not constant_time_compare(handover.state_digest, state_digest(state)):
            return None
        won = Handover.objects.filter(pk=handover.pk, used_at=None, expires_at__gt=now).update(
            used_at=now
        )
        still_open = sessions.open_sessions(now=now, seen_after=now - sessions.IDLE)
        session = still_open.filter(pk=handover.session_id).first() if won else None
        if session is None:
            return None
        return sessions.start_branch(of=session, site_key=site_key, now=now)

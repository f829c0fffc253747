"""Sessions: begun after proof, ended by logging out, a new password, disabling, or time.

The identity host's session is the root; sites' sessions, handed over from it, are its
branches. Logging out anywhere ends the whole tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db.models import BigIntegerField, F, Q, QuerySet

from kaiin.identity.digests import digest, token
from kaiin.identity.errors import LoginOutdated, MemberDisabled, MemberUnknown
from kaiin.identity.models import Member, MemberState, Session
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction
from kaiin.infra.prepared import Insert, Place, Select

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=90)
# Seen times are written this often at most: a page view is a read.
SEEN_EVERY = timedelta(minutes=5)

_LONGEST_USER_AGENT = 300

Instant: TypeAlias = datetime | Place

_MEMBER = Select(
    lambda: Member.objects.filter(pk=Place("pk", BigIntegerField())).values_list(
        "state", "session_epoch"
    )
)
_BEGIN = Insert(Session)


@dataclass(frozen=True)
class Proof:
    """That a password was right, at the epoch that the account had then."""

    member_pk: int
    session_epoch: int
    attempt_pk: int


def start_session(
    *,
    member_pk: int,
    user_agent: str,
    proof: Proof | None = None,
    content: Mapping[str, object] | None = None,
) -> str:
    """Begin a session at the identity host and return its sid: the key that only the browser keeps.

    Pass the `proof` of a login: should the password change in between, nothing begins.
    `content` is what the browser's session remembers from the start.
    Raises MemberUnknown, MemberDisabled, LoginOutdated.
    """
    now = clock.now()
    member = _MEMBER.first(pk=member_pk)
    if member is None:
        raise MemberUnknown
    state, epoch = member
    if state != MemberState.ACTIVE:
        raise MemberDisabled
    if proof is not None and (proof.member_pk, proof.session_epoch) != (member_pk, epoch):
        raise LoginOutdated
    sid = token()
    # A password changed from here on raises the epoch, and this session is void at once.
    _BEGIN.run(
        session_key=digest_of(sid),
        session_data=Session.objects.encode(dict(content)) if content else "",
        member_id=member_pk,
        attempt_id=proof.attempt_pk if proof else None,
        epoch=epoch,
        created_at=now,
        last_seen_at=now,
        expire_date=now + ABSOLUTE,
        user_agent=clean_user_agent(user_agent),
    )
    return sid


def start_branch(*, of: Session, site_key: str, now: datetime) -> str:
    """Begin a site's session that lives no longer than the one it was handed over from."""
    sid = token()
    Session.objects.create(
        session_key=digest_of(sid),
        member_id=of.member_id,
        root_id=of.root_id or of.pk,
        attempt_id=of.attempt_id,
        site_key=site_key,
        epoch=of.epoch,
        created_at=now,
        last_seen_at=now,
        expire_date=of.expire_date,
        user_agent=of.user_agent,
    )
    return sid


def end_session(*, sid: str) -> None:
    """Log out: the session, the one it was handed over from, and all that one's branches."""
    now = clock.now()
    with transaction():
        session = Session.objects.filter(session_key=digest_of(sid)).first()
        if session is None:
            return
        root = session.root_id or session.pk
        _end(Session.objects.filter(Q(pk=root) | Q(root=root), ended_at=None), now)


def end_alone(*, session_pk: int, now: datetime) -> None:
    """End a session and no other: a visitor's, or a branch that another one replaces."""
    Session.objects.filter(pk=session_pk).update(ended_at=now, session_data="")


def end_all(*, member_pk: int, now: datetime) -> None:
    """End every session of a member, in the caller's transaction; also such as begin meanwhile."""
    Member.objects.filter(pk=member_pk).update(session_epoch=F("session_epoch") + 1)
    _end(Session.objects.filter(member=member_pk, ended_at=None), now)


def _end(sessions: QuerySet[Session], now: datetime) -> None:
    """Locked in key order first, so that two who end the same sessions never deadlock."""
    ended = [session.pk for session in for_update(sessions.only("pk"))]
    Session.objects.filter(pk__in=ended).update(ended_at=now, session_data="")


def open_sessions(*, now: Instant, seen_after: Instant) -> QuerySet[Session]:
    """Those that let their browser in at this instant. `seen_after` is `now - IDLE`; both may be
    places of a statement that is written once."""
    members = Q(
        last_seen_at__gt=seen_after,
        member__state=MemberState.ACTIVE,
        member__session_epoch=F("epoch"),
    )
    return Session.objects.filter(Q(member=None) | members, ended_at=None, expire_date__gt=now)


def note_seen(*, session_pk: int, last_seen_at: datetime, now: datetime) -> None:
    """Keep the idle limit moving, with at most one write in SEEN_EVERY."""
    if now - last_seen_at >= SEEN_EVERY:
        Session.objects.filter(pk=session_pk, ended_at=None).update(last_seen_at=now)


def digest_of(sid: str) -> str:
    """The form in which a session's id is stored."""
    return digest("session", sid)


def clean_user_agent(user_agent: str) -> str:
    """A browser's name for itself, cut and without what a database refuses."""
    return user_agent.replace("\x00", " ")[:_LONGEST_USER_AGENT]

"""What others may ask about members and their sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import BigIntegerField, CharField, Count, DateTimeField

from kaiin.domain import documents
from kaiin.domain.documents import DocumentKind, MissingConsent
from kaiin.identity import accounts
from kaiin.identity.flows import sessions
from kaiin.identity.models import AttemptOutcome, Consent, LoginAttempt, Member
from kaiin.identity.session_store import SessionStore
from kaiin.infra import clock
from kaiin.infra.prepared import Place, Select
from kaiin.sites import queries as sites
from kaiin.sites.queries import DocumentView


@dataclass(frozen=True)
class MemberView:
    """A member, as others see them.

    `email` is the present, verified address ("" where an imported member has none),
    `phone` is E.164, `prefecture` an ISO 3166-2 code or "abroad", `state` active | disabled.
    """

    pk: int
    member_id: str
    nickname: str
    email: str
    legal_name: str
    legal_name_kana: str
    birth_date: date | None
    prefecture: str
    phone: str
    language: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class ConsentView:
    """A consent: to which version, when, and where. `page` is confirmation | question; `site_key`
    the site whose membership was confirmed, or ""."""

    kind: DocumentKind
    version: int
    agreed_at: datetime
    page: str
    site_key: str


_VIEW = (
    "pk", "member_id", "nickname", "present_email", "legal_name", "legal_name_kana", "birth_date",
    "prefecture", "phone", "language", "state", "created_at",
)  # fmt: skip


def member(member_pk: int) -> MemberView | None:
    """The member of a key."""
    return next(iter(members([member_pk])), None)


def has_members() -> bool:
    """Whether any member exists: the form of their IDs is then settled."""
    return Member.objects.exists()


def members(member_pks: Iterable[int]) -> tuple[MemberView, ...]:
    """The members of several keys, in the order of their keys, by one query."""
    rows = accounts.members().filter(pk__in=list(member_pks)).order_by("pk")
    # Values and no models: thousands at a time are renewed.
    return tuple(
        MemberView(pk, member_id, nickname, email or "", *others)
        for pk, member_id, nickname, email, *others in rows.values_list(*_VIEW)
    )


def find_member(typed: str) -> MemberView | None:
    """The member whom an identifier in any writing leads to, a former address too.

    For the worker and for staff: what strangers see must never depend on it.
    """
    account = accounts.find(sites.identify(typed))
    return None if account is None else member(account.pk)


def session_member(sid: str, *, site_key: str = "") -> MemberView | None:
    """As `member_of`, of the session whose key is `sid`."""
    return member_of(SessionStore(sid), site_key=site_key)


def member_of(session: SessionStore, *, site_key: str) -> MemberView | None:
    """Whose session this is, if session and account are open at this moment; one query.

    A session is good at the host that it began at and nowhere else: `site_key` "" is the
    identity host. Once in five minutes a second query notes that the session was seen.
    """
    if not session.is_members or session.row is None or session.row.site_key != site_key:
        return None
    row = session.row
    sessions.note_seen(session_pk=row.pk, last_seen_at=row.last_seen_at, now=clock.now())
    pk, member_id, nickname, email, *others = row.member
    return MemberView(pk, member_id, nickname, email or "", *others)


_LAST_FAILURE = Select(
    lambda: (
        LoginAttempt.objects.filter(
            member_id=Place("member", BigIntegerField()),
            outcome=AttemptOutcome.WRONG,
            user_agent=Place("user_agent", CharField()),
            at__gt=Place("since", DateTimeField()),
        )
        .order_by("-at", "-pk")
        .values_list("password_shape")[:1]
    )
)


def shape_of_last_failure(member_pk: int, *, user_agent: str) -> tuple[str, ...]:
    """What was odd with the password of the last try that failed in this browser, within an hour.

    Codes of coarse flags, for the member who has logged in since, and for no other eyes.
    """
    found = _LAST_FAILURE.first(
        member=member_pk,
        user_agent=sessions.clean_user_agent(user_agent),
        since=clock.now() - timedelta(hours=1),
    )
    return tuple(found[0]) if found else ()


_CONSENTS = Select(
    lambda: (
        Consent.objects.filter(member=Place("member", BigIntegerField()))
        .order_by("-agreed_at", "-document__version")
        .values_list("document__kind", "document__version", "agreed_at", "page", "site_key")
    )
)


def consents(member_pk: int) -> tuple[ConsentView, ...]:
    """Every version of a document that the member agreed to, the newest first."""
    rows = _CONSENTS.rows(member=member_pk)
    return tuple(ConsentView(DocumentKind(kind), *others) for kind, *others in rows)


def missing_consents(member_pk: int, at: datetime) -> tuple[MissingConsent[DocumentView], ...]:
    """The documents in force that the member has to agree to before buying anything anew, and
    which of them are asked for at login; one query."""
    return missing_beside(consents(member_pk), at) if sites.documents() else ()


def consents_to_ask_for(member_pk: int, at: datetime) -> tuple[MissingConsent[DocumentView], ...]:
    """Those of `missing_consents` that are asked for at login; no query where no document asks."""
    if not any(each.asks_members for each in sites.documents()):
        return ()
    return tuple(each for each in missing_consents(member_pk, at) if each.asked)


def missing_beside(
    given: Iterable[ConsentView], at: datetime
) -> tuple[MissingConsent[DocumentView], ...]:
    """As `missing_consents`, of a member whose consents are at hand."""
    agreed: dict[DocumentKind, int] = {}
    for each in given:
        agreed[each.kind] = max(each.version, agreed.get(each.kind, 0))
    return documents.missing_consents(sites.documents(), agreed, at)


def attempt_figures(*, since: datetime) -> dict[str, int]:
    """How many tries to log in there were since then, by outcome; one query over an index."""
    counted = LoginAttempt.objects.filter(at__gte=since).values_list("outcome")
    return dict(counted.annotate(Count("pk")))

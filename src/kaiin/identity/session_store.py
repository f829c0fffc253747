"""Django's sessions, kept in `Session`: the browser has the key, the table its digest.

A visitor's session lives for a day from its last change, so that the draft of one who never
joins is gone the day after. A member's is as `flows/sessions.py` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError
from django.db.models import CharField, DateTimeField

from kaiin.identity import accounts
from kaiin.identity.digests import token
from kaiin.identity.flows import sessions
from kaiin.identity.models import Session
from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.infra.prepared import Place, Select

VISITORS = timedelta(days=1)


# Columns of the member in a session's row, in the order of `queries.MemberView`.
MEMBER = (
    "member", "member__member_id", "member__nickname", "present_email", "member__legal_name",
    "member__legal_name_kana", "member__birth_date", "member__prefecture", "member__phone",
    "member__language", "member__state", "member__created_at",
)  # fmt: skip

_OPEN = Select(
    lambda: (
        sessions.open_sessions(
            now=Place("now", DateTimeField()), seen_after=Place("seen_after", DateTimeField())
        )
        .filter(session_key=Place("key", CharField()))
        .annotate(present_email=accounts.present_email("member"))
        .values_list("pk", "site_key", "last_seen_at", "session_data", *MEMBER)
    )
)


@dataclass(frozen=True)
class Row:
    """A session as it was loaded; `member` are its columns MEMBER."""

    pk: int
    site_key: str
    last_seen_at: datetime
    member: tuple[Any, ...]


class SessionStore(SessionBase):
    """What a browser's session remembers, and whose it is. One query loads both."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        # As it was loaded; None for a new one.
        self.row: Row | None = None
        self._is_members = False
        self._written: str | None = None

    @property
    def is_members(self) -> bool:
        """Whether a member has logged in here, at this host or at another."""
        self._get_session()  # type: ignore[attr-defined]
        return self._is_members

    def load(self) -> dict[str, Any]:
        now = clock.now()
        found = _OPEN.first(
            key=sessions.digest_of(self.session_key or ""), now=now, seen_after=now - sessions.IDLE
        )
        if found is None:
            self._session_key = None
            return {}
        pk, site_key, last_seen_at, kept, *member = found
        self.row = Row(pk, site_key, last_seen_at, tuple(member))
        self._is_members = member[0] is not None
        content: dict[str, Any] = self.decode(kept) if kept else {}
        self._written = self._serialized(content)
        return content

    def adopt(self, key: str, content: Mapping[str, object]) -> None:
        """Go on with a session that has just begun for a member, with this content."""
        self.row, self._is_members = None, True
        self._session_key = key
        self._session_cache = dict(content)
        self._written = self._serialized(self._session_cache)
        self.accessed = self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """Write what has changed. Raises CreateError, and UpdateError where it has ended."""
        content = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if self.session_key is None:
            self.create()
            return
        written = self._serialized(content)
        if must_create:
            self._insert(content)
        elif written != self._written:
            self._update(content)
        self._written = written

    def create(self) -> None:
        self._session_key = token()
        self.save(must_create=True)
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        """End it; a member's with all that hang on the same login."""
        key = session_key or self.session_key
        if key is None:
            return
        if self.row is not None and not self._is_members and key == self.session_key:
            sessions.end_alone(session_pk=self.row.pk, now=clock.now())
        else:
            sessions.end_session(sid=key)

    def end_alone(self) -> None:
        """End it, and no other that hangs on the same login; one that replaces it is adopted."""
        self._get_session()  # type: ignore[attr-defined]
        if self.row is not None:
            sessions.end_alone(session_pk=self.row.pk, now=clock.now())

    def flush(self) -> None:
        super().flush()
        self.row, self._is_members, self._written = None, False, None

    def leave_behind(self, content: Mapping[str, object], *, within: timedelta) -> None:
        """Forget all but `content`, which is found under the former key for so long: by a browser
        whose second click comes after it was given another one."""
        if self.row is not None and not self._is_members:
            Session.objects.filter(pk=self.row.pk, ended_at=None).update(
                session_data=self.encode(dict(content)), expire_date=clock.now() + within
            )

    def cycle_key(self) -> None:
        """The same session under another key."""
        self._get_session()  # type: ignore[attr-defined]
        key = self.session_key
        self._session_key = token()
        self.modified = True
        if key is None:
            self.save(must_create=True)
            return
        moved = Session.objects.filter(session_key=sessions.digest_of(key), ended_at=None).update(
            session_key=sessions.digest_of(self.session_key or "")
        )
        if not moved:
            raise UpdateError

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=sessions.digest_of(session_key)).exists()

    @classmethod
    def clear_expired(cls) -> None:
        """Nothing: `identity.forget_expired` is the worker's."""

    def get_session_cookie_age(self) -> int:
        lifetime = sessions.ABSOLUTE if self._is_members else VISITORS
        return int(lifetime.total_seconds())

    def _insert(self, content: dict[str, Any]) -> None:
        now = clock.now()
        try:
            with transaction():
                Session.objects.create(
                    session_key=sessions.digest_of(self.session_key or ""),
                    session_data=self.encode(content),
                    expire_date=now + VISITORS,
                    created_at=now,
                    last_seen_at=now,
                )
        except IntegrityError as error:
            raise CreateError from error

    def _update(self, content: dict[str, Any]) -> None:
        changed: dict[str, Any] = {"session_data": self.encode(content)}
        if not self._is_members:
            changed["expire_date"] = clock.now() + VISITORS
        rows = Session.objects.filter(
            session_key=sessions.digest_of(self.session_key or ""), ended_at=None
        )
        if not rows.update(**changed):
            raise UpdateError

    def _serialized(self, content: dict[str, Any]) -> str:
        return str(self.serializer().dumps(content))

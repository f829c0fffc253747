"""Access that staff give without money: dated, with their words, audited, revocable."""

from datetime import datetime

from kaiin.billing.choices import GrantReason
from kaiin.billing.errors import GrantEmpty, GrantTooLong, NoGrant, NoMembership
from kaiin.billing.membership import mails
from kaiin.billing.membership.locking import lock_membership, lock_or_make
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Grant
from kaiin.domain.entitlements import MAX_GRANT, WindowKind
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.locks import for_update, transaction
from kaiin.sites import queries as sites

_LONGEST_NOTE = 200


def grant_access(
    *, member_pk: int, site_key: str, until: datetime, reason_text: str, actor: str
) -> int:
    """Let a member in from now until `until`, paid or not; returns the grant's id.

    A member who never joined gets no number and no course by it. `reason_text` is what staff
    note, without personal data. Raises SiteUnknown, NoMembership (no such member), GrantEmpty,
    GrantTooLong.
    """
    site = sites.site(site_key)
    now = clock.now()
    if until <= now:
        raise GrantEmpty(until=until)
    if until - now > MAX_GRANT:
        raise GrantTooLong(days=MAX_GRANT.days)
    if identity.member(member_pk) is None:
        raise NoMembership(site=site_key)
    with transaction():
        locked = lock_or_make(member_pk, site, now)
        work = UnitOfWork(now=now, actor=actor, memberships=[locked])
        row = Grant.objects.create(
            membership=locked.membership,
            kind=WindowKind.GRANT.value,
            starts_at=now,
            ends_at=until,
            reason=GrantReason.STAFF,
            note=reason_text[:_LONGEST_NOTE],
            granted_by=actor,
            granted_at=now,
        )
        work.access_changes(now)
        site_url = sites.site_url(site_key, "/members/")
        mails.send(locked, "granted", str(row.pk), until=until, site_url=site_url)
        locked.note("billing.granted", grant=row.pk, until=until.isoformat(), reason=row.note)
        work.write()
    return row.pk


def revoke_grant(*, grant_id: int, actor: str) -> None:
    """End a grant of staff's now. Repeating it changes nothing. Raises NoGrant."""
    found = Grant.objects.filter(pk=grant_id, reason=GrantReason.STAFF)
    membership_id = found.values_list("membership_id", flat=True).first()
    if membership_id is None:
        raise NoGrant(grant=grant_id)
    with transaction():
        locked = lock_membership(membership_id)
        work = UnitOfWork(now=clock.now(), actor=actor, memberships=[locked])
        row = for_update(found).get()
        if row.revoked_at is not None:
            return
        if row.ends_at <= work.now:
            raise NoGrant(grant=grant_id)
        row.revoked_at = work.now
        row.save(update_fields=["revoked_at"])
        work.access_changes(work.now)
        mails.send(locked, "grant_revoked", str(row.pk))
        locked.note("billing.grant_revoked", grant=row.pk)
        work.write()

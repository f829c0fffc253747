"""Access that staff give without money: dated, with their words, audited, revocable."""

from datetime import datetime

from kaiin.billing import staff_access_letters
from kaiin.billing.batch import Batch
from kaiin.billing.choices import GrantReason
from kaiin.billing.errors import GrantEmpty, GrantTooLong, NoGrant, NoMembership
from kaiin.billing.holding import hold
from kaiin.billing.models import (
    Grant,
    Membership,
)
from kaiin.domain.entitlements import MAX_GRANT, WindowKind
from kaiin.identity import queries as identity
from kaiin.infra import clock
from kaiin.infra.locks import locked, transaction
from kaiin.sites import queries as sites

_LONGEST_NOTE = 200


def grant(*, member_pk: int, site_key: str, until: datetime, reason_text: str, actor: str) -> int:
    """Let a member in from now until `until`, whatever is paid; returns the grant's id.

    Somebody who never joined gets no number and no course by it. `reason_text` is what staff
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
        membership, _ = Membership.objects.get_or_create(
            member_id=member_pk,
            site_id=site.id,
            defaults={"standing_changed_at": now, "created_at": now},
        )
        holding = hold([membership.pk])[membership.pk]
        batch = Batch(now=now, actor=actor, held=[holding])
        row = Grant.objects.create(
            membership=holding.membership,
            kind=WindowKind.GRANT.value,
            starts_at=now,
            ends_at=until,
            reason=GrantReason.STAFF,
            note=reason_text[:_LONGEST_NOTE],
            granted_by=actor,
            granted_at=now,
        )
        batch.access_changes(now)
        staff_access_letters.granted(holding, str(row.pk), until=until)
        batch.note(
            "billing.granted", holding, grant=row.pk, until=until.isoformat(), reason=row.note
        )
        batch.write()
    return row.pk


def revoke_grant(*, grant_id: int, actor: str) -> None:
    """End a grant of staff's now. Repeating it changes nothing. Raises NoGrant."""
    found = Grant.objects.filter(pk=grant_id, reason=GrantReason.STAFF)
    membership_id = found.values_list("membership_id", flat=True).first()
    if membership_id is None:
        raise NoGrant(grant=grant_id)
    with transaction():
        holding = hold([membership_id])[membership_id]
        batch = Batch(now=clock.now(), actor=actor, held=[holding])
        row = locked(found).get()
        if row.revoked_at is not None:
            return
        if row.ends_at <= batch.now:
            raise NoGrant(grant=grant_id)
        row.revoked_at = batch.now
        row.save(update_fields=["revoked_at"])
        batch.access_changes(batch.now)
        staff_access_letters.revoked(holding, str(row.pk))
        batch.note("billing.grant_revoked", holding, grant=row.pk)
        batch.write()

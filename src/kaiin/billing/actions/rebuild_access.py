"""Building the windows of access anew from ledger and grants."""

from collections.abc import Sequence

from kaiin.billing.membership.locking import lock_memberships
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Membership
from kaiin.billing.outcomes.recording import SYSTEM
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction

_AT_ONCE = 500


def rebuild_entitlements(*, membership_id: int | None = None) -> int:
    """Make the windows of one membership, or of all, what ledger and grants say.

    Returns for how many memberships the result differs from what was stored: always none,
    unless the table was changed by hand.
    """
    found = Membership.objects.order_by("pk")
    if membership_id is not None:
        found = found.filter(pk=membership_id)
    differing = 0
    chunk: list[int] = []
    for pk in found.values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE):
        chunk.append(pk)
        if len(chunk) == _AT_ONCE:
            differing += _rebuild(chunk)
            chunk = []
    return differing + _rebuild(chunk)


def _rebuild(membership_ids: Sequence[int]) -> int:
    if not membership_ids:
        return 0
    with transaction():
        memberships = list(lock_memberships(membership_ids).values())
        work = UnitOfWork(now=clock.now(), actor=SYSTEM, memberships=memberships)
        changed = work.rebuild_access()
        for locked in changed:
            audit.record(
                action="billing.entitlements_mended",
                subject=locked.subject,
                actor=SYSTEM,
                details={"membership": locked.membership.pk},
            )
    return len(changed)

"""Building the windows of access anew from ledger and grants."""

from collections.abc import Sequence
from itertools import islice

from kaiin.billing.membership.locking import lock_memberships
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Membership
from kaiin.billing.outcomes.recording import SYSTEM
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction

_AT_ONCE = 500


def rebuild_entitlements() -> int:
    """Make the windows of all memberships what ledger and grants say.

    Returns for how many memberships the result differs from what was stored: always none,
    unless the table was changed by hand.
    """
    found = Membership.objects.order_by("pk").values_list("pk", flat=True)
    ids = found.iterator(chunk_size=_AT_ONCE)
    differing = 0
    while chunk := list(islice(ids, _AT_ONCE)):
        differing += _rebuild(chunk)
    return differing


def _rebuild(membership_ids: Sequence[int]) -> int:
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

"""Building the windows of access anew from ledger and grants."""

from collections.abc import Sequence

from kaiin.billing.batch import Batch
from kaiin.billing.holding import hold
from kaiin.billing.models import Membership
from kaiin.billing.operations.record_payment import SYSTEM
from kaiin.infra import audit, clock
from kaiin.infra.locks import transaction

_AT_ONCE = 500


def rebuild_entitlements(*, membership_id: int | None = None) -> int:
    """Make the windows of one membership, or of all, what ledger and grants say.

    Returns for how many memberships the result differs from what was stored: always none,
    unless somebody changed the table by hand.
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
        held = list(hold(membership_ids).values())
        batch = Batch(now=clock.now(), actor=SYSTEM, held=held)
        changed = batch.rebuild_access()
        for holding in changed:
            audit.record(
                action="billing.entitlements_mended",
                subject=holding.subject,
                actor=SYSTEM,
                details={"membership": holding.membership.pk},
            )
    return len(changed)

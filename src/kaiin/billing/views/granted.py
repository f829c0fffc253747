"""Access that staff gave, as members see it."""

from collections.abc import Mapping
from datetime import datetime

from kaiin.billing.choices import GrantReason
from kaiin.billing.models import Grant
from kaiin.sites import queries as sites


def granted_until(member_pk: int, at: datetime) -> Mapping[str, datetime]:
    """Until when staff have opened which sites to a member, by site; paid or not."""
    keys = {site.id: site.key for site in sites.sites()}
    found = Grant.objects.filter(
        membership__member_id=member_pk,
        reason=GrantReason.STAFF,
        revoked_at=None,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    rows = found.order_by("ends_at").values_list("membership__site_id", "ends_at")
    return {keys[site_id]: ends_at for site_id, ends_at in rows if site_id in keys}

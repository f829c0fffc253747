"""The mails about access that staff give without money, as `mails`."""

from datetime import datetime

from kaiin.billing.membership.locking import LockedMembership
from kaiin.billing.membership.mails import send
from kaiin.sites import queries as sites


def granted(locked: LockedMembership, key: str, *, until: datetime) -> None:
    """Staff opened the site to a member, and until when."""
    send(
        locked,
        "granted",
        key,
        {
            "until": until,
            "site_url": sites.site_url(locked.site.key, "/members/"),
        },
    )


def revoked(locked: LockedMembership, key: str) -> None:
    """Staff ended it before its time."""
    send(locked, "grant_revoked", key, {})

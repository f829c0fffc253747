"""The mails about access that staff give without money, as `letters`."""

from datetime import datetime

from kaiin.billing.holding import Holding
from kaiin.billing.letters import send
from kaiin.infra import texts
from kaiin.sites import queries as sites


def granted(holding: Holding, key: str, *, until: datetime) -> None:
    """Staff opened the site to a member, and until when."""
    send(
        holding,
        "granted",
        key,
        {
            "until": texts.format_end(until, holding.member.language),
            "site_url": sites.site_url(holding.site.key, "/members/"),
        },
    )


def revoked(holding: Holding, key: str) -> None:
    """Staff ended it before its time."""
    send(holding, "grant_revoked", key, {})

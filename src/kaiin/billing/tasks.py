"""What the worker calls for billing, again and again."""

from kaiin.billing import operations
from kaiin.infra import clock

_A_ROUND = 100


def renew() -> int:
    """Charge the renewals that are due; how many were taken on."""
    return operations.renew_due(now=clock.now(), limit=_A_ROUND)


def expire() -> int:
    """End what is over; how many were looked at."""
    return operations.expire_due(now=clock.now(), limit=_A_ROUND)


def remind() -> int:
    """Mail those who can renew a lump sum from now on; how many."""
    return operations.remind_due(now=clock.now(), limit=_A_ROUND)


def recognise() -> int:
    """Book the income of periods that are over; how many."""
    return operations.recognise_due(now=clock.now(), limit=_A_ROUND)

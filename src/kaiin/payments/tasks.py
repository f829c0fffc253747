"""What the worker calls for payments, again and again."""

from kaiin.infra import clock
from kaiin.payments import operations

_EVENTS_A_ROUND = 100
_QUESTIONS_A_ROUND = 50


def apply_events() -> int:
    """Act on stored notices; how many were looked at."""
    return operations.apply_waiting_events(_EVENTS_A_ROUND)


def ask_about_open_payments() -> int:
    """Ask providers about payments that no notice has settled; how many were asked about."""
    return operations.poll_open(now=clock.now(), limit=_QUESTIONS_A_ROUND)

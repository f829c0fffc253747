"""Named places between two durable steps, at which a proof may stop the process or let another
worker in. In production each costs one comparison."""

from collections.abc import Callable
from enum import StrEnum


class CrashPoint(StrEnum):
    """Every place: `context.what_is_done_by_now`. Each is right after a commit or right
    before or after a call to the outside; the first three are at every one of these."""

    COMMITTED = "infra.committed"
    OUTSIDE_CALLED = "infra.outside_called"
    OUTSIDE_ANSWERED = "infra.outside_answered"
    MAIL_SENT = "infra.mail_sent"
    INTENTS_COMMITTED = "billing.intents_committed"
    PAYMENT_COMMITTED = "payments.payment_committed"
    PROVIDER_ANSWERED = "payments.provider_answered"
    OUTCOME_COMMITTED = "payments.outcome_committed"


_hook: Callable[[CrashPoint], None] | None = None


def install(hook: Callable[[CrashPoint], None] | None) -> None:
    """Have `hook` called at every place; None takes it away."""
    global _hook
    _hook = hook


def reach(point: CrashPoint) -> None:
    """Say that a place has been reached."""
    if _hook is not None:
        _hook(point)

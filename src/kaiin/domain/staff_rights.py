"""What staff may see and do in the back office: each right is given by its name."""

from enum import StrEnum


class StaffRight(StrEnum):
    """The first four open tables; QUEUES and the last three allow decisions over their rows."""

    MEMBERS = "members"
    """Members, their identifiers, logins, memberships and access; the tenant as applied."""
    MONEY = "money"
    """Payments, charges, periods, receipts, refunds and the ledger."""
    QUEUES = "queues"
    """Messages and notices on their way; to try them again or give them up."""
    AUDIT = "audit"
    """The audit log, which shows what other staff looked at."""
    GRANTS = "grants"
    """To give access without payment, and to take it back."""
    LEAVING = "leaving"
    """To end a membership at once."""
    REFUNDS = "refunds"
    """To give money back, or keep it."""


# What answering members takes: to look, and to decide nothing.
TO_LOOK = frozenset({StaffRight.MEMBERS, StaffRight.MONEY})

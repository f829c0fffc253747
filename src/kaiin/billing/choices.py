"""What a row's reason or state may be, where others than its table's module use it."""

from django.db import models


class GrantReason(models.TextChoices):
    """Why a site is open without a paid period."""

    RENEWAL = "renewal"
    PAYMENT_UNKNOWN = "payment_unknown"
    STAFF = "staff"


class RefundReason(models.TextChoices):
    """Why money is to go back. OUTSIDE: it went back by the provider's own pages."""

    LATE = "late"
    PAID_TWICE = "paid_twice"
    TOO_MUCH = "too_much"
    LEFT = "left"
    STAFF = "staff"
    OUTSIDE = "outside"


class ChargePurpose(models.TextChoices):
    """JOIN: the first period. REJOIN: the first one after a withdrawal. RENEWAL: the period that
    follows, also after an end. DUE: the same by hand, after it could not be charged. CHANGE: a
    period of another course, or by another way. REGISTRATION: a new card, no money."""

    JOIN = "join"
    REJOIN = "rejoin"
    RENEWAL = "renewal"
    DUE = "due"
    CHANGE = "change"
    REGISTRATION = "registration"

"""Whether providers still send their notices: one that is silent while payments are open is
reported to staff, once, until it is heard again."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from kaiin.infra import clock
from kaiin.infra.locks import transaction
from kaiin.payments import queries
from kaiin.payments.models import ProviderCursor

_log = structlog.get_logger(__name__)

# One row must not be written for each of a thousand notices.
_HEARD_TO = timedelta(minutes=1)


def heard(*, provider: str, now: datetime) -> None:
    """Note, to the minute, that a notice reached us; call it in the transaction that stores it.

    A provider that was never swept has no row yet, and is noted from its first sweep on.
    """
    stale = Q(heard_at=None) | Q(heard_at__lt=now - _HEARD_TO) | Q(alarmed_at__isnull=False)
    ProviderCursor.objects.filter(stale, pk=provider).update(heard_at=now, alarmed_at=None)


def alarm() -> int:
    """Log each provider that sends nothing while payments are open (`queries.silence`) as an error,
    once per silence. Returns 0: nothing is done."""
    now = clock.now()
    for silence in queries.silence(now):
        if silence.silent_since is None:
            continue
        with transaction():
            ProviderCursor.objects.bulk_create(
                [ProviderCursor(provider=silence.provider)], ignore_conflicts=True
            )
            untold = ProviderCursor.objects.filter(pk=silence.provider, alarmed_at=None)
            news = untold.update(alarmed_at=now)
        if news:
            _log.error(
                "payments.provider_silent_for",
                provider=silence.provider,
                minutes=(now - silence.silent_since) // timedelta(minutes=1),
                open_payments=silence.open_payments,
            )
    return 0

"""Reading providers' own lists of events on from where we stopped, for what no notice reported.

The stored cursor moves in the transaction that stores the events, so that none is passed over,
wherever it stops; days of silence heal in one sweep.
"""

from datetime import datetime

import structlog

from kaiin.infra.locks import for_update, transaction
from kaiin.infra.parking import Parking
from kaiin.payments import calling, inbox
from kaiin.payments.calling import Answered, Unknown
from kaiin.payments.models import ProviderCursor
from kaiin.payments.providers import registry
from kaiin.payments.providers.protocol import EventPage

_log = structlog.get_logger(__name__)

_MAX_A_PAGE = 100


def sweep(*, now: datetime, limit: int) -> int:
    """Read on, and store what is new; how many events were read.

    Each list is read to its end, or until `limit` events were read: the rest comes with the next
    call. A provider whose list can't be read or stored is parked; the others are read.
    """
    parking = Parking[str]("provider.list", now)
    read = 0
    names = parking.due_keys(registry.names())
    for name in names:
        with parking.apart(name):
            read += _sweep(name, now, limit)
    parking.settle(names)
    return read


def _sweep(provider: str, now: datetime, limit: int) -> int:
    stored = read = 0
    more = True
    cursor = _cursor(provider)
    while more and read < limit:
        some = min(limit - read, _MAX_A_PAGE)
        outcome = calling.list_events(provider, cursor=cursor, limit=some)
        if isinstance(outcome, Unknown) and outcome.is_unreadable:
            raise outcome.error
        page = outcome.answer if isinstance(outcome, Answered) else None
        if page is None:
            break
        stored += _store(provider, cursor, page, now)
        read += len(page.events)
        more, cursor = page.more, page.cursor
    if stored:
        _log.info("payments.found_in_list", provider=provider, count=stored)
    return read


def _cursor(provider: str) -> str:
    row, _ = ProviderCursor.objects.get_or_create(provider=provider)
    return row.cursor


def _store(provider: str, cursor: str, page: EventPage, now: datetime) -> int:
    """Store a page and move the cursor; another worker that was faster has stored it already."""
    if not page.events and page.cursor == cursor:
        return 0
    with transaction():
        row = for_update(ProviderCursor.objects.filter(pk=provider)).get()
        if row.cursor != cursor:
            return 0
        stored = inbox.store_listed(provider=provider, events=page.events, now=now)
        row.cursor, row.swept_at = page.cursor, now
        row.save(update_fields=["cursor", "swept_at"])
    return stored

"""Numbers that people see: member numbers and receipt numbers."""

import base64
from datetime import datetime
from uuid import UUID

from django.db.models import F

from kaiin.billing.models import NumberCounter
from kaiin.domain.periods import japanese_date
from kaiin.infra.locks import for_update
from kaiin.sites.queries import SiteView

# The longest that a member card has room for.
MAX_IMPORTED = 999_999_999_999


def next_number(site: SiteView) -> int:
    """The next member number of a site, never given before. Locks the site's counter until the
    transaction ends: numbers have the order of first payments."""
    counter = _counter(site)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


def skip_to(site: SiteView, number: int) -> None:
    """A number was imported: later ones are higher. Locks the site's counter as `next_number`."""
    counter = _counter(site)
    if counter.last_number < number:
        counter.last_number = number
        counter.save(update_fields=["last_number"])


def _counter(site: SiteView) -> NumberCounter:
    NumberCounter.objects.bulk_create(
        [NumberCounter(site_id=site.id, last_number=site.member_number_start - 1)],
        ignore_conflicts=True,
    )
    return for_update(NumberCounter.objects.filter(site_id=site.id)).get()


def after_restore(*, gap: int) -> None:
    """The database was brought back from a backup: numbers given since are not given again, as
    long as they were no more than `gap`. Call it in a transaction."""
    NumberCounter.objects.update(last_number=F("last_number") + gap)


def receipt_number(payment_id: UUID, paid_at: datetime) -> str:
    """`20261122-XXXXX-XXXXX`: the day in Japan and 50 bits of the payment's id, in letters and
    digits that people don't mix up. Says nothing about how many receipts there are."""
    letters = base64.b32encode(payment_id.bytes[:4] + payment_id.bytes[-3:]).decode()[:10]
    return f"{japanese_date(paid_at):%Y%m%d}-{letters[:5]}-{letters[5:]}"

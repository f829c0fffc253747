"""What a next payment goes on from: the last period of a subscription that was not cut short."""

from collections.abc import Collection, Mapping

from django.db.models import F

from kaiin.billing.models import Period, Subscription
from kaiin.domain.periods import PeriodSpan

_COLUMNS = ("subscription_id", "starts_at", "ends_at", "ended_early_at")


def last_spans(subscriptions: Collection[Subscription]) -> Mapping[int, PeriodSpan]:
    """By subscription; without those that have none. One query, and one more where a last period
    ended early: one that had begun leaves nothing to go on from, one that had not is passed over.
    """
    if not subscriptions:
        return {}
    # A subscription with a period has an anchor: the database checks it.
    anchors = {row.pk: row.anchor_day for row in subscriptions}
    found = {}
    short = []
    last = Period.objects.filter(subscription_id__in=anchors, index=F("subscription__period_count"))
    for key, starts_at, ends_at, ended_early_at in last.values_list(*_COLUMNS):
        if ended_early_at is None:
            found[key] = PeriodSpan(starts_at, ends_at, anchors[key] or ends_at.day)
        else:
            short.append(key)
    if short:
        _look_further_back(short, anchors, found)
    return found


def _look_further_back(
    short: Collection[int], anchors: Mapping[int, int | None], found: dict[int, PeriodSpan]
) -> None:
    decided: set[int] = set()
    rows = Period.objects.filter(subscription_id__in=short).order_by("subscription_id", "-index")
    for key, starts_at, ends_at, ended_early_at in rows.values_list(*_COLUMNS):
        if key in decided or ended_early_at == starts_at:
            continue
        decided.add(key)
        if ended_early_at is None:
            found[key] = PeriodSpan(starts_at, ends_at, anchors[key] or ends_at.day)

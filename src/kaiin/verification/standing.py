"""Periods in their order, the subscription that counts them, the membership's standing."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from kaiin.verification import terms
from kaiin.verification.dossier import Charge, Dossier, Period, Subscription
from kaiin.verification.news import News
from kaiin.verification.violation import Violation

_PAID_STATES = frozenset({"active", "past_due"})


def check(dossier: Dossier, news: News) -> Iterator[Violation]:
    for subscription in dossier.subscriptions:
        own = [p for p in dossier.periods if p.subscription_id == subscription.id]
        yield from _counters(subscription, own)
        yield from _state(subscription, own)
        yield from _mandate(subscription, news)
        yield from _sequence(dossier, subscription, own, news)
    yield from _overlaps(dossier.periods)
    yield from _membership(dossier)


def _counters(subscription: Subscription, own: Sequence[Period]) -> Iterator[Violation]:
    ids = (f"subscription:{subscription.id}",)
    indexes = [period.number for period in own]
    if indexes != list(range(1, subscription.period_count + 1)):
        yield Violation(
            "subscription.counter",
            ids,
            f"it counts {subscription.period_count} periods, there are {indexes}",
        )
    if subscription.paid_until not in _ends(subscription, own):
        yield Violation(
            "subscription.paid_until",
            ids,
            f"paid until {subscription.paid_until},"
            f" its periods until {[period.over_at.isoformat() for period in own]}",
        )


def _ends(subscription: Subscription, own: Sequence[Period]) -> set[datetime | None]:
    """When a subscription may say that it is paid until: the end of its last period; where money
    went back, also an end that came early, or that of an earlier period."""
    if not own:
        return {None}
    if subscription.end_reason in {"refunded", "charged_back"}:
        # The bank may have given it back since.
        return {subscription.paid_until}
    given_up = {"refunded", "charged_back", "left"}
    if any(period.early_end in given_up for period in own):
        return {at for period in own for at in (period.ends_at, period.over_at)}
    return {own[-1].ends_at}


def _state(subscription: Subscription, own: Sequence[Period]) -> Iterator[Violation]:
    ids = (f"subscription:{subscription.id}",)
    planned = (subscription.next_due_at, subscription.lapse_due_at)
    if subscription.state in _PAID_STATES:
        if not own:
            yield Violation("subscription.state", ids, f"{subscription.state}, but never paid")
        if planned == (None, None):
            yield Violation(
                "subscription.idle", ids, "neither a charge nor an end is planned: it runs for ever"
            )
    elif subscription.state == "pending" and own:
        yield Violation("subscription.state", ids, f"pending, but it has {len(own)} periods")
    ended = (subscription.ended_at is not None, bool(subscription.end_reason))
    if ended != (not subscription.is_open, not subscription.is_open):
        yield Violation("subscription.state", ids, f"{subscription.state}, ended: {ended}")
    if not subscription.is_open and planned != (None, None):
        yield Violation("subscription.state", ids, "it is ended, but something is still planned")


def _mandate(subscription: Subscription, news: News) -> Iterator[Violation]:
    """What is to be charged again can be."""
    if subscription.state not in _PAID_STATES or subscription.next_due_at is None:
        return
    ids = (f"subscription:{subscription.id}", f"mandate:{subscription.mandate_id}")
    if subscription.mandate_id is None:
        yield Violation("mandate.missing", ids[:1], "a renewal is planned without a mandate")
    elif (
        subscription.mandate_state != "active"
        and not subscription.mandate_end_reason
        and not news.of_mandate(subscription.mandate_id)
    ):
        yield Violation(
            "mandate.missing", ids, f"the mandate is {subscription.mandate_state}, unnoticed"
        )


def _sequence(
    dossier: Dossier, subscription: Subscription, own: Sequence[Period], news: News
) -> Iterator[Violation]:
    """Each period begins where the one before ended, or with its payment; and lasts as agreed."""
    bought = {charge.payment_id: charge for charge in dossier.charges if charge.state == "paid"}
    anchor_day = 0
    for before, period in zip((None, *own), own, strict=False):
        ids = (f"period:{period.id}", f"subscription:{subscription.id}")
        if period.import_key is not None:
            anchor_day = _imported_anchor(subscription, period)
            continue
        charge = bought.get(period.payment_id)
        follows = before is not None and _follows(before, period, charge)
        if not follows and before is not None and not _credits(charge):
            follows = news.paused(subscription.id, dossier.membership.member_id, period.starts_at)
        late = _renews_late(dossier, period, charge) if before is None and charge else None
        if late is not None:
            follows = True
            anchor_day = late[0].anchor_day or 0
            if period.starts_at != late[1]:
                yield Violation(
                    "period.gap",
                    ids,
                    f"it begins at {period.starts_at}: renewed late, it counts from the end of the"
                    f" one before ({late[1]})",
                )
        if not follows:
            anchor_day = terms.japanese_day(period.starts_at).day
            yield from _begins(before, period, ids)
        elif charge is not None and terms.leaves_grid(charge.rule, period.starts_at, anchor_day):
            anchor_day = terms.japanese_day(period.starts_at).day
        if charge is not None:
            # What begins at an early end was bought anew, at that very instant; one that was given
            # up before it began leaves its place to the next.
            anew = (
                before is not None
                and before.starts_at < before.over_at == period.starts_at != before.ends_at
            )
            yield from _term(period, charge, anchor_day, ids, first=not follows or anew)
    if own:
        yield from _anchor(subscription, anchor_day)


def _anchor(subscription: Subscription, anchor_day: int) -> Iterator[Violation]:
    if subscription.anchor_day != anchor_day:
        yield Violation(
            "subscription.anchor",
            (f"subscription:{subscription.id}",),
            f"its anchor is {subscription.anchor_day}, its periods carry {anchor_day}",
        )


def _follows(before: Period, period: Period, charge: Charge | None) -> bool:
    """Bought ahead, it begins where the one before was to end, though that ended earlier since."""
    return not _credits(charge) and period.starts_at in {before.ends_at, before.over_at}


def _credits(charge: Charge | None) -> bool:
    return charge is not None and charge.credit_period_id is not None


def _renews_late(
    dossier: Dossier, period: Period, charge: Charge
) -> tuple[Subscription, datetime] | None:
    """The lump sum, not renewed in time, from whose end a subscription's first period counts."""
    paid_at = period.paid_at
    bought = terms.read(charge.course_terms)
    if bought["renews"] or bought["late_renewal"] != "from_old_end" or paid_at is None:
        return None
    # One that was given up before it began is nothing that another goes on from.
    lived = [p for p in dossier.periods if p.starts_at < p.over_at]
    earlier = [p for p in lived if p.starts_at < paid_at and p.id != period.id]
    last = max(earlier, key=lambda p: (p.ends_at, p.id), default=None)
    if last is None or paid_at < last.ends_at:
        return None
    old = next(s for s in dossier.subscriptions if s.id == last.subscription_id)
    agreed: Charge | Subscription | None = old if last.import_key is not None else None
    if agreed is None:
        agreed = next((c for c in dossier.charges if c.payment_id == last.payment_id), None)
    if agreed is None or agreed.course_key != charge.course_key:
        return None
    ran_by = terms.read(agreed.course_terms)
    if ran_by["renews"]:
        return None
    lapsed = old.end_reason in {"expired", "mandate_ended"} and last.ended_early_at is None
    # The old period's money may have gone back since.
    given_back = old.end_reason in {"refunded", "charged_back"} or last.ended_early_at is not None
    if not lapsed and not (given_back and period.starts_at == last.ends_at):
        return None
    end = terms.end_of(charge.rule, last.ends_at, old.anchor_day or 0, first=False)
    until = terms.dormant_until(last.ends_at, ran_by["dunning"]["dormant_months"])
    return (old, last.ends_at) if terms.japanese_day(paid_at) < min(until, end) else None


def _imported_anchor(subscription: Subscription, period: Period) -> int:
    """The day that the stored anchor makes of the end's month is the end; else it is the end's."""
    end = terms.japanese_day(period.ends_at)
    anchor_day = subscription.anchor_day or end.day
    last = monthrange(end.year, end.month)[1]
    return anchor_day if min(anchor_day, last) == end.day else end.day


def _begins(before: Period | None, period: Period, ids: tuple[str, ...]) -> Iterator[Violation]:
    if period.starts_at != period.paid_at:
        yield Violation(
            "period.gap",
            ids,
            f"it begins at {period.starts_at}: neither at the end of the one before"
            f" ({before.over_at if before else None}) nor when it was paid ({period.paid_at})",
        )


def _term(
    period: Period, charge: Charge, anchor_day: int, ids: tuple[str, ...], *, first: bool
) -> Iterator[Violation]:
    end = terms.end_of(charge.rule, period.starts_at, anchor_day, first=first)
    if not terms.is_midnight(period.ends_at) or terms.japanese_day(period.ends_at) != end:
        yield Violation(
            "period.term", ids, f"it ends at {period.ends_at}, by its course with {end} (JST)"
        )


def _overlaps(periods: Sequence[Period]) -> Iterator[Violation]:
    """No time is paid for twice, in whichever subscription."""
    lived = [period for period in periods if period.starts_at < period.over_at]
    ordered = sorted(lived, key=lambda period: (period.starts_at, period.over_at))
    for before, period in pairwise(ordered):
        if period.starts_at < before.over_at:
            yield Violation(
                "period.overlap",
                (f"period:{before.id}", f"period:{period.id}"),
                f"one ends at {before.over_at}, the other begins at {period.starts_at}",
            )


def _membership(dossier: Dossier) -> Iterator[Violation]:
    membership = dossier.membership
    ids = (f"membership:{membership.id}",)
    still_open = [s for s in dossier.subscriptions if s.is_open]
    paid = [s for s in still_open if s.period_count > 0]
    if len(still_open) > 1:
        yield Violation(
            "subscription.two_open",
            tuple(f"subscription:{s.id}" for s in still_open),
            "a membership has one open subscription at most",
        )
    standing = membership.standing
    wanted = "active" if paid else standing
    if wanted != standing or (standing == "active" and not paid):
        yield Violation(
            "membership.standing",
            ids,
            f"{standing}, with {len(paid)} paid subscriptions that go on",
        )
    if (standing == "pending") != (not dossier.periods):
        yield Violation(
            "membership.standing", ids, f"{standing}, with {len(dossier.periods)} periods in all"
        )
    if standing != "pending" and None in (membership.member_number, membership.joined_date):
        yield Violation("membership.number", ids, f"{standing}, without number or join date")
    dates = (membership.dormant_until is not None, membership.withdrawn_at is not None)
    if dates != (standing == "dormant", standing == "withdrawn"):
        yield Violation(
            "membership.dates", ids, f"{standing}, dormant until / withdrawn at set: {dates}"
        )

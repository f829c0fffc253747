"""Renewals, in sets: due ones are found by index and claimed with their intents in one
transaction, the providers are called outside of any, and what they said is acted on in another.

Claiming puts the next look some minutes off. Wherever the process ends in between, that look
finds the same intents, and payments asks for them before it charges: nothing is charged twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from django.db.models import QuerySet

from kaiin.billing.actions import checkout
from kaiin.billing.errors import PaymentUnderWay
from kaiin.billing.membership import intents, mails, scheduling
from kaiin.billing.membership.endings import give_up
from kaiin.billing.membership.locking import LockedMembership, lock_memberships
from kaiin.billing.membership.unit_of_work import UnitOfWork
from kaiin.billing.models import Charge, Subscription
from kaiin.billing.outcomes.recording import SYSTEM, Answer, record_answers
from kaiin.domain.charges import ChargeState
from kaiin.domain.errors import KaiinError
from kaiin.domain.subscriptions import EndReason, SubscriptionState
from kaiin.infra import bulk, clock
from kaiin.infra.crash_points import CrashPoint, reach
from kaiin.infra.gathering import gathering_transaction
from kaiin.infra.locks import claimed, transaction
from kaiin.infra.parking import Parking, StillDue, let_go
from kaiin.payments import queries as payment_queries
from kaiin.payments.charging import Call, ChargeIntent, call_providers, open_intents
from kaiin.payments.errors import MandateEnded

_T = TypeVar("_T")


@dataclass
class _Claim:
    """What was taken on: memberships. Of these some are charged by `calls`, others end for want
    of a mandate, some wait for a member who is paying `by_hand`, and some payments `refused`."""

    taken: list[int] = field(default_factory=list)
    calls: list[tuple[Call, Charge]] = field(default_factory=list)
    by_hand: list[Charge] = field(default_factory=list)
    refused: list[tuple[int, KaiinError]] = field(default_factory=list)

    def add(self, other: "_Claim") -> None:
        self.taken += other.taken
        self.calls += other.calls
        self.by_hand += other.by_hand
        self.refused += other.refused


_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=10)
# Answers that are acted on in one transaction: few enough that its locks are brief.
_AT_ONCE = 500


def renew_due(*, now: datetime, limit: int) -> int:
    """Charge subscriptions whose period has ended, oldest first; returns how many were taken on.

    An unknown outcome stays with the same intent and is asked about; meanwhile the
    member keeps access. A membership that can't be renewed is parked, under the same intent.
    """
    parking = Parking[int]("membership.renew", now)
    due = parking.due(Subscription.objects.filter(next_due_at__lte=now), "membership_id")
    if due is None:
        return 0
    claim = _claim(due, parking, now, limit)
    if claim.taken:
        reach(CrashPoint.INTENTS_COMMITTED)
    charges = {call.payment_id: charge for call, charge in claim.calls}
    answers = call_providers([call for call, _ in claim.calls])
    for chunk in _chunks(answers, _AT_ONCE):
        reach(CrashPoint.PROVIDER_ANSWERED)
        parking.in_halves(
            [Answer(charges[call.payment_id], call, news) for call, news in chunk],
            record_answers,
            key=lambda answer: answer.charge.membership_id,
        )
        reach(CrashPoint.OUTCOME_COMMITTED)
    for charge in claim.by_hand:
        with parking.apart(charge.membership_id):
            _make_way(charge, now)
    for membership_id, error in claim.refused:
        parking.park(membership_id, error)
    if parking.failed:
        # From here on the parked row says when it is tried again.
        leased = Subscription.objects.filter(next_due_at=now + _LEASE)
        leased.filter(membership__in=parking.failed).update(next_due_at=now)
    return parking.settle(claim.taken)


def mandate_ended(*, mandate_id: int, reason: str) -> None:
    """A card or carrier contract ended outside: what is paid stays, nothing is charged again.

    Idempotent. Subscriptions that end anyway, and mandates that we gave back, change nothing.
    """
    affected = Subscription.objects.filter(mandate_id=mandate_id).exclude(
        state=SubscriptionState.ENDED
    )
    failures: list[Exception] = []
    for membership_id in sorted(set(affected.values_list("membership_id", flat=True))):
        try:
            _mandate_ended(membership_id, mandate_id, reason)
        except Exception as error:  # noqa: BLE001 - the other sites' memberships go on
            let_go(error)
            failures.append(error)
    if failures:
        # The event is delivered again.
        raise failures[0]


def _mandate_ended(membership_id: int, mandate_id: int, reason: str) -> None:
    with transaction():
        locked = lock_memberships([membership_id])[membership_id]
        subscription = locked.open_subscription
        if subscription is not None and subscription.mandate_id == mandate_id:
            work = UnitOfWork(now=clock.now(), actor=SYSTEM, memberships=[locked])
            _stop_renewing(locked, subscription, reason)
            work.write()


def _claim(
    due: "QuerySet[Subscription]", parking: Parking[int], now: datetime, limit: int
) -> _Claim:
    """Take on what is due and locked by no other worker."""
    with gathering_transaction():
        rows = claimed(due, "next_due_at").values_list("membership_id", flat=True)
        claims = parking.in_halves(list(rows[:limit]), lambda some: _take(some, now))
    whole = _Claim()
    for claim in claims:
        whole.add(claim)
    return whole


def _take(membership_ids: Sequence[int], now: datetime) -> _Claim:
    """Make intents and payments' rows, or find them again; what has no mandate any more ends."""
    claim = _Claim()
    with gathering_transaction():
        memberships = lock_memberships(membership_ids, skip_locked=True)
        taken = {
            subscription.pk: (locked, subscription)
            for locked in memberships.values()
            if (subscription := locked.open_subscription) is not None
            and subscription.next_due_at is not None
            and subscription.next_due_at <= now
        }
        claim.taken += [subscription.membership_id for _, subscription in taken.values()]
        others = Subscription.objects.filter(membership__in=memberships.keys() - set(claim.taken))
        if len(taken) < len(memberships) and others.filter(next_due_at__lte=now).exists():
            raise StillDue
        Subscription.objects.filter(pk__in=taken).update(next_due_at=now + _LEASE)
        without = _open(claim, taken, now)
        if without:
            _end_without_mandate(without, now)
    return claim


def _open(
    claim: _Claim, taken: Mapping[int, tuple[LockedMembership, Subscription]], now: datetime
) -> list[tuple[LockedMembership, Subscription, str]]:
    """Write the intents down, here and in payments; returns those that have no mandate, with the
    reason."""
    fresh: list[Subscription] = []
    charges: list[Charge] = []
    for locked, subscription in taken.values():
        charge = locked.open_charge
        if charge is None:
            fresh.append(subscription)
        elif charge.automatic and charge.subscription_id == subscription.pk:
            charges.append(charge)
        else:
            # The member is paying by hand right now: nothing may be charged beside it.
            claim.by_hand.append(charge)
    made = intents.renewals(fresh, now=now)
    charges += made
    wanted = [_wanted(charge, *taken[charge.subscription_id]) for charge in charges]
    opened = open_intents([each for each in wanted if each is not None], now=now)
    without: list[tuple[LockedMembership, Subscription, str]] = []
    for charge, intent in zip(charges, wanted, strict=True):
        call = opened[intent.intent_key] if intent is not None else MandateEnded(reason="")
        if isinstance(call, Call):
            claim.calls.append((call, charge))
            charge.payment_id = call.payment_id
        elif isinstance(call, MandateEnded):
            reason = str(call.params.get("reason", ""))
            without.append((*taken[charge.subscription_id], reason))
        else:
            claim.refused.append((charge.membership_id, call))
    bulk.insert([charge for charge in made if charge.payment_id is not None])
    return without


def _wanted(
    charge: Charge, locked: LockedMembership, subscription: Subscription
) -> ChargeIntent | None:
    if subscription.mandate_id is None:
        return None
    return ChargeIntent(
        member_ref=locked.membership.member_id,
        mandate_id=subscription.mandate_id,
        intent_key=charge.intent_key,
        amount=charge.total,
        description=intents.description(charge, locked.member.language),
    )


def _make_way(charge: Charge, now: datetime) -> None:
    """Stop what a member began to pay by hand and left lying: a page or slip delays the renewal
    as long as it lives, and no longer."""
    if now < checkout.lives_until(charge):
        return
    try:
        checkout.stop(charge)
    except PaymentUnderWay:
        if not _fell_short(charge):
            _log.warning("billing.renewal_delayed", intent=charge.intent_key)
            _keep_open(charge, now)
            return
        _give_up(charge, now)
    # Unless it was paid after all, the renewal is charged now.
    delayed = Subscription.objects.filter(pk=charge.subscription_id, next_due_at=now + _LEASE)
    delayed.update(next_due_at=now)


def _fell_short(charge: Charge) -> bool:
    """Whether too little was paid: it stays open for staff, for months maybe, and buys nothing."""
    payment = payment_queries.payment_by_intent(charge.intent_key)
    return payment is not None and payment.is_open and payment.received is not None


def _give_up(charge: Charge, now: datetime) -> None:
    """Close what too little was paid for. Should the rest still come, it buys nothing here and
    becomes a refund case."""
    with transaction():
        locked = lock_memberships([charge.membership_id], charge_ids=[charge.pk])[
            charge.membership_id
        ]
        row = locked.charges[charge.pk]
        if row.state == ChargeState.OPEN:
            row.become(ChargeState.CLOSED, now, "amount_mismatch")
            row.save(update_fields=["state", "closed_at", "failure_code"])


def _keep_open(charge: Charge, now: datetime) -> None:
    with transaction():
        locked = lock_memberships([charge.membership_id])[charge.membership_id]
        subscription = locked.open_subscription
        if subscription is not None:
            work = UnitOfWork(now=now, actor=SYSTEM, memberships=[locked])
            scheduling.keep_open(locked, subscription)
            work.write()


def _end_without_mandate(
    ending: Sequence[tuple[LockedMembership, Subscription, str]], now: datetime
) -> None:
    """The right to charge was gone before we asked: close the intent, end the subscription."""
    work = UnitOfWork(now=now, actor=SYSTEM, memberships=[locked for locked, _, _ in ending])
    for locked, subscription, reason in ending:
        charge = locked.open_charge
        if charge is not None:
            intents.supersede(charge, "mandate_ended", now)
        give_up(locked, subscription, EndReason.MANDATE_ENDED, reason)
    work.write()


def _stop_renewing(locked: LockedMembership, subscription: Subscription, reason: str) -> None:
    already_ended = bool(subscription.mandate_end_reason)
    subscription.mandate_end_reason = reason or "mandate_ended"
    if already_ended or subscription.cancel_at_period_end or subscription.paid_until is None:
        return
    locked.work.revoked.append(locked.membership.pk)
    in_flight = locked.open_charge
    if in_flight is None or not in_flight.automatic:
        scheduling.plan(locked, subscription)
    locked.note("billing.mandate_ended", subscription=subscription.pk, reason=reason)
    if subscription.paid_until > locked.now:
        mails.send(
            locked,
            "mandate_ended",
            f"{subscription.pk}:{subscription.mandate_id}",
            course=subscription.course.name,
            paid_until=subscription.paid_until,
            reason=reason,
        )


def _chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """As many as `size` at a time, taken only as they are needed."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

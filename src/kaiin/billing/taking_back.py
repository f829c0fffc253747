"""Money that goes back from outside: refunds on the provider's own pages, disputes, chargebacks.

We hear of it when it has happened. What it had bought ends; the books follow; nothing is charged
again. Works on a `Holding` under its lock, collects into a `Batch`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet, Sum

from kaiin.billing import endings, events, intents, letters, refunding, staff_letters, upkeep
from kaiin.billing.batch import Batch
from kaiin.billing.choices import RefundReason, RefundState
from kaiin.billing.holding import Holding
from kaiin.billing.models import (
    Charge,
    EarlyEnd,
    LedgerEntry,
    LedgerPosting,
    Period,
    RefundCase,
    Subscription,
)
from kaiin.domain import ledger
from kaiin.domain.ledger import Account
from kaiin.domain.money import Money
from kaiin.domain.payments import PaymentState, RefundState as Refunded
from kaiin.domain.subscriptions import EndReason
from kaiin.infra.locks import locked
from kaiin.payments import queries as payments
from kaiin.payments.queries import PaymentView, RefundView

_END_REASONS = {
    EarlyEnd.REFUNDED: EndReason.REFUNDED,
    EarlyEnd.CHARGED_BACK: EndReason.CHARGED_BACK,
}


def follow(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    """Act on what became of money whose coming was recorded. Repeating it changes nothing."""
    refunds = payments.refunds(payment.id)
    _refunded(holding, charge, payment, refunds, batch)
    if payment.state is PaymentState.DISPUTED:
        _disputed(holding, charge, payment, batch)
    elif payment.state is PaymentState.CHARGED_BACK:
        _charged_back(holding, charge, payment, refunds, batch)
    elif payment.state.holds_money:
        _won(holding, charge, batch)


def _refunded(
    holding: Holding,
    charge: Charge,
    payment: PaymentView,
    refunds: Sequence[RefundView],
    batch: Batch,
) -> None:
    cases = {case.refund_key: case for case in _cases(charge)}
    for refund in refunds:
        case = cases.get(refund.key)
        if case is not None:
            refunding.settle(holding, charge, case, refund, batch)
        elif refund.state is Refunded.DONE:
            _from_outside(holding, charge, refund, batch)
    if payment.state is PaymentState.REFUNDED:
        period = _period(charge)
        if period is not None:
            _take_back(holding, charge, period, EarlyEnd.REFUNDED, batch)


def _disputed(holding: Holding, charge: Charge, payment: PaymentView, batch: Batch) -> None:
    """The member's bank asks for the money back. Nothing is decided: what it bought stands."""
    batch.tell(holding, events.PAYMENT_DISPUTED, str(payment.id), {"payment_id": str(payment.id)})
    staff_letters.disputed(holding, charge, payment)


def _charged_back(
    holding: Holding,
    charge: Charge,
    payment: PaymentView,
    refunds: Sequence[RefundView],
    batch: Batch,
) -> None:
    """The bank took the money back: what it bought is over, nothing is charged again."""
    key = f"chargeback:{payment.id}"
    if refunding.standing(key) is not None:
        return
    received = payment.received or payment.amount
    gone = sum(refund.amount.amount for refund in refunds if refund.state is Refunded.DONE)
    amount = Money(received.amount - gone, received.currency)
    freed = _supersede_cases(charge, amount, batch)
    if amount:
        held = [*freed, *_held(charge, None)[:1]]
        sources = ledger.taken(amount, held, rest=Account.CHARGEBACKS)
        back = ledger.chargeback(key, batch.now, sources)
        batch.post(refunding.again_if_reversed(back), charge=charge)
    batch.note(
        "billing.charged_back",
        holding,
        payment=str(payment.id),
        amount=amount.amount,
    )
    staff_letters.charged_back(holding, charge, payment)
    period = _period(charge)
    if period is not None:
        _take_back(holding, charge, period, EarlyEnd.CHARGED_BACK, batch)


def _won(holding: Holding, charge: Charge, batch: Batch) -> None:
    """A payment holds money (again): a chargeback of it, if there was one, is undone, and what
    it bought stands as before."""
    entry = refunding.standing(f"chargeback:{charge.payment_id}")
    if entry is None:
        return
    refunding.undo(entry, charge, batch)
    period = _period(charge)
    if period is not None and period.early_end == EarlyEnd.CHARGED_BACK:
        batch.access_changes(period.ended_early_at or period.starts_at)
        period.ended_early_at, period.early_end = None, ""
        period.save(update_fields=["ended_early_at", "early_end"])
    batch.note("billing.chargeback_undone", holding, payment=str(charge.payment_id))


def _from_outside(holding: Holding, charge: Charge, refund: RefundView, batch: Batch) -> None:
    """Money went back without a case of ours: what it had become is given up for it."""
    period = _period(charge)
    freed = _supersede_cases(charge, refund.amount, batch)
    sources = ledger.taken(refund.amount, [*freed, *_held(charge, period)], rest=Account.INCOME)
    # What a case had taken before counts as given back already.
    deferred = _of(sources, Account.DEFERRED_INCOME) - _of(freed, Account.DEFERRED_INCOME)
    if period is not None and deferred:
        period.credited += deferred
        period.save(update_fields=["credited"])
    case = RefundCase(
        membership_id=charge.membership_id,
        charge=charge,
        payment_id=refunding.payment_of(charge),
        period=period,
        key=refund.key,
        amount=refund.amount.amount,
        currency=refund.amount.currency,
        reason=RefundReason.OUTSIDE,
        opened_at=batch.now,
        decided_at=batch.now,
        decided_by=refunding.PROVIDER,
    )
    due = ledger.refund_due(f"refund_due:{case.key}", batch.now, sources)
    batch.post(due, charge=charge, period=period)
    refunding.done(holding, charge, case, refund.done_at or batch.now, batch)


def _of(sources: ledger.Sources, account: Account) -> int:
    return sum(part.amount for taken_from, part in sources if taken_from is account)


def _supersede_cases(charge: Charge, amount: Money, batch: Batch) -> list[tuple[Account, Money]]:
    """Cases that wait for somebody are over as far as the money goes back another way; returns
    where money that was due by them is again."""
    freed: list[tuple[Account, Money]] = []
    left = amount.amount
    for case in _cases(charge):
        if case.state not in (RefundState.OPEN, RefundState.FAILED) or not left:
            continue
        if case.amount > left:
            if case.state == RefundState.OPEN:
                case.amount, left = case.amount - left, 0
                case.save(update_fields=["amount"])
            continue
        left -= case.amount
        due = refunding.standing(f"refund_due:{case.key}")
        if due is not None:
            was = refunding.undo(due, charge, batch)
            freed += [(p.account, p.amount) for p in was.postings if p.amount.amount > 0]
        case.state = RefundState.DECLINED
        case.decided_at, case.decided_by = batch.now, refunding.PROVIDER
        case.save()
    return freed


def _take_back(
    holding: Holding, charge: Charge, period: Period, why: EarlyEnd, batch: Batch
) -> None:
    """What a payment bought is over; the subscription goes on only as far as others paid. After
    a chargeback nothing is charged again, whatever it was for."""
    stands = period.ended_early_at is None and period.ends_at > batch.now
    if stands and why is EarlyEnd.REFUNDED:
        # Days that a change had moved here were paid by other payments: that money goes back, too.
        moved = refunding.moved_days(charge, period)
        endings.end_early(period, batch.now, why, batch, credited=moved.total.amount)
        refunding.give_back(holding, moved, RefundReason.STAFF, batch)
    elif stands:
        endings.end_early(period, batch.now, why, batch)
    elif why is EarlyEnd.REFUNDED:
        return
    batch.note(
        "billing.period_taken_back",
        holding,
        payment=str(charge.payment_id),
        subscription=charge.subscription_id,
        period=period.index,
        reason=why.value,
    )
    subscription = holding.open_subscription
    if subscription is None or subscription.pk != charge.subscription_id:
        return
    until = _paid_until(subscription)
    if until is not None and until > batch.now:
        _stop_renewing(holding, subscription, until, why, batch)
        return
    open_charge = holding.open_charge
    if open_charge is not None and not open_charge.automatic:
        intents.supersede(open_charge, "superseded", batch.now)
    subscription.paid_until = min(batch.now, subscription.paid_until or batch.now)
    endings.end(holding, subscription, _END_REASONS[why], batch)


def _stop_renewing(
    holding: Holding, subscription: Subscription, until: datetime, why: EarlyEnd, batch: Batch
) -> None:
    """Another payment still pays for some time: it is lived to its end, and nothing follows. A
    refund of an earlier period than the last changes nothing of what follows."""
    if why is EarlyEnd.REFUNDED and until == subscription.paid_until:
        return
    renewed = upkeep.renews(subscription)
    subscription.paid_until = until
    subscription.mandate_end_reason = why.value
    endings.release(subscription.mandate_id)
    batch.revoked.append(holding.membership.pk)
    upkeep.plan(holding, subscription, batch)
    if renewed:
        letters.mandate_ended(
            holding,
            f"{subscription.pk}:{subscription.mandate_id}",
            course=subscription.course,
            paid_until=until,
            reason=why.value,
        )


def _paid_until(subscription: Subscription) -> datetime | None:
    standing = Period.objects.filter(subscription=subscription, ended_early_at=None)
    return standing.order_by("-ends_at").values_list("ends_at", flat=True).first()


def _cases(charge: Charge) -> list[RefundCase]:
    return list(locked(RefundCase.objects.filter(charge=charge)).order_by("pk"))


def _period(charge: Charge) -> Period | None:
    """What a charge bought. Locked, since its income may be recognised meanwhile."""
    return locked(Period.objects.filter(payment_id=refunding.payment_of(charge))).first()


def _held(charge: Charge, period: Period | None) -> list[tuple[Account, Money]]:
    """What a payment's money is now, by the books: first what bought nothing, then time that is
    still to come, then what was earned."""
    mine = LedgerEntry.objects.filter(payment_id=refunding.payment_of(charge))
    found = [(Account.UNAPPLIED, mine), (Account.HANDLING_INCOME, mine)]
    if period is not None:
        of_period = LedgerEntry.objects.filter(period=period)
        found[1:1] = [(Account.DEFERRED_INCOME, of_period), (Account.INCOME, of_period)]
    currency = charge.course.currency
    return [(account, _balance(entries, account, currency)) for account, entries in found]


def _balance(entries: QuerySet[LedgerEntry], account: Account, currency: str) -> Money:
    """The credit of an account over entries, as a positive sum."""
    rows = LedgerPosting.objects.filter(entry__in=entries, account=account, currency=currency)
    return Money(-(rows.aggregate(sum=Sum("amount"))["sum"] or 0), currency)
